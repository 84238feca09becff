"""The traps of a request for a graph, and of a DynamoModel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modeltui.domain import Finding, Severity
from modeltui.systems.checking import errors_first, typed
from modeltui.systems.core.names import name_problem
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.core.types import CLAIMS
from modeltui.systems.dynamo.request_types import OlderRequest, Request
from modeltui.systems.dynamo.types import FRAMEWORKS, OLDER_REQUESTS, REQUESTS, DynamoModel
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import known

GPU_SKUS: Final = (
    *("gb200_sxm", "gb10", "b200_sxm", "h200_sxm", "h100_sxm", "h100_pcie", "a100_sxm", "a100_pcie", "a30", "l40s", "l40", "l4"),
    *("v100_sxm", "v100_pcie", "t4", "mi200", "mi300"),
)
TOKEN_SECRET: Final = "hf-token-secret"
TOKEN_KEY: Final = "HF_TOKEN"
"""The one name that the profiler and the graphs made by it take a token from."""
_LOCKED: Final = frozenset({"Profiling", "Ready", "Deploying", "Deployed"})
_LONGEST: Final = 63 - len("-dgd-vllmprefillworker")
"""The graph is called after the request, and its Services after both."""


def check_request(manifest: Mapping[str, Any] | Request, facts: Facts) -> tuple[Finding, ...]:
    request = typed(manifest, Request)
    if isinstance(request, Finding):
        return errors_first((request,))
    live = facts.get(REQUESTS, *request.metadata.key)
    return errors_first((*_named(request), *_asked(request), *_around(request, facts), *_changed(request, live)))


def check_older_request(manifest: Mapping[str, Any] | OlderRequest, facts: Facts) -> tuple[Finding, ...]:
    request = typed(manifest, OlderRequest)
    if isinstance(request, Finding):
        return errors_first((request,))
    live = facts.get(OLDER_REQUESTS, *request.metadata.key)
    found = list(_named(request))
    if not request.spec.profiling_config.profiler_image:
        reason = "It names no image for the profiler, which the API server refuses."
        found.append(Finding(Severity.ERROR, reason, "Set profilingConfig.profilerImage.", "spec.profilingConfig.profilerImage"))
    return errors_first((*found, *_changed(request, live)))


def _named(request: Request | OlderRequest) -> Iterator[Finding]:
    name = request.metadata.name
    if problem := name_problem(name):
        yield Finding(Severity.ERROR, f'The name "{name}" {problem}.', "Choose another one.", "metadata.name")
    elif len(name) > _LONGEST:
        reason = f"The name has {len(name)} characters: what is made of it, and named after it, may be refused."
        yield Finding(Severity.WARNING, reason, f"Keep it to {_LONGEST} characters.", "metadata.name")
    if not request.spec.model:
        yield Finding(Severity.ERROR, "It names no model.", "Set spec.model to a Hub id.", "spec.model")
    if request.spec.backend and request.spec.backend not in ("auto", *FRAMEWORKS):
        reason = f'There is no backend "{request.spec.backend}".'
        yield Finding(Severity.ERROR, reason, f"There are auto, {', '.join(FRAMEWORKS)}.", "spec.backend")


def _asked(request: Request) -> Iterator[Finding]:
    asked, sla, load = request.spec.hardware, request.spec.sla, request.spec.workload
    if asked is not None and asked.gpu_sku and asked.gpu_sku not in GPU_SKUS:
        reason = f'Dynamo knows no GPU "{asked.gpu_sku}".'
        yield Finding(Severity.ERROR, reason, f"There are {', '.join(GPU_SKUS)}.", "spec.hardware.gpuSku")
    if asked is None or not asked.gpu_sku or not asked.num_gpus_per_node:
        yield Finding(
            Severity.INFO,
            "It does not say which GPUs there are: a Dynamo that is limited to one namespace may not look at nodes, and refuses it then.",
            "Set hardware.gpuSku and hardware.numGpusPerNode.",
            "spec.hardware",
        )
    if sla is not None:
        for name, value in (("ttft", sla.ttft), ("itl", sla.itl), ("e2eLatency", sla.e2e_latency)):
            if value is not None and value <= 0:
                yield Finding(Severity.ERROR, f"A goal of {value:g} ms for {name} cannot be met.", "Give milliseconds.", f"spec.sla.{name}")
        if sla.e2e_latency is not None and (sla.ttft is not None or sla.itl is not None):
            reason = "It asks for a whole latency and for its parts at once, of which the profiler follows only one."
            yield Finding(Severity.WARNING, reason, "Give e2eLatency alone, or ttft and itl.", "spec.sla")
        if sla.optimization_type and sla.optimization_type not in ("latency", "throughput"):
            reason = f'"{sla.optimization_type}" is no goal.'
            yield Finding(Severity.ERROR, reason, "There are latency and throughput.", "spec.sla.optimizationType")
    if load is not None and load.concurrency is not None and load.request_rate is not None:
        reason = "A load is given as concurrency and as a rate, of which the profiler takes only one."
        yield Finding(Severity.WARNING, reason, "Leave one of them.", "spec.workload")


def _around(request: Request, facts: Facts) -> Iterator[Finding]:
    namespace, cache = request.metadata.namespace, request.spec.model_cache
    if cache is not None and cache.pvc_name and facts.known(CLAIMS, namespace) and facts.get(CLAIMS, namespace, cache.pvc_name) is None:
        reason = f"Claim {cache.pvc_name} does not exist in namespace {namespace}: the profiler's pod stays Pending."
        yield Finding(Severity.ERROR, reason, "Create it, or correct the name.", "spec.modelCache.pvcName")
    yield from _token(request, facts)


def _token(request: Request, facts: Facts) -> Iterator[Finding]:
    """The profiler's pod takes a variable from the Secret, and does not start without it, whether the model is gated or not."""
    namespace, secret = request.metadata.namespace, facts.get(SECRETS, request.metadata.namespace, TOKEN_SECRET)
    if not facts.known(SECRETS, namespace) or (isinstance(secret, Secret) and TOKEN_KEY in secret.keys):
        return
    if known.is_gated(request.spec.model):
        reason = f"{request.spec.model} is gated on the Hub, and namespace {namespace} has no Secret {TOKEN_SECRET} with key {TOKEN_KEY}, "
        reason += "where Dynamo looks for the token."
    else:
        reason = (
            f"Namespace {namespace} has no Secret {TOKEN_SECRET} with key {TOKEN_KEY}. The profiler's pod takes it from there also for "
        )
        reason += "models that need no token, and does not start without."
    yield Finding(Severity.ERROR, reason, f"Create Secret {TOKEN_SECRET} with key {TOKEN_KEY}.", "spec.model")


def _changed(request: Request | OlderRequest, live: object) -> Iterator[Finding]:
    if not isinstance(live, Request | OlderRequest) or live.spec == request.spec:
        return
    phase = live.status.phase if isinstance(live, Request) else live.status.state
    if phase in _LOCKED:
        yield Finding(
            Severity.ERROR,
            f'It is "{phase}" already, and a request cannot be changed once it is being profiled: Dynamo ignores or refuses the change.',
            "Delete it and make it anew; the graph that came of it stays.",
            "spec",
        )


def check_model(manifest: Mapping[str, Any] | DynamoModel, facts: Facts) -> tuple[Finding, ...]:
    model = typed(manifest, DynamoModel)
    return errors_first((model,) if isinstance(model, Finding) else _of_model(model))


def _of_model(model: DynamoModel) -> Iterator[Finding]:
    spec, uri = model.spec, model.spec.source.uri if model.spec.source else ""
    if problem := name_problem(model.metadata.name):
        yield Finding(Severity.ERROR, f'The name "{model.metadata.name}" {problem}.', "Choose another one.", "metadata.name")
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
