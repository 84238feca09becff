"""After a change: looking at one deployment until it serves, or until it is plain that it will not, and why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from modeltui.domain import Finding, Phase, Severity
from modeltui.kube.client import Client
from modeltui.kube.errors import KubeError
from modeltui.kube.logs import pod_log
from modeltui.kube.objects import Undecodable
from modeltui.redaction import redact_text
from modeltui.systems.core.types import PODS, Pod
from modeltui.systems.once import read
from modeltui.systems.protocol import View
from modeltui.systems.serving import readiness
from modeltui.systems.serving.deployment import Deployment
from modeltui.systems.serving.explained import EVIDENCE, explained
from modeltui.systems.serving.pods import containers
from modeltui.systems.serving.rows import pods_of
from modeltui.systems.serving.why import Tails

EVERY: Final = 2.0
"""Seconds between two looks."""
CERTAIN: Final = 20.0
"""Seconds for which the same errors have to stand: a first try may fail where the second does not."""
_LINES: Final = 60
_MOST: Final = 4
"""Containers whose last words are read."""


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


def judged(deployment: Deployment, pods: Sequence[Pod] | None, causes: Sequence[Finding], *, before: Collection[str] = ()) -> Look:
    """Of one look. FAILS is a suspicion, until it has stood for a while. Pure."""
    status, found = deployment.status, tuple(causes)
    reason = redact_text(status.reason)
    errors = [one for one in found if one.severity is Severity.ERROR]
    if status.phase is Phase.READY and not errors:
        alive = [one for one in pods or () if readiness.is_alive(one)]
        late = [one for one in alive if not readiness.is_ready(one)]
        if late or any(one.metadata.uid in before for one in alive):
            ready = f"; {len(late)} of its pods {'is' if len(late) == 1 else 'are'} not ready yet" if late else ""
            return Look(State.WAITING, f"What was there before still serves{ready}.", found)
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
    _since: dict[tuple[State, tuple[str, ...]], float] = field(default_factory=dict)
    _looks: int = 0

    def weigh(self, look: Look, now: float) -> Look:
        """The look, still WAITING as long as it may be a moment only."""
        key = (look.state, tuple(one.reason for one in look.causes if one.severity is Severity.ERROR) if look.state is State.FAILS else ())
        if key not in self._since:
            self._since, self._looks = {key: now}, 0
        self._looks += 1
        if look.state in (State.WAITING, State.GONE):
            return look
        enough = self._looks > 1 and (look.state is not State.FAILS or now - self._since[key] >= self.certain)
        return look if enough else Look(State.WAITING, look.sentence, look.causes)


async def pods_now(client: Client, view: View, namespace: str, name: str) -> frozenset[str]:
    """The uids of its pods before a change that makes them all anew; none when they may not be seen."""
    assert view.serves is not None
    seen = await read(client, {PODS: Pod}, (namespace,))
    return frozenset(one.metadata.uid for one in seen.facts.every(PODS) if isinstance(one, Pod) and name in view.serves.pods(one))


async def looks(client: Client, view: View, namespace: str, name: str, *, before: Collection[str] = ()) -> AsyncIterator[Look]:
    """Whenever something has changed, until it is over. `view`: of its kind, in the version that the cluster serves. `before`: uids
    of pods that are not what was asked for; while one is there, it does not serve that. Never raises KubeError: what cannot be seen
    is said."""
    patience, last = Patience(CERTAIN), None
    loop = asyncio.get_running_loop()
    while True:
        try:
            found = await _look(client, view, namespace, name, before)
        except KubeError as error:
            found = Look(State.WAITING, f"It cannot be looked at: {error}")
        found = patience.weigh(found, loop.time())
        if found != last:
            last = found
            yield found
        if found.over:
            return
        await asyncio.sleep(EVERY)


async def _look(client: Client, view: View, namespace: str, name: str, before: Collection[str]) -> Look:
    kinds = {**EVIDENCE, **view.evidence, **view.joins, view.resource: view.type}
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
    tails = await _last_words(client, namespace, pods or ())
    return judged(view.serves.read(obj, seen.facts), pods, explained(view, obj, seen.facts, tails=tails).causes, before=before)


async def _last_words(client: Client, namespace: str, pods: Sequence[Pod]) -> Tails:
    """Of containers that fell; without them a fall is told by its exit code."""
    found: dict[tuple[str, str], Sequence[str]] = {}
    fallen = [(pod, one) for pod in pods for one in containers(pod) if one.status is not None and not one.status.ready]
    for pod, one in fallen[:_MOST]:
        assert one.status is not None
        lies = one.state.terminated
        ended = lies or one.status.last_state.terminated
        if ended is None or ended.exit_code == 0:
            continue
        place = (pod.metadata.name, one.spec.name)
        try:
            lines = pod_log(client, namespace, place[0], container=place[1], previous=lies is None, follow=False, tail=_LINES)
            found[place] = [text async for text in lines]
        except KubeError:
            continue
    return found
