"""The traps of a DynamoModel, which only tells where a model is served, and which adapters are loaded there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from modeltui.domain import Finding, Severity
from modeltui.redaction import redact_text
from modeltui.systems.checking import errors_first, typed
from modeltui.systems.core.names import name_sentence
from modeltui.systems.dynamo.parts import parts_of
from modeltui.systems.dynamo.types import GRAPHS, DynamoModel, Graph
from modeltui.systems.protocol import Facts
from modeltui.systems.serving.command_line import models_of


def check_model(manifest: Mapping[str, Any] | DynamoModel, facts: Facts) -> tuple[Finding, ...]:
    model = typed(manifest, DynamoModel)
    if isinstance(model, Finding):
        return (model,)
    new = () if isinstance(manifest, msgspec.Struct) else _unserved(model, facts)
    return errors_first((*_of_model(model), *new))


def _unserved(model: DynamoModel, facts: Facts) -> Iterator[Finding]:
    """Of one that is there already its status says so."""
    base, namespace = model.spec.base_model_name, model.metadata.namespace
    if base and facts.known(GRAPHS, namespace) and base not in (serving := bases_of(facts, namespace)):
        there = f" They serve {', '.join(serving)}." if serving else ""
        yield Finding(
            Severity.WARNING,
            f"No graph of namespace {namespace} serves its base model {redact_text(base)}, so that it has no endpoints.{there}",
            "Name the base model in modelRef of the worker component, in the same spelling.",
            "spec.baseModelName",
        )


def bases_of(facts: Facts, namespace: str) -> list[str]:
    """Models that graphs of the namespace serve, by name."""
    graphs = [graph for graph in facts.all(GRAPHS, namespace) if isinstance(graph, Graph)]
    return sorted({one for graph in graphs for part in parts_of(graph) for one in (*models_of(part.line), part.model_ref) if one})


def _of_model(model: DynamoModel) -> Iterator[Finding]:
    spec, uri = model.spec, model.spec.source.uri if model.spec.source else ""
    if problem := name_sentence(model.metadata.name):
        yield Finding(Severity.ERROR, problem, "Choose another one.", "metadata.name")
    for field, value in (("modelName", spec.model_name), ("baseModelName", spec.base_model_name)):
        if not value:
            yield Finding(Severity.ERROR, f"It has no {field}, which the API server refuses.", "Set it.", f"spec.{field}")
    if spec.model_type not in ("", "base", "lora", "adapter"):
        reason = f'There is no modelType "{spec.model_type}".'
        yield Finding(Severity.ERROR, reason, "There are base, lora and adapter.", "spec.modelType")
    if spec.model_type == "lora" and not uri:
        reason = "A LoRA has to come from somewhere: without source.uri Dynamo loads nothing."
        yield Finding(Severity.ERROR, reason, "Set source.uri, such as s3://bucket/adapter or hf://org/adapter.", "spec.source.uri")
    if uri and not uri.startswith(("s3://", "hf://")):
        reason = f"Dynamo fetches adapters from s3:// and hf://, not from {uri.partition('://')[0] or uri}."
        yield Finding(Severity.ERROR, reason, "Put it where Dynamo finds it.", "spec.source.uri")
    if spec.model_type in ("", "base") and spec.source is not None:
        reason = "A base model is not fetched by a DynamoModel: it only tells where the workers are that serve it."
        yield Finding(Severity.WARNING, reason, "Leave source out; the worker's own arguments say what is loaded.", "spec.source")
