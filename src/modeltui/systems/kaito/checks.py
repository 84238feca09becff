"""Every trap of a Workspace and of an InferenceSet, found in a manifest or in what is in the cluster already. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modeltui.domain import Finding, Severity
from modeltui.systems.checking import errors_first, typed
from modeltui.systems.core import selector
from modeltui.systems.core.names import name_problem
from modeltui.systems.core.types import LabelSelector
from modeltui.systems.kaito import reading
from modeltui.systems.kaito.types import CONFIG_MAPS, Inference, InferenceSet, Workspace
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import needs

Found = tuple[Finding, ...]


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


def _name(name: str) -> Iterator[Finding]:
    if problem := name_problem(name):
        yield Finding(Severity.ERROR, f'The name "{name}" {problem}.' if name else "The name is missing.", "Correct it.", "metadata.name")


def _workspace(wanted: Workspace, facts: Facts) -> Iterator[Finding]:
    yield from _name(wanted.metadata.name)
    if wanted.inference is None and wanted.tuning is None:
        yield Finding(Severity.ERROR, "It has neither inference nor tuning: KAITO's webhook refuses it.", "Set inference.", "inference")
    elif wanted.inference is not None and wanted.tuning is not None:
        yield Finding(Severity.ERROR, "It has inference and tuning: KAITO's webhook takes one of them.", "Keep one.", "tuning")
    yield from _labels(wanted.resource.label_selector, "resource.labelSelector")
    if wanted.inference is not None:
        yield from _inference(wanted.inference, wanted.metadata.namespace, facts, "inference")


def _set(wanted: InferenceSet, facts: Facts) -> Iterator[Finding]:
    yield from _name(wanted.metadata.name)
    spec = wanted.spec
    if spec.replicas < 0:
        yield Finding(Severity.ERROR, f"replicas is {spec.replicas}.", "0 or more.", "spec.replicas")
    if spec.node_count_limit is not None and 0 < spec.node_count_limit < spec.replicas:
        yield Finding(
            Severity.WARNING,
            f"nodeCountLimit is {spec.node_count_limit}, which is less than its {spec.replicas} replicas need: some never start.",
            "Raise the limit, or ask for fewer replicas.",
            "spec.nodeCountLimit",
        )
    yield from _labels(spec.label_selector, "spec.labelSelector")
    yield from _inference(spec.template.inference, wanted.metadata.namespace, facts, "spec.template.inference")


def _labels(wanted: LabelSelector | None, field: str) -> Iterator[Finding]:
    if wanted is None:
        yield Finding(
            Severity.ERROR, "labelSelector is missing: the API server refuses it.", "Set matchLabels, such as apps: llama.", field
        )
    elif problem := selector.problem(wanted):
        yield Finding(Severity.ERROR, f"labelSelector: {problem}.", "Correct it.", field)
    elif not wanted.match_labels:
        yield Finding(
            Severity.ERROR,
            "labelSelector has no matchLabels: KAITO cannot label the nodes that it makes.",
            "Set matchLabels, such as apps: llama.",
            f"{field}.matchLabels",
        )


def _inference(inference: Inference, namespace: str, facts: Facts, field: str) -> Iterator[Finding]:
    preset = inference.preset
    if preset is None and inference.template is None:
        yield Finding(Severity.ERROR, "inference has neither a preset nor a template: nothing is run.", "Name a preset.", f"{field}.preset")
    elif preset is not None and inference.template is not None:
        yield Finding(Severity.ERROR, "inference has a preset and a template: KAITO's webhook takes one.", "Keep one.", f"{field}.template")
    if preset is not None and not preset.name:
        yield Finding(Severity.ERROR, "The preset has no name.", "Name a model that KAITO knows, or a Hub id.", f"{field}.preset.name")
    if inference.config and facts.known(CONFIG_MAPS, namespace) and facts.get(CONFIG_MAPS, namespace, inference.config) is None:
        yield Finding(
            Severity.ERROR,
            f'There is no ConfigMap "{inference.config}" in namespace {namespace}: nothing is started.',
            "Create it with the key inference_config.yaml, or correct the name.",
            f"{field}.config",
        )
    names = [ref.name for ref in reading.uses(inference) if ref.resource != CONFIG_MAPS]
    yield from needs.secrets(names, namespace, facts, field)
    if inference.template is not None:
        for place, container in enumerate(inference.template.spec.containers):
            where = f"{field}.template.spec.containers[{place}]"
            yield from needs.amounts(container, where)
            yield from needs.in_clear((container,), where)
