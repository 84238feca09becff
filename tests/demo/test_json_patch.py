"""JSON patch, where the API server departs from the letter of RFC 6902, and where it does not."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.demo import json_patch

DOCUMENT = {"a": 1, "l": ["x", "y"], "m": {"k/1": "v", "k~2": "w"}}


def patched(*steps: dict[str, Any]) -> Any:
    return json_patch.apply(DOCUMENT, list(steps))


@pytest.mark.parametrize(
    ("step", "path", "value"),
    [
        ({"op": "add", "path": "/b"}, "b", None),
        ({"op": "replace", "path": "/b", "value": 2}, "b", 2),
        ({"op": "add", "path": "/l/-", "value": "z"}, "l", ["x", "y", "z"]),
        ({"op": "add", "path": "/l/-1", "value": "z"}, "l", ["x", "y", "z"]),
        ({"op": "remove", "path": "/l/-1"}, "l", ["x"]),
        ({"op": "replace", "path": "/m/k~11", "value": 3}, "m", {"k/1": 3, "k~2": "w"}),
        ({"op": "move", "from": "/m/k~02", "path": "/b"}, "m", {"k/1": "v"}),
        ({"op": "copy", "from": "/nothing", "path": "/b"}, "b", None),
        ({"op": "test", "path": "/nothing", "value": None}, "a", 1),
        ({"op": "test", "path": "/nothing"}, "a", 1),
        ({"op": "add", "path": "ignored/a", "value": 5}, "a", 5),
    ],
)
def test_what_a_step_does(step: dict[str, Any], path: str, value: Any) -> None:
    before = copy.deepcopy(DOCUMENT)
    assert patched(step)[path] == value
    assert before == DOCUMENT


@pytest.mark.parametrize(
    "step",
    [
        {"op": "test", "path": "/a", "value": 1.0},
        {"op": "test", "path": "/a"},
        {"op": "test", "path": "/nothing/deeper", "value": None},
        {"op": "remove", "path": "/nothing"},
        {"op": "remove", "path": ""},
        {"op": "add", "path": "/nothing/deeper", "value": 1},
        {"op": "add", "path": "/l/9", "value": 1},
        {"op": "remove", "path": "/l/x"},
        {"op": "move", "from": "/nothing", "path": "/b"},
        {"op": "add", "value": 1},
        {"op": "unheard of", "path": "/a"},
        {},
    ],
)
def test_what_no_step_may_do(step: dict[str, Any]) -> None:
    with pytest.raises(json_patch.FailedPatch):
        patched(step)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(st.dictionaries(st.text(), VALUES), st.text(), VALUES)
def test_what_is_added_is_there_and_can_be_taken_away(document: dict[str, Any], key: str, value: Any) -> None:
    path = "/" + key.replace("~", "~0").replace("/", "~1")
    added = json_patch.apply(document, [{"op": "add", "path": path, "value": value}, {"op": "test", "path": path, "value": value}])
    assert added == {**document, key: value}
    assert json_patch.apply(added, [{"op": "remove", "path": path}]) == {k: v for k, v in document.items() if k != key}
