"""What the NIM operator makes of a NIMService and of a NIMCache. Pure."""

from __future__ import annotations

from typing import Any, Final

from modeltui.demo.controllers.serving.podspecs import by_name, env, env_from_secret, given
from modeltui.demo.errors import Object

OPERATOR: Final = "k8s-nim-operator"
STORE: Final = "/model-store"
PORT: Final = 8000
RUNS_FOR: Final = "demo.modeltui.dev/runs-for"
FETCHING: Final = 45
"""Seconds that a cache takes to fill."""
_KEPT_OUT: Final = "kubectl.kubernetes.io/last-applied-configuration"


def on_kserve(service: Object) -> bool:
    return bool(service["spec"].get("inferencePlatform") == "kserve")


def labels(obj: Object, *, part_of: str = "nim-service") -> dict[str, str]:
    name = obj["metadata"]["name"]
    standard = {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": name, "app.kubernetes.io/part-of": part_of}
    return {"app": name, **standard, "app.kubernetes.io/managed-by": OPERATOR}


def pvc_name(owner: Object) -> str:
    """One that has no name of its own is called after what it is for."""
    return str(((owner["spec"].get("storage") or {}).get("pvc") or {}).get("name") or f"{owner['metadata']['name']}-pvc")


def claim(owner: Object) -> Object:
    asked = owner["spec"]["storage"]["pvc"]
    spec: Object = {"accessModes": [asked.get("volumeAccessMode") or "ReadWriteOnce"]}
    spec |= {"resources": {"requests": {"storage": asked.get("size") or "50Gi"}}} | given(storageClassName=asked.get("storageClass"))
    about = {"name": pvc_name(owner), "namespace": owner["metadata"]["namespace"], **given(annotations=asked.get("annotations"))}
    return {"metadata": about, "spec": spec}


def pod_spec(service: Object, *, container: str, pvc: str, cache: Object | None) -> Object:
    """`pvc`: the claim with the weights; "" for a directory that goes with the Pod. `cache`: the NIMCache that filled it."""
    spec = service["spec"]
    storage, image = spec.get("storage") or {}, spec["image"]
    main: Object = {
        "name": container,
        "image": f"{image['repository']}:{image['tag']}",
        "imagePullPolicy": image.get("pullPolicy") or "IfNotPresent",
        "env": by_name(_environment(service, cache), spec.get("env")),
        "ports": [{"name": "api", "containerPort": _port(service), "protocol": "TCP"}],
        "readinessProbe": {"httpGet": {"path": "/v1/health/ready", "port": "api"}, "initialDelaySeconds": 15, "periodSeconds": 10},
        "startupProbe": {"httpGet": {"path": "/v1/health/ready", "port": "api"}, "periodSeconds": 10, "failureThreshold": 120},
        "volumeMounts": [{"name": "model-store", "mountPath": STORE, **_sub_path(storage)}, {"name": "dshm", "mountPath": "/dev/shm"}],
        **given(command=spec.get("command"), args=spec.get("args"), resources=spec.get("resources")),
    }
    if spec.get("readinessProbe", {}).get("probe"):
        main["readinessProbe"] = spec["readinessProbe"]["probe"]
    weights: Object = {"persistentVolumeClaim": {"claimName": pvc}} if pvc else {"emptyDir": storage.get("emptyDir") or {}}
    shared = {"medium": "Memory", **given(sizeLimit=storage.get("sharedMemorySizeLimit"))}
    secrets = [{"name": each} for each in image.get("pullSecrets") or []]
    return {
        "containers": [main, *(spec.get("sidecarContainers") or [])],
        "volumes": [{"name": "model-store", **weights}, {"name": "dshm", "emptyDir": shared}],
        **given(
            imagePullSecrets=secrets,
            nodeSelector=spec.get("nodeSelector"),
            tolerations=spec.get("tolerations"),
            runtimeClassName=spec.get("runtimeClassName"),
        ),
    }


def _sub_path(storage: Object) -> Object:
    return given(subPath=(storage.get("pvc") or {}).get("subPath"))


def _port(service: Object) -> int:
    return int(((service["spec"].get("expose") or {}).get("service") or {}).get("port") or PORT)


def _environment(service: Object, cache: Object | None) -> list[Object]:
    port, secret = str(_port(service)), service["spec"].get("authSecret")
    found = [env("NIM_CACHE_PATH", STORE), env("OUTLINES_CACHE_DIR", "/tmp/outlines"), env("NIM_SERVER_PORT", port)]
    found += [env("NIM_HTTP_API_PORT", port), env("NIM_JSONL_LOGGING", "1"), env("NIM_LOG_LEVEL", "INFO")]
    source = (cache or {"spec": {}})["spec"].get("source") or {}
    if source.get("hf") or source.get("dataStore"):
        found.append(env("NIM_MODEL_NAME", STORE))
    if secret:
        key = "HF_TOKEN" if source.get("hf") else "NGC_API_KEY"
        found.append(env_from_secret(key, secret, key))
    if profile := ((service["spec"].get("storage") or {}).get("nimCache") or {}).get("profile"):
        found.append(env("NIM_MODEL_PROFILE", profile))
    return found


def deployment(service: Object, spec: Object) -> Object:
    about, asked = service["metadata"], service["spec"]
    own = {**labels(service), **(asked.get("labels") or {})}
    annotations = asked.get("annotations") or {}
    template = {"metadata": {"labels": own, **given(annotations=annotations)}, "spec": spec}
    return {
        "metadata": {"name": about["name"], "namespace": about["namespace"], "labels": own},
        "spec": {"replicas": asked.get("replicas", 1), "selector": {"matchLabels": {"app": about["name"]}}, "template": template},
    }


def inference_service(service: Object, spec: Object) -> Object:
    """For KServe, which then makes the Deployment and the Service."""
    about, asked = service["metadata"], service["spec"]
    replicas = asked.get("replicas", 1)
    predictor = {**spec, "minReplicas": replicas, "maxReplicas": replicas}
    metadata = {"name": about["name"], "namespace": about["namespace"], "labels": {**labels(service), **(asked.get("labels") or {})}}
    annotations = {key: value for key, value in (asked.get("annotations") or {}).items() if key != _KEPT_OUT}
    return {"metadata": metadata | given(annotations=annotations), "spec": {"predictor": predictor}}


def service_of(service: Object) -> Object:
    about, exposed = service["metadata"], (service["spec"].get("expose") or {}).get("service") or {}
    ports = [{"name": "api", "port": _port(service), "targetPort": "api", "protocol": "TCP"}]
    metadata = {"name": exposed.get("name") or about["name"], "namespace": about["namespace"], "labels": labels(service)}
    return {"metadata": metadata, "spec": {"selector": {"app": about["name"]}, "ports": ports, "type": exposed.get("type") or "ClusterIP"}}


def fetching(cache: Object) -> Object:
    """The Job that fills a NIMCache."""
    metadata, spec = cache["metadata"], cache["spec"]
    source: dict[str, Any] = next(iter((spec.get("source") or {}).values()))
    hub = (spec.get("source") or {}).get("ngc") is None
    command = ["huggingface-cli", "download", source.get("modelName") or source.get("datasetName", "")] if hub else ["download-to-cache"]
    container: Object = {
        "name": "nim-cache",
        "image": source["modelPuller"],
        "command": command,
        "env": [env("NIM_CACHE_PATH", STORE), env("NGC_HOME", STORE), env("HF_HOME", STORE), *(spec.get("env") or [])],
        "volumeMounts": [{"name": "nim-cache-volume", "mountPath": STORE, **_sub_path(spec.get("storage") or {})}],
        **given(envFrom=[{"secretRef": {"name": source["authSecret"]}}] if source.get("authSecret") else []),
    }
    if profiles := (source.get("model") or {}).get("profiles"):
        container["args"] = ["--profiles", *profiles]
    volume = {"name": "nim-cache-volume", "persistentVolumeClaim": {"claimName": pvc_name(cache)}}
    pod = {"restartPolicy": "Never", "containers": [container], "volumes": [volume]}
    pod |= given(
        imagePullSecrets=[{"name": source["pullSecret"]}] if source.get("pullSecret") else [],
        nodeSelector=spec.get("nodeSelector"),
        tolerations=spec.get("tolerations"),
    )
    own = labels(cache, part_of="nim-cache")
    told = {RUNS_FOR: str(FETCHING), **(metadata.get("annotations") or {})}
    template = {
        "metadata": {"labels": own, "annotations": {k: v for k, v in told.items() if k.startswith("demo.modeltui.dev/")}},
        "spec": pod,
    }
    about = {"name": f"{metadata['name']}-job", "namespace": metadata["namespace"], "labels": own}
    return {"metadata": about, "spec": {"backoffLimit": 5, "ttlSecondsAfterFinished": 600, "template": template}}
