"""On which line of a YAML text a field stands. Pure."""

from __future__ import annotations

import json
import re
from typing import Final

import yaml

_ELEMENT: Final = re.compile(r'\[(?P<quoted>"(?:[^"\\]|\\.)*")\]|\[(?P<item>[^\]]*)\]|(?P<key>[^.\[\]]+)')


def line_of(text: str, path: str) -> int:
    """From 0: where `path` (`spec.versions[0].repo`, `spec.versions[name=v1]`, `metadata.labels["a/b"]`) stands, or the last part
    of it that is there; 0 when the text cannot be read."""
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return 0
    found = 0
    for element in _ELEMENT.finditer(path):
        key = json.loads(element["quoted"]) if element["quoted"] else element["key"]
        below = _item(node, element["item"]) if key is None else _field(node, key)
        if below is None:
            break
        mark, node = below
        found = mark.start_mark.line
    return found


def _field(node: yaml.Node | None, key: str) -> tuple[yaml.Node, yaml.Node] | None:
    """The node of the name, and that of the value."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next(((name, value) for name, value in pairs if name.value == key), None)


def _item(node: yaml.Node | None, item: str) -> tuple[yaml.Node, yaml.Node] | None:
    """By its position, or by a field of it. A map of names takes what stands in brackets for a name."""
    if not isinstance(node, yaml.SequenceNode):
        return _field(node, item)
    if item.isdecimal():
        return (node.value[int(item)], node.value[int(item)]) if int(item) < len(node.value) else None
    name, _, value = item.partition("=")
    for entry in node.value:
        if (found := _field(entry, name)) is not None and found[1].value == value:
            return entry, entry
    return None
