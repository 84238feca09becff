"""What runs a NIMService: Deployments of the operator's own, or KServe; on one node, or on several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modeltui.domain import Finding, Severity
from modeltui.systems.kserve.types import MODE, RAW_MODES, STOP
from modeltui.systems.nim_operator import reading
from modeltui.systems.nim_operator.checks.shape import at
from modeltui.systems.nim_operator.types import NIMService
from modeltui.systems.serving import gpus

_HANDED_ON: Final = (
    ("annotations", STOP),
    ("annotations", MODE),
    ("annotations", "security.opendatahub.io/enable-auth"),
    ("labels", "networking.kserve.io/visibility"),
)
"""What KServe reads of the InferenceService: the operator takes it from the spec, not from metadata."""


def of_service(service: NIMService) -> Iterator[Finding]:
    spec = service.spec
    stop, field = spec.annotations.stop, f"spec.annotations.{STOP}"
    if not reading.on_kserve(service):
        if stop:
            yield Finding(
                Severity.WARNING,
                f"The annotation {STOP} does nothing to a NIMService that stands alone.",
                "Set replicas to 0, or inferencePlatform to kserve.",
                field,
            )
        return
    if stop and stop.lower() not in ("true", "false"):
        yield Finding(
            Severity.WARNING,
            f'The annotation {STOP} is "{stop}", which stops nothing: only "true" does.',
            'Write "true" or "false".',
            field,
        )
    if spec.multi_node is not None:
        yield Finding(
            Severity.ERROR,
            "multiNode is refused on KServe: the NIM operator's webhook takes it of one that stands alone only.",
            "Take multiNode out, or set inferencePlatform to standalone.",
            "spec.multiNode",
        )
    if spec.annotations.mode in RAW_MODES:
        return
    for said, where in ((spec.scale.enabled, "scale"), (spec.expose.ingress.enabled, "expose.ingress"), (spec.metrics.enabled, "metrics")):
        if said:
            yield Finding(
                Severity.ERROR,
                f"{where} is refused on KServe without the annotation {MODE}: the NIM operator takes that for Knative, which sees to it "
                "itself.",
                f'Set spec.annotations["{MODE}"] to Standard, or take it out.',
                f"spec.{where}.enabled",
            )


def made_stopped(service: NIMService) -> Iterator[Finding]:
    if reading.is_stopped(service):
        yield Finding(
            Severity.WARNING,
            "It is made with the annotation that stops it: nothing is started.",
            "Take the annotation out to start it.",
            f"spec.annotations.{STOP}",
        )


def misplaced(manifest: Mapping[str, Any], service: NIMService) -> Iterator[Finding]:
    for kind, key in _HANDED_ON:
        if key in at(manifest, f"metadata.{kind}") and key not in at(manifest, f"spec.{kind}"):
            yield Finding(
                Severity.WARNING,
                f"{key} in metadata.{kind} does nothing: the NIM operator hands on to KServe what stands in spec.{kind}.",
                f"Move it to spec.{kind}" + ("." if reading.on_kserve(service) else ", with inferencePlatform kserve."),
                f"metadata.{kind}.{key}",
            )


def several_nodes(service: NIMService) -> Iterator[Finding]:
    spec = service.spec
    tensor = spec.multi_node.parallelism.tensor if spec.multi_node else None
    if tensor is None or spec.resources is None:
        return
    asked = sum(gpus.asked(spec.resources).values())
    if asked and asked < tensor:
        yield Finding(
            Severity.ERROR,
            f"Each node splits the model {tensor} ways (tensor) and has {asked} GPU{'s' if asked > 1 else ''}: the engine ends at once.",
            "Ask for as many GPUs in spec.resources.limits, or split it less.",
            "spec.multiNode.parallelism.tensor",
        )
