"""What a condition of KServe is explained by: its reason, or what its message names."""

from __future__ import annotations

import msgspec
import pytest

from modeltui.systems.kserve import observed
from modeltui.systems.kserve.types import InferenceService

QUOTA = (
    'pods "a-1" is forbidden: exceeded quota: gpus, requested: requests.nvidia.com/gpu=1, used: requests.nvidia.com/gpu=1, '
    "limited: requests.nvidia.com/gpu=1"
)
NO_KIND = 'no matches for kind "InferencePool" in version "inference.networking.k8s.io/v1"'


def remedy(reason: str, message: str) -> str:
    condition = {"type": "PredictorReady", "status": "False", "reason": reason, "message": message}
    service = msgspec.convert({"metadata": {"name": "a"}, "status": {"conditions": [condition]}}, InferenceService)
    (found,) = observed.of_service(service)
    return found.remedy


@pytest.mark.parametrize(
    ("reason", "message", "says"),
    [
        ("FailedCreate", QUOTA, "ResourceQuota raised"),
        ("InternalError", QUOTA, "log of KServe's controller"),
        ("ReconcileFailed", NO_KIND, "Gateway API Inference Extension"),
        (
            "ReconcileFailed",
            "the CRD leaderworkersets.leaderworkerset.x-k8s.io is missing",
            "CRD of leaderworkersets.leaderworkerset.x-k8s.io",
        ),
    ],
)
def test_a_failing_condition_says_what_to_do(reason: str, message: str, says: str) -> None:
    assert says in remedy(reason, message)
    assert "requests.nvidia.com" not in remedy(reason, message)
