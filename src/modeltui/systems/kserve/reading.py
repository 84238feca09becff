"""InferenceService -> the deployment that it is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from modeltui.systems.core.kept import kept_with
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, ContainerSpec, Pod
from modeltui.systems.kserve import runtimes, status
from modeltui.systems.kserve.types import (
    KNATIVE_MODES,
    RAW_MODES,
    SERVICE_ACCOUNTS,
    ComponentSpec,
    InferenceService,
    Predictor,
)
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import command_line, gpus, readiness, uris
from modeltui.systems.serving.deployment import Component, Deployment, Endpoint, Ref
from modeltui.systems.serving.rows import pods_of

LABEL: Final = "serving.kserve.io/inferenceservice"
"""Of every pod, with the InferenceService's name."""
COMPONENT: Final = "component"
"""Of every pod: predictor, transformer or explainer."""
_PORT: Final = 8080
"""What KServe sends requests to when the container names no port."""
_MOUNTED: Final = "/mnt/"
"""Where KServe puts weights: as a model's name it says nothing."""
_MODEL_VARIABLES: Final = ("HF_MODEL_ID", "MODEL_ID", "AIM_MODEL_ID", "NIM_MODEL_NAME")


def pods(pod: Pod) -> Iterable[str]:
    """Names of the InferenceServices that a pod belongs to."""
    name = pod.metadata.labels.get(LABEL, "")
    return (name,) if name else ()


