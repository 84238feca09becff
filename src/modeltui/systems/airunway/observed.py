"""What is wrong with a ModelDeployment or a provider that is in the cluster, beyond what its spec asks for. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Phase, Severity
from modeltui.kube.objects import Condition
from modeltui.redaction import redact_text
from modeltui.systems.airunway import providers
from modeltui.systems.airunway.checks import choice
from modeltui.systems.airunway.reading import GOOD_WHEN_TRUE, graph_of, provider_of, stopped
from modeltui.systems.airunway.types import PROVIDERS, ModelDeployment, ProviderConfig
from modeltui.systems.core.types import SERVICES
from modeltui.systems.dynamo.reading import read as read_graph
from modeltui.systems.protocol import Facts

GOOD_WHEN: Final[dict[str, bool | None]] = {
    **dict.fromkeys((*GOOD_WHEN_TRUE, "Ready", "GatewayReady", "ImageResolved", "ImageVerified", "RecipeResolved"), True),
    "UnsupportedImage": False,
    "NightlyAvailable": None,
}
"""Of a condition's type: the status that is good; None when neither is."""

_REMEDIES: Final = {
    "NoProvider": "Register a provider: install dynamo, kaito, kuberay, llmd or vllm of AI Runway.",
    "SelectionFailed": "Name a provider and an engine that can carry it out; the providers' table says which can.",
    "CRDsNotAvailable": "Install the system that the provider writes objects of; its kinds are not served.",
    "ProviderChangeNotSupported": "Put the former provider back, or delete it and make it anew.",
    "ValidationFailed": "Correct what the message names.",
    "NoGateway": "Have a Gateway made, or set gateway.enabled to false where that can still be chosen.",
}
_BY_TYPE: Final = {
    "StorageReady": "Look at the claims: whether they are bound, and the StorageClass can make them.",
    "ModelDownloaded": "Look at the log of the download Job: a token, the model's terms, or room may be missing.",
    "HardwareCompatible": "Ask for what the nodes have: see the GPUs of the cluster.",
    "ProviderCompatible": "Name another provider or engine; both cannot be changed later, so make it anew.",
    "ImageVerified": "Use an image whose origin can be verified, or accept that it is not.",
    "UnsupportedImage": "Use an image that the provider knows, or none.",
    "ResourceCreated": "Look at the log of the provider's controller.",
}


_BY_WORD: Final = (
    (
        "InferencePool",
        "Have the CRDs of the Gateway API Inference Extension installed; without a gateway, set gateway.enabled to false.",
    ),
    ("multinode orchestrator", "Have Grove installed, or LeaderWorkerSet and Volcano; or ask for what one node has."),
)
_CORRECT: Final = "Correct what it names; it is tried again when the spec changes."


def good_when(condition: str) -> bool | None:
    return GOOD_WHEN.get(condition, True)


def of_deployment(deployment: ModelDeployment, facts: Facts) -> Iterator[Finding]:
    for condition in deployment.status.conditions:
        good = good_when(condition.type)
        if (
            good is not None
            and condition.status in ("True", "False")
            and (condition.status == "True") != good
            and condition.type != "Ready"
        ):
            yield _of_condition(condition)
    if deployment.status.phase == "Failed":
        told = redact_text(deployment.status.message).rstrip(".") or "it gives no reason"
        yield Finding(
            Severity.ERROR, f"AI Runway says that it failed: {told}.", next((remedy for word, remedy in _BY_WORD if word in told), _CORRECT)
        )
    yield from _provider(deployment, facts)
    yield from _graph(deployment, facts)
    yield from _service(deployment, facts)


def _of_condition(condition: Condition) -> Finding:
    said = redact_text(condition.message).rstrip(".") or condition.reason or "no reason is given"
    hard = condition.type in (
        "Validated",
        "ProviderSelected",
        "EngineSelected",
        "ProviderCompatible",
        "ResourceCreated",
        "UnsupportedImage",
    )
    remedy = _REMEDIES.get(condition.reason) or _BY_TYPE.get(condition.type, "Look at the log of AI Runway's controller.")
    return Finding(
        Severity.ERROR if hard else Severity.WARNING, f"{condition.type} is {condition.status}: {said}.", remedy, "status.conditions"
    )


