"""Which provider can carry a ModelDeployment out, and why the others cannot. Pure; as AI Runway chooses, but for its rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from modeltui.systems.airunway.types import DISAGGREGATED, ENGINES, PROVIDERS, EngineCapability, ModelDeployment, ProviderConfig
from modeltui.systems.protocol import Facts


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one provider cannot."""

    provider: str
    field: str
    reason: str
    """The end of a sentence that begins with the provider."""


def known(facts: Facts) -> list[ProviderConfig] | None:
    """By name; None when they may not be seen."""
    if not facts.known(PROVIDERS, ""):
        return None
    return sorted((one for one in facts.all(PROVIDERS, "") if isinstance(one, ProviderConfig)), key=lambda one: one.metadata.name)


SILENT: Final = timedelta(minutes=10)
"""Each reports every minute."""


def silent(provider: ProviderConfig, others: Iterable[ProviderConfig]) -> str:
    """Since when it says nothing while others do: "ready" may be of a controller that is gone. "" when it reports, or nobody else does."""
    beats = [one.status.last_heartbeat for one in others if one.status.last_heartbeat is not None]
    last = provider.status.last_heartbeat
    if last is None or not beats or max(beats) - last < SILENT:
        return ""
    return f"has not reported since {last:%Y-%m-%d %H:%M} UTC, {_long(max(beats) - last)} before the last report of another"


def _long(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"


def wants_gpu(deployment: ModelDeployment) -> bool:
    spec = deployment.spec
    if spec.mode == DISAGGREGATED:
        return True
    if spec.resources is None:  # the webhook gives one GPU to who names an engine but llama.cpp, and nothing else
        return spec.engine.type not in ("", "llamacpp")
    return spec.resources.gpu is not None and spec.resources.gpu.count > 0


def engine_among(deployment: ModelDeployment, providers: Sequence[ProviderConfig]) -> str:
    """The engine that it names, or that AI Runway takes: the first that a ready provider can run as it is wanted; "" for none."""
    if deployment.spec.engine.type:
        return deployment.spec.engine.type
    ready = [provider for provider in providers if provider.status.ready]
    return next((engine for engine in ENGINES if any(not list(refusals(deployment, one, engine)) for one in ready)), "")


def refusals(deployment: ModelDeployment, provider: ProviderConfig, engine: str) -> Iterator[Refusal]:
    """Nothing when it can."""
    name, mode = provider.metadata.name, deployment.spec.mode
    able = capability(provider, engine)
    if able is None:
        runs = ", ".join(one.name for one in _engines(provider)) or "nothing"
        yield Refusal(name, "spec.engine.type", f"does not run {engine}; it runs {runs}")
        return
    if mode not in able.serving_modes and not (mode != DISAGGREGATED and not able.serving_modes):
        yield Refusal(name, "spec.serving.mode", f"does not serve {engine} {mode}")
    gpu = wants_gpu(deployment)
    if gpu and not able.gpu_support:
        yield Refusal(name, "spec.resources.gpu.count", f"does not run {engine} on GPUs")
    if not gpu and not able.cpu_support:
        yield Refusal(name, "spec.resources.gpu.count", f"does not run {engine} without a GPU")


def capability(provider: ProviderConfig, engine: str) -> EngineCapability | None:
    return next((one for one in _engines(provider) if one.name == engine), None)


def _engines(provider: ProviderConfig) -> tuple[EngineCapability, ...]:
    return provider.spec.capabilities.engines if provider.spec.capabilities else ()
