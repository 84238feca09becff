"""Schemas that several of the demo's definitions share: `{$part: container}` stands for the one of that name in `parts.yaml`.

What stands next to `$part` is added: properties to its properties, anything else in place of what the part says.
"""

from __future__ import annotations

from typing import Any

from modeltui.demo.errors import Object

FILE = "parts.yaml"
_MARK = "$part"


def filled(node: Any, parts: Object) -> Any:
    """The same with every part filled in. Raises KeyError for a part that is not there."""
    if not parts:
        return node
    if isinstance(node, list):
        return [filled(each, parts) for each in node]
    if not isinstance(node, dict):
        return node
    own = {key: filled(value, parts) for key, value in node.items() if key != _MARK}
    if _MARK not in node:
        return own
    base = filled(parts[node[_MARK]], parts)
    both = {**base, **own}
    if "properties" in base and "properties" in own:
        both["properties"] = {**base["properties"], **own["properties"]}
    return both
