"""A DynamoGraphDeployment in v1alpha1 (`spec.services`, a map) and in v1beta1 (`spec.components`, a list with Pod templates). Pure.

What one of the versions cannot say is kept in an annotation, so that nothing is lost on the way there and back.
"""

from __future__ import annotations

import json
from typing import Any, Final

from modeltui.demo.errors import Object

KEPT: Final = "nvidia.com/v1alpha1-only"
"""Annotation with what v1beta1 has no field for: claims to make, ingress, and the spelling of roles that it does not know."""
GPU: Final = "nvidia.com/gpu"
_SAME: Final = ("backendFramework", "annotations", "labels", "priorityClassName", "restart", "providerOverride", "experimental")
_SAME_OF_COMPONENT: Final = (
    *("replicas", "multinode", "modelRef", "minAvailable", "eppConfig", "globalDynamoNamespace", "topologyConstraint"),
    *("runtimeVersionOverride", "providerOverride"),
)
_SIDECAR: Final = "sidecar-frontend"
_TYPES: Final = ("frontend", "worker", "planner", "epp")


def graph(obj: Object, version: str) -> Object:
    """`obj`, whose apiVersion already says `version`, with the fields of that version; as it is when it has them."""
    spec, metadata = obj.get("spec") or {}, dict(obj.get("metadata") or {})
    if version == "v1beta1" and (spec.keys() & {"services", "envs", "pvcs"} or "services" in (obj.get("status") or {})):
        new, kept = _up(spec)
        if kept:
            metadata["annotations"] = {**(metadata.get("annotations") or {}), KEPT: json.dumps(kept, sort_keys=True)}
        status = _status_up(obj["status"]) if obj.get("status") else None
    elif version == "v1alpha1" and (spec.keys() & {"components", "env"} or "components" in (obj.get("status") or {})):
        annotations = dict(metadata.get("annotations") or {})
        kept = json.loads(annotations.pop(KEPT, "{}"))
        if "annotations" in metadata:
            metadata["annotations"] = annotations
        new, status = _down(spec, kept), _status_down(obj["status"]) if obj.get("status") else None
    else:
        return obj
    return {**obj, "metadata": metadata, "spec": new} | ({"status": status} if status is not None else {})


def _up(spec: Object) -> tuple[Object, Object]:
    new: Object = {key: spec[key] for key in _SAME if key in spec}
    kept: Object = {key: spec[key] for key in ("pvcs", "topologyConstraint") if spec.get(key)}
    if spec.get("envs"):
        new["env"] = spec["envs"]
    components = []
    for name, service in (spec.get("services") or {}).items():
        component, left = _component(name, service)
        components.append(component)
        if left:
            kept.setdefault("services", {})[name] = left
    return {**new, "components": components} if components else new, kept


def _component(name: str, service: Object) -> tuple[Object, Object]:
    new: Object = {"name": name, **{key: service[key] for key in _SAME_OF_COMPONENT if key in service}}
    kept: Object = {
        key: service[key] for key in ("dynamoNamespace", "autoscaling", "ingress", "serviceName", "checkpoint") if key in service
    }
    role, part = service.get("componentType", ""), service.get("subComponentType", "")
    if role == "worker" and part in ("prefill", "decode"):
        new["type"] = part
    elif role in (*_TYPES, "prefill", "decode"):
        new["type"] = role
        kept |= {"subComponentType": part} if part else {}
    else:
        kept |= {key: word for key, word in (("componentType", role), ("subComponentType", part)) if word}
    if (service.get("scalingAdapter") or {}).get("enabled"):
        new["scalingAdapter"] = {}
    if memory := service.get("sharedMemory"):
        new["sharedMemorySize"] = "0" if memory.get("disabled") else memory.get("size")
    cache = next((each for each in service.get("volumeMounts") or [] if each.get("useAsCompilationCache")), None)
    if cache is not None:
        new["compilationCache"] = {"pvcName": cache["name"]} | ({"mountPath": cache["mountPoint"]} if cache.get("mountPoint") else {})
    template = _template(service)
    if template:
        new["podTemplate"] = template
    if service.get("frontendSidecar"):
        new["frontendSidecar"] = _SIDECAR
    return new, kept


def _template(service: Object) -> Object:
    extra = dict(service.get("extraPodSpec") or {})
    main = {**(extra.pop("mainContainer", None) or {}), "name": "main"}
    main["env"] = [*(main.get("env") or []), *(service.get("envs") or [])]
    secret = service.get("envFromSecret")
    main["envFrom"] = [*(main.get("envFrom") or []), *([{"secretRef": {"name": secret}}] if secret else [])]
    if resources := _resources_up(service.get("resources") or {}):
        main["resources"] = resources
    main |= {key: service[key] for key in ("livenessProbe", "readinessProbe") if service.get(key)}
    mounts = [each for each in service.get("volumeMounts") or [] if not each.get("useAsCompilationCache")]
    main["volumeMounts"] = [*(main.get("volumeMounts") or []), *({"name": m["name"], "mountPath": m.get("mountPoint", "")} for m in mounts)]
    volumes = [*(extra.get("volumes") or [])]
    volumes += [{"name": each["name"], "persistentVolumeClaim": {"claimName": each["name"]}} for each in mounts]
    containers = [_tidy(main), *(extra.get("containers") or [])]
    if sidecar := service.get("frontendSidecar"):
        source = [{"secretRef": {"name": sidecar["envFromSecret"]}}] if sidecar.get("envFromSecret") else []
        told = {"name": _SIDECAR, "image": sidecar["image"], "args": sidecar.get("args"), "env": sidecar.get("envs"), "envFrom": source}
        containers.append(_tidy(told))
    spec = _tidy({**extra, "containers": containers, "volumes": volumes})
    if spec == {"containers": [{"name": "main"}]}:
        spec = {}
    about = service.get("extraPodMetadata") or {}
    metadata = _tidy(
        {key: {**(service.get(key) or {}), **(about.get(key) or {})} for key in ("annotations", "labels")},
    )
    return _tidy({"metadata": metadata, "spec": spec})


