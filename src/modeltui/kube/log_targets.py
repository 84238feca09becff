"""Whose logs to read: the pods that are meant, as they come and go, and which of their containers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from modeltui.kube import errors
from modeltui.kube.client import Client
from modeltui.kube.log_stream import sentence
from modeltui.kube.objects import ObjectMeta, Undecodable
from modeltui.kube.pod_facts import PODS, LogPod
from modeltui.kube.session import Session
from modeltui.kube.state import Sync, SyncState
from modeltui.logs.entries import LogTarget

ALL: Final = "*"
"""Every container, those that have done their part too."""
LOOK: Final = 5.0
"""Seconds between two looks at one pod: a new container in it is rare, and the log says by itself how it fares."""
SETTLE: Final = 0.3
"""Seconds that changes of pods are gathered for."""


@dataclass(frozen=True, slots=True)
class Found:
    """The pods that are there now."""

    pods: tuple[LogPod, ...]
    note: str = ""
    """Why there are none, or what is wrong."""
    failure: errors.KubeError | None = None
    previous: bool | None = None
    """Whether their containers before a restart are meant; None: as was asked for."""


Source = Callable[[Session, bool], AsyncGenerator[Found, None]]
"""Says again and again which pods there are, until there can be no others. The bool: the log from before a restart is wanted."""


def targets(pods: Iterable[LogPod], *, container: str = "", previous: bool = False) -> list[LogTarget]:
    """Their containers: by name, `ALL`, or (empty) the main ones with those init containers that still run or have failed."""
    return [
        LogTarget(pod.metadata.namespace, pod.metadata.name, name, previous)
        for pod in sorted(pods, key=lambda pod: pod.metadata.key)
        for name in containers(pod, container)
    ]


def containers(pod: LogPod, wanted: str = "") -> list[str]:
    every = pod.containers
    if not every:
        return [wanted if wanted != ALL else ""]  # its spec may not be seen
    if wanted == ALL:
        return list(every)
    if wanted:
        return [name for name in every if name == wanted]
    main = {one.name for one in pod.spec.containers}
    return [name for name in every if name in main or _matters(pod, name)]


def _matters(pod: LogPod, init: str) -> bool:
    status = pod.container(init)
    if status is None:
        return False
    ended = status.state.terminated
    return status.state.running is not None or (ended is not None and ended.exit_code != 0)


@dataclass(frozen=True, slots=True)
class OnePod:
    """That pod, by name: takes the right to get it. Who lacks that right is led to its log all the same. Is a `Source`."""

    namespace: str
    name: str

    async def __call__(self, session: Session, previous: bool) -> AsyncGenerator[Found, None]:
        seen: LogPod | None = None
        told = ""
        while True:
            found = await self.now(session.client)
            if found.failure is not None:
                if found.note != told:
                    told = found.note
                    yield found
                if isinstance(found.failure, errors.NotFound):
                    return
            elif found.pods and _differs(seen, found.pods[0]):
                seen, told = found.pods[0], ""
                yield found
                if not seen.containers:
                    return
            await asyncio.sleep(LOOK)

    async def now(self, client: Client) -> Found:
        """One look. Raises nothing."""
        return await look(client, self.namespace, self.name)


async def look(client: Client, namespace: str, name: str) -> Found:
    """One look at a pod. Raises nothing."""
    try:
        return Found((await client.get(PODS.path(namespace, name), LogPod),))
    except errors.Forbidden:
        return Found((LogPod(metadata=ObjectMeta(name=name, namespace=namespace)),))
    except errors.NotFound as error:
        return Found((), f"There is no pod {name} in namespace {namespace}.", error)
    except errors.KubeError as error:
        return Found((), sentence(error, LogTarget(namespace, name, "")), error)


def _differs(seen: LogPod | None, pod: LogPod) -> bool:
    return seen is None or containers(seen) != containers(pod) or seen.containers != pod.containers


@dataclass(frozen=True, slots=True)
class SelectedPods:
    """Those that a label selector finds, and `keep` keeps, live: those of a rollout come and go. Is a `Source`."""

    namespace: str
    """Empty: all."""
    selector: str = ""
    keep: Callable[[LogPod], bool] = lambda pod: True

    async def __call__(self, session: Session, previous: bool) -> AsyncGenerator[Found, None]:
        store = session.watch(PODS, LogPod, (self.namespace,) if self.namespace else (), self.selector)
        subscription = store.subscribe()
        last: Found | None = None
        try:
            while True:
                pods = tuple(pod for _, pod in store.items() if not isinstance(pod, Undecodable) and self.keep(pod))
                state = next(iter(store.states.values()), None)
                now = Found(pods, "" if pods else _why_none(state, self.namespace, self.selector))
                if last is None or now != last:
                    last = now
                    yield now
                await subscription.wait()
                subscription.take()
                await asyncio.sleep(SETTLE)
                subscription.take()
        finally:
            subscription.close()
            session.release(store)

    async def now(self, client: Client) -> Found:
        """One list. Raises KubeError."""
        params = {"labelSelector": self.selector} if self.selector else None
        listed = await client.get(PODS.path(self.namespace or None), _Pods, params=params)
        return Found(tuple(pod for pod in listed.items if self.keep(pod)))


class _Pods(msgspec.Struct):
    items: list[LogPod] = []


def _why_none(state: SyncState | None, namespace: str, selector: str) -> str:
    where = f"namespace {namespace}" if namespace else "any namespace"
    if state is None or state.sync is Sync.SYNCING:
        return "Looking for the pods ..."
    if state.sync in (Sync.LIVE, Sync.POLLING):
        return f"No pod in {where} matches {selector}; one that comes is followed." if selector else f"There is no pod in {where}."
    if state.sync is Sync.DENIED:
        return f"You may not list pods in {where}, so there is no telling whose logs are meant ({state.reason})."
    return f"The pods cannot be listed: {state.reason}"


def one_pod(namespace: str, name: str) -> OnePod:
    return OnePod(namespace, name)


def selected_pods(namespace: str, selector: str, keep: Callable[[LogPod], bool] = lambda pod: True) -> SelectedPods:
    return SelectedPods(namespace, selector, keep)