def _provider(deployment: ModelDeployment, facts: Facts) -> Iterator[Finding]:
    """The provider that is to carry it out, as long as nothing has come of it."""
    name = provider_of(deployment)
    provider = facts.get(PROVIDERS, "", name)
    if deployment.status.provider.resource_name or not isinstance(provider, ProviderConfig) or provider.status.ready is not False:
        return
    absent = [kind for kind in choice.NEEDS.get(name, ()) if not facts.known(kind, deployment.metadata.namespace)]
    lacks = f": it makes a {absent[0].kind} of it, and there is no such kind here, or you may not list it" if absent else ""
    remedy = f"Have what serves {absent[0].group_resource} installed, or make it anew with another provider." if absent else _WELL
    yield Finding(Severity.ERROR, f"Provider {name}, which it waits for, is not ready{lacks}.", remedy, "spec.provider.name")


_WELL: Final = "Look at the log of that provider's controller."


def _graph(deployment: ModelDeployment, facts: Facts) -> Iterator[Finding]:
    graph = graph_of(deployment, facts)
    if graph is None:
        return
    name, child, raw = graph.metadata.name, read_graph(graph, facts), deployment.status.phase
    about = f"DynamoGraphDeployment {name}"
    if child.status.phase is Phase.READY and raw not in ("Running", ""):
        reason = f'Its graph {name} is ready, and AI Runway says "{raw}": it reads the replicas of some components from the wrong field.'
        yield Finding(Severity.INFO, reason, "Believe the graph.", "status.phase", about)
    elif child.status.phase not in (Phase.READY, Phase.PAUSED) and raw == "Running":
        reason = f'AI Runway says "Running", and its graph {name} is not: {child.status.reason or child.status.raw}'
        yield Finding(Severity.WARNING, reason, "Look at the graph.", "status.phase", about)
    if stopped(deployment) and not child.stopped:
        reason = f"It wants 0 replicas, and its graph {name} has {child.desired}: the Dynamo provider takes 0 for 1."
        yield Finding(Severity.WARNING, reason, "Delete it to free its GPUs.", "spec.scaling.replicas", about)


def _service(deployment: ModelDeployment, facts: Facts) -> Iterator[Finding]:
    told, namespace = deployment.status.endpoint, deployment.metadata.namespace
    if told is None or not told.service or not facts.known(SERVICES, namespace) or facts.get(SERVICES, namespace, told.service):
        return
    if deployment.status.phase != "Running":
        return
    yield Finding(
        Severity.INFO,
        f"Its status names Service {told.service}, which does not exist: AI Runway makes that name by a rule. Behind a gateway there is "
        "none.",
        "Ask through the gateway, or forward to a pod.",
        "status.endpoint",
    )


def of_provider(provider: ProviderConfig, facts: Facts) -> Iterator[Finding]:
    name = provider.metadata.name
    told = next((redact_text(one.message) or one.reason for one in provider.status.conditions if one.status == "False"), "")
    if provider.status.ready is False:
        reason = f"Provider {name} is not ready{f': {told}' if told else ''}."
        yield Finding(Severity.ERROR, reason, "Look at its controller, and whether what it writes objects of is installed.", "status.ready")
    elif provider.status.ready is None:
        reason = f"Provider {name} has never reported: its controller may not be running, and AI Runway does not choose it."
        yield Finding(Severity.WARNING, reason, "Install or start its controller.", "status.ready")
    elif told := providers.silent(provider, providers.known(facts) or ()):
        yield Finding(
            Severity.WARNING,
            f"Provider {name} {told}.",
            "Look whether its controller runs; ready is what it said last.",
            "status.lastHeartbeat",
        )
    if provider.spec.capabilities is None or not provider.spec.capabilities.engines:
        yield Finding(
            Severity.WARNING, f"Provider {name} lists no engine, so that it is never chosen.", "Add capabilities.", "spec.capabilities"
        )
