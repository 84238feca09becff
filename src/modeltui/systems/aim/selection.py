"""Which template AIM Engine chooses for a service that names none, and why not the others. Pure.

Source of the rules: AIM Engine's own documentation of templates and services, and its controller: ready, optimized unless others are
allowed, fit for the overrides, for a GPU that some node has; then those of the namespace, and of them the best. Two equals are an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from modeltui.systems.aim import hardware
from modeltui.systems.aim.model_types import AIMTemplate
from modeltui.systems.aim.service_types import ServiceSpec
from modeltui.systems.aim.types import CLUSTER_TEMPLATES, TEMPLATES, Overrides
from modeltui.systems.protocol import Facts

_TYPES: Final = ("optimized", "preview", "unoptimized")
_GPUS: Final = ("MI325X", "MI300X", "MI250X", "MI210")
_METRICS: Final = ("latency", "throughput")
_PRECISIONS: Final = ("fp4", "int4", "fp8", "int8", "fp16", "bf16", "fp32")
"""Best first; what is not among them comes last."""


@dataclass(frozen=True, slots=True)
class Candidate:
    template: AIMTemplate
    cluster: bool
    why_not: str = ""
    """As the end of "template x ..."; "" for one that fits."""
    ready: bool = True


@dataclass(frozen=True, slots=True)
class Selection:
    candidates: tuple[Candidate, ...]
    """All templates of the model, by name."""
    best: tuple[AIMTemplate, ...]
    """One is the choice; several are equally good, so that none is chosen."""

    @property
    def waits(self) -> bool:
        """Whether a template may still become ready."""
        return any(not one.ready and one.template.status.status in ("", "Pending", "Progressing") for one in self.candidates)

    @property
    def only_unoptimized(self) -> bool:
        """Whether allowing unoptimized ones would be enough."""
        return not self.best and any(one.why_not == UNOPTIMIZED for one in self.candidates)

    @property
    def why(self) -> str:
        """Why not each of those that do not fit, in one sentence without its end."""
        return "; ".join(f"{one.template.metadata.name} {one.why_not}" for one in self.candidates if one.why_not)


UNOPTIMIZED: Final = "is not optimized"


def select(spec: ServiceSpec, namespace: str, model: str, facts: Facts) -> Selection | None:
    """None when templates may not be seen. `model`: the name of the AIMModel or AIMClusterModel."""
    if not (facts.known(TEMPLATES, namespace) and facts.known(CLUSTER_TEMPLATES, "")):
        return None
    own = [(one, False) for one in facts.where(TEMPLATES, namespace, model_name, model) if isinstance(one, AIMTemplate)]
    wide = [(one, True) for one in facts.where(CLUSTER_TEMPLATES, "", model_name, model) if isinstance(one, AIMTemplate)]
    there = hardware.there(facts)
    judged = [_judged(one, cluster, spec, there) for one, cluster in (*own, *wide)]
    fit = [one for one in judged if not one.why_not]
    nearer = [one for one in fit if not one.cluster] or fit
    best = min((_rank(one.template) for one in nearer), default=None)
    return Selection(tuple(judged), tuple(one.template for one in nearer if _rank(one.template) == best))


def model_name(template: AIMTemplate) -> tuple[str, ...]:
    """An index function."""
    return (template.spec.model_name,)


def _judged(template: AIMTemplate, cluster: bool, spec: ServiceSpec, there: Sequence[str] | None) -> Candidate:
    state = template.status.status
    if state != "Ready":
        wants = f", it wants {template.gpu_model}" if state == "NotAvailable" and template.gpu_model else ""
        return Candidate(template, cluster, f"is {state or 'not looked at yet'}{wants}", ready=False)
    if template.profile_type != "optimized" and not spec.template.allow_unoptimized:
        return Candidate(template, cluster, UNOPTIMIZED)
    if spec.overrides is not None and (unmet := _unmet(template, spec.overrides)):
        return Candidate(template, cluster, unmet)
    if there is not None and template.gpu_model and hardware.model_of_name(template.gpu_model) not in there:
        return Candidate(template, cluster, f"wants {template.gpu_model}, which no node has")
    return Candidate(template, cluster)


def _unmet(template: AIMTemplate, wanted: Overrides) -> str:
    if wanted.metric and template.metric.lower() != wanted.metric.lower():
        return f"is for {template.metric or 'no metric'}, not {wanted.metric}"
    if wanted.precision and template.precision.lower() != wanted.precision.lower():
        return f"has {template.precision or 'no precision'}, not {wanted.precision}"
    gpu = wanted.hardware.gpu if wanted.hardware is not None else None
    if gpu is None:
        return ""
    if gpu.model and template.gpu_model and hardware.model_of_name(gpu.model) != hardware.model_of_name(template.gpu_model):
        return f"is for {template.gpu_model}, not {gpu.model}"
    said = template.spec.hardware.gpu.requests if template.spec.hardware and template.spec.hardware.gpu else None
    count = said or template.profile.gpu_count
    return f"takes {count} GPUs, not {gpu.requests}" if gpu.requests and count and gpu.requests != count else ""


def _rank(template: AIMTemplate) -> tuple[int, int, int, int]:
    gpu = hardware.model_of_name(template.gpu_model) if template.gpu_model else ""
    told = ((template.profile_type, _TYPES), (gpu, _GPUS), (template.metric.lower(), _METRICS), (template.precision.lower(), _PRECISIONS))
    kind, card, metric, precision = (order.index(value) if value in order else len(order) for value, order in told)
    return kind, card, metric, precision
