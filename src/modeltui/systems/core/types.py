"""Built-in kinds, cut down to the fields that the console reads.

Everything has a default: an object that lacks a field is shown with what it has.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from modeltui.kube.objects import Condition, Object, ObjectMeta
from modeltui.kube.resource import Resource

NAMESPACES: Final = Resource(group="", version="v1", plural="namespaces", kind="Namespace", namespaced=False)
CLAIMS: Final = Resource(group="", version="v1", plural="persistentvolumeclaims", kind="PersistentVolumeClaim")
VOLUMES: Final = Resource(group="", version="v1", plural="persistentvolumes", kind="PersistentVolume", namespaced=False)
PODS: Final = Resource(group="", version="v1", plural="pods", kind="Pod")
STORAGE_CLASSES: Final = Resource(group="storage.k8s.io", version="v1", plural="storageclasses", kind="StorageClass", namespaced=False)
SERVICES: Final = Resource(group="", version="v1", plural="services", kind="Service")
QUOTAS: Final = Resource(group="", version="v1", plural="resourcequotas", kind="ResourceQuota")
JOBS: Final = Resource(group="batch", version="v1", plural="jobs", kind="Job")
NODES: Final = Resource(group="", version="v1", plural="nodes", kind="Node", namespaced=False)

RawQuantity = str | int | float
"""A Kubernetes quantity as it comes over the wire: most are strings, but an integer is allowed."""


class LabelSelectorRequirement(msgspec.Struct, frozen=True, rename="camel"):
    key: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()


class LabelSelector(msgspec.Struct, frozen=True, rename="camel"):
    match_labels: dict[str, str] = {}
    match_expressions: tuple[LabelSelectorRequirement, ...] = ()


class ResourceRequirements(msgspec.Struct, frozen=True, rename="camel"):
    requests: dict[str, RawQuantity] = {}
    limits: dict[str, RawQuantity] = {}


class NamespaceStatus(msgspec.Struct, frozen=True):
    phase: str = ""


class Namespace(Object, frozen=True, kw_only=True):
    status: NamespaceStatus = NamespaceStatus()


class StorageClassMeta(ObjectMeta, frozen=True, rename="camel"):
    annotations: dict[str, str] = {}


class StorageClass(Object, frozen=True, kw_only=True):
    """A kind of volume that the cluster can make."""

    metadata: StorageClassMeta = StorageClassMeta()
    provisioner: str = ""

    @property
    def is_default(self) -> bool:
        """Whether claims that name no class get this one."""
        return self.metadata.annotations.get("storageclass.kubernetes.io/is-default-class") == "true"


class ClaimSpec(msgspec.Struct, frozen=True, rename="camel"):
    """spec of a PersistentVolumeClaim, also as a template inside a Dataset."""

    access_modes: tuple[str, ...] = ()
    resources: ResourceRequirements = ResourceRequirements()
    storage_class_name: str | None = None
    """None takes the cluster's default class; "" asks for none."""
    volume_name: str = ""


class ClaimStatus(msgspec.Struct, frozen=True, rename="camel"):
    phase: str = ""
    """Pending | Bound | Lost."""
    capacity: dict[str, RawQuantity] = {}


class PersistentVolumeClaim(Object, frozen=True, kw_only=True):
    spec: ClaimSpec = ClaimSpec()
    status: ClaimStatus = ClaimStatus()


class VolumeSpec(msgspec.Struct, frozen=True, rename="camel"):
    persistent_volume_reclaim_policy: str = ""
    """Delete | Retain: what becomes of the data when the claim is deleted."""


class PersistentVolume(Object, frozen=True, kw_only=True):
    spec: VolumeSpec = VolumeSpec()


class NamedKey(msgspec.Struct, frozen=True):
    """A key of a Secret or of a ConfigMap."""

    name: str = ""
    key: str = ""
    optional: bool = False


class EnvSource(msgspec.Struct, frozen=True, rename="camel"):
    secret_key_ref: NamedKey | None = None
    config_map_key_ref: NamedKey | None = None


