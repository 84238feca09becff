"""Kubernetes label selectors: `app=x,tier in (a,b),!canary`. Pure; the grammar and meaning of the API server's own parser.

Source of the rules: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from modeltui.systems.core.names import is_label_key, is_label_value


class SelectorError(ValueError):
    """One sentence, and the character it is about."""

    def __init__(self, sentence: str, position: int) -> None:
        super().__init__(sentence)
        self.sentence, self.position = sentence, position


class Operator(StrEnum):
    EXISTS = "exists"
    ABSENT = "!"
    EQUALS = "="
    DIFFERS = "!="
    IN = "in"
    NOT_IN = "notin"
    GREATER = ">"
    LESS = "<"


@dataclass(frozen=True, slots=True)
class Requirement:
    key: str
    operator: Operator
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """`!=` and `notin` are true of an object without the label, as they are on the server."""
        value = labels.get(self.key)
        match self.operator:
            case Operator.EXISTS:
                return value is not None
            case Operator.ABSENT:
                return value is None
            case Operator.EQUALS | Operator.IN:
                return value in self.values
            case Operator.DIFFERS | Operator.NOT_IN:
                return value not in self.values
        if value is None or not _INTEGER.fullmatch(value):
            return False
        wanted = int(self.values[0])
        return int(value) > wanted if self.operator is Operator.GREATER else int(value) < wanted

    def __str__(self) -> str:
        match self.operator:
            case Operator.EXISTS:
                return self.key
            case Operator.ABSENT:
                return f"!{self.key}"
            case Operator.IN | Operator.NOT_IN:
                return f"{self.key} {self.operator} ({','.join(self.values)})"
        return f"{self.key}{self.operator}{self.values[0]}"


def matches(requirements: Sequence[Requirement], labels: Mapping[str, str]) -> bool:
    return all(requirement.matches(labels) for requirement in requirements)


def parse(text: str) -> tuple[Requirement, ...]:
    """The whole text as a selector. Raises SelectorError."""
    requirements, end = parse_at(text, 0)
    if text[end:].strip():
        raise SelectorError(f'The label selector ends before "{text[end:].strip()}": separate requirements by commas.', end)
    return requirements


def parse_at(text: str, start: int) -> tuple[tuple[Requirement, ...], int]:
    """A selector from `start` on, and where it ends: after the last requirement that no comma follows."""
    found: list[Requirement] = []
    position = start
    while True:
        requirement, position = _requirement(text, _skip(text, position))
        found.append(requirement)
        after = _skip(text, position)
        if text[after : after + 1] != ",":
            return tuple(found), position
        position = after + 1


_WORD: Final = re.compile(r"[^\s,()=!<>]*")
_INTEGER: Final = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_SIGN: Final = re.compile(r"==|=|!=|>|<")
_SET: Final = re.compile(r"\s+(in|notin)(?![^\s(])\s*")


def _requirement(text: str, start: int) -> tuple[Requirement, int]:
    if text[start : start + 1] == "!":
        key, end = _key(text, _skip(text, start + 1))
        return Requirement(key, Operator.ABSENT), end
    key, end = _key(text, start)
    if found := _SET.match(text, end):
        values, after = _values(text, found.end(), found[1])
        return Requirement(key, Operator(found[1]), values), after
    sign = _SIGN.match(text, _skip(text, end))
    if sign is None:
        return Requirement(key, Operator.EXISTS), end
    operator = Operator(sign[0].replace("==", "="))
    value, after = _value(text, _skip(text, sign.end()))
    if operator in (Operator.GREATER, Operator.LESS) and not _INTEGER.fullmatch(value):
        raise SelectorError(f'Label selector: "{key}{operator}" compares with a whole number, not with "{value}".', sign.end())
    return Requirement(key, operator, (value,)), after


def _key(text: str, start: int) -> tuple[str, int]:
    end = _word_end(text, start)
    key = text[start:end]
    if not key:
        there = f'"{text[start]}"' if start < len(text) else "the end"
        raise SelectorError(f"Label selector: expected a label key, found {there}.", start)
    if not is_label_key(key):
        raise SelectorError(f'Label selector: "{key}" is not a label key (letters, digits, "-", "_", "."; at most 63).', start)
    return key, end


def _values(text: str, start: int, operator: str) -> tuple[tuple[str, ...], int]:
    if text[start : start + 1] != "(":
        raise SelectorError(f'Label selector: "{operator}" wants a list in brackets, such as {operator} (a,b).', start)
    found: list[str] = []
    position = start + 1
    while True:
        value, position = _value(text, _skip(text, position))
        found.append(value)
        position = _skip(text, position)
        closing = text[position : position + 1]
        if closing == ")":
            return tuple(found), position + 1
        if closing != ",":
            raise SelectorError('Label selector: the list is not closed; add ")".', position)
        position += 1


def _value(text: str, start: int) -> tuple[str, int]:
    """Empty is a value: `app=` selects objects whose label is there and empty."""
    end = _word_end(text, start)
    value = text[start:end]
    if not is_label_value(value):
        raise SelectorError(f'Label selector: "{value}" is not a label value (letters, digits, "-", "_", "."; at most 63).', start)
    return value, end


def _word_end(text: str, start: int) -> int:
    found = _WORD.match(text, start)
    return start if found is None else found.end()


def _skip(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start
