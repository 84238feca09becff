"""What became of an InferenceService, or of an LLMInferenceService, that is in the cluster, beyond what its spec asks for. Pure.

Source of the reasons: KServe's controllers. What its pods say is told elsewhere, the same for every system.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.kube.objects import Condition
from modeltui.redaction import redact_text
from modeltui.systems.kserve import llm_status, status
from modeltui.systems.kserve.llm_types import LLMInferenceService
from modeltui.systems.kserve.types import InferenceService
from modeltui.systems.serving.subjects import BARE_WORD
from modeltui.systems.serving.why import unmade

_LOG: Final = "Read the log of its container: l, and p for that of the run before."
_REMEDIES: Final = {
    # of an InferenceService
    "ModelLoadFailed": _LOG,
    "RuntimeUnhealthy": "Look at the pods of its runtime.",
    "RuntimeDisabled": "Enable the runtime, or choose another.",
    "NoSupportingRuntime": "Name a runtime in spec.predictor.model.runtime, or have one made for that format.",
    "RuntimeNotRecognized": "Correct the runtime's name, or have it made.",
    "InvalidPredictorSpec": "Correct what the message names.",
    "InvalidWorkerSpecNotSet": "Choose a runtime for several nodes, or take workerSpec out.",
    "InvalidGPUAllocation": "Ask for as many GPUs as the parallel sizes come to.",
    "ProgressDeadlineExceeded": "Its new pods did not get ready in time: look at them; loading may need a longer progressDeadlineSeconds.",
    # of an LLMInferenceService
    "ConfigNotFound": "Have that LLMInferenceServiceConfig made, in its namespace or in KServe's own, or correct spec.baseRefs.",
    "CombineBaseError": "Correct the config or the field that the message names: they do not go together.",
    "InvalidRenderedConfig": "Correct the config that the message names.",
    "GatewayNotFound": "Have that Gateway made, or name another in spec.router.gateway.refs.",
    "RefsInvalid": "Correct the refs of spec.router, or have what they name made.",
    "HTTPRouteNotFound": "Have that HTTPRoute made, or correct spec.router.route.http.refs.",
    "ModelNameMismatch": "Give the adapters and the model names that differ, the same in both places.",
    "LWSNotAvailable": "Have LeaderWorkerSet installed (leaderworkersets.leaderworkerset.x-k8s.io), or deploy on one node: without worker.",
}
_NO_KIND: Final = re.compile(
    r'no matches for kind "(?P<kind>\w+)" in version "(?P<version>[\w./-]+)"|(?P<crd>[a-z]+\.[\w.-]+\.(?:io|com|ai))\b'
)
_UNSERVED: Final = re.compile(r"no matches for kind|\bCRDs?\b|CustomResourceDefinition|not (?:installed|available|found|served)")
"""Only then a name with dots is that of a kind: a quota speaks of requests.nvidia.com."""
_UNMADE: Final = frozenset({"FailedCreate", "ReplicaFailure"})
_GATEWAY: Final = ("HTTPRoute", "Gateway", "GatewayClass")
_CONTROLLER: Final = "Look at the log of KServe's controller."
_OUTSIDE: Final = (
    "Look at KServe's ingress: the Gateway or IngressClass that its ConfigMap inferenceservice-config names. Inside the cluster, and by a "
    "forward, it answers."
)


def of_service(service: InferenceService) -> Iterator[Finding]:
    if service.metadata.stop:
        return
    model, conditions = service.status.model_status, {one.type: one for one in service.status.conditions}
    info = model.last_failure_info
    if info is not None and model.transition_status in ("BlockedByFailedLoad", "InvalidSpec"):
        said = redact_text(" ".join(info.message.split())).rstrip(".")
        reason = f"KServe says {info.reason or model.transition_status}{f': {said}' if said else ''}."
        bare = None if said else BARE_WORD
        yield Finding(Severity.ERROR, reason, _REMEDIES.get(info.reason, _CONTROLLER), "status.modelStatus", subject=bare)
    predictor, ingress = conditions.get("PredictorReady"), conditions.get("IngressReady")
    for one in (predictor, conditions.get("LatestDeploymentReady")):
        if one is not None and one.status == "False" and one.reason in status.FAILING:
            yield _of_condition(one)
    if predictor is not None and predictor.status == "True" and ingress is not None and ingress.status == "False":
        yield Finding(
            Severity.WARNING, f"It cannot be reached from outside: {_said(ingress)}.", _OUTSIDE, "status.conditions[IngressReady]"
        )


def of_llm(service: LLMInferenceService) -> Iterator[Finding]:
    """The first condition that does not become True by waiting; it holds up the others."""
    if service.metadata.stop:
        return
    failing = llm_status.failing(service.status.conditions)
    if failing is not None:
        yield _of_condition(failing)


def _of_condition(condition: Condition) -> Finding:
    refused = unmade(condition.message)[1] if condition.reason in _UNMADE and condition.message else ""
    remedy = refused or _REMEDIES.get(condition.reason) or _installed(condition.message) or _CONTROLLER
    return Finding(Severity.ERROR, f"{_said(condition)}.", remedy, f"status.conditions[{condition.type}]")


def _installed(message: str) -> str:
    """What to have installed, where the words name a kind that is not served."""
    found = _NO_KIND.search(message)
    if found is None or not _UNSERVED.search(message):
        return ""
    kind = found["kind"] or found["crd"]
    if kind in _GATEWAY:
        return f"Have the CRDs of the Gateway API installed ({kind}), or take spec.router.route and gateway out."
    if kind.startswith(("InferencePool", "inferencepool", "InferenceObjective", "InferenceModel")):
        return f"Have the CRDs of the Gateway API Inference Extension installed ({kind}), or take spec.router.scheduler out."
    return f"Have the CRD of {kind} installed{f' ({version})' if (version := found['version']) else ''}."


def _said(condition: Condition) -> str:
    return redact_text(status.said(condition)).rstrip(".")


def told_already(finding: Finding, checked: Iterable[Finding]) -> bool:
    """Whether a check names the same failure by KServe's word for it, and says more of it."""
    word = re.match(r"KServe says (\w+)", finding.reason)
    return word is not None and any(word[1] in one.reason for one in checked)
