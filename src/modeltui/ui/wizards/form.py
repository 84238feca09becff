"""What a wizard asks: steps of fields. Pure; what is answered stands in a `Draft`, and everything in it is text as typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from modeltui.redaction import redact_text

YES: Final = "yes"
NO: Final = "no"

Values = Mapping[str, str]
"""One group of answers: field key -> text. A switch is "yes" or "no"; several lines are joined by line ends."""


class Kind(StrEnum):
    TEXT = "text"
    CHOICE = "choice"
    SWITCH = "switch"
    SECRET = "secret"
    """Typed without being shown, and never saved."""
    LINES = "lines"
    """Several lines: a map of `key=value`, a selector."""


def _fine(_: str) -> str:
    return ""


def _always(_: Values) -> bool:
    return True


def nothing_proposed(_: Values) -> str:
    return ""


def _without_secrets(text: str, _: Values) -> str:
    return redact_text(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question. `check` answers with a sentence about what is wrong with a text that is not empty, or ""."""

    key: str
    label: str
    kind: Kind = Kind.TEXT
    help: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    """Of a choice: the words to choose from; "" among them means that none is chosen."""
    default: str = ""
    suggests: str = ""
    """Which live names are offered while one types: "sources", "secrets", "storage classes", "namespaces", "tags"."""
    check: Callable[[str], str] = _fine
    wanted: Callable[[Values], bool] = _always
    """Whether the question makes sense, given the other answers of its group and those of the steps without cards."""
    proposes: Callable[[Values], str] = nothing_proposed
    """What stands there until somebody types something else, given the answers that `wanted` is given: it changes with them."""
    fixed: bool = False
    """Cannot be changed: the name of an object that exists."""
    keeps: Callable[[str, Values], str] = _without_secrets
    """What of an answer may be written to a file, given the answers that `wanted` is given. Of a secret, nothing is."""

    def kept(self, value: str, around: Values) -> str:
        return "" if self.kind is Kind.SECRET else self.keeps(value, around)

    def problem(self, value: str) -> str:
        """A sentence, or "" when the answer is good."""
        text = value.strip()
        if not text:
            return f"{self.label} is needed." if self.required else ""
        if self.kind is Kind.CHOICE and text not in self.choices:
            return f"{self.label} is one of {', '.join(choice for choice in self.choices if choice)}."
        return self.check(text)


def choice(
    key: str, label: str, choices: tuple[str, ...], told: str = "", *, default: str = "", wanted: Callable[[Values], bool] = _always
) -> Field:
    """A question that is never without an answer: `default`, or the first of `choices`, until somebody chooses another."""
    return Field(
        key=key,
        label=label,
        kind=Kind.CHOICE,
        choices=choices,
        default=default or choices[0],
        required=True,
        wanted=wanted,
        help=f"{told} Left and right choose:".lstrip(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    key: str
    title: str
    intro: str = ""
    fields: tuple[Field, ...]
    told_after: str = ""
    """Key of the field below which is told what the answers mean; empty when nothing is."""
    card: str = ""
    """What one group is called when there may be several: "version". Empty: there is exactly one group, without a name."""
    begins: int = 1
    """Groups that a form begins with; a step whose cards may all be missing begins with none."""
    wanted: Callable[[Values], bool] = _always
    """Whether the step is asked at all, given the answers of the steps without cards. What was typed in one that is not asked is kept,
    for whoever changes his mind, and means nothing."""

    def blank(self) -> dict[str, str]:
        """A group that nobody has answered yet."""
        return {field.key: field.default or (NO if field.kind is Kind.SWITCH else "") for field in self.fields}

    def asked(self, values: Values) -> tuple[Field, ...]:
        """The questions that make sense, given the answers so far."""
        return tuple(field for field in self.fields if field.wanted(values))


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and with which answer. `field` is "" when it is about the whole group, `group` counts from 0."""

    step: str
    group: int
    field: str
    sentence: str


Across = Callable[[Mapping[str, Sequence[Values]]], tuple[Problem, ...]]
"""Finds what is wrong only in view of several answers, such as two versions of one name."""


def _nothing(_: Mapping[str, Sequence[Values]]) -> tuple[Problem, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    name: str
    """Of the file that its unfinished answers are kept in: "model"."""
    title: str
    steps: tuple[Step, ...]
    across: Across = _nothing

    def step(self, key: str) -> Step:
        """Raises KeyError."""
        return next((step for step in self.steps if step.key == key), None) or _no_step(key)


def _no_step(key: str) -> Step:
    raise KeyError(key)
