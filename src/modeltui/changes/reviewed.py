"""What a review found: of each step what would come of it, and what stands against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from modeltui.changes.account import Account
from modeltui.changes.applyset import Removal
from modeltui.changes.comparing import Changed
from modeltui.changes.difference import FieldChange
from modeltui.changes.once import Once
from modeltui.changes.plan import Action, Change, Choice, Step
from modeltui.changes.refusals import Refusal
from modeltui.kube.apply import Manifest
from modeltui.systems.operations import Going

_UNDECIDED: Final[Mapping[int, Choice]] = {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way in which a step can be done, and what comes of it."""

    manifest: Manifest | None
    """What will be sent; None for a deletion."""
    force: bool
    removals: tuple[Removal, ...]
    """Fields to take away before, since others, or nobody, own them."""
    result: Manifest | None
    """The object as it will be; None: gone."""
    difference: tuple[FieldChange, ...]
    warnings: tuple[str, ...] = ()
    changes: tuple[Changed, ...] = field(default=(), repr=False)
    """The difference with its real values. Not for showing."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    step: Step
    """With the live object as it is now, and what is wanted carried over to it."""
    outcome: Outcome | None
    """None when it was refused. With conflicts: what comes of taking over."""
    leaving: Outcome | None = None
    """With conflicts: what comes of leaving theirs; None when that is not possible."""
    conflicts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Field manager -> the fields it owns that the step would change."""
    refusals: tuple[Refusal, ...] = ()
    pending: str = ""
    """Why the server could not check it yet, when an earlier step has to be done first; the step is checked then."""
    drift: tuple[Changed, ...] = ()
    """What others changed since the step's live object was read."""
    awaited: tuple[Going, ...] = ()
    """What is in the way now, and will be waited for."""
    hidden: tuple[Going, ...] = ()
    """What may be in the way, but may not be looked at, and is not waited for."""

    @property
    def unchanged(self) -> bool:
        """There is nothing to do."""
        return self.outcome is not None and self.nothing_in(self.outcome)

    def nothing_in(self, outcome: Outcome) -> bool:
        """Whether that outcome is what is there already. An object without fields is no change, but has to be made, or to go."""
        there = self.step.live is not None
        return not self.pending and not outcome.changes and there == (self.step.action != Action.DELETE)

    @property
    def clean(self) -> bool:
        return not self.refusals and not self.conflicts

    @property
    def difference(self) -> tuple[FieldChange, ...]:
        return self.outcome.difference if self.outcome else ()

    @property
    def removals(self) -> tuple[Removal, ...]:
        return self.outcome.removals if self.outcome else ()

    @property
    def warnings(self) -> tuple[str, ...]:
        return self.outcome.warnings if self.outcome else ()

    @property
    def result(self) -> Manifest | None:
        return self.outcome.result if self.outcome else None

    def chosen(self, choice: Choice | None) -> Outcome | None:
        """What will be done; None when it cannot be, or a conflict needs a choice first."""
        if self.refusals or (self.conflicts and choice is None):
            return None
        return self.leaving if self.conflicts and choice == Choice.LEAVE else self.outcome

    def wanted(self, choice: Choice | None) -> Step:
        """The step as it would be done: of what is there now, and without what is left as others have it."""
        left = self.chosen(choice) if choice == Choice.LEAVE else None
        return replace(self.step, desired=left.result) if left is not None and left.result is not None else self.step


@dataclass(frozen=True, slots=True)
class Review:
    """Good for one execution: confirming it again, while it runs or later, gives the same account and writes nothing more."""

    title: str
    steps: tuple[Reviewed, ...]
    once: Once[Account] = field(default_factory=Once[Account], repr=False, compare=False)

    @property
    def clean(self) -> bool:
        """Neither refused nor in conflict anywhere: it can be confirmed as it is."""
        return all(step.clean for step in self.steps)

    @property
    def unchanged(self) -> bool:
        return all(step.unchanged for step in self.steps)

    def ready(self, choices: Mapping[int, Choice]) -> bool:
        """Whether it can be confirmed with these choices, by the position of the step."""
        return all(step.chosen(choices.get(position)) is not None for position, step in enumerate(self.steps))

    def change(self, choices: Mapping[int, Choice] = _UNDECIDED) -> Change:
        """What was reviewed, as a change; `choices` by the position of the step."""
        return Change(self.title, tuple(step.wanted(choices.get(position)) for position, step in enumerate(self.steps)))
