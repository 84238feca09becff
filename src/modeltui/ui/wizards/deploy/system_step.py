"""The second question: which system runs it. All are offered; of one that cannot, the reason stands beside it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from modeltui.document import Line, Tone, line
from modeltui.ui.wizards.deploy import model_step
from modeltui.ui.wizards.form import Field, Kind, Step, Values

STEP: Final = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A system, as far as this question needs to know it."""

    word: str
    title: str
    refuses: Mapping[str, str] = field(default_factory=dict)
    """Where a model comes from -> why this system cannot take it from there."""


def step(choices: Sequence[Choice], absent: Mapping[str, str], *, editing: bool) -> Step:
    """`absent`: word -> why it cannot be used in this cluster, for those that are known not to be."""

    def proposed(values: Values) -> str:
        return next((one.word for one in choices if not why_not(one, absent, values)), choices[0].word)

    return Step(
        key=STEP,
        title="System",
        told_after="system",
        fields=(
            Field(
                key="system",
                label="System",
                kind=Kind.CHOICE,
                choices=tuple(one.word for one in choices),
                required=True,
                proposes=proposed,
                fixed=editing,
                help="Left and right, or a letter, choose:",
            ),
        ),
    )


def why_not(choice: Choice, absent: Mapping[str, str], values: Values) -> str:
    """Why a system cannot take the model; "" when it can, as far as is known."""
    return choice.refuses.get(model_step.origin(values), "") or absent.get(choice.word, "")


def about(choices: Sequence[Choice], absent: Mapping[str, str], values: Values, *, asked: bool) -> list[Line]:
    """Each system, and whether it can take the model. `asked`: the cluster has answered what is installed."""
    width = max(len(one.title) for one in choices)
    reasons = {one.word: why_not(one, absent, values) for one in choices}
    told = [_told(one, reasons[one.word], chosen=values.get("system") == one.word, asked=asked, width=width) for one in choices]
    why = reasons.get(values.get("system", ""), "")
    return [*told, line(f"It cannot be used: {why}.", "warn")] if ": " in why else told


def _told(one: Choice, reason: str, *, chosen: bool, asked: bool, width: int) -> Line:
    state = reason.partition(": ")[0] or ("installed" if asked else "not known yet")
    mark = "✕" if reason else "✓" if asked else "…"
    tone: Tone = "dim" if not chosen else "warn" if reason else ""
    return line(f"{'▸' if chosen else ' '} {mark} {one.title.ljust(width)}  {state}", tone)