def read(service: InferenceService, facts: Facts) -> Deployment:
    written = _written(service, runtimes.of(service, facts))
    own = pods_of(facts, pods, service)
    components = [_predictor(service, written, own)]
    for name, spec in (("transformer", service.spec.transformer), ("explainer", service.spec.explainer)):
        if spec is not None:
            components.append(_component(service, name, spec, own))
    front = "transformer" if service.spec.transformer is not None else "predictor"
    answering = next(one for one in components if one.name == front)
    return Deployment(
        models=written.models,
        served=written.served,
        activated=service.metadata.annotations.model_id,
        engine=written.engine,
        status=status.of(service, desired=answering.desired, ready=_ready(components), scales_to_zero=scales_to_zero(service)),
        components=tuple(components),
        gpu_resource=written.gpu_resource,
        endpoint=_endpoint(service, written.container, front),
        uses=written.uses,
        stopped=service.metadata.stop or (answering.desired == 0 and not scales_to_zero(service)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """What spec and runtime say, whatever there is of it."""

    container: ContainerSpec | None
    models: tuple[str, ...]
    served: tuple[str, ...]
    engine: str
    gpus: int | None
    """Of one replica."""
    gpu_resource: str
    uses: tuple[Ref, ...]


@kept_with
def _written(service: InferenceService, found: runtimes.Found | None) -> _Written:
    predictor = service.spec.predictor
    container = _container(predictor, found)
    words = _words(service, container)
    return _Written(
        container=container,
        models=_models(predictor, container, words),
        served=command_line.served_of(words),
        engine=_engine(predictor, container, found),
        gpus=_gpus(predictor, container, found),
        gpu_resource=_gpu_resource(predictor, container, found),
        uses=tuple(_uses(service, found, container)),
    )


def engine(service: InferenceService, facts: Facts) -> str:
    """As catalogs spell it; "" when nothing says which."""
    return _written(service, runtimes.of(service, facts)).engine


def serving(service: InferenceService) -> ContainerSpec | None:
    """Of a predictor of one's own, the container that answers."""
    return _container(service.spec.predictor, None)


def _ready(components: Sequence[Component]) -> int | None:
    """Replicas of the part that has the fewest."""
    told = [one.ready for one in components if one.ready is not None]
    return min(told) if len(told) == len(components) else None


# ---- replicas -------------------------------------------------------------------------------------------------------


def scales_to_zero(service: InferenceService) -> bool:
    """Knative takes the last pod away while nobody asks, when the spec allows none."""
    return service.mode not in RAW_MODES and service.spec.predictor.min_replicas == 0


def autoscaled(service: InferenceService, spec: ComponentSpec) -> bool:
    """Whether something else than the spec decides how many replicas there are."""
    least = 1 if spec.min_replicas is None else spec.min_replicas
    most = spec.max_replicas or 0
    if service.metadata.annotations.autoscaler == "none":
        return False
    if service.mode in RAW_MODES:
        return most > least or service.metadata.annotations.autoscaler == "external"
    if service.mode in KNATIVE_MODES:
        return most == 0 or most > least
    return most > least  # the controller's default mode is not known


def _counts(service: InferenceService, name: str, spec: ComponentSpec, own: Sequence[Pod] | None) -> tuple[int | None, int | None]:
    """Replicas that are asked for (an autoscaler's wish shows in the pods that are there), and those that are ready."""
    mine = None if own is None else readiness.labelled(own, {COMPONENT: name})
    ready = None if mine is None else readiness.ready(mine)
    if service.metadata.stop:
        return 0, ready
    least = 1 if spec.min_replicas is None else spec.min_replicas
    if not autoscaled(service, spec):
        return least, ready
    return (None if mine is None else max(least, readiness.alive(mine))), ready


def _predictor(service: InferenceService, written: _Written, own: Sequence[Pod] | None) -> Component:
    predictor = service.spec.predictor
    desired, ready = _counts(service, "predictor", predictor, own)
    if predictor.worker_spec is not None:
        told = next((one.status for one in service.status.conditions if one.type == "PredictorReady"), "")
        ready = {"True": desired, "False": 0}.get(told)  # its pods are head and workers, not replicas
    return Component(
        name="predictor",
        role="predictor",
        desired=desired,
        ready=ready,
        gpus=written.gpus,
        engine=written.engine,
        image=written.container.image if written.container is not None else "",
    )


def _component(service: InferenceService, name: str, spec: ComponentSpec, own: Sequence[Pod] | None) -> Component:
    desired, ready = _counts(service, name, spec, own)
    return Component(
        name=name,
        role=name,
        desired=desired,
        ready=ready,
        gpus=sum(gpus.of_containers(spec.containers).values()),
        image=spec.containers[0].image if spec.containers else "",
    )


# ---- the predictor's container --------------------------------------------------------------------------------------


def _container(predictor: Predictor, found: runtimes.Found | None) -> ContainerSpec | None:
    """The one that serves the model: of model and runtime together, or the first of a predictor of one's own."""
    if (model := predictor.predicted) is not None:
        return runtimes.merged(model, found.spec if found else None)
    return next((one for one in predictor.containers if one.name == runtimes.CONTAINER), next(iter(predictor.containers), None))


def _gpus(predictor: Predictor, container: ContainerSpec | None, found: runtimes.Found | None) -> int | None:
    """Of one replica with all its nodes. None when a runtime decides that is not known."""
    workers = predictor.worker_spec
    if workers is not None:
        of_runtime = found.spec.worker_spec if found else None
        pipeline = workers.pipeline_parallel_size or (of_runtime.pipeline_parallel_size if of_runtime else None)
        tensor = workers.tensor_parallel_size or (of_runtime.tensor_parallel_size if of_runtime else None)
        return None if found is None and not (pipeline and tensor) else (pipeline or 1) * (tensor or 1)
    if predictor.predicted is None:
        return _of(predictor.containers)
    beside = () if found is None else runtimes.others(found.spec)
    asked = _of((container, *beside, *predictor.containers) if container is not None else ())
    return None if found is None and not asked else asked


def _of(containers: Iterable[ContainerSpec]) -> int | None:
    found = tuple(containers)
    return None if any(one.resources.claims for one in found) else sum(gpus.of_containers(found).values())


def _gpu_resource(predictor: Predictor, container: ContainerSpec | None, found: runtimes.Found | None) -> str:
    beside = runtimes.others(found.spec) if found else ()
    workers = predictor.worker_spec.containers if predictor.worker_spec else ()
    asked = gpus.of_containers((*((container,) if container else ()), *beside, *predictor.containers, *workers))
    return next((name for name, number in asked.items() if number), "")


def _engine(predictor: Predictor, container: ContainerSpec | None, found: runtimes.Found | None) -> str:
    """By what is run; else by the format, which is the name of the server for those that KServe brings along. Runtimes of several
    engines take the format "huggingface": without the runtime in sight nobody says which."""
    if container is not None and (engine := command_line.engine_of(container)):
        return engine
    model = predictor.predicted
    name = model.model_format.name.lower() if model is not None else ""
    return name if name in _FORMATS and (found is not None or name != "huggingface") else ""


_FORMATS: Final = frozenset(
    {
        *("vllm", "sglang", "huggingface", "triton", "sklearn", "xgboost", "lightgbm", "tensorflow", "pytorch", "onnx", "pmml"),
        *("paddle", "mlflow"),
    }
)


def _words(service: InferenceService, container: ContainerSpec | None) -> tuple[str, ...]:
    """Of its command line, with what KServe fills in of templates: the name."""
    line = command_line.words(container) if container is not None else ()
    return tuple(word.replace("{{.Name}}", service.metadata.name).replace("{{ .Name }}", service.metadata.name) for word in line)


def _models(predictor: Predictor, container: ContainerSpec | None, words: Sequence[str]) -> tuple[str, ...]:
    model = predictor.predicted
    told = [model.storage_uri] if model is not None and model.storage_uri else [one.uri for one in predictor.storage_uris if one.uri]
    if told:
        return tuple(uris.model_name(uri) for uri in told)
    if model is not None and model.storage is not None and model.storage.path:
        return (model.storage.path,)
    asked = tuple(uris.model_name(name) for name in command_line.models_of(words) if not name.startswith(_MOUNTED))
    if asked or container is None:
        return asked
    values = {one.name: one.value for one in container.env}
    said = next((uris.model_name(values[name]) for name in _MODEL_VARIABLES if values.get(name)), "")
    return (said,) if said else _of_nim(container.image)


def _of_nim(image: str) -> tuple[str, ...]:
    """An image of NVIDIA NIM is named after the model in it."""
    _, mark, name = image.partition("nvcr.io/nim/")
    return (name.partition(":")[0],) if mark else ()


# ---- what is around it ----------------------------------------------------------------------------------------------


def _endpoint(service: InferenceService, container: ContainerSpec | None, front: str) -> Endpoint:
    """Its Service is named by the address that the controller reports; under Knative that one leads to a gateway and not to pods."""
    address = service.status.address.url if service.status.address else ""
    parts = urlsplit(address) if address else None
    host = (parts.hostname or "") if parts else ""
    name, _, rest = host.partition(".")
    inside = service.mode in RAW_MODES and rest.startswith(f"{service.metadata.namespace}.svc")
    port = parts.port or (443 if parts.scheme == "https" else 80) if parts and inside else 0
    declared = next((one.container_port for one in container.ports if one.container_port), 0) if container and front == "predictor" else 0
    return Endpoint(
        url=service.status.url or address,
        service=name if inside else "",
        port=port if inside else declared or _PORT,
        pods={COMPONENT: front},
    )


def _uses(service: InferenceService, found: runtimes.Found | None, container: ContainerSpec | None) -> Iterable[Ref]:
    predictor, model = service.spec.predictor, service.spec.predictor.predicted
    if found is not None:
        yield Ref(found.resource, found.runtime.metadata.name, namespaced=found.resource.namespaced)
    stored = [model.storage_uri] if model is not None else []
    for name in dict.fromkeys(
        [
            *(uris.claim(uri) for uri in (*stored, *(one.uri for one in predictor.storage_uris))),
            *(one.persistent_volume_claim.claim_name for one in predictor.volumes if one.persistent_volume_claim),
            *(one.persistent_volume_claim.claim_name for one in (found.spec.volumes if found else ()) if one.persistent_volume_claim),
        ]
    ):
        if name:
            yield Ref(CLAIMS, name)
    for name in secrets(service, container):
        yield Ref(SECRETS, name)
    if predictor.service_account_name:
        yield Ref(SERVICE_ACCOUNTS, predictor.service_account_name)


def secrets(service: InferenceService, container: ContainerSpec | None = None) -> tuple[str, ...]:
    """Names of the Secrets that it refers to."""
    predictor, notes = service.spec.predictor, service.metadata.annotations
    containers = [*(one for one in (container or predictor.predicted,) if one is not None), *predictor.containers]
    found = [
        *(
            one.value_from.secret_key_ref.name
            for held in containers
            for one in held.env
            if one.value_from and one.value_from.secret_key_ref
        ),
        *(one.secret_ref.name for held in containers for one in held.env_from if one.secret_ref),
        *(one.name for one in predictor.image_pull_secrets),
        *(one.secret.secret_name for one in predictor.volumes if one.secret),
        notes.storage_secret,
        notes.chart_secret,
    ]
    return tuple(dict.fromkeys(name for name in found if name))
