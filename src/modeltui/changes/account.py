"""What was and what was not done of a change. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from modeltui.changes.plan import Action, Step
from modeltui.kube.apply import Manifest


class StepState(StrEnum):
    DONE = "done"
    UNCHANGED = "already so"
    """Nothing had to be written."""
    FAILED = "failed"
    """Certainly not written."""
    PARTLY = "partly done"
    """Fields of others were taken away, but what was to be set was not."""
    UNKNOWN = "unknown"
    """Sent, and no answer came, and the server could not be asked either."""
    NOT_DONE = "not done"
    """Not begun, since an earlier step failed."""


@dataclass(frozen=True, slots=True)
class Executed:
    """One step. Objects are as they are, secrets included: never for showing."""

    step: Step
    """With the live object as it was right before the write."""
    state: StepState
    sentence: str = ""
    """Why it failed, or what else people should know."""
    result: Manifest | None = field(default=None, repr=False)
    """The object after the write; None when it is gone or was not written."""
    warnings: tuple[str, ...] = ()


_WRITTEN = frozenset({StepState.DONE, StepState.PARTLY})
_DID = {Action.DELETE: "deleted", Action.CREATE: "created"}


@dataclass(frozen=True, slots=True)
class Account:
    title: str
    steps: tuple[Executed, ...]

    def of(self, *states: StepState) -> tuple[Executed, ...]:
        return tuple(step for step in self.steps if step.state in states)

    @property
    def done(self) -> tuple[Executed, ...]:
        """Written, or so already."""
        return self.of(StepState.DONE, StepState.UNCHANGED)

    @property
    def failed(self) -> tuple[Executed, ...]:
        """The step where it ended: failed, partly done, or unknown. At most one."""
        return self.of(StepState.FAILED, StepState.PARTLY, StepState.UNKNOWN)

    @property
    def not_done(self) -> tuple[Executed, ...]:
        return self.of(StepState.NOT_DONE)

    @property
    def written(self) -> tuple[Executed, ...]:
        """What an undo would bring back."""
        return self.of(*_WRITTEN)

    @property
    def complete(self) -> bool:
        return len(self.done) == len(self.steps)

    def sentence(self) -> str:
        """ "Done: created Secret team-a/hf. Failed: apply ModelSource team-a/hub (…). Not done: apply Model team-a/llama." """
        parts = [
            ("Done", ", ".join(dict.fromkeys(_told(step) for step in self.of(StepState.DONE)))),
            ("Already so", ", ".join(_named(step) for step in self.of(StepState.UNCHANGED))),
            *((_HEADINGS[step.state], f"{step.step} ({step.sentence})") for step in self.failed),
            ("Not done", ", ".join(f"{step.step} ({step.sentence})" if step.sentence else str(step.step) for step in self.not_done)),
        ]
        told = [f"{heading}: {text}." for heading, text in parts if text]
        left = [step.step.otherwise for step in (*self.failed, *self.not_done) if step.step.otherwise]
        return " ".join([*told, *left]) or "Nothing to do."


_HEADINGS = {StepState.FAILED: "Failed", StepState.PARTLY: "Partly done", StepState.UNKNOWN: "Unknown whether done"}


def not_begun(steps: Iterable[Step]) -> tuple[Executed, ...]:
    return tuple(Executed(step, StepState.NOT_DONE) for step in steps)


def _named(executed: Executed) -> str:
    step = executed.step
    return f"{step.resource.kind} {step.namespace + '/' if step.namespace else ''}{step.name}"


def _told(executed: Executed) -> str:
    did = _DID.get(executed.step.action) or ("created" if executed.step.live is None else "changed")
    more = f" ({executed.sentence})" if executed.sentence else ""
    return f"{did} {_named(executed)}{more}"
