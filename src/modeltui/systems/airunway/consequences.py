"""What hangs on a ModelDeployment or a provider, told before it is changed or deleted. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain import Finding, Severity
from modeltui.systems.airunway.reading import deployments_of_pod, graph_of, models_of, pods_by, provider_of, stopped
from modeltui.systems.airunway.types import DEPLOYMENTS, ModelDeployment, ProviderConfig
from modeltui.systems.checking import errors_first
from modeltui.systems.core.types import PODS
from modeltui.systems.protocol import Facts, Unseen
from modeltui.systems.serving.rows import pods_of
from modeltui.systems.unseen import listed, why_not


def of_deployment(before: ModelDeployment, after: ModelDeployment | None, facts: Facts, unseen: Unseen) -> tuple[Finding, ...]:
    return errors_first(_deleted(before, facts, unseen) if after is None else _changed(before, after))


def of_provider(before: ProviderConfig, after: ProviderConfig | None, facts: Facts, unseen: Unseen) -> tuple[Finding, ...]:
    if after is not None:
        return ()
    name = before.metadata.name
    using = sorted(
        "/".join(one.metadata.key) for one in facts.all(DEPLOYMENTS, "") if isinstance(one, ModelDeployment) and provider_of(one) == name
    )
    if using:
        reason = f"{'ModelDeployments' if len(using) > 1 else 'ModelDeployment'} {listed(using)} "
        reason += f"{'are' if len(using) > 1 else 'is'} carried out by it: nobody follows their changes any more."
        return (Finding(Severity.WARNING, reason, "Its controller registers it again when it starts."),)
    if not facts.known(DEPLOYMENTS, ""):
        told = why_not(unseen, DEPLOYMENTS, "")
        return (
            Finding(Severity.WARNING, f"Which ModelDeployments are carried out by it is unknown: {told}.", "Ask somebody who may look."),
        )
    return (Finding(Severity.INFO, "No ModelDeployment is carried out by it; its controller registers it again when it starts."),)


def _deleted(deployment: ModelDeployment, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    namespace = deployment.metadata.namespace
    told, graph = deployment.status.provider, graph_of(deployment, facts)
    child = f"{told.resource_kind} {told.resource_name}" if told.resource_name else ""
    if graph is not None:
        child = f"DynamoGraphDeployment {graph.metadata.name}"
    served = ", ".join(models_of(deployment)) or "what it serves"
    goes = f"{child} goes with it" if child else "What its provider made of it goes with it"
    yield Finding(Severity.WARNING, f"{goes}: {served} is not served any more.")
    pods = pods_of(facts, deployments_of_pod, deployment, pods_by(deployment, facts))
    if pods:
        names = listed(sorted(pod.metadata.name for pod in pods))
        yield Finding(Severity.WARNING, f"{f'Its {len(pods)} pods go' if len(pods) > 1 else 'Its pod goes'}: {names}.")
    elif pods is None:
        yield Finding(Severity.WARNING, f"Which pods go with it is unknown: {why_not(unseen, PODS, namespace)}.")
    volumes = deployment.spec.model.storage.volumes
    own = [volume.claim_name or f"{deployment.metadata.name}-{volume.name}" for volume in volumes if volume.size is not None]
    kept = [volume.claim_name for volume in volumes if volume.size is None and volume.claim_name]
    if own:
        reason = f"The claim{'s' if len(own) > 1 else ''} that AI Runway made, {listed(own)}, "
        reason += f"go{'' if len(own) > 1 else 'es'} with the data: it has to be fetched again."
        yield Finding(Severity.WARNING, reason)
    if kept:
        yield Finding(
            Severity.INFO, f"Claim{'s' if len(kept) > 1 else ''} {listed(kept)} stay{'' if len(kept) > 1 else 's'}, with the data."
        )
    if deployment.spec.secrets.hugging_face_token:
        yield Finding(Severity.INFO, f"Secret {deployment.spec.secrets.hugging_face_token} is not deleted with it.")
    for finalizer in deployment.metadata.finalizers:
        yield Finding(Severity.INFO, f"It waits for {finalizer}: without that controller it stays.")


def _changed(before: ModelDeployment, after: ModelDeployment) -> Iterator[Finding]:
    if stopped(after) and not stopped(before):
        served = ", ".join(models_of(before)) or "what it serves"
        yield Finding(Severity.WARNING, f"All its pods go: {served} does not answer until it is started again.", field="spec.scaling")
