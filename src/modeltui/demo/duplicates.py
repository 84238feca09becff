"""Keys that a body has twice. Parsers keep the last one in silence; strict field validation tells of them, as upstream's decoders do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def in_json(body: bytes) -> list[str]:
    """One sentence for each path that occurs again: 'duplicate field "spec.size"'. The body must parse."""
    doubled: dict[int, list[str]] = {}
    kept_alive: list[dict[str, Any]] = []  # an id means something only while its object lives

    def remember(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            times = Counter(key for key, _ in pairs)
            doubled[id(found)] = [key for key in found if times[key] > 1]
            kept_alive.append(found)
        return found

    parsed = json.loads(body, object_pairs_hook=remember)
    return [f'duplicate field "{path}"' for path in _paths(parsed, "", doubled)] if doubled else []


def _paths(value: Any, at: str, doubled: dict[int, list[str]]) -> Iterator[str]:
    if isinstance(value, dict):
        under, twice = f"{at}." if at else "", doubled.get(id(value), ())
        for key, below in value.items():
            yield from _paths(below, under + key, doubled)
            if key in twice:
                yield under + key
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _paths(below, f"{at}[{index}]", doubled)


def in_yaml(body: bytes) -> list[str]:
    """What the strict YAML decoder says of each key that is twice in its map. The body must parse."""
    first = next(iter(yaml.compose_all(body, Loader=_Loader)), None)
    return [f'line {line}: key "{key}" already set in map' for line, key in _repeated(first)]


def unmarshal_errors(told: list[str]) -> str:
    """The same as one error, over several lines; "" when there is nothing to tell."""
    return "\n".join(["yaml: unmarshal errors:", *(f"  {each}" for each in told)]) if told else ""


def _repeated(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, below in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    yield key.start_mark.line + 1, key.value
                seen.add(key.value)
            yield from _repeated(below)
    elif isinstance(node, yaml.SequenceNode):
        for below in node.value:
            yield from _repeated(below)
