"""A model of an API server with one kind: the embedded cluster's own field ownership, in process, without a network.

The kind has every sort of field that ownership tells apart.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

from modeltui.demo import ownership
from owned_kind import ROOTED

Manifest = dict[str, Any]

INTEGERS = st.integers(0, 2)
NAMES = st.sampled_from(["p", "q", "r"])
ITEMS = st.fixed_dictionaries(
    {"name": NAMES, "port": st.integers(1, 2)}, optional={"v": INTEGERS, "m": st.dictionaries(NAMES, NAMES, max_size=2, min_size=1)}
)
SPECS = st.fixed_dictionaries(
    {},
    optional={
        "a": INTEGERS,
        "s": NAMES,
        "deep": st.fixed_dictionaries({}, optional={"x": INTEGERS, "y": INTEGERS, "z": st.booleans()}).filter(bool),
        "atom": st.dictionaries(NAMES, INTEGERS, min_size=1, max_size=2),
        "map": st.dictionaries(NAMES, INTEGERS, min_size=1, max_size=3),
        "set": st.lists(NAMES, unique=True, min_size=1, max_size=3),
        "keyed": st.lists(ITEMS, unique_by=lambda item: (item["name"], item["port"]), min_size=1, max_size=3),
        "plain": st.lists(ITEMS, min_size=1, max_size=2),
        "free": st.fixed_dictionaries({}, optional={"x": st.dictionaries(NAMES, INTEGERS, min_size=1), "y": INTEGERS}).filter(bool),
    },
)
LABELS = st.dictionaries(st.sampled_from(["l", "example.com/m"]), NAMES, max_size=2)


def obj(spec: Manifest, labels: dict[str, str] | None = None) -> Manifest:
    metadata = {"name": "o", "namespace": "ns"} | ({"labels": labels} if labels else {})
    return {"apiVersion": "g/v1", "kind": "K", "metadata": metadata, "spec": spec}


def apply(live: Manifest | None, sent: Manifest, manager: str, *, force: bool = True) -> Manifest:
    result: Manifest = ownership.apply(
        live, sent, manager=manager, force=force, schema=ROOTED, api_version="g/v1", now="2026-01-01T00:00:00Z"
    )
    return result


def update(live: Manifest | None, whole: Manifest, manager: str, *, subresource: str = "") -> Manifest:
    """`kubectl replace`: `whole` is all that will be there, but for status, which only its subresource changes."""
    kept = {"status": live["status"]} if live and "status" in live and not subresource else {}
    metadata = {**whole["metadata"], "managedFields": (live or whole)["metadata"].get("managedFields", [])}
    result: Manifest = ownership.update(
        live,
        {**copy.deepcopy(whole), **kept, "metadata": metadata},
        manager=manager,
        schema=ROOTED,
        api_version="g/v1",
        now="2026-01-01T00:00:00Z",
        subresource=subresource,
    )
    return result


def filled_in(live: Manifest, spec: Manifest) -> Manifest:
    """What the server itself puts there, as defaults: nobody owns it."""
    return {**live, "spec": _under(live["spec"], spec)}


def _under(over: Any, below: Any) -> Any:
    if not (isinstance(over, dict) and isinstance(below, dict)):
        return over
    return {**copy.deepcopy(below), **{key: _under(value, below.get(key)) for key, value in over.items()}}


def without(live: Manifest, pointers: list[tuple[str | int, ...]]) -> Manifest:
    """`live` after a JSON patch that removes these."""
    result = copy.deepcopy(live)
    for pointer in sorted(pointers, key=lambda path: [(isinstance(part, int), part) for part in path], reverse=True):
        parent: Any = result
        for part in pointer[:-1]:
            parent = parent[part]
        del parent[pointer[-1]]
    return result


@st.composite
def histories(draw: st.DrawFn) -> Manifest:
    """An object that several managers, one of them us, have written to in their ways, and the server too."""
    live: Manifest | None = None
    for _ in range(draw(st.integers(1, 4))):
        manager, how = (
            draw(st.sampled_from(["modeltui", "modeltui", "other", "third"])),
            draw(st.sampled_from(["apply", "apply", "update"])),
        )
        sent = obj(draw(SPECS), draw(LABELS))
        live = apply(live, sent, manager) if how == "apply" else update(live, sent, manager)
    assert live is not None
    live.setdefault("spec", {})
    if draw(st.booleans()):
        # A list by keys that nobody owns looks like any other: what is in its items cannot be told apart for certain.
        live = filled_in(live, {key: value for key, value in draw(SPECS).items() if key != "keyed"})
    if draw(st.booleans()):
        live = update(live, {**live, "status": {"phase": draw(NAMES)}}, "controller", subresource="status")
    return live


@st.composite
def edits(draw: st.DrawFn, live: Manifest) -> Manifest:
    """The whole object as somebody wants it: `live` with some fields as in another object, some gone."""
    other = draw(SPECS)
    spec = {}
    for key in sorted({*live["spec"], *other}):
        match draw(st.sampled_from(["keep", "keep", "change", "mix", "drop"])):
            case "keep" if key in live["spec"]:
                spec[key] = copy.deepcopy(live["spec"][key])
            case "change" if key in other:
                spec[key] = other[key]
            case "mix" if key in live["spec"] and key in other:
                spec[key] = draw(_mixed(live["spec"][key], other[key]))
    labels = draw(LABELS) if draw(st.booleans()) else live["metadata"].get("labels")
    return obj(spec, labels)


@st.composite
def _mixed(draw: st.DrawFn, live: Any, other: Any) -> Any:
    """Something of both."""
    if isinstance(live, dict) and isinstance(other, dict):
        keys = sorted({*live, *other})
        chosen = draw(st.lists(st.sampled_from(keys), unique=True, min_size=1))
        return {key: draw(st.sampled_from([side[key] for side in (live, other) if key in side])) for key in chosen}
    if isinstance(live, list) and isinstance(other, list):
        fresh = [item for item in other if not any(_same_item(item, mine) for mine in live)]
        return copy.deepcopy(live[draw(st.integers(0, 1)) :] + fresh) or other
    return other


def _same_item(one: Any, two: Any) -> bool:
    if isinstance(one, dict):
        return bool((one["name"], one["port"]) == (two["name"], two["port"]))
    return bool(one == two)


def normal(value: Any, key: str = "") -> Any:
    """For comparison: the order of lists that are owned item by item says nothing, and what was emptied counts as gone."""
    if isinstance(value, dict):
        fields = {name: normal(entry, name) for name, entry in value.items()}
        return {name: entry for name, entry in fields.items() if entry not in ({}, [])}
    if isinstance(value, list):
        return (
            sorted((normal(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
            if key in ("set", "keyed")
            else [normal(item) for item in value]
        )
    return value
