"""How a deployment stands, with what its pods say: a system often says that it is getting there while they go round in circles. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from modeltui.domain import Phase, Status
from modeltui.redaction import redact_text
from modeltui.systems.core.kept import kept
from modeltui.systems.core.types import Pod
from modeltui.systems.serving.deployment import Deployment
from modeltui.systems.serving.pods import STUCK, containers, is_unplaced, restarts
from modeltui.systems.serving.pods import status as status_of_pod

OFTEN: Final = 3
"""Restarts after which nobody takes the next run for a start."""

_ON_THE_WAY: Final = frozenset({Phase.PROCESSING, Phase.PENDING})


def standing(deployment: Deployment, pods: Sequence[Pod] | None) -> Status:
    """`pods`: those that belong to it; None when they may not be seen. Failed when one does not come up by waiting and none serves,
    degraded while others do; pending while no node has room for any; as its system says, in all other cases. Its reason is without
    secrets."""
    said = deployment.status
    if said.phase in _ON_THE_WAY:
        serves = bool(deployment.ready)
        if (stuck := next(filter(is_stuck, pods or ()), None)) is not None:
            return Status(Phase.DEGRADED if serves else Phase.FAILED, said.raw, f"{stuck.metadata.name}: {_word(stuck)}")
        if pods and not serves and all(map(is_unplaced, pods)):
            return Status(Phase.PENDING, said.raw, "No node has room for its pods.")
    return Status(said.phase, said.raw, redact_text(said.reason))


@kept
def is_stuck(pod: Pod) -> bool:
    """Whether a container of it waits for what does not come by waiting, or has not come up again and again."""
    return any(one.state.waiting is not None and one.state.waiting.reason in STUCK for one in containers(pod)) or _dies(pod)


def _dies(pod: Pod) -> bool:
    """Between two waits of a crash loop its container runs for a while, or has just ended."""
    return any(
        one.status is not None
        and not one.status.ready
        and one.status.restart_count >= OFTEN
        and any(end is not None and end.exit_code for end in (one.state.terminated, one.status.last_state.terminated))
        for one in containers(pod)
    )


def _word(pod: Pod) -> str:
    told = status_of_pod(pod)
    return told.raw if told.phase is Phase.FAILED else f"restarted {restarts(pod)} times"
