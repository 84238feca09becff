"""What is edited comes back as it was meant, secrets included, and every mistake is told with its line."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.changes import yaml_text
from modeltui.changes.yaml_text import TextError
from modeltui.redaction import MASK
from modeltui.yaml_output import dump_object

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).filter(lambda text: MASK not in text)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | texts
    | st.sampled_from(["on", "no", "2024-01-01", "0777", "1e3", "~", "a\nb\n"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


def model(**spec: Any) -> dict[str, Any]:
    metadata = {"name": "a", "namespace": "b", "uid": "1", "resourceVersion": "7", "managedFields": [{"manager": "x"}]}
    return {"apiVersion": "model.samzong.dev/v1", "kind": "Model", "metadata": metadata, "spec": spec, "status": {"x": 1}}


@given(st.dictionaries(texts, values, max_size=4))
def test_what_is_written_is_read_as_it_was(spec: dict[str, Any]) -> None:
    (read,) = yaml_text.documents(dump_object(model(**spec)))
    assert read == model(**spec)


@given(st.dictionaries(st.sampled_from(["description", "size", "list"]), values, max_size=3))
def test_nothing_edited_is_nothing_changed(spec: dict[str, Any]) -> None:
    live = model(**spec)
    assert yaml_text.edited(yaml_text.to_edit(live), live) == live


def secret() -> dict[str, Any]:
    data = {"token": "c2VjcmV0LW1hcmtlcg==", "other": "b3RoZXItbWFya2Vy"}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "b"}, "type": "Opaque", "data": data}


def test_secrets_are_not_in_the_text_and_stay_when_left_alone() -> None:
    text = yaml_text.to_edit(secret())
    assert "c2VjcmV0" not in text
    assert yaml_text.edited(text.replace("type: Opaque", "type: Opaque\nimmutable: true"), secret()) == {**secret(), "immutable": True}


def test_one_secret_is_changed_and_the_other_stays() -> None:
    text = yaml_text.to_edit(secret()).replace(f"token: {MASK}", "token: bmV3")
    assert yaml_text.edited(text, secret())["data"] == {"token": "bmV3", "other": "b3RoZXItbWFya2Vy"}


def test_a_mask_in_another_place_is_refused() -> None:
    text = yaml_text.to_edit(secret()).replace(f"token: {MASK}", f"renamed: {MASK}")
    with pytest.raises(TextError, match=r'"data\.renamed": <masked> stands for a secret'):
        yaml_text.edited(text, secret())


def test_a_masked_item_of_a_list_is_found_by_its_name_when_the_list_moves() -> None:
    live = model(env=[{"name": "A", "value": "x"}, {"name": "HF_TOKEN", "value": "hf_marker"}])
    text = yaml_text.to_edit(live)
    assert "hf_marker" not in text
    moved = text.replace("  - name: A\n    value: x\n", "")
    assert yaml_text.edited(moved, live)["spec"]["env"] == [{"name": "HF_TOKEN", "value": "hf_marker"}]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("name: a", "name: z"), '"metadata.name" says which object this is and stays "a"'),
        (("kind: Model", "kind: Mode"), '"kind" says which object'),
        (("spec:", "spec: ["), "Line "),
        (("spec:", "apiVersion: x\nspec:"), 'Line 6: "apiVersion" stands there twice'),
        (("spec:", "3: x\nspec:"), "Line 6: the key 3 is not text"),
        (("spec:", "---\napiVersion: v1\nkind: X\nmetadata: {name: y}\nspec:"), "There are 2 objects in it"),
    ],
)
def test_mistakes_are_told(change: tuple[str, str], words: str) -> None:
    live = model(size="10Gi")
    with pytest.raises(TextError) as caught:
        yaml_text.edited(yaml_text.to_edit(live).replace(*change), live)
    assert words in str(caught.value)


@given(st.text(max_size=200))
def test_any_text_is_an_object_or_one_sentence(text: str) -> None:
    with suppress(TextError):
        assert all(obj["metadata"]["name"] for obj in yaml_text.documents(text))


def test_a_list_is_its_members() -> None:
    items = "\n".join(f"- {{apiVersion: v1, kind: {kind}, metadata: {{name: x}}}}" for kind in "AB")
    text = f"apiVersion: v1\nkind: List\nitems:\n{items}\n"
    assert [obj["kind"] for obj in yaml_text.documents(text)] == ["A", "B"]