def _resources_up(resources: Object) -> Object:
    """{requests: {cpu, memory, gpu, gpuType, custom}} as a container has it; a GPU is limited to what is asked for."""
    found: Object = {}
    for kind in ("requests", "limits"):
        given = dict(resources.get(kind) or {})
        count, device, custom = given.pop("gpu", None), given.pop("gpuType", "") or GPU, given.pop("custom", None) or {}
        found[kind] = {**given, **custom, **({device: str(count)} if count else {})}
    for device, count in list(found["requests"].items()):
        if "gpu" in device:
            found["limits"].setdefault(device, count)
    if resources.get("claims"):
        found["claims"] = resources["claims"]
    return _tidy(found)


def _down(spec: Object, kept: Object) -> Object:
    new: Object = {key: spec[key] for key in _SAME if key in spec}
    new |= {key: kept[key] for key in ("pvcs", "topologyConstraint") if key in kept}
    if spec.get("env"):
        new["envs"] = spec["env"]
    of_services = kept.get("services") or {}
    if "components" in spec:
        new["services"] = {each["name"]: _service(each, of_services.get(each["name"], {})) for each in spec["components"]}
    return new


def _service(component: Object, kept: Object) -> Object:
    new: Object = {key: component[key] for key in _SAME_OF_COMPONENT if key in component}
    role = component.get("type", "")
    if role in ("prefill", "decode"):
        new |= {"componentType": "worker", "subComponentType": role}
    elif role:
        new["componentType"] = role
    if "scalingAdapter" in component:
        new["scalingAdapter"] = {"enabled": True}
    if (size := component.get("sharedMemorySize")) is not None:
        new["sharedMemory"] = {"disabled": True} if str(size) == "0" else {"size": size}
    if cache := component.get("compilationCache"):
        told = {"name": cache["pvcName"], "useAsCompilationCache": True}
        new["volumeMounts"] = [told | ({"mountPoint": cache["mountPath"]} if cache.get("mountPath") else {})]
    template = component.get("podTemplate") or {}
    about = {key: value for key, value in (template.get("metadata") or {}).items() if key in ("annotations", "labels")}
    if about:
        new["extraPodMetadata"] = about
    if spec := template.get("spec"):
        main = next((dict(each) for each in spec.get("containers") or [] if each["name"] == "main"), {})
        resources = main.pop("resources", None)
        if resources:
            new["resources"] = _resources_down(resources)
        main.pop("name", None)
        if environment := main.pop("env", None):
            new["envs"] = environment
        sources = main.get("envFrom") or []
        if len(sources) == 1 and list(sources[0]) == ["secretRef"]:
            new["envFromSecret"] = main.pop("envFrom")[0]["secretRef"]["name"]
        others = [each for each in spec.get("containers") or [] if each["name"] != "main"]
        new["extraPodSpec"] = _tidy({**spec, "containers": others, "mainContainer": main})
    return new | kept


def _resources_down(resources: Object) -> Object:
    found: Object = {}
    for kind in ("requests", "limits"):
        given: dict[str, Any] = dict(resources.get(kind) or {})
        told: Object = {key: str(given.pop(key)) for key in ("cpu", "memory") if key in given}
        if GPU in given:
            told["gpu"] = str(given.pop(GPU))
        if given:
            told["custom"] = {key: str(value) for key, value in given.items()}
        found[kind] = told
    if resources.get("claims"):
        found["claims"] = resources["claims"]
    return _tidy(found)


def _status_up(status: Object) -> Object:
    return _renamed(status, "services", "components", "updatedServices", "updatedComponents")


def _status_down(status: Object) -> Object:
    new = _renamed(status, "components", "services", "updatedComponents", "updatedServices")
    for name, each in (new.get("services") or {}).items():
        new["services"][name] = {"componentName": (each.get("componentNames") or [""])[0], **each}
    return new


def _renamed(status: Object, old: str, new: str, old_list: str, new_list: str) -> Object:
    found = {key: value for key, value in status.items() if key not in (old, "rollingUpdate")}
    if old in status:
        found[new] = {name: dict(each) for name, each in status[old].items()}
    if rolling := status.get("rollingUpdate"):
        found["rollingUpdate"] = {(new_list if key == old_list else key): value for key, value in rolling.items()}
    return found


def _tidy(obj: Object) -> Object:
    return {key: value for key, value in obj.items() if value not in (None, "", [], {})}
