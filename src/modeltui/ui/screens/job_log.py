"""The log of the newest pod of the Jobs that a label selector finds: that of a Dataset's download."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from typing import Final, TypeVar

import msgspec

from modeltui.kube.client import Client, decoded
from modeltui.kube.errors import KubeError
from modeltui.kube.log_targets import Found, Source
from modeltui.kube.objects import Object
from modeltui.kube.pod_facts import PODS, LogPod
from modeltui.kube.resource import Resource
from modeltui.kube.session import Session
from modeltui.systems.core.types import JOBS, Job

Made = TypeVar("Made", bound=Object)
T = TypeVar("T")

ROUNDS: Final = 20
"""The newest Jobs whose pods are asked for: old rounds must not make the request too long."""


class _Jobs(msgspec.Struct):
    items: list[Job] = []


class _Pods(msgspec.Struct):
    items: list[LogPod] = []


def newest(found: Iterable[Made], count: int) -> list[Made]:
    return sorted(found, key=lambda obj: str(obj.metadata.creation_timestamp or ""), reverse=True)[:count]


def job_pods(namespace: str, selector: str) -> Source:
    """One pod: the newest; for the log of the container before, the one before when no container was ever restarted in it."""

    async def found(session: Session, previous: bool) -> AsyncGenerator[Found, None]:
        try:
            yield await _look(session.client, namespace, selector, previous=previous)
        except KubeError as error:
            yield Found((), str(error), error)

    return found


async def _look(client: Client, namespace: str, selector: str, *, previous: bool) -> Found:
    jobs = newest((await _list(client, JOBS, namespace, _Jobs, selector)).items, ROUNDS)
    if not jobs:
        return Found((), "There is no Job: none has been made yet, or it is gone with its pods and their logs.")
    # the label of the selector stands on the Job alone; its pods carry the one that Kubernetes gives them
    of_jobs = f"job-name in ({','.join(job.metadata.name for job in jobs)})"
    pods = newest((await _list(client, PODS, namespace, _Pods, of_jobs)).items, 2)
    if not pods:
        return Found((), "There is no pod: the Job has not made one, or it is gone with its log.")
    pod = pods[0]
    if previous and len(pods) > 1 and not any(one.restart_count for one in pod.status.container_statuses):
        pod, previous = pods[1], False  # a Job that never restarts a container makes a new pod instead
    return Found((pod,), f"pod {pod.metadata.name}, {pod.status.phase or 'phase unknown'}", previous=previous)


async def _list(client: Client, resource: Resource, namespace: str, kind: type[T], selector: str) -> T:
    path = resource.path(namespace)
    body = await client.request("GET", path, params={"labelSelector": selector}, timeout=15)
    return await asyncio.to_thread(decoded, body, kind, what=f"The answer at {path}")