class Env(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    value: str = ""
    """Never shown: a key may stand here."""
    value_from: EnvSource | None = None


class Named(msgspec.Struct, frozen=True):
    name: str = ""
    optional: bool = False


class EnvFrom(msgspec.Struct, frozen=True, rename="camel"):
    secret_ref: Named | None = None
    config_map_ref: Named | None = None


class ContainerPort(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    container_port: int = 0


class ContainerResources(ResourceRequirements, frozen=True, rename="camel"):
    claims: tuple[Named, ...] = ()
    """Names of the pod's resourceClaims that this container uses."""


class ContainerSpec(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    image: str = ""
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: tuple[Env, ...] = ()
    env_from: tuple[EnvFrom, ...] = ()
    ports: tuple[ContainerPort, ...] = ()
    resources: ContainerResources = ContainerResources()
    restart_policy: str = ""
    """ "Always" on an init container: one that goes on beside the others."""


class MountedClaim(msgspec.Struct, frozen=True, rename="camel"):
    claim_name: str = ""


class MountedSecret(msgspec.Struct, frozen=True, rename="camel"):
    secret_name: str = ""
    optional: bool = False


class PodVolume(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    persistent_volume_claim: MountedClaim | None = None
    secret: MountedSecret | None = None
    config_map: Named | None = None


class ResourceClaim(msgspec.Struct, frozen=True, rename="camel"):
    """Devices that a pod asks for by dynamic resource allocation."""

    name: str = ""
    resource_claim_name: str = ""
    resource_claim_template_name: str = ""


class PodSpec(msgspec.Struct, frozen=True, rename="camel"):
    containers: tuple[ContainerSpec, ...] = ()
    init_containers: tuple[ContainerSpec, ...] = ()
    volumes: tuple[PodVolume, ...] = ()
    node_name: str = ""
    node_selector: dict[str, str] = {}
    resource_claims: tuple[ResourceClaim, ...] = ()
    image_pull_secrets: tuple[Named, ...] = ()
    service_account_name: str = ""


class PodTemplate(msgspec.Struct, frozen=True):
    spec: PodSpec = PodSpec()


class JobSpec(msgspec.Struct, frozen=True, rename="camel"):
    backoff_limit: int | None = None
    template: PodTemplate = PodTemplate()


class JobStatus(msgspec.Struct, frozen=True, rename="camel"):
    active: int = 0
    succeeded: int = 0
    failed: int = 0
    start_time: datetime | None = None
    completion_time: datetime | None = None
    conditions: tuple[Condition, ...] = ()


class Job(Object, frozen=True, kw_only=True):
    spec: JobSpec = JobSpec()
    status: JobStatus = JobStatus()


class ContainerWaiting(msgspec.Struct, frozen=True):
    reason: str = ""
    message: str = ""


class ContainerRunning(msgspec.Struct, frozen=True, rename="camel"):
    started_at: datetime | None = None


class ContainerTerminated(msgspec.Struct, frozen=True, rename="camel"):
    reason: str = ""
    message: str = ""
    exit_code: int = 0
    signal: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None


class ContainerState(msgspec.Struct, frozen=True):
    waiting: ContainerWaiting | None = None
    running: ContainerRunning | None = None
    terminated: ContainerTerminated | None = None


class ContainerStatus(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    image: str = ""
    ready: bool = False
    restart_count: int = 0
    state: ContainerState = ContainerState()
    last_state: ContainerState = ContainerState()


class PodStatus(msgspec.Struct, frozen=True, rename="camel"):
    phase: str = ""
    reason: str = ""
    message: str = ""
    start_time: datetime | None = None
    conditions: tuple[Condition, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()


class Pod(Object, frozen=True, kw_only=True):
    """`dict`: for what is `kept` with it."""

    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()


class ServicePort(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    port: int = 0
    target_port: int | str = 0
    """A number, or the name of a container's port; 0 is the same as `port`."""


class ServiceSpec(msgspec.Struct, frozen=True, rename="camel"):
    type: str = "ClusterIP"
    cluster_ip: str = msgspec.field(name="clusterIP", default="")
    selector: dict[str, str] = {}
    ports: tuple[ServicePort, ...] = ()


class Service(Object, frozen=True, kw_only=True):
    spec: ServiceSpec = ServiceSpec()


class ResourceQuotaStatus(msgspec.Struct, frozen=True):
    hard: dict[str, RawQuantity] = {}
    used: dict[str, RawQuantity] = {}


class ResourceQuota(Object, frozen=True, kw_only=True):
    status: ResourceQuotaStatus = ResourceQuotaStatus()


class NodeSpec(msgspec.Struct, frozen=True):
    unschedulable: bool = False


class NodeStatus(msgspec.Struct, frozen=True):
    allocatable: dict[str, RawQuantity] = {}
    conditions: tuple[Condition, ...] = ()


class Node(Object, frozen=True, kw_only=True):
    """Its labels say which GPUs it has, `status.allocatable` how many."""

    spec: NodeSpec = NodeSpec()
    status: NodeStatus = NodeStatus()
