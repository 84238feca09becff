"""What the generated models do not say: how lists merge, what is atomic, defaults, enums, quantities.

Facts of the Kubernetes API's OpenAPI document and its defaulting, 1.36. Keys are model names and JSON field names.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Keyed(NamedTuple):
    """A list of type "map". `patch_key` is the merge key of strategic merge patch (older than list types, and not always the same)."""

    keys: tuple[str, ...]
    patch_key: str = ""
    retain_keys: bool = False


_NAME = Keyed(("name",), "name")
_TYPE = Keyed(("type",), "type")
_CONTAINER = {
    "ports": Keyed(("containerPort", "protocol"), "containerPort"),
    "env": _NAME,
    "volumeMounts": Keyed(("mountPath",), "mountPath"),
    "volumeDevices": Keyed(("devicePath",), "devicePath"),
}

MICRO_TIMES: dict[str, set[str]] = {"CoreV1Event": {"eventTime"}, "CoreV1EventSeries": {"lastObservedTime"}}
"""Times in microseconds; all others are in whole seconds."""

KEYED: dict[str, dict[str, Keyed]] = {
    "V1Container": _CONTAINER,
    "V1EphemeralContainer": _CONTAINER,
    "V1ResourceRequirements": {"claims": Keyed(("name",))},
    "V1PodSpec": {
        "containers": _NAME,
        "initContainers": _NAME,
        "ephemeralContainers": _NAME,
        "volumes": Keyed(("name",), "name", retain_keys=True),
        "imagePullSecrets": _NAME,
        "hostAliases": Keyed(("ip",), "ip"),
        "topologySpreadConstraints": Keyed(("topologyKey", "whenUnsatisfiable"), "topologyKey"),
        "schedulingGates": _NAME,
        "resourceClaims": Keyed(("name",), "name", retain_keys=True),
    },
    "V1PodStatus": {
        "conditions": _TYPE,
        "podIPs": Keyed(("ip",), "ip"),
        "resourceClaimStatuses": Keyed(("name",), "name", retain_keys=True),
    },
    "V1ServiceSpec": {"ports": Keyed(("port", "protocol"), "port")},
    "V1ServiceStatus": {"conditions": _TYPE},
    "V1ServiceAccount": {"secrets": _NAME},
    "V1DeploymentStatus": {"conditions": _TYPE},
    "V1ReplicaSetStatus": {"conditions": _TYPE},
    "V1StatefulSetStatus": {"conditions": _TYPE},
    "V1NodeStatus": {"conditions": _TYPE, "addresses": _TYPE},
    "V1NamespaceStatus": {"conditions": _TYPE},
    "V1PersistentVolumeClaimStatus": {"conditions": _TYPE},
    "V1CustomResourceDefinitionStatus": {"conditions": Keyed(("type",))},
    "V1ResourceClaimStatus": {
        "reservedFor": Keyed(("uid",), "uid"),
        "devices": Keyed(("driver", "device", "pool")),
    },
    "V1AllocatedDeviceStatus": {"conditions": Keyed(("type",))},
}

SETS: dict[str, set[str]] = {
    "V1NodeSpec": {"podCIDRs"},
}

PATCH_ONLY: dict[str, dict[str, str]] = {
    # Lists that strategic merge patch merges (by this key, or as a set where it is empty) while server-side apply replaces them.
    "V1JobStatus": {"conditions": "type"},
}

RETAIN_KEYS: dict[str, set[str]] = {"V1DeploymentSpec": {"strategy"}}

ATOMIC_MODELS = {
    "V1LabelSelector",
    "V1ObjectReference",
    "V1LocalObjectReference",
    "V1TypedLocalObjectReference",
    "V1SecretReference",
    "V1SecretKeySelector",
    "V1ConfigMapKeySelector",
    "V1ConfigMapNodeConfigSource",
    "V1ObjectFieldSelector",
    "V1ResourceFieldSelector",
    "V1FileKeySelector",
    "V1NodeSelector",
    "V1NodeSelectorTerm",
    "V1TopologySelectorTerm",
    "V1ScopeSelector",
}

GRANULAR: dict[str, set[str]] = {"V1PersistentVolumeSpec": {"claimRef"}}
"""Fields of an atomic model that are merged field by field all the same."""

ATOMIC_MAPS: dict[str, set[str]] = {"V1ServiceSpec": {"selector"}, "V1PodSpec": {"nodeSelector"}, "V1ControllerRevision": {"data"}}

QUANTITIES: dict[str, set[str]] = {
    "V1ResourceRequirements": {"limits", "requests"},
    "V1VolumeResourceRequirements": {"limits", "requests"},
    "V1ResourceQuotaSpec": {"hard"},
    "V1ResourceQuotaStatus": {"hard", "used"},
    "V1PersistentVolumeSpec": {"capacity"},
    "V1PersistentVolumeClaimStatus": {"capacity", "allocatedResources"},
    "V1NodeStatus": {"capacity", "allocatable"},
    "V1ContainerStatus": {"allocatedResources"},
    "V1PodSpec": {"overhead"},
    "V1EmptyDirVolumeSource": {"sizeLimit"},
    "V1ResourceFieldSelector": {"divisor"},
    "V1DeviceCapacity": {"value"},
}

_PROTOCOLS = ["TCP", "UDP", "SCTP"]
_CONTAINER_DEFAULTS: dict[str, Any] = {
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "resources": {},
}
_FILE_MODE = {"defaultMode": 0o644}
_RBD = {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"}

DEFAULTS: dict[str, dict[str, Any]] = {
    "V1Secret": {"type": "Opaque"},
    "V1PersistentVolumeClaimSpec": {"volumeMode": "Filesystem"},
    "V1PersistentVolumeSpec": {"volumeMode": "Filesystem", "persistentVolumeReclaimPolicy": "Retain"},
    "V1PersistentVolumeClaimStatus": {"phase": "Pending"},
    "V1PersistentVolumeStatus": {"phase": "Pending"},
    "V1NamespaceStatus": {"phase": "Active"},
    "V1StorageClass": {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"},
    "V1ServiceSpec": {"type": "ClusterIP", "sessionAffinity": "None"},
    "V1ServicePort": {"protocol": "TCP"},
    "V1ContainerPort": {"protocol": "TCP"},
    "V1Container": _CONTAINER_DEFAULTS,
    "V1PodSpec": {
        "restartPolicy": "Always",
        "dnsPolicy": "ClusterFirst",
        "schedulerName": "default-scheduler",
        "terminationGracePeriodSeconds": 30,
        "securityContext": {},
    },
    "V1Probe": {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3},
    "V1HTTPGetAction": {"scheme": "HTTP", "path": "/"},
    "V1GRPCAction": {"service": ""},
    "V1HostPathVolumeSource": {"type": ""},
    "V1ISCSIVolumeSource": {"iscsiInterface": "default"},
    "V1ISCSIPersistentVolumeSource": {"iscsiInterface": "default"},
    "V1RBDVolumeSource": _RBD,
    "V1RBDPersistentVolumeSource": _RBD,
    "V1SecretVolumeSource": _FILE_MODE,
    "V1ConfigMapVolumeSource": _FILE_MODE,
    "V1ProjectedVolumeSource": _FILE_MODE,
    "V1DownwardAPIVolumeSource": _FILE_MODE,
    "V1ServiceAccountTokenProjection": {"expirationSeconds": 3600},
    "V1ObjectFieldSelector": {"apiVersion": "v1"},
    "V1DeploymentSpec": {
        "replicas": 1,
        "progressDeadlineSeconds": 600,
        "revisionHistoryLimit": 10,
    },
    "V1ReplicaSetSpec": {"replicas": 1},
    "V1StatefulSetSpec": {"replicas": 1, "podManagementPolicy": "OrderedReady", "revisionHistoryLimit": 10},
    "V1JobSpec": {"completionMode": "NonIndexed", "suspend": False},
    "V1PodFailurePolicyOnPodConditionsPattern": {"status": "True"},
    "V1CustomResourceDefinitionSpec": {"conversion": {"strategy": "None"}},
    "V1ExactDeviceRequest": {"allocationMode": "ExactCount"},
    "V1DeviceSubRequest": {"allocationMode": "ExactCount"},
    "V1DeviceToleration": {"operator": "Equal"},
}

ENUMS: dict[str, dict[str, list[str]]] = {
    "V1ServiceSpec": {"type": ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"], "sessionAffinity": ["ClientIP", "None"]},
    "V1ServicePort": {"protocol": _PROTOCOLS},
    "V1ContainerPort": {"protocol": _PROTOCOLS},
    "V1Container": {"imagePullPolicy": ["Always", "IfNotPresent", "Never"], "terminationMessagePolicy": ["File", "FallbackToLogsOnError"]},
    "V1PodSpec": {
        "restartPolicy": ["Always", "Never", "OnFailure"],
        "dnsPolicy": ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"],
    },
    "V1PersistentVolumeSpec": {"persistentVolumeReclaimPolicy": ["Delete", "Recycle", "Retain"], "volumeMode": ["Block", "Filesystem"]},
    "V1PersistentVolumeClaimSpec": {"volumeMode": ["Block", "Filesystem"]},
    "V1StorageClass": {"reclaimPolicy": ["Delete", "Retain"], "volumeBindingMode": ["Immediate", "WaitForFirstConsumer"]},
    "V1JobSpec": {"completionMode": ["Indexed", "NonIndexed"]},
    "V1TopologySpreadConstraint": {"whenUnsatisfiable": ["DoNotSchedule", "ScheduleAnyway"]},
    "V1ExactDeviceRequest": {"allocationMode": ["All", "ExactCount"]},
    "V1DeviceSubRequest": {"allocationMode": ["All", "ExactCount"]},
    "V1Toleration": {"operator": ["Equal", "Exists", "Lt", "Gt"], "effect": ["NoSchedule", "PreferNoSchedule", "NoExecute"]},
    "V1Taint": {"effect": ["NoSchedule", "PreferNoSchedule", "NoExecute"]},
    "V1CustomResourceDefinitionSpec": {"scope": ["Cluster", "Namespaced"]},
}

_COUNT = (0, 2**31 - 1)
_PORT = (1, 65535)
_MODE = (0, 0o777)
_USER = (0, 2**31 - 1)

BOUNDS: dict[str, dict[str, tuple[int, int]]] = {
    "V1DeploymentSpec": dict.fromkeys(("replicas", "minReadySeconds", "revisionHistoryLimit"), _COUNT),
    "V1ReplicaSetSpec": dict.fromkeys(("replicas", "minReadySeconds"), _COUNT),
    "V1StatefulSetSpec": dict.fromkeys(("replicas", "minReadySeconds", "revisionHistoryLimit"), _COUNT),
    "V1JobSpec": dict.fromkeys(
        (
            "parallelism",
            "completions",
            "backoffLimit",
            "backoffLimitPerIndex",
            "maxFailedIndexes",
            "activeDeadlineSeconds",
            "ttlSecondsAfterFinished",
        ),
        _COUNT,
    ),
    "V1PodSpec": {"activeDeadlineSeconds": (1, 2**31 - 1)},
    "V1ContainerPort": {"containerPort": _PORT, "hostPort": _PORT},
    "V1ServicePort": {"port": _PORT},
    "V1Probe": dict.fromkeys(("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"), _COUNT),
    "V1PodSecurityContext": dict.fromkeys(("runAsUser", "runAsGroup", "fsGroup"), _USER),
    "V1SecurityContext": dict.fromkeys(("runAsUser", "runAsGroup"), _USER),
    "V1ConfigMapVolumeSource": {"defaultMode": _MODE},
    "V1SecretVolumeSource": {"defaultMode": _MODE},
    "V1ProjectedVolumeSource": {"defaultMode": _MODE},
    "V1DownwardAPIVolumeSource": {"defaultMode": _MODE},
    "V1ResourcePool": {"generation": (0, 2**63 - 1), "resourceSliceCount": (1, 2**63 - 1)},
    "V1ExactDeviceRequest": {"count": (1, 2**63 - 1)},
    "V1DeviceSubRequest": {"count": (1, 2**63 - 1)},
}
"""The least and the most that a number may be."""

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_QUALIFIED = rf"({_SUBDOMAIN}/)?([a-z0-9][-a-z0-9_.]*)?[a-z0-9]"

PATTERNS: dict[str, dict[str, str]] = {
    "V1Container": {"image": r"\S(.*\S)?"},
    "V1ContainerPort": {"name": r"(?=.*[a-z])(?!.*--)(?=.{1,15}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?"},
    "V1EnvVar": {"name": "[ -<>-~]+"},
    "V1Volume": {"name": _LABEL},
    "V1PodSpec": {"nodeName": _SUBDOMAIN, "serviceAccountName": _SUBDOMAIN, "hostname": _LABEL, "subdomain": _LABEL},
    "V1ServicePort": {"name": _LABEL},
    "V1PersistentVolumeClaimSpec": {"storageClassName": f"({_SUBDOMAIN})?"},
    "V1PersistentVolumeSpec": {"storageClassName": f"({_SUBDOMAIN})?"},
    "V1StorageClass": {"provisioner": f"(?i:{_QUALIFIED})"},
    "V1ResourceSliceSpec": {"driver": _SUBDOMAIN},
    "V1Device": {"name": _LABEL},
    "V1DeviceRequest": {"name": _LABEL},
}
"""What a name looks like."""
