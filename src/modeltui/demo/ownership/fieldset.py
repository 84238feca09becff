"""Sets of fields: what one field manager owns of an object.

A path is a tuple of elements in the spelling of FieldsV1: `f:spec` (a field), `k:{"name":"x"}` (an entry of a keyed list),
`v:"t"` (a member of a set), `i:0` (a place). A field set is a frozenset of paths, so union, difference and intersection are
Python's own. Source of the format: sigs.k8s.io/structured-merge-diff, fieldpath.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str, ...]
FieldSet: TypeAlias = frozenset[Path]

_RANK = {"f": 0, "k": 1, "v": 2, "i": 3}


def field(name: str) -> str:
    return f"f:{name}"


def key(values: Mapping[str, Any]) -> str:
    """The element of a list entry with these key fields; the fields are sorted by name."""
    return "k:" + _compact(dict(sorted(values.items())))


def member(value: Any) -> str:
    return "v:" + _compact(value)


def from_fields_v1(fields: Mapping[str, Any]) -> FieldSet:
    """The paths of a managedFields entry. Raises ValueError for an element that is no path element."""
    paths: set[Path] = set()
    _collect(fields, (), paths)
    return frozenset(paths)


def to_fields_v1(paths: Iterable[Path]) -> dict[str, Any]:
    """The nested form that managedFields carry: elements sorted, "." for a node that is a member and has members below."""
    tree: dict[str, Any] = {}
    members = set(paths)
    for path in members:
        node = tree
        for element in path:
            node = node.setdefault(element, {})
    for path in members:
        node = tree
        for element in path:
            node = node[element]
        if node and path:
            node["."] = {}
    return _sorted(tree)


def without(paths: FieldSet, prefixes: Iterable[Path]) -> FieldSet:
    """The paths that neither are one of `prefixes` nor lie below one."""
    gone = set(prefixes)
    return frozenset(path for path in paths if not any(path[:length] in gone for length in range(1, len(path) + 1)))


def sort_key(path: Path) -> tuple[tuple[bool, int, str], ...]:
    """As a server walks a set: of each thing its own fields first, and then what is in them."""
    return tuple((at < len(path) - 1, *_element_key(element)) for at, element in enumerate(path))


def display(path: Path) -> str:
    """As it stands in conflict messages: `.spec.parts[name="x"].weight`, `.spec.tags[="t"]`."""
    return "".join(_display(element) for element in path)


def _display(element: str) -> str:
    kind, text = element[0], element[2:]
    if kind == "f":
        return f".{text}"
    if kind == "k":
        return "[" + ",".join(f"{name}={_compact(value)}" for name, value in json.loads(text).items()) + "]"
    return f"[={text}]" if kind == "v" else f"[{text}]"


def _collect(node: Mapping[str, Any], path: Path, paths: set[Path]) -> None:
    for element, below in node.items():
        if element == ".":
            paths.add(path)
            continue
        here = (*path, _canonical(element))
        if not isinstance(below, Mapping):
            raise ValueError(f"fieldsV1: {element} must hold an object")
        if not below:
            paths.add(here)
        _collect(below, here, paths)


def _canonical(element: str) -> str:
    kind, colon, text = element.partition(":")
    if not colon or kind not in _RANK:
        raise ValueError(f"fieldsV1: {element!r} is no path element")
    if kind == "k":
        values = json.loads(text)
        if not isinstance(values, dict):
            raise ValueError(f"fieldsV1: {element!r} must hold the keys as an object")
        return key(values)
    return member(json.loads(text)) if kind == "v" else element


def _sorted(tree: dict[str, Any]) -> dict[str, Any]:
    return {element: _sorted(tree[element]) for element in sorted(tree, key=_element_key)}


def _element_key(element: str) -> tuple[int, str]:
    return (-1, "") if element == "." else (_RANK[element[0]], element[2:])


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
