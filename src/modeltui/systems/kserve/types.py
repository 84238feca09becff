"""InferenceService, ServingRuntime and ClusterServingRuntime, cut down to the fields that the console reads.

Source: the CRDs of KServe (serving.kserve.io). Everything has a default: an object that lacks a field is shown with what it has.
"""

from __future__ import annotations

from typing import Final

import msgspec

from modeltui.kube.objects import Condition, Object, ObjectMeta
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import ContainerSpec, Named, PodVolume

GROUP: Final = "serving.kserve.io"

SERVICES: Final = Resource(group=GROUP, version="v1beta1", plural="inferenceservices", kind="InferenceService")
RUNTIMES: Final = Resource(group=GROUP, version="v1alpha1", plural="servingruntimes", kind="ServingRuntime")
CLUSTER_RUNTIMES: Final = Resource(
    group=GROUP, version="v1alpha1", plural="clusterservingruntimes", kind="ClusterServingRuntime", namespaced=False
)
SERVICE_ACCOUNTS: Final = Resource(group="", version="v1", plural="serviceaccounts", kind="ServiceAccount")

STOP: Final = "serving.kserve.io/stop"
"""Annotation of InferenceServices and LLMInferenceServices: "true" takes all of their pods away."""
MODE: Final = "serving.kserve.io/deploymentMode"
AUTOSCALER: Final = "serving.kserve.io/autoscalerClass"
STORAGE_SECRET: Final = "serving.kserve.io/storageSecretName"  # the key of an annotation
"""The Secret that weights are fetched with, in place of those of the ServiceAccount."""
CHART_SECRET: Final = "serving.kserve.io/secretName"  # the key of an annotation
"""The same, as KServe's Helm charts call it by default. Which of both counts in a cluster, `storageSecretNameAnnotation` of ConfigMap
inferenceservice-config says, which few may read; the other one is passed over."""
RAW_MODES: Final = frozenset({"RawDeployment", "Standard"})
"""Deployments and Services; "Standard" is what "RawDeployment" is called now."""
KNATIVE_MODES: Final = frozenset({"Serverless", "Knative"})


class Annotations(msgspec.Struct, frozen=True):
    """Of all annotations just those that say how an object is run."""

    stop: str = msgspec.field(name=STOP, default="")
    mode: str = msgspec.field(name=MODE, default="")
    autoscaler: str = msgspec.field(name=AUTOSCALER, default="")
    """hpa | keda | external | none."""
    storage_secret: str = msgspec.field(name=STORAGE_SECRET, default="")
    chart_secret: str = msgspec.field(name=CHART_SECRET, default="")
    read_only: str = msgspec.field(name="storage.kserve.io/readonly", default="")
    """Whether the server may not write to the weights; all but "false" means that it may not."""
    model_id: str = msgspec.field(name="model-manager/model-id", default="")
    """Of the catalog, as the Model Manager notes it."""
    device_class: str = msgspec.field(name="serving.kserve.io/exp-dra-device-class", default="")
    """Of an LLMInferenceService: KServe itself makes a claim for devices."""
    device_count: str = msgspec.field(name="serving.kserve.io/exp-dra-device-count", default="")

    @property
    def token_secret(self) -> str:
        """What weights are fetched with, whichever way it is named."""
        return self.storage_secret or self.chart_secret


class ServiceMeta(ObjectMeta, frozen=True, rename="camel"):
    annotations: Annotations = Annotations()

    @property
    def stop(self) -> bool:
        return self.annotations.stop.lower() == "true"


class ModelFormat(msgspec.Struct, frozen=True):
    name: str = ""
    version: str | None = None


class Storage(msgspec.Struct, frozen=True, rename="camel"):
    key: str = ""
    """Of the Secret "storage-config" of the namespace."""
    path: str = ""
    parameters: dict[str, str] = {}


class StorageUri(msgspec.Struct, frozen=True, rename="camel"):
    uri: str = ""
    mount_path: str = ""


class Predicted(ContainerSpec, frozen=True, rename="camel"):
    """spec.predictor.model, or the field of a framework in its place: a container with more to say."""

    model_format: ModelFormat = ModelFormat()
    runtime: str | None = None
    storage_uri: str = ""
    storage: Storage | None = None
    protocol_version: str | None = None
    runtime_version: str = ""


class WorkerSpec(msgspec.Struct, frozen=True, rename="camel"):
    """Further nodes of a replica that is too large for one."""

    pipeline_parallel_size: int | None = None
    tensor_parallel_size: int | None = None
    containers: tuple[ContainerSpec, ...] = ()


