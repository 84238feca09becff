"""Where a field is: as a path that survives insertions in lists, and how that is spelled for people and by the server."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Key:
    """The item of a list that has these values in its key fields; sorted by field name."""

    fields: tuple[tuple[str, Scalar], ...]
    _types: tuple[bool, ...] = field(init=False, repr=False)
    """Which of them are truth values: to Python True is 1."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_types", tuple(isinstance(value, bool) for _, value in self.fields))

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Key:
        return cls(tuple(sorted(fields.items())))


@dataclass(frozen=True, slots=True)
class Member:
    """The item of a list used as a set."""

    value: Scalar
    _type: bool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_type", isinstance(self.value, bool))


Element = str | int | Key | Member
"""A field's name, a position in a list, or an item of a list by what identifies it."""

Path = tuple[Element, ...]

_PLAIN: Final = re.compile(r"[\w-]+")


def spelled(path: Path) -> str:
    """For people: `spec.containers[name=x].image`, `spec.versions[0]`, `metadata.labels["example.com/a"]`; "" is the whole object."""
    return "".join(_spelled(element) for element in path).removeprefix(".")


def _spelled(element: Element) -> str:
    match element:
        case str():
            return f".{element}" if _PLAIN.fullmatch(element) else f"[{json.dumps(element, ensure_ascii=False)}]"
        case int():
            return f"[{element}]"
        case Key(fields):
            return "[" + ",".join(f"{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in fields) + "]"
        case Member(value):
            return f"[{value if isinstance(value, str) else json.dumps(value)}]"


def as_the_server_spells(path: Path) -> str:
    """As an apply conflict names it: `.spec.containers[name="x"].image`, `.metadata.labels.example.com/a`, `.metadata.finalizers[="f"]`."""
    return "".join(_by_the_server(element) for element in path)


def _by_the_server(element: Element) -> str:
    match element:
        case str():
            return f".{element}"
        case int():
            return f"[{element}]"
        case Key(fields):
            return "[" + ",".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in fields) + "]"
        case Member(value):
            return f"[={json.dumps(value, ensure_ascii=False)}]"
