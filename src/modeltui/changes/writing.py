"""One write of one step, guarded by what was seen; and when its answer is lost, finding out whether it was done."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from modeltui.changes.account import Executed, StepState
from modeltui.changes.comparing import changed_fields
from modeltui.changes.lookup import pointer_to
from modeltui.changes.paths import spelled
from modeltui.changes.plan import Action, Step
from modeltui.changes.refusals import refusals
from modeltui.changes.reviewed import Outcome
from modeltui.changes.secret_values import secret_values
from modeltui.kube import errors
from modeltui.kube.apply import Applied, Manifest, Seen, Stale, apply, create_only, delete, read, take_away
from modeltui.kube.client import Client

TRIES: Final = 5
"""How often an object that changes under our hands is looked at anew."""

_FINALIZERS: Final = "it goes when its finalizers are done"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds."""

    find_out: float = 10.0
    """For finding out whether a write whose answer was lost was done."""
    look_again: float = 1.0
    """Between two looks. What is not there at two looks in a row was not written."""
    gone: float = 120.0
    """For what has to be gone before a step, where nobody can be told of the wait: finalizers take their time."""


class Failure(Exception):
    """A write that ended otherwise than done or not written."""

    def __init__(self, state: StepState, sentence: str, result: Manifest | None = None) -> None:
        super().__init__(sentence)
        self.state = state
        self.sentence = sentence
        self.result = result


class Writer:
    def __init__(self, client: Client, patience: Patience) -> None:
        self._client = client
        self._patience = patience

    async def write(self, step: Step, outcome: Outcome) -> Executed:
        """Raises Stale or another KubeError when certainly nothing was written, and Failure for anything else."""
        try:
            if step.action == Action.DELETE:
                return await self._delete(step)
            return _executed(step, await self._apply(step, outcome))
        except errors.KubeError as error:
            if not uncertain(error):
                raise
            return await self._found_out(step, outcome, error)

    async def read(self, step: Step) -> Manifest | None:
        return await read(self._client, step.resource, step.namespace, step.name)

    async def _delete(self, step: Step) -> Executed:
        assert step.live is not None
        seen = Seen.of(step.live)
        try:
            gone = await delete(
                self._client,
                step.resource,
                step.namespace,
                step.name,
                uid=seen.uid,
                resource_version=seen.resource_version,
                propagation=step.propagation,
                dry_run=False,
            )
        except errors.NotFound:
            return Executed(step, StepState.UNCHANGED, "somebody else has deleted it")
        return Executed(step, StepState.DONE, "" if gone else _FINALIZERS)

    async def _apply(self, step: Step, outcome: Outcome) -> Applied:
        assert outcome.manifest is not None
        if step.live is None and step.action == Action.CREATE:
            return await create_only(self._client, step.resource, outcome.manifest, dry_run=False)
        seen = Seen.of(step.live) if step.live is not None else None
        if seen is None or not outcome.removals:
            return await apply(self._client, step.resource, outcome.manifest, dry_run=False, force=outcome.force, seen=seen)
        pointers = [removal.pointer for removal in outcome.removals]
        version = seen.resource_version
        less = await take_away(self._client, step.resource, step.namespace, step.name, pointers, resource_version=version, dry_run=False)
        return await self._rest(step, outcome, less)

    async def _rest(self, step: Step, outcome: Outcome, less: Manifest) -> Applied:
        """The apply after something was taken away. A controller may answer to that with a status at once: that is no hindrance."""
        assert outcome.manifest is not None
        now: Manifest | None = less
        for _ in range(TRIES):
            if now is None or changed_fields(less, now):
                break
            try:
                return await apply(self._client, step.resource, outcome.manifest, dry_run=False, force=outcome.force, seen=Seen.of(now))
            except Stale:
                now = await self.read(step)
            except errors.KubeError as error:
                if uncertain(error):
                    raise
                raise _partly(outcome, told(error, step), less) from error
        raise _partly(outcome, "somebody else changed it at that moment", less)

    async def _found_out(self, step: Step, outcome: Outcome, error: errors.KubeError) -> Executed:
        """Looks whether it was done, until the server answers or patience ends."""
        said = told(error, step)
        looks = 0
        try:
            async with asyncio.timeout(self._patience.find_out):
                while looks < 2:
                    try:
                        if (found := await self._done(step, outcome, said)) is not None:
                            return found
                        looks += 1
                    except errors.KubeError as again:
                        if not (uncertain(again) or isinstance(again, errors.Unreachable)):
                            raise
                    if looks < 2:
                        await asyncio.sleep(self._patience.look_again)
        except (TimeoutError, errors.KubeError):
            raise Failure(StepState.UNKNOWN, f"{said}; whether it was written could not be found out") from error
        raise Failure(StepState.FAILED, f"{said}; it was not written") from error

    async def _done(self, step: Step, outcome: Outcome, said: str) -> Executed | None:
        """The step as done, if the cluster shows that; None when nothing of it is there. Raises Failure for half of it."""
        current = await self.read(step)
        if step.action == Action.DELETE:
            assert step.live is not None
            if current is None or current["metadata"]["uid"] != step.live["metadata"]["uid"]:
                return Executed(step, StepState.DONE)
            return Executed(step, StepState.DONE, _FINALIZERS) if current["metadata"].get("deletionTimestamp") else None
        if current is None or (step.live is not None and Seen.of(current) == Seen.of(step.live)):
            return None
        if any(pointer_to(current, removal.path) is not None for removal in outcome.removals):
            return None
        assert outcome.manifest is not None
        would = await apply(self._client, step.resource, outcome.manifest, dry_run=True, force=outcome.force)
        if not changed_fields(current, would.object):
            return Executed(step, StepState.DONE, result=current)
        if outcome.removals:
            raise _partly(outcome, said, current)
        return None


def told(error: errors.KubeError, step: Step) -> str:
    """The error in a sentence, without any secret of the step."""
    found = refusals(error, secrets=secret_values(step.desired, step.live))
    return "; ".join(f"{refusal.field} {refusal.sentence}".strip() for refusal in found)


def uncertain(error: errors.KubeError) -> bool:
    """Whether a write that ended so may have been done all the same."""
    if isinstance(error, errors.Unreachable):
        return error.sent
    return isinstance(error, errors.ServerError | errors.BadAnswer)


def _partly(outcome: Outcome, why: str, now: Manifest) -> Failure:
    fields = ", ".join(spelled(removal.path) for removal in outcome.removals)
    return Failure(StepState.PARTLY, f"{fields} taken away, but the rest was not written: {why}", now)


def _executed(step: Step, applied: Applied) -> Executed:
    merged = step.live is None and not applied.created
    said = "somebody else had made it at that moment: what was wanted was added to theirs" if merged else ""
    return Executed(step, StepState.DONE, said, applied.object, applied.warnings)
