"""Reasons of failures that systems document, and the embedded cluster does not bring about: told on the page, with what helps.

By section of the reference of each system's conditions; what pods say is tested system by system beside this file.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.failing.failing_world import view_of

from modeltui.domain import Phase, Severity
from modeltui.systems.facts import FactTable
from modeltui.systems.serving.explained import explained

AIM: tuple[tuple[str, str, str, str], ...] = (
    ("TemplateReady", "TemplateSelectionAmbiguous", "Several templates fit equally well", "spec.template.name"),
    ("TemplateReady", "TemplateNotReady", "Its template is not ready", "the template's own conditions"),
    ("CacheReady", "CacheLost", "The cache with its weights was deleted", "AIMTemplateCache"),
    ("CacheReady", "StorageSizeError", "How much storage its weights need is not known", "modelSources[].size"),
    ("CacheReady", "PVCNotBound", "Its claim is not bound", "StorageClass"),
    ("CacheReady", "PVCLost", "The volume of its claim is gone", "Delete the AIMArtifact"),
    ("InferenceServicePodsReady", "ImagePullAuthFailure", "The registry refused the credentials", "dockerconfigjson"),
    ("InferenceServicePodsReady", "ImageNotFound", "Its image is not there", "Correct the reference"),
    ("HTTPRouteReady", "HTTPRoutePending", "The gateway has not accepted its route yet", "Is there such a Gateway"),
    ("HTTPRouteReady", "PathTemplateInvalid", "The path of its route cannot be made", "routing.pathTemplate"),
    ("HPAReady", "HPANotFound", "KEDA has not made its autoscaler yet", "Is KEDA installed?"),
    ("HPAReady", "WaitingForMetrics", "Its autoscaler has no metrics yet", "It goes on by itself"),
    ("AuthValid", "AuthError", "refused the credentials", "Look at the Secrets"),
    ("ConfigValid", "InvalidSpec", "The spec cannot be carried out", "Correct what the message names"),
    ("ConfigValid", "ReferenceNotFound", "Something that it names is not there", "Create it, or correct the name"),
    ("DependenciesReachable", "InfrastructureError", "cannot reach what it depends on", "It tries again by itself"),
)
AIRUNWAY = (
    ("HardwareCompatible", "InsufficientGPUs", "HardwareCompatible is False", "Ask for what the nodes have"),
    ("ModelDownloaded", "DownloadFailed", "ModelDownloaded is False", "the log of the download Job"),
    ("ImageVerified", "VerificationFailed", "ImageVerified is False", "origin can be verified"),
    ("StorageReady", "PVCNotBound", "StorageReady is False", "Look at the claims"),
    ("ResourceCreated", "CreateFailed", "ResourceCreated is False", "the log of the provider's controller"),
    ("GatewayReady", "NoGateway", "GatewayReady is False", "Have a Gateway made"),
)
KAITO = (
    ("NodeClaimReady", "NodeClaimFailed", "It waits for nodes of type Standard_NC24ads_A100_v4", "NodeClaims"),
    ("ModelMirrorReady", "ModelMirrorFailed", "ModelMirrorReady is False", "Look at the ModelMirror"),
    ("InferenceReady", "WorkspaceInferenceStatusFailed", "InferenceReady is False", "Look at its pods"),
)
CASES = [
    *(("AIMService", {"model": {"name": "qwen"}}, {"status": "Degraded"}, *case) for case in AIM),
    *(("ModelDeployment", {"model": {"id": "a/b"}}, {"phase": "Deploying"}, *case) for case in AIRUNWAY),
    *(("Workspace", None, {}, *case) for case in KAITO),
]


@pytest.mark.parametrize(("kind", "spec", "status", "type_", "reason", "says", "remedy"), CASES, ids=lambda value: str(value)[:30])
def test_the_reason_is_told_with_what_helps(kind: str, spec: Any, status: Any, type_: str, reason: str, says: str, remedy: str) -> None:
    view = view_of(kind)
    condition = {"type": type_, "status": "False", "reason": reason, "message": "as the controller says it"}
    rest = (
        {"spec": spec} if spec else {"resource": {"instanceType": "Standard_NC24ads_A100_v4"}, "inference": {"preset": {"name": "phi-4"}}}
    )
    metadata = {"name": "llama", "namespace": "team", "uid": "u"}
    obj = msgspec.convert({"metadata": metadata, **rest, "status": {**status, "conditions": [condition]}}, view.type, strict=False)
    facts = FactTable()
    assert view.serves is not None
    assert view.serves.read(obj, facts).status.phase not in (Phase.READY, Phase.PAUSED, Phase.UNKNOWN)
    causes = explained(view, obj, facts).causes
    first = next((one for one in causes if says in one.reason), None)
    assert first is not None, causes
    assert [one.reason for one in causes].count(first.reason) == 1
    assert remedy in first.remedy
    assert first.severity in (Severity.ERROR, Severity.WARNING)
    assert "as the controller says it" in first.reason, "the system's own words stay"
