"""LLMInferenceService -> the deployment that it is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from modeltui.kube.resource import Resource
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, Pod, PodSpec
from modeltui.systems.kserve import llm_status
from modeltui.systems.kserve.llm_merging import Whole, whole
from modeltui.systems.kserve.llm_types import LLMInferenceService, LlmSpec, Workload, WorkloadRef
from modeltui.systems.kserve.types import SERVICE_ACCOUNTS
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import command_line, gpus, readiness, uris
from modeltui.systems.serving.deployment import Component, Deployment, Endpoint, Ref
from modeltui.systems.serving.rows import pods_of

PART_OF: Final = "app.kubernetes.io/part-of"
NAME: Final = "app.kubernetes.io/name"
COMPONENT: Final = "app.kubernetes.io/component"
_WORKLOAD: Final = "llminferenceservice-workload"
_HEADS: Final = {
    "main": (_WORKLOAD, f"{_WORKLOAD}-leader"),
    "prefill": (f"{_WORKLOAD}-prefill", f"{_WORKLOAD}-leader-prefill"),
    "scheduler": ("llminferenceservice-router-scheduler",),
}
"""Part -> labels of the one pod of each replica that stands for it."""
_PORT: Final = 8000
"""Of the Service that KServe makes for the engine's pods."""


def pods(pod: Pod) -> Iterable[str]:
    """Names of the LLMInferenceServices that a pod belongs to."""
    labels = pod.metadata.labels
    return (labels[NAME],) if labels.get(PART_OF) == "llminferenceservice" and labels.get(NAME) else ()


def reader(configs: Resource) -> Callable[[LLMInferenceService, Facts], Deployment]:
    """`configs`: the kind of the configs, in the version of the services that are read."""

    def read(service: LLMInferenceService, facts: Facts) -> Deployment:
        found = whole(service, configs, facts)
        return _read(service, found, pods_of(facts, pods, service), tuple(Ref(configs, one.name) for one in service.spec.base_refs))

    return read


def _read(service: LLMInferenceService, found: Whole, own: Sequence[Pod] | None, configs: tuple[Ref, ...]) -> Deployment:
    spec, reported = found.spec, service.status.workloads
    main = _workload(service, spec, found, own, name="main", role="decode" if spec.prefill else "worker", told=reported.primary)
    components = [main]
    if spec.prefill is not None:
        components.append(_workload(service, spec.prefill, found, own, name="prefill", role="prefill", told=reported.prefill))
    if (scheduler := _scheduler(service, spec, own)) is not None:
        components.append(scheduler)
    return Deployment(
        models=(uris.model_name(spec.model.uri),) if spec.model.uri else (),
        served=(spec.model.name or service.metadata.name, *(one.name for one in spec.model.lora.adapters if one.name)),
        engine=main.engine,
        status=llm_status.of(service, desired=main.desired, ready=main.ready),
        components=tuple(components),
        gpu_resource=_gpu_resource(spec),
        endpoint=_endpoint(service),
        uses=(*configs, *_uses(service, spec)),
        stopped=service.metadata.stop or main.desired == 0,
    )


def _workload(
    service: LLMInferenceService,
    workload: Workload,
    found: Whole,
    own: Sequence[Pod] | None,
    *,
    name: str,
    role: str,
    told: WorkloadRef | None,
) -> Component:
    heads = _heads(own, name)
    main = workload.main
    return Component(
        name=name,
        role=role,
        desired=0 if service.metadata.stop else _desired(workload, found, heads),
        ready=_ready(told, heads),
        gpus=None if service.metadata.annotations.device_class else _gpus(workload, found),
        engine=(command_line.engine_of(main) if main else "") or "vllm",  # which every preset of KServe runs
        image=main.image if main else "",
    )


def _heads(own: Sequence[Pod] | None, name: str) -> list[Pod] | None:
    return None if own is None else [pod for pod in own if pod.metadata.labels.get(COMPONENT) in _HEADS[name]]


def _desired(workload: Workload, found: Whole, heads: Sequence[Pod] | None) -> int | None:
    """Without a number there is one replica; what an autoscaler wants shows in the pods that are there."""
    if workload.replicas is not None:
        return workload.replicas
    if workload.scaling is not None:
        return None if heads is None else max(workload.scaling.min_replicas or 1, readiness.alive(heads))
    return None if found.missing else 1


