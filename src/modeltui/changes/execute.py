"""Carrying out what was confirmed: step after step, each only if it still does what was confirmed, until one fails."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from modeltui.changes.account import Account, Executed, StepState, not_begun
from modeltui.changes.comparing import same_changes
from modeltui.changes.difference import FieldChange
from modeltui.changes.paths import Path, spelled
from modeltui.changes.plan import Action, Choice, Step
from modeltui.changes.review import review_step
from modeltui.changes.reviewed import Outcome, Review, Reviewed
from modeltui.changes.waiting import Stopped, TooLong, Waiting
from modeltui.changes.writing import TRIES, Failure, Patience, Writer, told
from modeltui.kube import errors
from modeltui.kube.apply import Manifest, Seen, Stale
from modeltui.kube.client import Client
from modeltui.systems.operations import Going

_LONGEST_WAIT: Final = 10.0
"""Seconds that a busy server may ask us to wait for."""


class Recorder(Protocol):
    """Keeps what is done. Neither call raises: what cannot be kept must not stop a change half-way."""

    async def begin(self, step: Step, difference: Sequence[FieldChange]) -> Any:
        """Before the write is sent; `step.live` is the object before. Returns what `end` wants back."""

    async def end(self, token: Any, result: str) -> None:
        """`result`: "done", or "failed" or "unknown" with a sentence after ": "."""


async def execute(
    client: Client,
    review: Review,
    *,
    choices: Mapping[int, Choice] | None = None,
    recorder: Recorder,
    patience: Patience | None = None,
    waiting: Waiting | None = None,
) -> Account:
    """What was done. `choices` are by the position of the step; raises ValueError when a step is refused or lacks one.
    `waiting`: by which somebody sees what is waited for between two steps, and may stop that; without, `patience` ends it.

    Of a review that is being executed, or was, this gives the same account and writes nothing. Never raises KubeError.
    """
    chosen = dict(choices or {})
    if not review.ready(chosen):
        raise ValueError("a step of this review is refused, or its conflict has not been decided")
    patience = patience or Patience()
    waiting = waiting or Waiting(longest=patience.gone)
    return await review.once.run(_Execution(client, review, chosen, recorder, patience, waiting).run)


class _Execution:
    def __init__(
        self, client: Client, review: Review, choices: Mapping[int, Choice], recorder: Recorder, patience: Patience, waiting: Waiting
    ) -> None:
        self._client = client
        self._review = review
        self._choices = choices
        self._recorder = recorder
        self._patience = patience
        self._waiting = waiting
        self._writer = Writer(client, patience)

    async def run(self) -> Account:
        steps: list[Executed] = []
        for position, reviewed in enumerate(self._review.steps):
            steps.append(await self._step(position, reviewed))
            if steps[-1].state not in (StepState.DONE, StepState.UNCHANGED):
                steps += not_begun(later.step for later in self._review.steps[position + 1 :])
                break
        return Account(self._review.title, tuple(steps))

    async def _step(self, position: int, reviewed: Reviewed) -> Executed:
        record = _Record(self._recorder)
        try:
            await self._wait_before(position)
            executed = await self._tried(reviewed, self._choices.get(position), record)
        except Failure as failure:
            executed = Executed(record.step or reviewed.step, failure.state, failure.sentence, failure.result)
        except errors.KubeError as error:
            executed = Executed(reviewed.step, StepState.FAILED, told(error, reviewed.step))
        except asyncio.CancelledError:
            await asyncio.shield(record.end("unknown: the console ended before the answer came"))
            raise
        await record.end(_recorded(executed))
        return executed

    async def _wait_before(self, position: int) -> None:
        """Until nothing is in the way of this step any more. Raises Failure."""
        steps = [reviewed.step for reviewed in self._review.steps]
        going = (*steps[position].once_gone, *_deleted_before(steps, position))
        if not going:
            return
        try:
            await self._waiting.until_gone(self._client, going, every=self._patience.look_again)
        except Stopped as stopped:
            raise Failure(StepState.NOT_DONE, f"you stopped waiting: {stopped}") from stopped
        except TooLong as long:
            raise Failure(StepState.FAILED, f"waited for too long: {long}") from long

    async def _tried(self, reviewed: Reviewed, choice: Choice | None, record: _Record) -> Executed:
        for _ in range(TRIES):
            try:
                step, outcome = await self._as_confirmed(reviewed, choice)
                if outcome is None:
                    return Executed(step, StepState.UNCHANGED)
                await record.begin(step, outcome.difference)
                return await self._writer.write(step, outcome)
            except Stale:
                continue
            except errors.TooManyRequests as busy:
                await asyncio.sleep(min(busy.retry_after or 1.0, _LONGEST_WAIT))
        raise Failure(StepState.FAILED, "somebody else keeps changing it, or the server is too busy: try again when that is over")

    async def _as_confirmed(self, reviewed: Reviewed, choice: Choice | None) -> tuple[Step, Outcome | None]:
        """The step on the object as it is now, if it still does what was confirmed; without an outcome when it is so already."""
        step, confirmed = reviewed.step, reviewed.chosen(choice)
        assert confirmed is not None
        current = await self._current(step)
        if not reviewed.pending and _seen(current) == _seen(step.live):
            return step, None if reviewed.nothing_in(confirmed) else confirmed
        fresh = await review_step(self._client, step)
        if fresh.refusals:
            raise Failure(StepState.FAILED, "; ".join(f"{refusal.field} {refusal.sentence}".strip() for refusal in fresh.refusals))
        outcome = fresh.chosen(choice)
        if outcome is None:
            fields = ", ".join(field for owned in fresh.conflicts.values() for field in owned)
            raise Failure(StepState.FAILED, f"{', '.join(fresh.conflicts)} owns {fields}, which was not so when you looked: review again")
        if fresh.nothing_in(outcome):
            return fresh.step, None
        comparable = reviewed.pending == fresh.pending  # else the server can tell now what it could not tell before
        if comparable and (moved := _moved(fresh, outcome, confirmed)):
            fields = ", ".join(dict.fromkeys(spelled(path) for path in moved))
            raise Failure(StepState.FAILED, f"it has changed since you looked ({fields}): review again")
        return fresh.step, outcome

    async def _current(self, step: Step) -> Manifest | None:
        try:
            return await self._writer.read(step)
        except errors.NotFound:  # the whole kind, which an earlier step may have installed just now
            return None


def _deleted_before(steps: Sequence[Step], position: int) -> list[Going]:
    """What an earlier step deletes to make room for this one."""
    earlier = [step for step in steps[:position] if step.action == Action.DELETE and step.place == steps[position].place]
    return [Going(*step.place, sure=True, uid=step.live["metadata"]["uid"]) for step in earlier if step.live is not None]


class _Record:
    """What the recorder is told of one step: once that it begins, and once how it ended, however often it was tried."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._token: Any = None
        self.step: Step | None = None

    async def begin(self, step: Step, difference: Sequence[FieldChange]) -> None:
        if self.step is None:
            self._token = await self._recorder.begin(step, difference)
        self.step = step

    async def end(self, result: str) -> None:
        if self.step is not None:
            await self._recorder.end(self._token, result)


def _moved(fresh: Reviewed, outcome: Outcome, confirmed: Outcome) -> list[Path]:
    """The fields whose change is not the one that was confirmed."""
    if fresh.step.action == Action.DELETE:
        return [change.path for change in fresh.drift]
    before = {change.path: change for change in confirmed.changes}
    after = {change.path: change for change in outcome.changes}
    return [
        path
        for path in [*after, *(path for path in before if path not in after)]
        if path not in before or path not in after or not same_changes([before[path]], [after[path]])
    ]


def _recorded(executed: Executed) -> str:
    match executed.state:
        case StepState.DONE | StepState.UNCHANGED:
            return f"done: {executed.sentence}" if executed.sentence else "done"
        case StepState.UNKNOWN:
            return f"unknown: {executed.sentence}"
        case StepState.PARTLY:
            return f"failed: partly done: {executed.sentence}"
    return f"failed: {executed.sentence}"


def _seen(obj: Manifest | None) -> Seen | None:
    return None if obj is None else Seen.of(obj)
