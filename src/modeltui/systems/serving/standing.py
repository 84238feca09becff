"""How a deployment stands, with what its pods say: a system often says that it is getting there while they go round in circles. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from modeltui.domain import Phase, Status
from modeltui.redaction import redact_text
from modeltui.systems.core.kept import kept
from modeltui.systems.core.types import Pod
from modeltui.systems.serving.deployment import Deployment
from modeltui.systems.serving.pods import STUCK, containers
from modeltui.systems.serving.pods import status as status_of_pod

_ON_THE_WAY: Final = frozenset({Phase.PROCESSING, Phase.PENDING})


def standing(deployment: Deployment, pods: Sequence[Pod] | None) -> Status:
    """`pods`: those that belong to it; None when they may not be seen. Failed when one does not come up by waiting and none serves,
    degraded while others do; as its system says, in all other cases. Its reason is without secrets."""
    said = deployment.status
    if said.phase in _ON_THE_WAY and (stuck := next(filter(is_stuck, pods or ()), None)) is not None:
        told = f"{stuck.metadata.name}: {status_of_pod(stuck).raw}"
        return Status(Phase.DEGRADED if deployment.ready else Phase.FAILED, said.raw, told)
    return Status(said.phase, said.raw, redact_text(said.reason))


@kept
def is_stuck(pod: Pod) -> bool:
    """Whether a container of it waits for what does not come by waiting."""
    return any(one.state.waiting is not None and one.state.waiting.reason in STUCK for one in containers(pod))
