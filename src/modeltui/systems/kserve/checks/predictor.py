"""The predictor of an InferenceService: what it is made of, and the runtime that it gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from modeltui.domain import Finding, Severity
from modeltui.systems.core import quantity
from modeltui.systems.kserve import runtimes
from modeltui.systems.kserve.types import CLUSTER_RUNTIMES, FRAMEWORKS, RUNTIMES, InferenceService, Predicted, ServingRuntime
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import gpus

FIELD = "spec.predictor"
MODEL = f"{FIELD}.model"


def shape(service: InferenceService) -> Iterator[Finding]:
    """A predictor is a model, or the field of a framework, or containers of one's own."""
    predictor = service.spec.predictor
    made_of = [name for name in ("model", *FRAMEWORKS) if getattr(predictor, name) is not None]
    if not made_of and not predictor.containers:
        yield Finding(
            Severity.ERROR,
            "The predictor has neither a model nor a container: KServe's webhook refuses it.",
            "Set spec.predictor.model, or spec.predictor.containers.",
            FIELD,
        )
    elif len(made_of) > 1:
        yield Finding(
            Severity.ERROR,
            f"The predictor says {' and '.join(made_of)}: exactly one of them may stand there.",
            "Keep one; model with a modelFormat is the one to prefer.",
            FIELD,
        )
    if predictor.model is not None and not predictor.model.model_format.name:
        yield Finding(Severity.ERROR, "The model has no format.", "Set modelFormat.name, such as huggingface.", f"{MODEL}.modelFormat.name")
    found = predictor.predicted
    if found is not None and found.name:
        yield Finding(
            Severity.ERROR,
            f'The container of a model may have no name of its own ("{found.name}"): KServe\'s webhook refuses it.',
            "Take the name out.",
            f"{FIELD}.{made_of[0]}.name" if made_of else FIELD,
        )


