"""Replicas, GPUs and memory: what belongs together in each mode, and how much AI Runway takes at most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.airunway.reading import provider_of
from modeltui.systems.airunway.types import DISAGGREGATED, DYNAMO, Gpu, ModelDeployment, Scaled
from modeltui.systems.core import quantity
from modeltui.systems.core.types import RawQuantity

MOST_GPUS: Final = 64
MOST_REPLICAS: Final = 32
MOST_CPU: Final = "512"
MOST_MEMORY: Final = "4Ti"
_MOCKER: Final = "mocker"


def of_deployment(deployment: ModelDeployment) -> Iterator[Finding]:
    if deployment.spec.mode == DISAGGREGATED:
        yield from _disaggregated(deployment)
    else:
        yield from _aggregated(deployment)
    yield from _ceilings(deployment)


def _disaggregated(deployment: ModelDeployment) -> Iterator[Finding]:
    spec = deployment.spec
    if spec.scaling.replicas not in (0, 1):
        yield Finding(
            Severity.WARNING,
            f"scaling.replicas is for aggregated deployments only; this one is disaggregated, and its {spec.scaling.replicas} count for "
            "nothing.",
            "Set scaling.prefill.replicas and scaling.decode.replicas.",
            "spec.scaling.replicas",
        )
    if spec.resources is not None and spec.resources.gpu is not None and spec.resources.gpu.count > 0:
        yield Finding(
            Severity.ERROR,
            "A disaggregated deployment may not have resources.gpu, which AI Runway refuses: prefill and decode have GPUs of their own.",
            "Take it out; set scaling.prefill.gpu.count and scaling.decode.gpu.count.",
            "spec.resources.gpu",
        )
    for name, half in (("prefill", spec.scaling.prefill), ("decode", spec.scaling.decode)):
        if half is None:
            reason = f"A disaggregated deployment needs scaling.{name}, which AI Runway refuses to do without."
            yield Finding(Severity.ERROR, reason, "Give it replicas and gpu.count.", f"spec.scaling.{name}")
        elif not (half.gpu and half.gpu.count) and deployment.metadata.annotations.test_backend != _MOCKER:
            reason = f"scaling.{name} has no GPU, which AI Runway refuses for a disaggregated deployment."
            yield Finding(Severity.ERROR, reason, "Set gpu.count to 1 or more.", f"spec.scaling.{name}.gpu.count")


def _aggregated(deployment: ModelDeployment) -> Iterator[Finding]:
    spec = deployment.spec
    for name, half in (("prefill", spec.scaling.prefill), ("decode", spec.scaling.decode)):
        if half is not None:
            reason = f"scaling.{name} is for disaggregated deployments only; this one is aggregated, and ignores it."
            remedy = "Set serving.mode to disaggregated (which cannot be changed later), or take it out."
            yield Finding(Severity.WARNING, reason, remedy, f"spec.scaling.{name}")
    if spec.scaling.replicas == 0 and provider_of(deployment) == DYNAMO:
        yield Finding(
            Severity.WARNING,
            "The Dynamo provider takes 0 replicas for 1: it goes on running, and holding its GPUs.",
            "Delete it to free them; the claims of its own go with it.",
            "spec.scaling.replicas",
        )


def _ceilings(deployment: ModelDeployment) -> Iterator[Finding]:
    spec = deployment.spec
    if spec.resources is not None:
        yield from _gpus(spec.resources.gpu, "spec.resources.gpu.count")
        yield from _amount(spec.resources.cpu, MOST_CPU, "spec.resources.cpu", "CPUs")
        yield from _amount(spec.resources.memory, MOST_MEMORY, "spec.resources.memory", "memory")
    yield from _replicas(spec.scaling.replicas, "spec.scaling.replicas")
    for name, half in (("prefill", spec.scaling.prefill), ("decode", spec.scaling.decode)):
        if half is not None:
            yield from _half(half, f"spec.scaling.{name}")


def _half(half: Scaled, field: str) -> Iterator[Finding]:
    yield from _replicas(half.replicas, f"{field}.replicas")
    yield from _gpus(half.gpu, f"{field}.gpu.count")
    yield from _amount(half.memory, MOST_MEMORY, f"{field}.memory", "memory")


def _gpus(gpu: Gpu | None, field: str) -> Iterator[Finding]:
    if gpu is not None and not 0 <= gpu.count <= MOST_GPUS:
        reason = f"{gpu.count} GPUs of one replica are refused: AI Runway takes {MOST_GPUS} at most, and no fewer than 0."
        yield Finding(Severity.ERROR, reason, "Ask for fewer; several replicas share the load.", field)


def _replicas(replicas: int, field: str) -> Iterator[Finding]:
    if not 0 <= replicas <= MOST_REPLICAS:
        reason = f"{replicas} replicas are refused: AI Runway takes {MOST_REPLICAS} at most, and no fewer than 0."
        yield Finding(Severity.ERROR, reason, "Ask for fewer; make another deployment beside it.", field)


def _amount(said: RawQuantity, most: str, field: str, what: str) -> Iterator[Finding]:
    if said == "":
        return
    amount, ceiling = quantity.parse(said), quantity.parse(most)
    if amount is None:
        reason = f'"{said}" is not a quantity, which AI Runway refuses.'
        yield Finding(Severity.ERROR, reason, "Write a number with a unit, such as 500m or 64Gi.", field)
    elif ceiling is not None and amount > ceiling:
        yield Finding(Severity.ERROR, f"{said} of {what} are refused: AI Runway takes {most} at most.", "Ask for less.", field)