class ComponentSpec(msgspec.Struct, frozen=True, rename="camel"):
    """What predictor, transformer and explainer have in common."""

    min_replicas: int | None = None
    max_replicas: int | None = None
    containers: tuple[ContainerSpec, ...] = ()
    volumes: tuple[PodVolume, ...] = ()
    service_account_name: str = ""
    image_pull_secrets: tuple[Named, ...] = ()
    node_selector: dict[str, str] = {}
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    """Of its pods, as the labels."""


class Predictor(ComponentSpec, frozen=True, rename="camel"):
    model: Predicted | None = None
    storage_uris: tuple[StorageUri, ...] = ()
    worker_spec: WorkerSpec | None = None
    canary_traffic_percent: int | None = None
    sklearn: Predicted | None = None
    xgboost: Predicted | None = None
    lightgbm: Predicted | None = None
    tensorflow: Predicted | None = None
    pytorch: Predicted | None = None
    onnx: Predicted | None = None
    pmml: Predicted | None = None
    paddle: Predicted | None = None
    triton: Predicted | None = None
    huggingface: Predicted | None = None

    @property
    def framework(self) -> str:
        """Name of the field that is used in place of `model`; "" when none is."""
        return next((name for name in FRAMEWORKS if getattr(self, name) is not None), "")

    @property
    def predicted(self) -> Predicted | None:
        """The model, however it is written; None for a predictor of containers alone."""
        if self.model is not None or not (name := self.framework):
            return self.model
        found: Predicted = getattr(self, name)
        return msgspec.structs.replace(found, model_format=ModelFormat(name, found.model_format.version))


FRAMEWORKS: Final = ("sklearn", "xgboost", "lightgbm", "tensorflow", "pytorch", "onnx", "pmml", "paddle", "triton", "huggingface")


class ServiceSpec(msgspec.Struct, frozen=True, rename="camel"):
    predictor: Predictor = Predictor()
    transformer: ComponentSpec | None = None
    explainer: ComponentSpec | None = None


class Address(msgspec.Struct, frozen=True):
    name: str = ""
    url: str = ""


class Revision(msgspec.Struct, frozen=True, rename="camel"):
    """Of one component, what Knative has made and what it sends requests to."""

    latest_created_revision: str = ""
    latest_ready_revision: str = ""
    url: str = ""


class FailureInfo(msgspec.Struct, frozen=True, rename="camel"):
    reason: str = ""
    message: str = ""
    location: str = ""
    """A pod, mostly."""
    exit_code: int | None = None


class ModelStates(msgspec.Struct, frozen=True, rename="camel"):
    active_model_state: str = ""
    target_model_state: str = ""


class ModelCopies(msgspec.Struct, frozen=True, rename="camel"):
    failed_copies: int = 0
    total_copies: int | None = None


class ModelStatus(msgspec.Struct, frozen=True, rename="camel"):
    transition_status: str = ""
    """UpToDate | InProgress | BlockedByFailedLoad | InvalidSpec."""
    states: ModelStates = ModelStates()
    last_failure_info: FailureInfo | None = None
    copies: ModelCopies | None = None


class ServiceStatus(msgspec.Struct, frozen=True, rename="camel"):
    conditions: tuple[Condition, ...] = ()
    url: str = ""
    address: Address | None = None
    model_status: ModelStatus = ModelStatus()
    components: dict[str, Revision] = {}
    deployment_mode: str = ""
    serving_runtime_name: str = ""
    cluster_serving_runtime_name: str = ""


class InferenceService(Object, frozen=True, kw_only=True):
    metadata: ServiceMeta = ServiceMeta()
    spec: ServiceSpec = ServiceSpec()
    status: ServiceStatus = ServiceStatus()

    @property
    def mode(self) -> str:
        """As the controller has settled it, else as the annotation asks for; "" when the controller's own default is used."""
        return self.status.deployment_mode or self.metadata.annotations.mode


class SupportedFormat(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    version: str | None = None
    auto_select: bool = False
    priority: int = 0


class RuntimeSpec(msgspec.Struct, frozen=True, rename="camel"):
    containers: tuple[ContainerSpec, ...] = ()
    supported_model_formats: tuple[SupportedFormat, ...] = ()
    protocol_versions: tuple[str, ...] = ()
    multi_model: bool = False
    disabled: bool = False
    volumes: tuple[PodVolume, ...] = ()
    image_pull_secrets: tuple[Named, ...] = ()
    node_selector: dict[str, str] = {}
    worker_spec: WorkerSpec | None = None


class ServingRuntime(Object, frozen=True, kw_only=True):
    """Of a namespace, or of the cluster: both have the same spec."""

    spec: RuntimeSpec = RuntimeSpec()


class ServiceAccount(Object, frozen=True, kw_only=True):
    """That it is there, and which Secrets it brings."""

    secrets: tuple[Named, ...] = ()