def pruned(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """Fields that say nothing where they stand."""
    spec = manifest.get("spec")
    predictor = spec.get("predictor") if isinstance(spec, Mapping) else None
    if isinstance(predictor, Mapping) and predictor.get("resources"):
        yield Finding(
            Severity.ERROR,
            "spec.predictor.resources is not for the model: older versions of KServe do not know it (a strict client is refused, others "
            "lose it in silence), newer ones take it for an amount of the whole pod.",
            "Write the resources into spec.predictor.model.resources, or into the container.",
            f"{FIELD}.resources",
        )


def runtime(service: InferenceService, facts: Facts) -> Iterator[Finding]:
    model, namespace = service.spec.predictor.predicted, service.metadata.namespace
    if model is None or not model.model_format.name:
        return
    if model.runtime:
        yield from _named(model, model.runtime, namespace, facts)
    elif runtimes.all_known(namespace, facts):
        yield from _chosen(model, namespace, facts)


def _named(model: Predicted, name: str, namespace: str, facts: Facts) -> Iterator[Finding]:
    field = f"{MODEL}.runtime"
    found = runtimes.named(name, namespace, facts)
    if found is None:
        if runtimes.all_known(namespace, facts):
            yield Finding(
                Severity.ERROR,
                f'There is no ServingRuntime "{name}" in namespace {namespace}, and no ClusterServingRuntime: nothing is started '
                "(RuntimeNotRecognized).",
                f"{_near(name, namespace, facts)}or create it.",
                field,
            )
        return
    if found.spec.disabled:
        yield Finding(Severity.ERROR, f"{found} is disabled: nothing is started.", "Choose another, or enable it.", field)
    if not runtimes.supports(found.spec, model, chosen=True):
        yield Finding(
            Severity.ERROR,
            f"{found} does not serve {_format(model)} (NoSupportingRuntime): it serves {_formats(found)}.",
            "Correct the format, or choose another runtime.",
            f"{MODEL}.modelFormat",
        )
    if model.protocol_version and not runtimes.speaks(found.spec, model.protocol_version):
        yield Finding(
            Severity.ERROR,
            f"{found} does not speak protocol {model.protocol_version}: it speaks {', '.join(found.spec.protocol_versions)}.",
            "Leave protocolVersion out, or choose another runtime.",
            f"{MODEL}.protocolVersion",
        )
    if found.spec.multi_model:
        yield Finding(Severity.ERROR, f"{found} is for many models in one server (ModelMesh).", "Choose another runtime.", field)


def _near(name: str, namespace: str, facts: Facts) -> str:
    names = {one.metadata.name for resource, place in ((RUNTIMES, namespace), (CLUSTER_RUNTIMES, "")) for one in facts.all(resource, place)}
    near = get_close_matches(name, names, n=1)
    return f'Did you mean "{near[0]}"? Correct it, ' if near else "Correct it, "


def _chosen(model: Predicted, namespace: str, facts: Facts) -> Iterator[Finding]:
    found = runtimes.candidates(model, namespace, facts)
    if not found:
        able = [one for one in _all(namespace, facts) if runtimes.supports(one.spec, model, chosen=True) and not one.spec.disabled]
        names = ", ".join(str(one) for one in able)
        yield Finding(
            Severity.ERROR,
            f"No runtime is chosen automatically for {_format(model)} with protocol {runtimes.protocol(model)} (NoSupportingRuntime)."
            + (f" {names} would do when named." if able else ""),
            "Name one in spec.predictor.model.runtime." if able else "Create a runtime for that format, or correct the format.",
            MODEL,
        )
        return
    first = found[0]
    alike = [
        one for one in found[1:] if one.resource == first.resource and runtimes.priority(one, model) == runtimes.priority(first, model)
    ]
    if alike:
        yield Finding(
            Severity.WARNING,
            f"{first} and {', '.join(str(one) for one in alike)} have the same priority for {_format(model)}: the newest is chosen, and "
            "another one when somebody makes a newer one.",
            "Name the runtime.",
            f"{MODEL}.runtime",
        )


def _all(namespace: str, facts: Facts) -> Iterator[runtimes.Found]:
    for resource, place in ((RUNTIMES, namespace), (CLUSTER_RUNTIMES, "")):
        for one in facts.all(resource, place):
            if isinstance(one, ServingRuntime):
                yield runtimes.Found(resource, one)


def _format(model: Predicted) -> str:
    wanted = model.model_format
    return f'format "{wanted.name}"' + (f" version {wanted.version}" if wanted.version else "")


def _formats(found: runtimes.Found) -> str:
    named = [f"{one.name}{' ' + one.version if one.version else ''}" for one in found.spec.supported_model_formats]
    return ", ".join(dict.fromkeys(named)) or "no format"


def amounts(service: InferenceService, facts: Facts) -> Iterator[Finding]:
    """The runtime's limits hold where the model says none, and may be lower than what the model requests."""
    model, namespace = service.spec.predictor.predicted, service.metadata.namespace
    if model is None:
        return
    chosen = runtimes.of(service, facts)
    if chosen is None and not model.runtime and runtimes.all_known(namespace, facts):
        chosen = next(iter(runtimes.candidates(model, namespace, facts)), None)
    field = f"{FIELD}.{service.spec.predictor.framework or 'model'}.resources.limits"
    whole = runtimes.merged(model, chosen.spec if chosen else None).resources
    for name in (one for one in whole.requests if one in whole.limits and not gpus.is_gpu(one)):
        if _more(whole.requests[name], whole.limits[name]):
            whose = f"the limit of {chosen}" if chosen is not None and name not in model.resources.limits else "its limit"
            yield Finding(
                Severity.ERROR,
                f"It requests {whole.requests[name]} of {name}, and {whose} is {whole.limits[name]}: the API server refuses its pods.",
                f"Set a limit of {name} that is no lower.",
                f"{field}.{name}",
            )
    if chosen is None or runtimes.says_amounts(chosen.spec):
        return
    for name, least in _FILLED_IN.items():
        if name in whole.requests and name not in whole.limits and _more(whole.requests[name], least):
            yield Finding(
                Severity.WARNING,
                f"It requests {whole.requests[name]} of {name} without a limit: KServe then sets {least}, unless it is configured "
                "otherwise, and the API server refuses its pods.",
                f"Set a limit of {name} that is no lower.",
                f"{field}.{name}",
            )


_FILLED_IN: Final = {"cpu": "1", "memory": "2Gi"}
"""What KServe's webhook writes as requests and limits where neither the model nor its runtime says any."""


def _more(asked: str | int | float, most: str | int | float) -> bool:
    one, other = quantity.parse(asked), quantity.parse(most)
    return one is not None and other is not None and one > other


def workers(service: InferenceService, facts: Facts) -> Iterator[Finding]:
    """Several nodes for one replica: what KServe's webhook and controller refuse."""
    predictor = service.spec.predictor
    spec, model = predictor.worker_spec, predictor.predicted
    if spec is None:
        return
    field = f"{FIELD}.workerSpec"
    if len(spec.containers) > 1:
        yield Finding(Severity.ERROR, "workerSpec has several containers: KServe's webhook takes one.", "Keep one.", f"{field}.containers")
    for name, size in (("pipelineParallelSize", spec.pipeline_parallel_size), ("tensorParallelSize", spec.tensor_parallel_size)):
        if size is not None and size < 1:
            yield Finding(Severity.ERROR, f"{name} is {size}: it is at least 1.", "Correct it.", f"{field}.{name}")
    if model is None:
        return
    if model.storage_uri.partition("://")[0] not in ("pvc", "oci"):
        yield Finding(
            Severity.ERROR,
            "With workerSpec the weights have to be in a claim or an image: KServe's webhook refuses any other storageUri.",
            "Use pvc:// or oci://.",
            f"{MODEL}.storageUri",
        )
    if service.metadata.annotations.autoscaler != "none":
        yield Finding(
            Severity.ERROR,
            'With workerSpec nothing may be scaled: KServe\'s webhook wants the annotation serving.kserve.io/autoscalerClass "none".',
            "Set it.",
            "metadata.annotations",
        )
    for one in model.env:
        if one.name in ("PIPELINE_PARALLEL_SIZE", "TENSOR_PARALLEL_SIZE"):
            yield Finding(
                Severity.ERROR,
                f"{one.name} may not be set as a variable beside workerSpec: KServe's webhook refuses it.",
                "Set pipelineParallelSize and tensorParallelSize of workerSpec.",
                f"{MODEL}.env",
            )
    found = runtimes.named(model.runtime, service.metadata.namespace, facts) if model.runtime else None
    if found is not None and found.spec.worker_spec is None:
        yield Finding(
            Severity.ERROR,
            f"{found} has no workerSpec: it cannot run on several nodes (InvalidWorkerSpecNotSet).",
            "Choose a runtime for several nodes, or take workerSpec out.",
            field,
        )
