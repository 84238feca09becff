"""After a change: looking at one deployment until it serves, or until it is plain that it will not, and why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from modeltui.domain import Finding, Phase, Severity
from modeltui.kube.client import Client
from modeltui.kube.errors import KubeError
from modeltui.kube.objects import Undecodable
from modeltui.redaction import redact_text
from modeltui.systems.core.types import PODS, Pod
from modeltui.systems.once import read
from modeltui.systems.protocol import View
from modeltui.systems.serving import readiness
from modeltui.systems.serving.deployment import Deployment
from modeltui.systems.serving.explained import EVIDENCE, explained
from modeltui.systems.serving.rows import pods_of
from modeltui.systems.serving.tails import read_tails

EVERY: Final = 2.0
"""Seconds between two looks."""
CERTAIN: Final = 20.0
"""Seconds for which there have to be errors: a first try may fail where the second does not."""

Runs = Callable[[Any, Any], bool]
"""(the object, a pod of it) -> whether the pod is what the object asks for by now."""


class State(StrEnum):
    WAITING = "waiting"
    SERVES = "serves"
    STOPPED = "stopped"
    FAILS = "fails"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Look:
    """How it is at one moment."""

    state: State
    sentence: str
    causes: tuple[Finding, ...] = ()
    """What stands in its way, the first cause first."""

    @property
    def over(self) -> bool:
        return self.state is not State.WAITING


def judged(deployment: Deployment, pods: Sequence[tuple[bool, bool]], causes: Sequence[Finding]) -> Look:
    """Of one look. `pods`: of each that is there to stay, whether it is ready, and whether it is what is asked for. FAILS is a
    suspicion, until it has stood for a while. Pure."""
    status, found = deployment.status, tuple(causes)
    reason = redact_text(status.reason)
    errors = [one for one in found if one.severity is Severity.ERROR]
    if status.phase is Phase.READY and not errors:
        late = sum(1 for ready, _ in pods if not ready)
        if late or not all(asked for _, asked in pods):
            told = f"; {late} of its pods {'is' if late == 1 else 'are'} not ready yet" if late else ""
            return Look(State.WAITING, f"What was there before still serves{told}.", found)
        return Look(State.SERVES, "It serves.", found)
    if status.phase is Phase.PAUSED:
        return Look(State.STOPPED, "It is stopped: none of its pods is left.", found)
    if status.phase is Phase.FAILED or errors:
        return Look(State.FAILS, reason or "It does not come up.", found)
    return Look(State.WAITING, reason or "It is not ready yet.", found)


@dataclass(slots=True)
class Patience:
    """Whether what is seen is the end of it. Pure: times are given."""

    certain: float = CERTAIN
    _state: State = State.WAITING
    _since: float = 0.0
    _looks: int = 0

    def weigh(self, look: Look, now: float) -> Look:
        """The look, still WAITING as long as it may be a moment only."""
        if look.state is not self._state:
            self._state, self._since, self._looks = look.state, now, 0
        self._looks += 1
        if look.state in (State.WAITING, State.GONE):
            return look
        enough = self._looks > 1 and (look.state is not State.FAILS or now - self._since >= self.certain)
        return look if enough else Look(State.WAITING, look.sentence, look.causes)


async def looks(
    client: Client, view: View, namespace: str, name: str, *, pod: type[Pod] = Pod, runs: Runs = lambda obj, pod: True
) -> AsyncIterator[Look]:
    """Whenever something has changed, until it is over. `view`: of its kind, in the version that the cluster serves. `runs`: whether
    a pod, read as `pod`, is what the object asks for by now. Never raises KubeError: what cannot be seen is said."""
    patience, last = Patience(CERTAIN), None
    loop = asyncio.get_running_loop()
    while True:
        try:
            found = await _look(client, view, namespace, name, pod, runs)
        except KubeError as error:
            found = Look(State.WAITING, f"It cannot be looked at: {error}")
        found = patience.weigh(found, loop.time())
        if found != last:
            last = found
            yield found
        if found.over:
            return
        await asyncio.sleep(EVERY)


async def _look(client: Client, view: View, namespace: str, name: str, pod: type[Pod], runs: Runs) -> Look:
    kinds = {**EVIDENCE, **view.evidence, **view.joins, view.resource: view.type, PODS: pod}
    seen = await read(client, kinds, (namespace,))
    if (failed := seen.failures.get(view.resource)) is not None:
        raise next(iter(failed.values()))
    obj: Any = seen.facts.get(view.resource, namespace, name)
    if obj is None:
        return Look(State.GONE, f"{view.resource.kind} {namespace}/{name} is gone.")
    if isinstance(obj, Undecodable):
        return Look(State.FAILS, f"It could not be read: {obj.problem}")
    assert view.serves is not None
    pods = pods_of(seen.facts, view.serves.pods, obj, view.serves.made(obj, seen.facts))
    tails = await read_tails(client, pods or ())
    alive = [(readiness.is_ready(one), runs(obj, one)) for one in pods or () if readiness.is_alive(one)]
    return judged(view.serves.read(obj, seen.facts), alive, explained(view, obj, seen.facts, tails=tails).causes)
