"""Replicas, modes and the stop annotation of an InferenceService."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modeltui.domain import Finding, Severity
from modeltui.systems.kserve.types import AUTOSCALER, KNATIVE_MODES, MODE, RAW_MODES, STOP, ComponentSpec, InferenceService

_CLASSES: Final = ("hpa", "keda", "external", "none")
_MODES: Final = (*sorted(RAW_MODES), *sorted(KNATIVE_MODES), "ModelMesh")
_NOTES: Final = "metadata.annotations"


def replicas(service: InferenceService) -> Iterator[Finding]:
    for name, spec in _components(service):
        field = f"spec.{name}"
        least, most = spec.min_replicas, spec.max_replicas
        if least is not None and least < 0:
            yield Finding(Severity.ERROR, f"minReplicas of the {name} is {least}.", "0 or more.", f"{field}.minReplicas")
        if most is not None and most < 0:
            yield Finding(Severity.ERROR, f"maxReplicas of the {name} is {most}.", "0 (no limit) or more.", f"{field}.maxReplicas")
        if most and (1 if least is None else least) > most:
            told = "is left out, which is 1," if least is None else f"is {least}"
            yield Finding(
                Severity.ERROR,
                f"minReplicas of the {name} {told} and maxReplicas is {most}: KServe's webhook refuses it.",
                "Raise maxReplicas, or lower minReplicas.",
                f"{field}.maxReplicas",
            )
    predictor, notes = service.spec.predictor, service.metadata.annotations
    if predictor.min_replicas == 0 and service.mode in RAW_MODES and notes.autoscaler not in ("keda", "none", "external"):
        yield Finding(
            Severity.WARNING,
            f"minReplicas is 0, but in mode {service.mode} the autoscaler of Kubernetes keeps at least one replica.",
            f'Stop it with the annotation {STOP}: "true", or use mode Knative or the autoscaler class keda.',
            "spec.predictor.minReplicas",
        )
    if predictor.canary_traffic_percent is not None and service.mode in RAW_MODES:
        yield Finding(
            Severity.WARNING,
            f"canaryTrafficPercent does nothing in mode {service.mode}: the new version gets all requests.",
            "Use mode Knative, or make a second InferenceService.",
            "spec.predictor.canaryTrafficPercent",
        )


def _components(service: InferenceService) -> Iterator[tuple[str, ComponentSpec]]:
    yield "predictor", service.spec.predictor
    for name, spec in (("transformer", service.spec.transformer), ("explainer", service.spec.explainer)):
        if spec is not None:
            yield name, spec


def notes(service: InferenceService, live: InferenceService | None) -> Iterator[Finding]:
    said = service.metadata.annotations
    yield from stop(said.stop)
    if said.autoscaler and said.autoscaler not in _CLASSES:
        yield Finding(
            Severity.ERROR,
            f'"{said.autoscaler}" is no autoscaler class: KServe\'s webhook refuses it.',
            f"One of {', '.join(_CLASSES)}.",
            f"{_NOTES}.{AUTOSCALER}",
        )
    if said.mode and said.mode not in _MODES:
        yield Finding(
            Severity.ERROR,
            f'"{said.mode}" is no deployment mode: KServe takes its own default instead.',
            f"One of {', '.join(_MODES)}.",
            f"{_NOTES}.{MODE}",
        )
    settled = live.status.deployment_mode if live is not None else ""
    if said.mode in _MODES and settled and _family(said.mode) != _family(settled):
        yield Finding(
            Severity.ERROR,
            f"It runs in mode {settled} and cannot be changed to {said.mode}: KServe's webhook refuses it.",
            "Keep the mode, or delete it and make it anew.",
            f"{_NOTES}.{MODE}",
        )


def _family(mode: str) -> str:
    return "raw" if mode in RAW_MODES else "knative" if mode in KNATIVE_MODES else mode


def stop(value: str) -> Iterator[Finding]:
    if value and value.lower() not in ("true", "false"):
        yield Finding(
            Severity.WARNING,
            f'The annotation {STOP} is "{value}", which stops nothing: only "true" does.',
            'Write "true" or "false".',
            f"{_NOTES}.{STOP}",
        )


def created_stopped(manifest: Mapping[str, Any], service: InferenceService | Any, live: object) -> Iterator[Finding]:
    if live is None and service.metadata.stop:
        yield Finding(
            Severity.WARNING,
            "It is made with the annotation that stops it: KServe starts nothing.",
            "Take the annotation out to start it.",
            f"{_NOTES}.{STOP}",
        )
