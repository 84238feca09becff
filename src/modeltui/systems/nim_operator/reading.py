"""NIMService -> the deployment that it is; what a NIMCache holds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from modeltui.domain import Phase, Status
from modeltui.kube.objects import Condition
from modeltui.systems.core import quantity
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, Pod
from modeltui.systems.nim_operator.types import CACHES, NIMCache, NIMService
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import command_line, gpus, readiness, uris
from modeltui.systems.serving.deployment import Component, Deployment, Endpoint, Ref
from modeltui.systems.serving.rows import pods_of

NAME: Final = "app.kubernetes.io/name"
MANAGER: Final = "app.kubernetes.io/managed-by"
OPERATOR: Final = "k8s-nim-operator"
NAMES: Final = ("NIM_SERVED_MODEL_NAME",)
_ANY_MODEL: Final = frozenset({"nvidia/llm-nim"})
"""Images that are not named after a model: they run whatever the cache holds, or a variable names."""


def pods(pod: Pod) -> Iterable[str]:
    """Names of the NIMServices that a pod belongs to."""
    labels = pod.metadata.labels
    return (labels[NAME],) if labels.get(MANAGER) == OPERATOR and labels.get(NAME) else ()


def read(service: NIMService, facts: Facts) -> Deployment:
    spec = service.spec
    own = pods_of(facts, pods, service)
    component = Component(
        name="nim",
        role="worker" if spec.multi_node else "",
        desired=_desired(service, own),
        ready=service.status.available_replicas if service.status.available_replicas is not None else _ready(service, own),
        gpus=_gpus(service),
        engine="nim",
        image=str(spec.image),
    )
    return Deployment(
        models=_models(service, facts),
        served=_served(service),
        engine="nim",
        status=status_of(service, desired=component.desired),
        components=(component,),
        gpu_resource=next((name for name, number in gpus.asked(spec.resources).items() if number), "") if spec.resources else "",
        endpoint=_endpoint(service),
        uses=tuple(_uses(service)),
        stopped=component.desired == 0,
    )


def on_kserve(service: NIMService) -> bool:
    return service.spec.inference_platform == "kserve"


def is_stopped(service: NIMService) -> bool:
    """By the annotation that is handed on to the InferenceService; it means nothing to one that stands alone."""
    return on_kserve(service) and service.spec.annotations.stop.lower() == "true"


def _desired(service: NIMService, own: Sequence[Pod] | None) -> int | None:
    spec = service.spec
    if is_stopped(service):
        return 0
    if spec.scale.enabled and (spec.scale.hpa.max_replicas or 0) > (spec.scale.hpa.min_replicas or 1):
        return None if own is None else max(spec.scale.hpa.min_replicas or 1, readiness.alive(own))
    if spec.scale.enabled:
        return spec.scale.hpa.min_replicas or 1
    replicas = 1 if spec.replicas is None else spec.replicas
    if on_kserve(service) and (quantity.whole(spec.annotations.max_scale) or 0) > replicas:
        return None if own is None else max(replicas, readiness.alive(own))  # Knative decides
    return replicas


def _ready(service: NIMService, own: Sequence[Pod] | None) -> int | None:
    """Pods of several nodes are no replicas: nothing but the status counts those."""
    return None if own is None or service.spec.multi_node else readiness.ready(own)


def _gpus(service: NIMService) -> int | None:
    spec = service.spec
    if spec.dra_resources or (spec.resources is not None and spec.resources.claims):
        return None
    if spec.resources is None:
        return None if spec.storage.nim_cache else 0  # by the profile, the operator asks for as many as it needs
    nodes = (spec.multi_node.parallelism.pipeline or 1) if spec.multi_node else 1
    return sum(gpus.asked(spec.resources).values()) * nodes


def _models(service: NIMService, facts: Facts) -> tuple[str, ...]:
    values = {one.name: one.value for one in service.spec.env}
    if values.get("NIM_MODEL_NAME"):
        return (uris.model_name(values["NIM_MODEL_NAME"]),)
    named = service.spec.storage.nim_cache
    cache = facts.get(CACHES, service.metadata.namespace, named.name) if named else None
    if isinstance(cache, NIMCache) and (model := model_of(cache)):
        return (model,)
    name = _of_image(service.spec.image.repository)
    return (name,) if name and name not in _ANY_MODEL else ()


def _of_image(image: str) -> str:
    """An image of NIM is named after the model in it: nvcr.io/nim/meta/llama-3.1-8b-instruct."""
    _, mark, name = image.partition("/nim/")
    return (name if mark else image).split("@")[0].partition(":")[0]


def _served(service: NIMService) -> tuple[str, ...]:
    values = {one.name: one.value for one in service.spec.env}
    told = next((values[name] for name in NAMES if values.get(name)), "")
    reported = service.status.model.name if service.status.model else ""
    return tuple(dict.fromkeys(filter(None, (*command_line.served_of(service.spec.args), told or reported))))


def _endpoint(service: NIMService) -> Endpoint:
    model, exposed = service.status.model, service.spec.expose.service
    address = (model.external_endpoint or model.cluster_endpoint) if model else ""
    return Endpoint(
        url=f"http://{address}" if address and "://" not in address else address,
        service=exposed.name,
        port=exposed.port,
        pods={MANAGER: OPERATOR, NAME: service.metadata.name},
    )


def _uses(service: NIMService) -> Iterable[Ref]:
    storage = service.spec.storage
    if storage.nim_cache is not None and storage.nim_cache.name:
        yield Ref(CACHES, storage.nim_cache.name)
    if storage.pvc is not None and storage.pvc.name and not storage.pvc.create:
        yield Ref(CLAIMS, storage.pvc.name)
    for name in secrets(service):
        yield Ref(SECRETS, name)


def secrets(service: NIMService) -> tuple[str, ...]:
    """Names of the Secrets that it refers to."""
    spec = service.spec
    of_env = (one.value_from.secret_key_ref.name for one in spec.env if one.value_from and one.value_from.secret_key_ref)
    return tuple(dict.fromkeys(name for name in (spec.auth_secret, *spec.image.pull_secrets, *of_env) if name))


# ---- status ---------------------------------------------------------------------------------------------------------

_READY, _FAILED = ("Ready", "NIM_SERVICE_READY"), ("Failed", "NIM_SERVICE_FAILED")
"""Types of its conditions: as the operator writes them, and as its API documents them."""
_STATES: Final = {"Ready": Phase.READY, "Failed": Phase.FAILED, "NotReady": Phase.PROCESSING, "Pending": Phase.PENDING}


def status_of(service: NIMService, *, desired: int | None) -> Status:
    """The state, with the condition that explains it. "NotReady" says nothing: a pod that cannot pull its image is NotReady for good."""
    state, conditions = service.status.state, service.status.conditions
    if is_stopped(service) or (desired == 0 and state != "Failed"):
        return Status(Phase.PAUSED, state, "Somebody has stopped it." if is_stopped(service) else "No replicas are asked for.")
    failed = next((one for one in conditions if one.type in _FAILED and one.status == "True"), None)
    if failed is not None and state != "Ready":
        return Status(Phase.FAILED, state, said(failed))
    if not state:
        return Status(Phase.PENDING, "", "The NIM operator has not taken it up yet: it has no state.")
    waits = next((one for one in conditions if one.type in _READY and one.status == "False"), None)
    available = service.status.available_replicas
    if state == "Ready" and desired and available is not None and available < desired:
        return Status(Phase.DEGRADED, state, f"{available} of {desired} replicas are available.")
    return Status(_STATES.get(state, Phase.UNKNOWN), state, said(waits) if waits is not None and state != "Ready" else "")


def good_when(condition: str) -> bool | None:
    """As `Serves.good_when`."""
    return condition not in _FAILED


def said(condition: Condition) -> str:
    message = " ".join(condition.message.split())
    return ": ".join(part for part in (condition.reason, message) if part) or f"{condition.type} is {condition.status}."


# ---- NIMCache -------------------------------------------------------------------------------------------------------


def model_of(cache: NIMCache) -> str:
    """What it holds, as its source names it; "" when the source does not say."""
    source = cache.spec.source
    if source.hf is not None or source.data_store is not None:
        hub = source.hf or source.data_store
        return hub.name if hub else ""
    return _of_image(source.ngc.model_puller) if source.ngc is not None else ""


def source_of(cache: NIMCache) -> str:
    source = cache.spec.source
    return next((name for name, one in (("NGC", source.ngc), ("Hugging Face", source.hf), ("data store", source.data_store)) if one), "")


def cache_secrets(cache: NIMCache) -> tuple[str, ...]:
    source = cache.spec.source
    found = [name for one in (source.ngc, source.hf, source.data_store) if one is not None for name in (one.auth_secret, one.pull_secret)]
    return tuple(dict.fromkeys(filter(None, found)))


_CACHE_STATES: Final = {
    **{"Ready": Phase.READY, "Failed": Phase.FAILED},
    **{"NotReady": Phase.PENDING, "Pending": Phase.PENDING, "PVC-Created": Phase.PENDING},
    **{"Started": Phase.PROCESSING, "InProgress": Phase.PROCESSING},
}


def cache_status(cache: NIMCache) -> Status:
    """The operator reports no bytes and no percentage: what a download has come to is in its Job's log only."""
    state, conditions = cache.status.state, cache.status.conditions
    failed = next((one for one in conditions if one.type == "NIM_CACHE_RECONCILE_FAILED" and one.status == "True"), None)
    if failed is not None and state != "Ready":
        return Status(Phase.FAILED, state, said(failed))
    if not state:
        return Status(Phase.PENDING, "", "The NIM operator has not taken it up yet: it has no state.")
    phase = _CACHE_STATES.get(state, Phase.UNKNOWN)
    waits = next((one for one in conditions if one.type == "NIM_CACHE_JOB_PENDING" and one.status == "True"), None)
    if phase is Phase.FAILED:
        broken = next((one for one in conditions if one.type == "NIM_CACHE_JOB_COMPLETED" and one.status == "False"), None)
        return Status(phase, state, said(broken) if broken is not None else "The download failed; its Job's log says why.")
    return Status(phase, state, said(waits) if waits is not None and phase is not Phase.READY else "")
