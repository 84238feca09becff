"""The Deployment and the Service that KServe makes of a predictor in Standard mode. Pure.

What its webhooks add to the Pod (the storage initializer, credentials) is added here, to the template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from modeltui.demo.controllers.serving.kserve_runtime import FRAMEWORKS
from modeltui.demo.controllers.serving.podspecs import by_name, env, env_from_secret
from modeltui.demo.errors import Object

SERVICE_LABEL: Final = "serving.kserve.io/inferenceservice"
MODELS_AT: Final = "/mnt/models"
INITIALIZER: Final = "storage-initializer"
INITIALIZER_IMAGE: Final = "kserve/storage-initializer:v0.16.0"
CONTAINER: Final = "kserve-container"
NOT_COPIED: Final = ("kubectl.kubernetes.io/last-applied-configuration", "autoscaling.knative.dev/min-scale")
"""Annotations that stay on the InferenceService (serviceAnnotationDisallowedList, shortened)."""

_OWN: Final = {
    *FRAMEWORKS,
    *("model", "minReplicas", "maxReplicas", "scaleTarget", "scaleMetric", "scaleMetricType", "autoScaling", "containerConcurrency"),
    *("timeout", "canaryTrafficPercent", "deploymentStrategy", "labels", "annotations", "name", "storageUris", "storageContainerName"),
    *("workerSpec", "logger", "batcher", "containers", "resources"),
}
"""Fields of a predictor that are no fields of a Pod."""
_OF_MODEL: Final = {"modelFormat", "runtime", "runtimeVersion", "storageUri", "storage", "protocolVersion", "confidential"}
_LEAST: Final = {"cpu": "1", "memory": "2Gi"}


def predictor_name(service: Object) -> str:
    return str(service["spec"]["predictor"].get("name") or f"{service['metadata']['name']}-predictor")


def pod_spec(service: Object, model: Object | None, runtime: Object | None, *, secret: Object | None) -> Object:
    """The Pod's spec: the runtime's container with what the model says on top, or the predictor's own containers. `secret` is the one that
    the credentials for storage come from."""
    predictor = service["spec"]["predictor"]
    base = {key: value for key, value in predictor.items() if key not in _OWN}
    if model is None or runtime is None:
        containers = [dict(each) for each in predictor.get("containers") or []]
    else:
        spec = runtime["spec"]
        shared = ("volumes", "tolerations", "nodeSelector", "affinity", "imagePullSecrets", "schedulerName")
        base = {key: spec[key] for key in shared if spec.get(key)} | base
        base["volumes"] = by_name(spec.get("volumes"), predictor.get("volumes"))
        containers = _merged(service, model, spec["containers"], predictor.get("containers") or [])
    named = [env("INFERENCE_SERVICE_NAME", service["metadata"]["name"])]
    containers = [{**each, "env": by_name(each.get("env"), named)} for each in containers]
    storage = (model or {}).get("storageUri") or _key_uri(model)
    whole = {**base, "containers": containers}
    whole = with_storage(whole, str(storage), secret) if storage else whole
    return {key: value for key, value in whole.items() if value not in ([], {})}


def _merged(service: Object, model: Object, runtimes: list[Object], extra: list[Object]) -> list[Object]:
    main = next((each for each in runtimes if each["name"] == CONTAINER), runtimes[0])
    own = {key: value for key, value in model.items() if key not in _OF_MODEL}
    container = _filled({**main, **{key: value for key, value in own.items() if value}, "name": main["name"]}, service)
    container["args"] = [*_filled(main, service).get("args", []), *(own.get("args") or [])]
    container["env"] = by_name(_filled(main, service).get("env"), own.get("env"))
    container["volumeMounts"] = by_name(main.get("volumeMounts"), own.get("volumeMounts"), key="mountPath")
    container["resources"] = _resources(main.get("resources") or {}, own.get("resources") or {})
    if model.get("runtimeVersion"):
        container["image"] = f"{container['image'].rpartition(':')[0]}:{model['runtimeVersion']}"
    others = [_filled(each, service) for each in runtimes if each is not main]
    return [{key: value for key, value in container.items() if value not in ([], {})}, *others, *extra]


def _resources(runtimes: Object, own: Object) -> Object:
    both = {kind: {**(runtimes.get(kind) or {}), **(own.get(kind) or {})} for kind in ("requests", "limits")}
    least = {} if runtimes else _LEAST  # the webhook's defaults
    return {"requests": {**least, **both["requests"]}, "limits": {**least, **both["limits"]}}


def _filled(container: Object, service: Object) -> Object:
    """A runtime's placeholders, such as {{.Name}} and {{.Labels.tier}}, with what the InferenceService's metadata says."""
    metadata = service["metadata"]
    plain = {"Name": metadata["name"], "Namespace": metadata["namespace"]}

    def value(match: re.Match[str]) -> str:
        first, _, rest = match[1].partition(".")
        if first in plain and not rest:
            return str(plain[first])
        return str((metadata.get(first.lower()) or {}).get(rest, "")) if first in ("Labels", "Annotations") else match[0]

    return {key: _each_text(each, value) if key in ("args", "command", "env") else each for key, each in container.items()}


def _each_text(node: Any, value: Any) -> Any:
    if isinstance(node, str):
        return re.sub(r"\{\{\s*\.([\w.]+)\s*\}\}", value, node)
    if isinstance(node, list):
        return [_each_text(each, value) for each in node]
    return {key: _each_text(each, value) for key, each in node.items()} if isinstance(node, dict) else node


def _key_uri(model: Object | None) -> str:
    storage = (model or {}).get("storage") or {}
    return f"s3://<scheme-placeholder>/{storage['path']}" if storage.get("path") else ""


def with_storage(spec: Object, uri: str, secret: Object | None) -> Object:
    """The weights under /mnt/models: a claim is mounted as it is, everything else is fetched before the server starts."""
    main, *others = spec["containers"]
    if uri.startswith("pvc://"):
        claim, _, path = uri.removeprefix("pvc://").partition("/")
        volume: Object = {"name": "kserve-pvc-source", "persistentVolumeClaim": {"claimName": claim}}
        mount = {"name": "kserve-pvc-source", "mountPath": MODELS_AT, "readOnly": True} | ({"subPath": path} if path else {})
        initial: list[Object] = []
    elif uri.startswith("oci://"):
        volume = {"name": "kserve-oci-source", "image": {"reference": uri.removeprefix("oci://"), "pullPolicy": "IfNotPresent"}}
        mount, initial = {"name": "kserve-oci-source", "mountPath": MODELS_AT, "readOnly": True}, []
    else:
        volume = {"name": "kserve-provision-location", "emptyDir": {}}
        mount = {"name": "kserve-provision-location", "mountPath": MODELS_AT, "readOnly": True}
        initial = [_initializer(uri, secret)]
    main = {**main, "volumeMounts": by_name(main.get("volumeMounts"), [mount], key="mountPath")}
    volumes = by_name(spec.get("volumes"), [volume])
    return {**spec, "containers": [main, *others], "initContainers": [*initial, *(spec.get("initContainers") or [])], "volumes": volumes}


def _initializer(uri: str, secret: Object | None) -> Object:
    keys = {"HF_TOKEN": "HF_TOKEN", "AWS_ACCESS_KEY_ID": "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY": "AWS_SECRET_ACCESS_KEY"}
    held = (secret or {}).get("data") or {}
    return {
        "name": INITIALIZER,
        "image": INITIALIZER_IMAGE,
        "args": [uri, MODELS_AT],
        "env": [env_from_secret(name, secret["metadata"]["name"], key) for name, key in keys.items() if key in held] if secret else [],
        "resources": {"requests": {"cpu": "100m", "memory": "100Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}},
        "volumeMounts": [{"name": "kserve-provision-location", "mountPath": MODELS_AT}],
    }


def deployment(service: Object, spec: Object, runtime: Object | None, *, replicas: int) -> Object:
    metadata, predictor, name = service["metadata"], service["spec"]["predictor"], predictor_name(service)
    of_runtime = (runtime or {}).get("spec") or {}
    labels = {**(of_runtime.get("labels") or {}), **(metadata.get("labels") or {}), **(predictor.get("labels") or {})}
    labels |= {"app": f"isvc.{name}", SERVICE_LABEL: metadata["name"], "component": "predictor"}
    annotations = {
        **(of_runtime.get("annotations") or {}),
        **_copied(metadata.get("annotations") or {}),
        **(predictor.get("annotations") or {}),
    }
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}
    return {
        "metadata": {"name": name, "namespace": metadata["namespace"], "labels": labels, "annotations": annotations},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": f"isvc.{name}"}},
            "strategy": predictor.get("deploymentStrategy") or rolling,
            "template": {"metadata": {"labels": labels, "annotations": annotations}, "spec": spec},
        },
    }


def _copied(annotations: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in annotations.items() if key not in NOT_COPIED}


def service_of(service: Object, spec: Object) -> Object:
    """Headless, as KServe makes it by default: port 80 leads to the first port of the first container, 8080 if it names none."""
    metadata, name = service["metadata"], predictor_name(service)
    port: Object = next(iter(spec["containers"][0].get("ports") or []), {}) if spec.get("containers") else {}
    ports = [{"name": port.get("name") or name, "port": 80, "targetPort": port.get("containerPort", 8080), "protocol": "TCP"}]
    labels = {**(metadata.get("labels") or {}), "app": f"isvc.{name}", SERVICE_LABEL: metadata["name"], "component": "predictor"}
    return {
        "metadata": {"name": name, "namespace": metadata["namespace"], "labels": labels},
        "spec": {"clusterIP": "None", "selector": {"app": f"isvc.{name}"}, "ports": ports, "type": "ClusterIP"},
    }
