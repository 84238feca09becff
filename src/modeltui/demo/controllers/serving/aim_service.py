"""AIMService: from the model over a template and its weights to an InferenceService; what is missing on the way is told as a component."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, deleting, find, itself, key_of, owned_by, status_of, write_status
from modeltui.demo.controllers.kinds import NODES, PODS
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.serving import aim_gpu
from modeltui.demo.controllers.serving.aim_artifact import runtime_config
from modeltui.demo.controllers.serving.aim_health import (
    FAILED,
    NOT_AVAILABLE,
    PREFIX,
    PROGRESSING,
    READY,
    Health,
    derived,
    label,
    paused,
    reference,
    status,
)
from modeltui.demo.controllers.serving.aim_inference import inference_service
from modeltui.demo.controllers.serving.aim_selection import select
from modeltui.demo.controllers.serving.children import Children
from modeltui.demo.controllers.serving.conditions import holds
from modeltui.demo.controllers.serving.kinds import (
    AIM_ARTIFACTS,
    AIM_CACHES,
    AIM_CLUSTER_CONFIGS,
    AIM_CLUSTER_MODELS,
    AIM_CLUSTER_TEMPLATES,
    AIM_CONFIGS,
    AIM_MODELS,
    AIM_SERVICES,
    AIM_TEMPLATES,
    INFERENCE_SERVICES,
)
from modeltui.demo.controllers.serving.kserve_predictor import SERVICE_LABEL
from modeltui.demo.errors import Object


def _all(api: Api, obj: Object) -> Iterable[Key]:
    """Services that may wait for it."""
    if not api.served(AIM_SERVICES):
        return ()
    return [key_of(each) for each in api.list(AIM_SERVICES, namespace=obj["metadata"].get("namespace"))]


class Services:
    name = "aimservice-controller"
    watches: Mapping[str, Mapper] = {
        AIM_SERVICES: itself,
        INFERENCE_SERVICES: owned_by("AIMService"),
        **dict.fromkeys(
            (AIM_MODELS, AIM_CLUSTER_MODELS, AIM_TEMPLATES, AIM_CLUSTER_TEMPLATES, AIM_CACHES, AIM_CONFIGS, AIM_CLUSTER_CONFIGS), _all
        ),
    }

    def __init__(self) -> None:
        self._children = Children(self.name)

    def reconcile(self, api: Api, key: Key) -> None:
        service = find(api, AIM_SERVICES, key)
        if service is None or deleting(service) or paused(service):
            return
        old = status_of(service)
        new, healths = self._steps(api, service, dict(old))
        write_status(api, AIM_SERVICES, service, status(new, service, healths, service=True), manager=self.name)

    def _steps(self, api: Api, service: Object, new: Object) -> tuple[Object, list[Health]]:
        """As far as it goes: each step needs what the one before found."""
        spec, namespace = service["spec"], service["metadata"]["namespace"]
        named = spec.get("runtimeConfigName", "")
        healths = [self._config(api, named, namespace)]
        if healths[0].state != READY:
            return new, healths
        config = runtime_config(api, named, namespace)
        model, health = self._model(api, service)
        healths.append(health)
        if model is None:
            return new, healths
        new["resolvedModel"] = reference(model)
        if health.state != READY:
            return new, healths
        template, health = self._template(api, service, model["metadata"]["name"])
        healths.append(health)
        if template is None:
            return new, healths
        new["resolvedTemplate"] = reference(template)
        if health.state != READY:
            return new, healths
        artifacts: list[Object] = []
        if (template.get("status") or {}).get("modelSources"):
            cache, health = self._cache(api, service, template, new)
            healths.append(health)
            new["cache"] = {**(new.get("cache") or {}), "templateCacheRef": reference(cache)}
            if health.state != READY:
                return new, healths
            artifacts = list(((cache.get("status") or {}).get("artifacts") or {}).values())
        wanted = inference_service(service, model, template, artifacts, config)
        made = self._children.keep(api, INFERENCE_SERVICES, wanted, owner=service)
        pods = api.list(PODS, namespace=namespace, labels=f"{SERVICE_LABEL}={made['metadata']['name']}")
        healths += _inference(made, pods)
        new["runtime"] = _runtime(service, pods)
        return self._routed(service, config, new, healths), healths

    def _config(self, api: Api, named: str, namespace: str) -> Health:
        there = any(
            api.served(resource) and api.find(resource, named or "default", namespace=where) is not None
            for resource, where in ((AIM_CONFIGS, namespace), (AIM_CLUSTER_CONFIGS, None))
        )
        if there:
            return Health("RuntimeConfig", READY, "RuntimeConfigResolved", f"Runtime config {named or 'default'} is resolved")
        if not named or named == "default":
            return Health(
                "RuntimeConfig", READY, "DefaultRuntimeConfigNotFound", "There is no default runtime config; built-in defaults count"
            )
        missing = f'Runtime config "{named}" not found'
        return Health("RuntimeConfig", FAILED, "RuntimeConfigNotFound", missing, wrong="config", category="ReferenceNotFound")

    def _model(self, api: Api, service: Object) -> tuple[Object | None, Health]:
        wanted, namespace = service["spec"]["model"], service["metadata"]["namespace"]
        own = api.list(AIM_MODELS, namespace=namespace) if api.served(AIM_MODELS) else []
        shared = api.list(AIM_CLUSTER_MODELS) if api.served(AIM_CLUSTER_MODELS) else []
        found = next((each for each in (*own, *shared) if _is(each, wanted)), None)
        if found is None and wanted.get("name"):
            missing = f'Model "{wanted["name"]}" not found in namespace {namespace} or cluster'
            return None, Health("Model", FAILED, "ModelNotFound", missing, wrong="config", category="ReferenceNotFound")
        if found is None:
            self._children.keep(api, AIM_MODELS, new_model(service), owner=None)
            return None, Health("Model", PROGRESSING, "CreatingModel", "The model is being created")
        word = (found.get("status") or {}).get("status", "Pending")
        told = f"{found['kind']} {found['metadata']['name']}"
        if word == READY:
            return found, Health("Model", READY, "ModelResolved", f"{told} is ready")
        if word in (FAILED, NOT_AVAILABLE):
            return found, Health("Model", FAILED, "ModelNotReady", f"{told} is in {word} state")
        return found, Health("Model", PROGRESSING, "ModelNotReady", f"{told} is not ready yet")

    def _template(self, api: Api, service: Object, model: str) -> tuple[Object | None, Health]:
        namespace = service["metadata"]["namespace"]
        own = api.list(AIM_TEMPLATES, namespace=namespace) if api.served(AIM_TEMPLATES) else []
        shared = api.list(AIM_CLUSTER_TEMPLATES) if api.served(AIM_CLUSTER_TEMPLATES) else []
        if named := (service["spec"].get("template") or {}).get("name"):
            found = next((each for each in (*own, *shared) if each["metadata"]["name"] == named), None)
            if found is None:
                missing = f'Template "{named}" not found'
                return None, Health("Template", FAILED, "TemplateNotFound", missing, wrong="config", category="ReferenceNotFound")
            return found, _of_template(found)
        candidates = [each for each in (*own, *shared) if each["spec"].get("modelName") == model]
        selection = select(model, candidates, service, aim_gpu.present(api.list(NODES)))
        health = Health("Template", selection.state, selection.reason, selection.message)
        if selection.state == FAILED:
            health = Health("Template", FAILED, selection.reason, selection.message, wrong="config", category="InvalidSpec")
        return selection.template, health

    def _cache(self, api: Api, service: Object, template: Object, new: Object) -> tuple[Object, Health]:
        spec, metadata = service["spec"], service["metadata"]
        dedicated = (spec.get("caching") or {}).get("mode", "Shared") in ("Dedicated", "Never")
        source = metadata["uid"] if dedicated else ""
        labels = {f"{PREFIX}/template": label(template["metadata"]["name"])} | (
            {f"{PREFIX}/service.name": label(metadata["name"])} if dedicated else {}
        )
        wanted: Object = {
            "templateName": template["metadata"]["name"],
            "templateScope": "Namespace" if template["metadata"].get("namespace") else "Cluster",
            "mode": "Dedicated" if dedicated else "Shared",
            "modelSources": (template.get("status") or {}).get("modelSources") or [],
        }
        optional = {
            "env": spec.get("env"),
            "runtimeConfigName": spec.get("runtimeConfigName"),
            "imagePullSecrets": spec.get("imagePullSecrets"),
        }
        optional["storageClassName"] = (spec.get("storage") or {}).get("defaultStorageClassName")
        wanted |= {key: value for key, value in optional.items() if value}
        name = derived(template["metadata"]["name"], source=source)
        existing = None if dedicated else api.find(AIM_CACHES, name, namespace=metadata["namespace"])
        obj = {"metadata": {"name": name, "namespace": metadata["namespace"], "labels": labels}, "spec": wanted}
        cache = existing or self._children.keep(api, AIM_CACHES, obj, owner=service if dedicated else None)
        word = (cache.get("status") or {}).get("status", "Pending")
        if word == READY:
            return cache, Health("Cache", READY, "CacheReady", "Template cache is available")
        if word == FAILED:
            if not (new.get("cache") or {}).get("retryAttempts"):
                new["cache"] = {**(new.get("cache") or {}), "retryAttempts": 1}
                self._retry(api, cache)
            why = next(
                (each["message"] for each in (cache.get("status") or {}).get("conditions") or [] if each["type"] == "ArtifactsReady"), ""
            )
            return cache, Health("Cache", FAILED, "CacheFailed", f"Template cache failed: {why}".rstrip(": "))
        if word == PROGRESSING:
            return cache, Health("Cache", PROGRESSING, "CacheNotReady", "Template cache is progressing")
        return cache, Health("Cache", PROGRESSING, "CacheCreating", f"Template cache status: {word}")

    def _retry(self, api: Api, cache: Object) -> None:
        """Once: the failed artifacts are thrown away, and made anew by their cache."""
        for each in ((cache.get("status") or {}).get("artifacts") or {}).values():
            if each.get("status") == FAILED and api.find(AIM_ARTIFACTS, each["name"], namespace=cache["metadata"]["namespace"]):
                api.delete(AIM_ARTIFACTS, each["name"], namespace=cache["metadata"]["namespace"])

    def _routed(self, service: Object, config: Object, new: Object, healths: list[Health]) -> Object:
        """Where routing is on; there is no Gateway API in this cluster, so a route never comes about."""
        routing = {**(config.get("routing") or {}), **(service["spec"].get("routing") or {})}
        if not routing.get("enabled"):
            return new
        if not routing.get("gatewayRef"):
            told = "Routing is enabled but no gatewayRef is configured in service or runtime config"
            healths.append(Health("HTTPRoute", FAILED, "GatewayNotConfigured", told, wrong="config", category="InvalidSpec"))
            return new
        path = _path(routing.get("pathTemplate") or "/{.metadata.namespace}/{.metadata.uid}", service)
        told = 'no matches for kind "HTTPRoute" in version "gateway.networking.k8s.io/v1"'
        healths.append(Health("HTTPRoute", PROGRESSING, "HTTPRoutePending", told, wrong="infrastructure", category="InfrastructureError"))
        return {**new, "routing": {"path": path}}


def new_model(service: Object) -> Object:
    """The AIMModel that a service brings about: without an owner, since other services may come to use it."""
    spec, metadata = service["spec"], service["metadata"]
    labels = {f"{PREFIX}/origin": "auto-generated", f"{PREFIX}/service": label(metadata["name"])}
    custom = spec["model"].get("custom")
    if custom is None:
        image = spec["model"]["image"]
        wanted: Object = {"image": image}
        name = derived(re.sub(r"[:@].*$", "", image.rpartition("/")[2]), source=image)
    else:
        labels[f"{PREFIX}/custom-model"] = "true"
        source = custom["modelSources"][0]
        wanted = {"image": custom["baseImage"], "modelSources": custom["modelSources"], "custom": {"hardware": custom["hardware"]}}
        name = derived(source["modelId"].replace("/", "-"), source=f"{custom['baseImage']} {source['sourceUri']} {_endpoint(source)}")
    wanted |= {key: spec[key] for key in ("imagePullSecrets", "serviceAccountName", "runtimeConfigName") if spec.get(key)}
    return {"metadata": {"name": name, "namespace": metadata["namespace"], "labels": labels}, "spec": wanted}


def _is(model: Object, wanted: Object) -> bool:
    """Weights of one's own are the same model whatever hardware is asked for."""
    if wanted.get("name"):
        return bool(model["metadata"]["name"] == wanted["name"])
    if wanted.get("image"):
        return bool(model["spec"].get("image") == wanted["image"] and not model["spec"].get("modelSources"))
    custom = wanted["custom"]
    sources, own = custom["modelSources"][0], (model["spec"].get("modelSources") or [{}])[0]
    same = all(own.get(key) == sources.get(key) for key in ("modelId", "sourceUri")) and _endpoint(own) == _endpoint(sources)
    return bool(same and model["spec"].get("image") == custom["baseImage"])


