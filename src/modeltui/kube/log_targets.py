"""Whose logs to read: the pods that are meant, as they come and go, and which of their containers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass
from typing import Final

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


def one_pod(namespace: str, name: str) -> Source:
    """That pod, by name: takes the right to get it. Who lacks that right is led to its log all the same."""

    async def found(session: Session, previous: bool) -> AsyncGenerator[Found, None]:
        seen: LogPod | None = None
        told = ""
        while True:
            pod = await look(session.client, namespace, name)
            if pod.failure is not None:
                if pod.note != told:
                    told = pod.note
                    yield pod
                if isinstance(pod.failure, errors.NotFound):
                    return
            elif pod.pods and _differs(seen, pod.pods[0]):
                seen, told = pod.pods[0], ""
                yield pod
                if not seen.containers:
                    return
            await asyncio.sleep(LOOK)

    return found


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


def selected_pods(namespace: str, selector: str, keep: Callable[[LogPod], bool] = lambda pod: True) -> Source:
    """Those that a label selector finds, and `keep` keeps, live: pods that a rollout makes come, and those that it ends go."""

    async def found(session: Session, previous: bool) -> AsyncGenerator[Found, None]:
        store = session.watch(PODS, LogPod, (namespace,) if namespace else (), selector)
        subscription = store.subscribe()
        last: Found | None = None
        try:
            while True:
                pods = tuple(pod for _, pod in store.items() if not isinstance(pod, Undecodable) and keep(pod))
                state = next(iter(store.states.values()), None)
                now = Found(pods, "" if pods else _why_none(state, namespace, selector))
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

    return found


def _why_none(state: SyncState | None, namespace: str, selector: str) -> str:
    where = f"namespace {namespace}" if namespace else "any namespace"
    if state is None or state.sync is Sync.SYNCING:
        return "Looking for the pods ..."
    if state.sync in (Sync.LIVE, Sync.POLLING):
        return f"No pod in {where} matches {selector}; one that comes is followed." if selector else f"There is no pod in {where}."
    if state.sync is Sync.DENIED:
        return f"You may not list pods in {where}, so there is no telling whose logs are meant ({state.reason})."
    return f"The pods cannot be listed: {state.reason}"
