"""What is served and how the engine is told: what is missing, what is refused, and what is written in vain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.airunway import providers
from modeltui.systems.airunway.reading import engine_of, image_of, provider_of
from modeltui.systems.airunway.types import (
    DYNAMO,
    ENGINES,
    HUGGING_FACE,
    MODES,
    NVIDIA,
    PROVIDERS,
    SOURCES,
    ModelDeployment,
    ProviderConfig,
)
from modeltui.systems.protocol import Facts

_OPTION: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")


def of_deployment(deployment: ModelDeployment, facts: Facts) -> Iterator[Finding]:
    yield from _words(deployment)
    yield from _source(deployment)
    yield from _engine(deployment)
    yield from _served_name(deployment, facts)
    if provider_of(deployment) == DYNAMO:
        yield from _dynamo(deployment)


def _words(deployment: ModelDeployment) -> Iterator[Finding]:
    spec = deployment.spec
    for field, said, words in (
        ("spec.model.source", spec.model.source, SOURCES),
        ("spec.engine.type", spec.engine.type, ENGINES),
        ("spec.serving.mode", spec.serving.mode, MODES),
    ):
        if said and said not in words:
            yield Finding(Severity.ERROR, f'"{said}" is refused by the API server.', f"There are {', '.join(words)}.", field)


def _source(deployment: ModelDeployment) -> Iterator[Finding]:
    spec = deployment.spec
    if spec.model.source in ("", HUGGING_FACE) and not spec.model.id:
        reason = "It names no model, which AI Runway refuses for the source huggingface."
        yield Finding(Severity.ERROR, reason, "Set model.id to a Hub id, or model.source to custom, with an image.", "spec.model.id")
    if spec.model.source == "custom" and not image_of(deployment):
        reason = "A custom source brings its model in the image, and it names none."
        yield Finding(Severity.ERROR, reason, "Set engine.image.", "spec.engine.image")
    if spec.model.source == "custom" and spec.model.served_name:
        reason = "servedName is ignored for a custom source: the image names its model itself."
        yield Finding(Severity.WARNING, reason, "Leave it out; gateway.modelName tells the gateway.", "spec.model.servedName")
    if spec.engine.image and spec.image and spec.engine.image != spec.image:
        reason = "It names two images; engine.image counts."
        yield Finding(Severity.WARNING, reason, "Leave the older field spec.image out.", "spec.image")


def _engine(deployment: ModelDeployment) -> Iterator[Finding]:
    spec, engine = deployment.spec, engine_of(deployment)
    if spec.engine.trust_remote_code:
        yield Finding(
            Severity.WARNING,
            "trustRemoteCode runs whatever code stands in the model's repository, with what its pods may do.",
            "Set it only for repositories that you know.",
            "spec.engine.trustRemoteCode",
        )
    if engine == "trtllm" and spec.engine.context_length is not None:
        reason = "contextLength is ignored for TensorRT-LLM: it is fixed when the engine is built."
        yield Finding(Severity.WARNING, reason, "Leave it out, or write it into extraArgs.", "spec.engine.contextLength")
    if spec.engine.context_length is not None and spec.engine.context_length <= 0:
        reason = f"A context of {spec.engine.context_length} tokens holds nothing."
        yield Finding(Severity.ERROR, reason, "Give tokens, or leave it out.", "spec.engine.contextLength")
    for key in spec.engine.args:
        if not _OPTION.fullmatch(key):
            yield Finding(
                Severity.ERROR,
                f'engine.args: "{key}" cannot be the name of an option: letters, digits, "-" and "_", and no "-" in front.',
                "Write it as the engine's option without the dashes in front.",
                "spec.engine.args",
            )


def _served_name(deployment: ModelDeployment, facts: Facts) -> Iterator[Finding]:
    provider = facts.get(PROVIDERS, "", provider_of(deployment))
    able = providers.capability(provider, engine_of(deployment)) if isinstance(provider, ProviderConfig) else None
    if deployment.spec.model.served_name and able is not None and able.gateway is not None and able.gateway.ignores_served_name:
        yield Finding(
            Severity.WARNING,
            f"Provider {provider_of(deployment)} ignores servedName: the engine keeps its own name of the model.",
            "Leave it out, and ask with the name that /v1/models lists.",
            "spec.model.servedName",
        )


def _dynamo(deployment: ModelDeployment) -> Iterator[Finding]:
    """What this provider does not hand on to the graph."""
    spec = deployment.spec
    halves = [half.gpu for half in (spec.scaling.prefill, spec.scaling.decode) if half is not None]
    asked = [gpu for gpu in (spec.resources.gpu if spec.resources else None, *halves) if gpu is not None]
    if other := next((gpu.type for gpu in asked if gpu.type not in ("", NVIDIA)), ""):
        reason = f"The Dynamo provider asks for {NVIDIA} whatever the type says ({other})."
        yield Finding(Severity.WARNING, reason, "Leave the type out, or use another provider.", "spec.resources.gpu.type")
    vain = [f"spec.{name}" for name, said in (("env", spec.env), ("podTemplate", spec.pod_template)) if said]
    if vain:
        yield Finding(
            Severity.WARNING,
            f"The Dynamo provider does not hand {' and '.join(vain)} on to the graph.",
            "Write what the engine needs into engine.args, or into provider.overrides.spec.",
            vain[0],
        )
