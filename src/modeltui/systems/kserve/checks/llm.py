"""What is special about an LLMInferenceService: how it is put together, split and scaled, and what cannot be changed any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from modeltui.domain import Finding, Severity
from modeltui.kube.resource import Resource
from modeltui.systems.core import quantity
from modeltui.systems.core.types import PodSpec
from modeltui.systems.kserve.checks import engine, storage
from modeltui.systems.kserve.llm_types import (
    LLM_CONFIGS,
    MAIN,
    LLMInferenceService,
    Parallelism,
    Workload,
)
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import gpus

_FIELDS: Final = frozenset(
    {
        *("model", "replicas", "scaling", "rolloutStrategy", "parallelism", "template", "worker", "prefill", "router", "baseRefs"),
        *("kvCacheOffloading", "storageInitializer", "tracing", "labels", "annotations"),
    }
)
_MODEL_FIELDS: Final = frozenset({"uri", "name", "lora", "confidential"})
_PARTS: Final = {
    "spec.prefill": frozenset(
        {
            *("annotations", "kvCacheOffloading", "labels", "parallelism", "replicas", "rolloutStrategy", "scaling", "template"),
            "worker",
        }
    ),
    "spec.router": frozenset({"gateway", "ingress", "route", "scheduler"}),
    "spec.router.route": frozenset({"group", "http", "weight"}),
    "spec.router.scheduler": frozenset({"annotations", "config", "labels", "pool", "replicas", "template", "tokenizer"}),
    "spec.parallelism": frozenset({"data", "dataLocal", "dataRPCPort", "expert", "pipeline", "tensor"}),
    "spec.prefill.parallelism": frozenset({"data", "dataLocal", "dataRPCPort", "expert", "pipeline", "tensor"}),
}
"""The fields of what stands in it, in both versions but for `_ONLY_NEWER`."""
_ONLY_NEWER: Final = {"kvCacheOffloading": "spec", "confidential": "spec.model"}


def fields(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """Fields that the API server does not know: a strict request is refused, any other loses them in silence."""
    older = str(manifest.get("apiVersion", "")).endswith("/v1alpha1")
    spec = manifest.get("spec")
    if not isinstance(spec, Mapping):
        return
    model = spec.get("model")
    for name in spec:
        if name not in _FIELDS or (older and name in _ONLY_NEWER):
            hint = "Write template, worker and prefill into the spec itself." if name == "workload" else ""
            yield _unknown(f"spec.{name}", hint, older=older)
    for name in model if isinstance(model, Mapping) else ():
        if name == "criticality":
            if not older:
                yield _unknown("spec.model.criticality", "It was there in v1alpha1; v1alpha2 has nothing in its place.", older=older)
        elif name not in _MODEL_FIELDS or (older and name in _ONLY_NEWER):
            yield _unknown(f"spec.model.{name}", "", older=older)
    for part, known in _PARTS.items():
        for name in _at(manifest, part):
            if name not in known or (older and name == "kvCacheOffloading"):
                near = get_close_matches(name, known, n=1)
                yield _unknown(f"{part}.{name}", f"Did you mean {near[0]}?" if near else "", older=older)


def _unknown(field: str, hint: str, *, older: bool) -> Finding:
    version = "v1alpha1" if older else "v1alpha2"
    return Finding(
        Severity.ERROR,
        f"{field} is no field of LLMInferenceService {version}: the API server refuses it, or drops it in silence.",
        hint or "Take it out, or correct its name.",
        field,
    )


def model(service: LLMInferenceService) -> Iterator[Finding]:
    wanted = service.spec.model
    if not wanted.uri and not service.spec.base_refs:
        yield Finding(Severity.ERROR, "The model has no uri.", "Set it, such as hf://Qwen/Qwen3-8B.", "spec.model.uri")
    elif wanted.uri:
        yield from storage.uri(wanted.uri, "spec.model.uri")
    names = Counter(one.name for one in wanted.lora.adapters)
    base = wanted.name or service.metadata.name
    for place, one in enumerate(wanted.lora.adapters):
        field = f"spec.model.lora.adapters[{place}]"
        if one.name and names[one.name] > 1 and one.name not in [before.name for before in wanted.lora.adapters[:place]]:
            yield Finding(
                Severity.ERROR, f'Adapter "{one.name}" stands {names[one.name]} times.', "Give each a name of its own.", f"{field}.name"
            )
        if one.name == base:
            yield Finding(
                Severity.ERROR,
                f'Adapter "{one.name}" has the name of the model itself: requests could not tell them apart.',
                "Give it another name.",
                f"{field}.name",
            )
        if one.uri:
            yield from storage.uri(one.uri, f"{field}.uri")


def fetching(service: LLMInferenceService, facts: Facts) -> Iterator[Finding]:
    """Whether it may read its weights; what an init container of its own fetches, only that knows."""
    template = service.spec.template or PodSpec()
    if service.spec.base_refs or service.spec.storage_initializer.enabled is False or template.init_containers:
        return
    yield from storage.fetching(
        service.spec.model.uri,
        "spec.model.uri",
        secret=service.metadata.annotations.token_secret,
        containers=template.containers,
        account=template.service_account_name,
        service=service,
        facts=facts,
    )


def workloads(service: LLMInferenceService) -> Iterator[tuple[str, Workload]]:
    yield "spec", service.spec
    if service.spec.prefill is not None:
        yield "spec.prefill", service.spec.prefill


def scaling(manifest: Mapping[str, Any], service: LLMInferenceService) -> Iterator[Finding]:
    for field, workload in workloads(service):
        found = workload.scaling
        if workload.replicas is not None and found is not None:
            yield Finding(
                Severity.ERROR,
                f"{field} has replicas and scaling: the API server refuses both together.",
                "Keep replicas for a fixed number, scaling for an autoscaler.",
                f"{field}.scaling",
            )
        if workload.replicas is not None and workload.replicas < 0:
            yield Finding(Severity.ERROR, f"replicas is {workload.replicas}.", "0 or more.", f"{field}.replicas")
        if found is None:
            continue
        if found.max_replicas is None:
            yield Finding(Severity.ERROR, "scaling has no maxReplicas.", "Set it.", f"{field}.scaling.maxReplicas")
        elif (found.min_replicas or 1) > found.max_replicas:
            yield Finding(
                Severity.ERROR,
                f"minReplicas is {found.min_replicas or 1} and maxReplicas {found.max_replicas}: the API server refuses it.",
                "Raise maxReplicas, or lower minReplicas.",
                f"{field}.scaling.maxReplicas",
            )
        ways = [name for name in ("wva", "keda") if name in _at(manifest, f"{field}.scaling")]
        if len(ways) != 1:
            said = "names neither wva nor keda" if not ways else "names both wva and keda"
            yield Finding(
                Severity.ERROR,
                f"scaling {said}: the API server wants exactly one of them.",
                "Say what scales it.",
                f"{field}.scaling",
            )


def _at(manifest: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    found: Any = manifest
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def parallelism(service: LLMInferenceService, live: LLMInferenceService | None) -> Iterator[Finding]:
    for field, workload in workloads(service):
        found = workload.parallelism
        where = f"{field}.parallelism"
        if workload.worker is not None and (found is None or not (found.data or found.data_local or found.pipeline)):
            yield Finding(
                Severity.ERROR,
                "A worker needs parallelism over several nodes: KServe's webhook refuses it without data or pipeline.",
                "Set parallelism.data and dataLocal, or parallelism.pipeline; or take the worker out.",
                f"{field}.worker",
            )
        if found is not None and found.pipeline and (found.data or found.data_local):
            yield Finding(
                Severity.ERROR, "pipeline and data parallelism exclude each other: KServe's webhook refuses it.", "Keep one.", where
            )
        if found is not None and (found.data is None) != (found.data_local is None):
            missing = "dataLocal" if found.data_local is None else "data"
            yield Finding(
                Severity.ERROR,
                f"{missing} is missing: data and dataLocal go together.",
                "Set both: ranks altogether, and ranks on each node.",
                f"{where}.{missing}",
            )
        elif found is not None and found.data and found.data_local and found.data % found.data_local:
            yield Finding(
                Severity.WARNING,
                f"{found.data} ranks do not divide into nodes of {found.data_local}: {found.data % found.data_local} of them get none.",
                "Make data a multiple of dataLocal.",
                f"{where}.data",
            )
        yield from _gpus(workload, field)
    before = live.spec if live is not None else None
    if before is not None:
        yield from _resized(before.parallelism, service.spec.parallelism, "spec.parallelism")
        if (before.prefill is None) != (service.spec.prefill is None):
            yield Finding(
                Severity.ERROR,
                f"It {'has no prefill and would get one' if before.prefill is None else 'would lose its prefill'}: the Deployment of its "
                "pods is found by their role, which that changes and which cannot be changed, so that KServe would try for ever.",
                "Delete it and make it anew, or make another beside it.",
                "spec.prefill",
            )
        if before.prefill is not None and service.spec.prefill is not None:
            yield from _resized(before.prefill.parallelism, service.spec.prefill.parallelism, "spec.prefill.parallelism")


def _gpus(workload: Workload, field: str) -> Iterator[Finding]:
    found, main = workload.parallelism, workload.main
    if (
        found is None
        or main is None
        or not found.tensor
        or main.resources.claims
        or (workload.template and workload.template.resource_claims)
    ):
        return
    wanted = found.tensor * (found.data_local or 1)
    asked = sum(gpus.asked(main.resources).values())
    ways = f"tensor {found.tensor}" + (f", dataLocal {found.data_local}" if found.data_local else "")
    if asked and asked < wanted:
        yield Finding(
            Severity.ERROR,
            f"Each node splits the model {wanted} ways ({ways}) and has {asked} GPU{'s' if asked > 1 else ''}: the engine ends at once.",
            "Ask for as many GPUs, or split it less.",
            f"{field}.template",
        )
    elif asked > wanted and not any(word.startswith(_SPLITS) for word in engine.line(main)):
        yield Finding(
            Severity.WARNING,
            f"Each node has {asked} GPUs and splits the model {wanted} way{'s' if wanted > 1 else ''} ({ways}): the others are kept idle.",
            f"Set {field}.parallelism.tensor to {asked // (found.data_local or 1)}, or ask for fewer.",
            f"{field}.parallelism",
        )


_SPLITS: Final = ("--tensor-parallel-size", "--data-parallel-size", "--pipeline-parallel-size")


def _resized(before: Parallelism | None, after: Parallelism | None, field: str) -> Iterator[Finding]:
    old, new = (before.nodes if before else 1), (after.nodes if after else 1)
    if old != new:
        yield Finding(
            Severity.ERROR,
            f"A replica has {old} node{'s' if old > 1 else ''} and would get {new}: that cannot be changed any more.",
            "Delete it and make it anew, or keep the number of nodes.",
            field,
        )


def router(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    http, gateway = _at(manifest, "spec.router.route.http"), _at(manifest, "spec.router").get("gateway")
    if http.get("refs") and http.get("spec"):
        yield Finding(
            Severity.ERROR, "route.http has refs and a spec of its own: KServe takes one of them.", "Keep one.", "spec.router.route.http"
        )
    if http.get("refs") and isinstance(gateway, Mapping) and not gateway.get("refs"):
        yield Finding(
            Severity.ERROR,
            "Routes of one's own cannot go through the gateway that KServe chooses: its webhook refuses it.",
            "Name the gateways in router.gateway.refs, or take the refs of the route out.",
            "spec.router.route.http.refs",
        )
    scheduler = _at(manifest, "spec.router.scheduler")
    number, config = scheduler.get("replicas"), scheduler.get("config")
    if isinstance(number, int) and number <= 0:
        yield Finding(Severity.ERROR, f"The scheduler has {number} replicas.", "At least 1.", "spec.router.scheduler.replicas")
    if isinstance(config, Mapping) and bool(config.get("inline")) == bool(config.get("ref")):
        both = bool(config.get("inline"))
        yield Finding(
            Severity.ERROR,
            f"The scheduler's config has {'an inline text and a ref' if both else 'neither an inline text nor a ref'}.",
            "Exactly one of them.",
            "spec.router.scheduler.config",
        )


def configs(service: LLMInferenceService, facts: Facts, kind: Resource = LLM_CONFIGS) -> Iterator[Finding]:
    """KServe looks in the namespace first, then in its own, which may not be looked at from here."""
    namespace = service.metadata.namespace
    for place, ref in enumerate(service.spec.base_refs):
        if facts.known(kind, namespace) and facts.get(kind, namespace, ref.name) is None:
            yield Finding(
                Severity.WARNING,
                f'There is no LLMInferenceServiceConfig "{ref.name}" in namespace {namespace}: unless it is in KServe\'s own, nothing is '
                "started (ConfigNotFound).",
                "Create it, or correct the name.",
                f"spec.baseRefs[{place}].name",
            )


def templates(service: LLMInferenceService) -> Iterator[Finding]:
    for field, workload in workloads(service):
        containers = workload.template.containers if workload.template else ()
        if containers and all(one.name != MAIN for one in containers):
            yield Finding(
                Severity.WARNING,
                f'No container of the template is called "{MAIN}": what KServe\'s presets say of the engine is not laid under any of them, '
                "and a second engine is started beside them.",
                f'Call the engine\'s container "{MAIN}".',
                f"{field}.template.containers",
            )
        if service.metadata.annotations.device_class and any(gpus.asked(one.resources) for one in containers):
            yield Finding(
                Severity.WARNING,
                "It claims devices by annotation and asks for GPUs in its resources, too: it gets both.",
                "Keep one of them.",
                f"{field}.template.containers",
            )
    count = service.metadata.annotations.device_count
    if count and not quantity.whole(count.strip()):
        yield Finding(
            Severity.ERROR,
            f'"{count}" is no number of devices: KServe refuses it.',
            "A whole number of at least 1.",
            "metadata.annotations.serving.kserve.io/exp-dra-device-count",
        )
