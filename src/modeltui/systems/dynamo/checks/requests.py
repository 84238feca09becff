"""The traps of a request for a graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from modeltui.domain import Finding, Severity
from modeltui.systems.checking import errors_first, typed
from modeltui.systems.core.names import name_sentence
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.core.types import CLAIMS
from modeltui.systems.dynamo.checks import versions
from modeltui.systems.dynamo.request_types import OlderRequest, Request
from modeltui.systems.dynamo.types import FRAMEWORKS, OLDER_REQUESTS, REQUESTS
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import known
from modeltui.systems.serving.subjects import NO_TOKEN, no_secret

GPU_SKUS: Final = (
    *("gb200_sxm", "gb10", "b200_sxm", "h200_sxm", "h100_sxm", "h100_pcie", "a100_sxm", "a100_pcie", "a30", "l40s", "l40", "l4"),
    *("v100_sxm", "v100_pcie", "t4", "mi200", "mi300"),
)
TOKEN_SECRET: Final = "hf-token-secret"
TOKEN_KEY: Final = "HF_TOKEN"
"""The one name that the profiler and the graphs made by it take a token from."""
_STRATEGIES: Final = ("rapid", "thorough")
_OLDER_FIELDS: Final = {
    "profilingConfig": "Write image, modelCache, sla, workload and hardware; what else the Job needs goes into overrides.profilingJob.",
    "deploymentOverrides": "Write overrides.dgd.",
    "enableGpuDiscovery": "Leave it out; say the GPUs in hardware where they cannot be found.",
    "useMocker": "Write features.mocker.enabled.",
}
"""Of v1alpha1: what says it in v1beta1."""
_LOCKED: Final = frozenset({"Profiling", "Ready", "Deploying", "Deployed"})
_LONGEST: Final = 63 - len("-dgd-vllmprefillworker")
"""The graph is called after the request, and its Services after both."""


def check_request(manifest: Mapping[str, Any] | Request, facts: Facts) -> tuple[Finding, ...]:
    request = typed(manifest, Request)
    if isinstance(request, Finding):
        return errors_first((request,))
    live = facts.get(REQUESTS, *request.metadata.key)
    own = (*_former_fields(manifest), *_named(request), *_asked(request), *_searched(request), *_image(request))
    return errors_first((*own, *_around(request, facts), *_changed(request, live)))


def check_older_request(manifest: Mapping[str, Any] | OlderRequest, facts: Facts) -> tuple[Finding, ...]:
    request = typed(manifest, OlderRequest)
    if isinstance(request, Finding):
        return errors_first((request,))
    live = facts.get(OLDER_REQUESTS, *request.metadata.key)
    found = list(_named(request))
    if not request.spec.profiling_config.profiler_image:
        reason = "It names no image for the profiler, which the API server refuses."
        found.append(Finding(Severity.ERROR, reason, "Set profilingConfig.profilerImage.", "spec.profilingConfig.profilerImage"))
    if not request.spec.auto_apply and not isinstance(manifest, msgspec.Struct):
        reason = "In v1alpha1 a request only proposes a graph, unless autoApply is true: nothing will serve."
        found.append(Finding(Severity.INFO, reason, "Set autoApply to true to have it deployed.", "spec.autoApply"))
    return errors_first((*found, *_changed(request, live)))


def _former_fields(manifest: Mapping[str, Any] | Request) -> Iterator[Finding]:
    spec = manifest.get("spec") if isinstance(manifest, Mapping) else None
    for said in map(str, spec) if isinstance(spec, Mapping) else ():
        if said in _OLDER_FIELDS:
            reason = f"{said} is a field of v1alpha1, but the request is of v1beta1: without strict checking it is dropped."
            yield Finding(Severity.ERROR, reason, _OLDER_FIELDS[said], f"spec.{said}")


def _searched(request: Request) -> Iterator[Finding]:
    said, load = request.spec.search_strategy, request.spec.workload
    if said and said not in _STRATEGIES:
        reason = f'There is no searchStrategy "{said}".'
        yield Finding(Severity.ERROR, reason, f"There are {' and '.join(_STRATEGIES)}.", "spec.searchStrategy")
    elif said == "thorough" and request.spec.backend in ("", "auto"):
        reason = "A thorough search is made of one backend, and it names none: Dynamo fails it before it is begun."
        yield Finding(Severity.ERROR, reason, f"Set backend to one of {', '.join(FRAMEWORKS)}.", "spec.backend")
    for name, tokens in (("isl", load.isl), ("osl", load.osl)) if load is not None else ():
        if tokens is not None and tokens <= 0:
            reason = f"A load of {tokens} tokens ({name}) cannot be measured."
            yield Finding(Severity.ERROR, reason, "Give how many tokens a request has, or leave it out.", f"spec.workload.{name}")


def _image(request: Request) -> Iterator[Finding]:
    said = request.spec.runtime_version_override
    if said and not versions.is_override(said):
        reason = f'runtimeVersionOverride "{said}" is not MAJOR.MINOR.PATCH.'
        yield Finding(Severity.ERROR, reason, "Write it like 1.1.1.", "spec.runtimeVersionOverride")
    elif not said and (told := versions.untold(request.spec.image)):
        reason = f"Dynamo cannot tell the version of the profiler, and of the graph that comes of it, from {told}."
        yield Finding(Severity.WARNING, reason, "Set runtimeVersionOverride to the version that the image holds.", "spec.image")


def _named(request: Request | OlderRequest) -> Iterator[Finding]:
    name = request.metadata.name
    if problem := name_sentence(name):
        yield Finding(Severity.ERROR, problem, "Choose another one.", "metadata.name")
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
    if cache is not None and not cache.pvc_name and (cache.pvc_model_path or cache.pvc_mount_path):
        reason = "modelCache says a path and no claim, so that the model is fetched from the Hub."
        yield Finding(Severity.WARNING, reason, "Set modelCache.pvcName, or leave modelCache out.", "spec.modelCache.pvcName")
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
    subject = NO_TOKEN if isinstance(secret, Secret) else no_secret(TOKEN_SECRET)
    yield Finding(Severity.ERROR, reason, f"Create Secret {TOKEN_SECRET} with key {TOKEN_KEY}.", "spec.model", subject=subject)


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
