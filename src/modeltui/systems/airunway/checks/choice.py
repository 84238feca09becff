"""Whether any provider can carry it out: the one that is named, or one that AI Runway may choose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.kube.resource import Resource
from modeltui.systems.airunway import providers
from modeltui.systems.airunway.types import DYNAMO, KAITO, KUBERAY, RAY_SERVICES, ModelDeployment, ProviderConfig
from modeltui.systems.dynamo.types import GRAPHS, OLDER_GRAPHS
from modeltui.systems.kaito.types import WORKSPACES
from modeltui.systems.protocol import Facts

_PROVIDER: Final = "spec.provider.name"
NEEDS: Final[Mapping[str, tuple[Resource, ...]]] = {DYNAMO: (GRAPHS, OLDER_GRAPHS), KAITO: (WORKSPACES,), KUBERAY: (RAY_SERVICES,)}
"""The kind that each provider writes, in the versions that the console knows."""
_TEST_BACKEND: Final = "mocker"


def of_deployment(deployment: ModelDeployment, facts: Facts) -> Iterator[Finding]:
    found = providers.known(facts)
    if found is None:
        return
    if not found:
        reason = "No provider is registered (InferenceProviderConfig), so that nothing carries it out."
        yield Finding(Severity.ERROR, reason, "Install one of AI Runway's providers: dynamo, kaito, kuberay, llmd or vllm.", _PROVIDER)
        return
    named = deployment.spec.provider.name
    engine = providers.engine_among(deployment, found)
    if named:
        yield from _named(deployment, named, engine, found, facts)
    elif not deployment.status.provider.name:
        yield from _chosen(deployment, engine, found)


def _named(deployment: ModelDeployment, name: str, engine: str, found: list[ProviderConfig], facts: Facts) -> Iterator[Finding]:
    provider = next((one for one in found if one.metadata.name == name), None)
    if provider is None:
        reason = f'There is no provider "{name}".'
        yield Finding(Severity.ERROR, reason, f"There are {', '.join(one.metadata.name for one in found)}.", _PROVIDER)
        return
    if not provider.status.ready:
        told = next((one.message or one.reason for one in provider.status.conditions if one.status == "False"), "")
        reason = f"Provider {name} does not say that it is ready{f': {told}' if told else ''}."
        yield Finding(Severity.WARNING, reason, "Look at its controller; what it needs may not be installed.", _PROVIDER)
    elif told := providers.silent(provider, found):
        reason = f"Provider {name} {told}."
        yield Finding(Severity.WARNING, reason, "Look whether its controller runs: nothing is made of a deployment without it.", _PROVIDER)
    if engine and deployment.metadata.annotations.test_backend != _TEST_BACKEND:
        for refusal in providers.refusals(deployment, provider, engine):
            remedy = f"Another provider may: {_able(deployment, engine, found) or 'none of this cluster does'}."
            yield Finding(Severity.ERROR, f"Provider {name} {refusal.reason}.", remedy, refusal.field)
    yield from _kind(deployment, provider, engine, facts)


def _kind(deployment: ModelDeployment, provider: ProviderConfig, engine: str, facts: Facts) -> Iterator[Finding]:
    """It writes objects of a kind that has to be installed."""
    kinds = NEEDS.get(provider.metadata.name, ())
    able = providers.capability(provider, engine)
    if not kinds or (able is not None and able.requires_crd is False):
        return
    if not any(facts.known(kind, deployment.metadata.namespace) for kind in kinds):
        yield Finding(
            Severity.WARNING,
            f"Provider {provider.metadata.name} makes a {kinds[0].kind} of it, and this cluster has no such kind, or does not let you "
            "list it.",
            f"Install what serves {kinds[0].group_resource}.",
            _PROVIDER,
        )


def _chosen(deployment: ModelDeployment, engine: str, found: list[ProviderConfig]) -> Iterator[Finding]:
    ready = [provider for provider in found if provider.status.ready]
    if not ready:
        reason = "None of the providers says that it is ready, so that AI Runway chooses none."
        yield Finding(Severity.ERROR, reason, "Look at their controllers.", _PROVIDER)
        return
    if not engine:
        mode = deployment.spec.mode
        gpu = "with GPUs" if providers.wants_gpu(deployment) else "without GPUs"
        reason = f"No provider that is ready runs any engine {mode} {gpu}."
        yield Finding(Severity.ERROR, reason, "Name an engine and the GPUs that it needs.", "spec.engine.type")
        return
    if not _able(deployment, engine, ready):
        why = "; ".join(f"{one.provider} {one.reason}" for provider in ready for one in providers.refusals(deployment, provider, engine))
        yield Finding(
            Severity.ERROR, f"No provider that is ready can carry it out: {why}.", "Change what they cannot, or install another.", _PROVIDER
        )


def _able(deployment: ModelDeployment, engine: str, found: list[ProviderConfig]) -> str:
    return ", ".join(one.metadata.name for one in found if not list(providers.refusals(deployment, one, engine)))
