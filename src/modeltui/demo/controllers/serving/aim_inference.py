"""The InferenceService that AIM Engine makes of a service, its template and its weights. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from modeltui.demo.controllers.serving.aim_health import PREFIX, derived, label
from modeltui.demo.controllers.serving.podspecs import by_name, env, given
from modeltui.demo.controllers.serving_pods import SERVES
from modeltui.demo.errors import Object

ENGINE_ARGS: Final = "AIM_ENGINE_ARGS"
"""The one variable whose values are put together, as JSON, instead of the higher one counting."""
CACHE: Final = "/workspace/cache"
SERVICE: Final = f"{PREFIX}/service.name"


def name_of(service: Object) -> str:
    """KServe's host name <name>-predictor-<namespace> must stay within 63 characters."""
    namespace: str = service["metadata"]["namespace"]
    return derived(service["metadata"]["name"], source=namespace, most=63 - len("-predictor-") - len(namespace))


def inference_service(service: Object, model: Object, template: Object, artifacts: Sequence[Object], config: Object) -> Object:
    """`artifacts`: entries of the template cache's status that are ready."""
    metadata, spec = service["metadata"], service["spec"]
    profile = (((template.get("status") or {}).get("profile") or {}).get("metadata")) or {}
    gpu = ((template["spec"].get("hardware") or {}).get("gpu")) or {}
    count = profile.get("gpuCount", gpu.get("requests", 0))
    labels = {
        SERVICE: label(metadata["name"]),
        f"{PREFIX}/template": label(template["metadata"]["name"]),
        f"{PREFIX}/model": label(model["metadata"]["name"]),
        "app.kubernetes.io/component": "inference",
        "app.kubernetes.io/managed-by": "aim-engine",
    }
    labels |= {f"{PREFIX}/template.{key}": label(profile[key]) for key in ("metric", "precision") if profile.get(key)}
    scaled = spec.get("minReplicas") or spec.get("maxReplicas")
    served = [each["model"] for each in artifacts] or [_canonical(model)]
    annotations = {"serving.kserve.io/autoscalerClass": "keda" if scaled else "none", SERVES: ",".join(filter(None, served))}
    mounts = [{"name": "dshm", "mountPath": "/dev/shm"}]
    volumes: list[Object] = [{"name": "dshm", "emptyDir": {"medium": "Memory", "sizeLimit": "8Gi"}}]
    for number, each in enumerate(artifacts):
        volumes.append({"name": f"cache-{number}", "persistentVolumeClaim": {"claimName": each["persistentVolumeClaim"]}})
        mounts.append({"name": f"cache-{number}", "mountPath": each["mountPoint"]})
    container = {
        "name": "kserve-container",
        "image": model["spec"]["image"],
        "env": environment(service, template, config),
        "resources": resources(service, template, count, gpu.get("resourceName", "amd.com/gpu")),
        "ports": [{"containerPort": 8000, "name": "http", "protocol": "TCP"}],
        "volumeMounts": mounts,
    }
    predictor: Object = {
        "containers": [container],
        "volumes": volumes,
        "minReplicas": spec.get("minReplicas", 1) if scaled else spec.get("replicas", 1),
        "maxReplicas": spec.get("maxReplicas", spec.get("minReplicas", 1)) if scaled else max(1, spec.get("replicas", 1)),
        **given(imagePullSecrets=spec.get("imagePullSecrets"), serviceAccountName=spec.get("serviceAccountName")),
    }
    about = {"name": name_of(service), "namespace": metadata["namespace"], "labels": labels, "annotations": annotations}
    return {"metadata": about, "spec": {"predictor": predictor}}


def environment(service: Object, template: Object, config: Object) -> list[Object]:
    """Later ones count more: defaults, runtime configuration, template, its profile, service. Sorted by name."""
    spec, status = template["spec"], template.get("status") or {}
    own = [env("AIM_CACHE_PATH", CACHE), env("VLLM_ENABLE_METRICS", "true")]
    sources = status.get("modelSources") or spec.get("modelSources") or []
    own += [env("AIM_MODEL_ID", each["modelId"]) for each in sources[:1]]
    own += [env(f"AIM_{key.upper()}", spec[key]) for key in ("metric", "precision") if spec.get(key)]
    own += [item for each in sources for item in each.get("env") or []]
    of_profile = [env(key, value) for key, value in ((status.get("profile") or {}).get("env_vars") or {}).items()]
    layers = [own, config.get("env") or [], spec.get("env") or [], of_profile, service["spec"].get("env") or []]
    merged = by_name(*layers)
    arguments: Object = {}
    for each in (item for layer in layers for item in layer if item["name"] == ENGINE_ARGS):
        try:
            arguments |= json.loads(each.get("value") or "{}")
        except (ValueError, TypeError):
            return sorted(merged, key=lambda item: str(item["name"]))  # no JSON: the highest one counts as it is
    if arguments:
        merged = by_name(merged, [env(ENGINE_ARGS, json.dumps(arguments, sort_keys=True))])
    return sorted(merged, key=lambda item: str(item["name"]))


def resources(service: Object, template: Object, count: int, resource: str) -> Object:
    """Four CPUs and 32 GiB for each GPU; what the template and then the service say counts more."""
    base: Object = {
        "requests": {"cpu": str(4 * count or 1), "memory": f"{32 * count or 4}Gi"},
        "limits": {"memory": f"{48 * count or 8}Gi"},
    }
    if count:
        for kind in ("requests", "limits"):
            base[kind][resource] = str(count)
    for own in (template["spec"].get("resources") or {}, service["spec"].get("resources") or {}):
        for kind in ("requests", "limits"):
            base[kind] |= own.get(kind) or {}
    return base


def _canonical(model: Object) -> str:
    found = (((model.get("status") or {}).get("imageMetadata") or {}).get("model") or {}).get("canonicalName", "")
    return str(found)