def _endpoint(source: Object) -> str:
    return next((str(each.get("value", "")) for each in source.get("env") or [] if each["name"] == "AWS_ENDPOINT_URL"), "")


def _of_template(template: Object) -> Health:
    word, told = (template.get("status") or {}).get("status", "Pending"), f"{template['kind']} {template['metadata']['name']}"
    if word == READY:
        return Health("Template", READY, "Resolved", f"{told} is ready")
    if word == NOT_AVAILABLE:
        return Health("Template", NOT_AVAILABLE, "TemplateNotReady", f"{told} is not available (no matching GPUs)")
    if word in (FAILED, "Degraded"):
        return Health("Template", FAILED, "TemplateNotReady", f"{told} is in failed state")
    return Health("Template", PROGRESSING, "TemplateNotReady", f"{told} is not ready yet")


def _inference(made: Object, pods: list[Object]) -> list[Health]:
    ready = holds(made.get("status") or {}, "Ready")
    told = (
        Health("InferenceService", READY, "RuntimeReady", "InferenceService is ready")
        if ready
        else Health("InferenceService", PROGRESSING, "CreatingRuntime", "InferenceService is not ready")
    )
    bad = next((why for pod in pods if (why := _pull_problem(pod))), None)
    if bad is not None:
        return [told, bad]
    if pods and not ready:
        return [told, Health("InferenceServicePods", PROGRESSING, "PodsNotReady", "Pods are not ready")]
    return [told, Health("InferenceServicePods", READY, "PodsReady", "Pods are ready")] if pods else [told]


