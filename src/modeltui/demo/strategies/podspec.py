"""The spec of a pod, as it stands in a Pod and in the templates of workloads: its defaults, warnings and quality of service."""

from __future__ import annotations

from modeltui.demo.columns import dig
from modeltui.demo.errors import Object
from modeltui.demo.schema.quantity import Quantity
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


def pod_spec_warnings(spec: Object, at: str) -> list[str]:
    """What is allowed and still most likely a mistake."""
    told = []
    for index, constraint in enumerate(spec.get("topologySpreadConstraints") or []):
        if constraint.get("labelSelector") is None:
            told.append(f"{at}.topologySpreadConstraints[{index}].labelSelector: a null labelSelector results in matching no pod")
    for index, secret in enumerate(spec.get("imagePullSecrets") or []):
        if not secret.get("name"):
            told.append(f'{at}.imagePullSecrets[{index}].name: invalid empty name ""')
    for part in ("initContainers", "containers"):
        for index, container in enumerate(spec.get(part) or []):
            for what in ("limits", "requests"):
                size = dig(container, "resources", what, "memory")
                if size is not None and Quantity.parse(size).number % 1:
                    told.append(
                        f'{at}.{part}[{index}].resources.{what}[memory]: fractional byte value "{size}" is invalid, must be an integer'
                    )
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
