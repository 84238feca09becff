"""Every trap of a Workspace and of an InferenceSet, found in a manifest or in what is in the cluster already. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modeltui.domain import Finding, Severity
from modeltui.systems.checking import errors_first, typed
from modeltui.systems.core.names import quoted
from modeltui.systems.kaito import names
from modeltui.systems.kaito.checks import immutability, nodes, serving
from modeltui.systems.kaito.types import InferenceSet, Workspace
from modeltui.systems.protocol import Facts

Found = tuple[Finding, ...]
_ANNOTATIONS: Final = "metadata.annotations"


def check_workspace(manifest: Mapping[str, Any] | Workspace, facts: Facts) -> Found:
    wanted = typed(manifest, Workspace)
    if isinstance(wanted, Finding):
        return (wanted,)
    raw = tuple(_misplaced(manifest)) if isinstance(manifest, Mapping) else ()
    return errors_first((*raw, *_workspace(wanted, facts)))


def check_set(manifest: Mapping[str, Any] | InferenceSet, facts: Facts) -> Found:
    wanted = typed(manifest, InferenceSet)
    return (wanted,) if isinstance(wanted, Finding) else errors_first(_set(wanted, facts))


def _misplaced(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    if "spec" in manifest:
        yield Finding(
            Severity.ERROR,
            "A Workspace has no spec: what stands there is refused, or dropped in silence, and nothing is served.",
            "Move resource and inference to the top, beside metadata.",
            "spec",
        )


def _name(name: str, longest: int) -> Iterator[Finding]:
    if problem := names.name_problem(name, longest=longest):
        told = f"The name {quoted(name)} is no good. {problem}" if name else "The name is missing."
        yield Finding(Severity.ERROR, told, "Correct it.", "metadata.name")


def _workspace(wanted: Workspace, facts: Facts) -> Iterator[Finding]:
    yield from _name(wanted.metadata.name, names.LONGEST)
    if wanted.inference is None and wanted.tuning is None:
        yield Finding(Severity.ERROR, "It has neither inference nor tuning: KAITO's webhook refuses it.", "Set inference.", "inference")
    elif wanted.inference is not None and wanted.tuning is not None:
        yield Finding(Severity.ERROR, "It has inference and tuning: KAITO's webhook takes one of them.", "Keep one.", "tuning")
    yield from serving.runtime(wanted.metadata.annotations.runtime, _ANNOTATIONS)
    yield from nodes.labels(wanted.resource.label_selector, "resource.labelSelector")
    yield from nodes.partition(wanted.resource, "resource")
    selector, which = wanted.resource.label_selector, "resource.labelSelector"
    yield from nodes.there(wanted.resource, selector, facts, which)
    count = wanted.status.target_node_count or wanted.resource.count or 1
    yield from nodes.enough(wanted.resource, selector, count, facts, "resource.count")
    if wanted.inference is not None and wanted.inference.preset is not None:
        yield from nodes.with_gpus(wanted.resource, selector, facts, which)
    if wanted.inference is not None:
        yield from serving.inference(wanted.inference, wanted.metadata.namespace, facts, "inference")
    yield from immutability.workspace(wanted, facts)


def _set(wanted: InferenceSet, facts: Facts) -> Iterator[Finding]:
    yield from _name(wanted.metadata.name, names.LONGEST_OF_SET)
    spec, template = wanted.spec, wanted.spec.template
    if spec.replicas < 0:
        yield Finding(Severity.ERROR, f"replicas is {spec.replicas}.", "0 or more.", "spec.replicas")
    if spec.node_count_limit is not None and 0 < spec.node_count_limit < spec.replicas:
        yield Finding(
            Severity.WARNING,
            f"nodeCountLimit is {spec.node_count_limit}, which is less than its {spec.replicas} replicas need: some never start.",
            "Raise the limit, or ask for fewer replicas.",
            "spec.nodeCountLimit",
        )
    yield from serving.runtime(wanted.runtime, _ANNOTATIONS)
    yield from nodes.labels(spec.label_selector, "spec.labelSelector")
    yield from nodes.partition(template.resource, "spec.template.resource")
    yield from nodes.there(template.resource, spec.label_selector, facts, "spec.labelSelector")
    whole = spec.replicas if template.resource.partition is None else 1  # several share a node that is divided
    yield from nodes.enough(template.resource, spec.label_selector, whole, facts, "spec.replicas")
    if template.inference.preset is not None:
        yield from nodes.with_gpus(template.resource, spec.label_selector, facts, "spec.labelSelector")
    yield from serving.inference(template.inference, wanted.metadata.namespace, facts, "spec.template.inference")
    yield from immutability.inference_set(wanted, facts)
