"""Whether pods serve: counted from the pods themselves, where a system does not count them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from modeltui.systems.core.kept import kept
from modeltui.systems.core.types import Pod


@kept
def is_ready(pod: Pod) -> bool:
    """It takes requests: its condition Ready holds, and it is not on its way out."""
    return is_alive(pod) and any(one.type == "Ready" and one.status == "True" for one in pod.status.conditions)


def is_alive(pod: Pod) -> bool:
    """It is there to stay: neither ended nor being deleted."""
    return pod.metadata.deletion_timestamp is None and pod.status.phase not in ("Succeeded", "Failed")


def labelled(pods: Iterable[Pod], labels: Mapping[str, str]) -> list[Pod]:
    return [pod for pod in pods if all(pod.metadata.labels.get(key) == value for key, value in labels.items())]


def ready(pods: Iterable[Pod]) -> int:
    return sum([is_ready(pod) for pod in pods])


def alive(pods: Iterable[Pod]) -> int:
    return sum([is_alive(pod) for pod in pods])