def _pull_problem(pod: Object) -> Health | None:
    for each in (pod.get("status") or {}).get("containerStatuses") or []:
        waiting: Any = (each.get("state") or {}).get("waiting") or {}
        if waiting.get("reason") not in ("ImagePullBackOff", "ErrImagePull"):
            continue
        message = str(waiting.get("message", ""))
        if re.search(r"unauthorized|authorization|denied|401|403", message, re.IGNORECASE):
            return Health("InferenceServicePods", FAILED, "ImagePullAuthFailure", message, wrong="auth", category="AuthError")
        if "not found" in message:
            return Health("InferenceServicePods", FAILED, "ImageNotFound", message, wrong="config", category="ReferenceNotFound")
        return Health("InferenceServicePods", "Degraded", "ImagePullBackOff", message)
    return None


def _runtime(service: Object, pods: list[Object]) -> Object:
    spec, there = service["spec"], sum(not deleting(pod) for pod in pods)
    ready = sum(_is_ready(pod) for pod in pods)
    least, most = spec.get("minReplicas"), spec.get("maxReplicas")
    wanted = max(there, least or 1) if least or most else spec.get("replicas", 1)
    found: Object = {"currentReplicas": ready, "desiredReplicas": wanted, "replicas": f"{ready}/{wanted}"}
    if least or most:
        found |= {"minReplicas": least or 1, "maxReplicas": most or least, "replicas": f"{ready}/{wanted} ({least or 1}-{most or least})"}
    return found


def _is_ready(pod: Object) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or []
    return not deleting(pod) and any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _path(template: str, service: Object) -> str:
    def value(match: re.Match[str]) -> str:
        found: Any = service
        for word in match[1].strip(".").split("."):
            found = found.get(word, "") if isinstance(found, dict) else ""
        return str(found)

    return re.sub(r"\{([^{}]+)\}", value, template)