def _ready(told: WorkloadRef | None, heads: Sequence[Pod] | None) -> int | None:
    if told is not None and told.ready_replicas is not None:
        return told.ready_replicas
    return None if heads is None else readiness.ready(heads)


def _gpus(workload: Workload, found: Whole) -> int | None:
    """Of one replica: its leader and, where it has workers, one of them for each further node."""
    leader = _of(workload.template)
    if leader is None or (leader == 0 and found.missing):
        return None
    if workload.worker is None:
        return leader
    worker = _of(workload.worker)
    nodes = workload.parallelism.nodes if workload.parallelism else 1
    return None if worker is None else leader + (nodes - 1) * worker


def _of(template: PodSpec | None) -> int | None:
    if template is None:
        return 0
    if template.resource_claims or any(one.resources.claims for one in template.containers):
        return None
    return sum(gpus.of_containers(template.containers, template.init_containers).values())


def _scheduler(service: LLMInferenceService, spec: LlmSpec, own: Sequence[Pod] | None) -> Component | None:
    """The endpoint picker; None where there is none, or where it is that of a pool which others run."""
    scheduler = spec.router.scheduler if spec.router else None
    if scheduler is None or (scheduler.pool is not None and scheduler.pool.ref is not None):
        return None
    return Component(
        name="scheduler",
        role="epp",
        desired=0 if service.metadata.stop else scheduler.replicas or 1,
        ready=_ready(service.status.workloads.scheduler, _heads(own, "scheduler")),
        image=scheduler.template.containers[0].image if scheduler.template and scheduler.template.containers else "",
    )


def _gpu_resource(spec: LlmSpec) -> str:
    parts = (spec, spec.prefill) if spec.prefill else (spec,)
    templates = [one for part in parts for one in (part.template, part.worker) if one is not None]
    return next((name for one in templates for name, number in gpus.of_containers(one.containers).items() if number), "")


def _endpoint(service: LLMInferenceService) -> Endpoint:
    status = service.status
    told = next((one.url for one in status.addresses if one.url), "")
    named = status.workloads.service
    return Endpoint(
        url=status.url or told or (status.address.url if status.address else ""),
        service=named.name if named is not None and named.kind == "Service" else "",
        port=_PORT,
        pods={COMPONENT: _WORKLOAD} if service.spec.worker is None else {COMPONENT: f"{_WORKLOAD}-leader"},
    )


def _uses(service: LLMInferenceService, spec: LlmSpec) -> Iterable[Ref]:
    stored = [uris.claim(uri) for uri in (spec.model.uri, *(one.uri for one in spec.model.lora.adapters))]
    mounted = [one.persistent_volume_claim.claim_name for pod in templates(spec) for one in pod.volumes if one.persistent_volume_claim]
    for name in dict.fromkeys((*stored, *mounted)):
        if name:
            yield Ref(CLAIMS, name)
    for name in secrets_of(spec, service):
        yield Ref(SECRETS, name)
    for name in dict.fromkeys(pod.service_account_name for pod in templates(spec)):
        if name:
            yield Ref(SERVICE_ACCOUNTS, name)


def uses(service: LLMInferenceService) -> Iterable[Ref]:
    """What it names itself, whatever its configs add."""
    return _uses(service, service.spec)


def templates(spec: LlmSpec) -> list[PodSpec]:
    parts = (spec, spec.prefill) if spec.prefill else (spec,)
    return [one for part in parts for one in (part.template, part.worker) if one is not None]


def secrets(service: LLMInferenceService) -> tuple[str, ...]:
    return secrets_of(service.spec, service)


def secrets_of(spec: LlmSpec, service: LLMInferenceService) -> tuple[str, ...]:
    """Names of the Secrets that it refers to."""
    containers = [one for pod in templates(spec) for one in (*pod.containers, *pod.init_containers)]
    found = [
        *(
            one.value_from.secret_key_ref.name
            for held in containers
            for one in held.env
            if one.value_from and one.value_from.secret_key_ref
        ),
        *(one.secret_ref.name for held in containers for one in held.env_from if one.secret_ref),
        *(one.name for pod in templates(spec) for one in pod.image_pull_secrets),
        *(one.secret.secret_name for pod in templates(spec) for one in pod.volumes if one.secret),
        service.metadata.annotations.storage_secret,
        service.metadata.annotations.chart_secret,
    ]
    return tuple(dict.fromkeys(name for name in found if name))
