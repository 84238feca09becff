"""The spec of a pod, as it stands in a Pod and in the templates of workloads: its defaults, rules, warnings and quality of service."""

from __future__ import annotations

from modeltui.demo import metadata
from modeltui.demo.columns import dig
from modeltui.demo.errors import Object
from modeltui.demo.schema.errors import ErrorType, FieldError
from modeltui.demo.strategies.base import set_default


def default_pod_spec(spec: Object) -> None:
    """The defaults of a pod's spec, as in a template or in the pod itself, that depend on its other fields."""
    if account := spec.get("serviceAccountName") or spec.get("serviceAccount"):
        spec |= {"serviceAccountName": account, "serviceAccount": account}
    for container in [*(spec.get("containers") or []), *(spec.get("initContainers") or [])]:
        _default_container(container)
    for volume in spec.get("volumes") or []:
        if set(volume) == {"name"}:
            volume["emptyDir"] = {}


def _default_container(container: Object) -> None:
    image = str(container.get("image", ""))
    tag = image.rpartition("/")[2].partition("@")[0].partition(":")[2]
    latest = "@" not in image and tag in ("", "latest")
    set_default(container, "imagePullPolicy", "Always" if latest else "IfNotPresent")


_SOURCES = [
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "persistentVolumeClaim",
    "rbd",
    "flexVolume",
    "cinder",
    "cephfs",
    "flocker",
    "downwardAPI",
    "fc",
    "configMap",
    "azureFile",
    "azureDisk",
    "vsphereVolume",
    "quobyte",
    "photonPersistentDisk",
    "projected",
    "portworxVolume",
    "scaleIO",
    "storageos",
    "csi",
    "ephemeral",
    "image",
]
"""In the order in which they are looked at: all but the first are refused."""


def pod_spec_errors(spec: Object, at: str) -> list[FieldError]:
    """The rules of a pod's spec that people meet: containers there are, with names and images of their own."""
    if not spec.get("containers"):
        return [metadata.required(f"{at}.containers")]
    wrong: list[FieldError] = []
    seen: set[str] = set()
    volumes = {volume.get("name") for volume in spec.get("volumes") or []}
    for index, volume in enumerate(spec.get("volumes") or []):
        sources = sorted(each for each in volume if each != "name")
        told = "may not specify more than 1 volume type"
        wrong += [metadata.forbidden(f"{at}.volumes[{index}].{each}", told) for each in sorted(sources, key=_SOURCES.index)[1:]]
    for part in ("initContainers", "containers"):
        for index, container in enumerate(spec.get(part) or []):
            here, name = f"{at}.{part}[{index}]", container.get("name") or ""
            if not name:
                wrong.append(metadata.required(f"{here}.name"))
            else:
                wrong += [metadata.wrong_value(f"{here}.name", name, sentence) for sentence in metadata.label(name)]
            if name and name in seen:
                wrong.append(FieldError(ErrorType.DUPLICATE, f"{here}.name", name))
            seen.add(name)
            if not container.get("image"):
                wrong.append(metadata.required(f"{here}.image"))
            for number, mount in enumerate(container.get("volumeMounts") or []):
                if mount.get("name") not in volumes:
                    wrong.append(FieldError(ErrorType.NOT_FOUND, f"{here}.volumeMounts[{number}].name", mount.get("name", "")))
    if spec.get("restartPolicy") not in ("Always", "OnFailure", "Never"):
        wrong.append(metadata.unsupported(f"{at}.restartPolicy", spec.get("restartPolicy"), ["Always", "OnFailure", "Never"]))
    return wrong


def pod_spec_warnings(spec: Object, at: str) -> list[str]:
    """What is allowed and still most likely a mistake."""
    told = []
    for index, constraint in enumerate(spec.get("topologySpreadConstraints") or []):
        if constraint.get("labelSelector") is None:
            told.append(f"{at}.topologySpreadConstraints[{index}].labelSelector: a null labelSelector results in matching no pod")
    for part in ("initContainers", "containers"):
        for index, container in enumerate(spec.get(part) or []):
            seen: set[str] = set()
            for number, variable in enumerate(container.get("env") or []):
                name = variable.get("name", "")
                if name in seen:
                    hides = f'hides previous definition of "{name}", which may be dropped when using apply'
                    told.append(f"{at}.{part}[{index}].env[{number}]: {hides}")
                seen.add(name)
    return told


def quality_of_service(spec: Object) -> str:
    containers = [*(spec.get("containers") or []), *(spec.get("initContainers") or [])]
    # What is asked for the pod as a whole counts instead of what its containers ask for.
    resources = [spec["resources"]] if spec.get("resources") else [container.get("resources") or {} for container in containers]
    if not any(dig(each, part, key) for each in resources for part in ("requests", "limits") for key in ("cpu", "memory")):
        return "BestEffort"
    guaranteed = all(
        dig(each, "limits", key) and dig(each, "requests", key, default=dig(each, "limits", key)) == dig(each, "limits", key)
        for each in resources
        for key in ("cpu", "memory")
    )
    return "Guaranteed" if guaranteed else "Burstable"
