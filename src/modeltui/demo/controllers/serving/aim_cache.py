"""AIMTemplateCache: the artifacts that hold a template's weights. Shared ones are used by every cache that wants the same source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, deleting, find, itself, key_of, status_of, write_status
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.serving.aim_artifact import mode
from modeltui.demo.controllers.serving.aim_health import (
    FAILED,
    NOT_AVAILABLE,
    PENDING,
    PREFIX,
    PROGRESSING,
    READY,
    Health,
    derived,
    label,
    paused,
    status,
)
from modeltui.demo.controllers.serving.children import Children
from modeltui.demo.controllers.serving.conditions import entry
from modeltui.demo.controllers.serving.kinds import AIM_ARTIFACTS, AIM_CACHES, AIM_CLUSTER_TEMPLATES, AIM_TEMPLATES
from modeltui.demo.errors import Object


def _of_artifact(api: Api, artifact: Object) -> Iterable[Key]:
    uri, namespace = artifact["spec"].get("sourceUri"), artifact["metadata"]["namespace"]
    if not api.served(AIM_CACHES):
        return ()
    caches = api.list(AIM_CACHES, namespace=namespace)
    return [key_of(each) for each in caches if any(source["sourceUri"] == uri for source in each["spec"].get("modelSources") or [])]


def _of_template(api: Api, template: Object) -> Iterable[Key]:
    if not api.served(AIM_CACHES):
        return ()
    caches = api.list(AIM_CACHES, namespace=template["metadata"].get("namespace"))
    return [key_of(each) for each in caches if each["spec"]["templateName"] == template["metadata"]["name"]]


class TemplateCaches:
    name = "aimtemplatecache-controller"
    watches: Mapping[str, Mapper] = {
        AIM_CACHES: itself,
        AIM_ARTIFACTS: _of_artifact,
        AIM_TEMPLATES: _of_template,
        AIM_CLUSTER_TEMPLATES: _of_template,
    }

    def __init__(self) -> None:
        self._children = Children(self.name)

    def reconcile(self, api: Api, key: Key) -> None:
        cache = find(api, AIM_CACHES, key)
        if cache is None or deleting(cache) or paused(cache):
            return
        old = status_of(cache)
        template, kind = self._template(api, cache)
        new = {**old, "resolvedTemplateKind": kind} if kind else old
        word = ((template or {}).get("status") or {}).get("status", PENDING)
        if template is None or word != READY:
            write_status(api, AIM_CACHES, cache, status(new, cache, [_waiting(cache, template, word)]), manager=self.name)
            return
        artifacts, healths = {}, []
        for source in cache["spec"].get("modelSources") or (template.get("status") or {}).get("modelSources") or []:
            artifact = self._artifact(api, cache, source)
            told = artifact.get("status") or {}
            name = artifact["metadata"]["name"]
            about = {"uid": artifact["metadata"]["uid"], "name": name, "model": source["modelId"], "status": told.get("status", PENDING)}
            if told.get("persistentVolumeClaim"):
                about |= {"persistentVolumeClaim": told["persistentVolumeClaim"], "mountPoint": f"/workspace/cache/{source['modelId']}"}
            artifacts[name] = about
            healths.append(_health(name, told))
        worst = next((each for word in (FAILED, PENDING, PROGRESSING) for each in healths if each.state == word), None)
        ready = Health("Artifacts", READY, "AllArtifactsReady", "All artifacts are ready")
        write_status(api, AIM_CACHES, cache, status({**new, "artifacts": artifacts}, cache, [worst or ready]), manager=self.name)

    def _template(self, api: Api, cache: Object) -> tuple[Object | None, str]:
        spec, namespace = cache["spec"], cache["metadata"]["namespace"]
        scopes = (
            ("Namespace", AIM_TEMPLATES, namespace, "AIMServiceTemplate"),
            ("Cluster", AIM_CLUSTER_TEMPLATES, None, "AIMClusterServiceTemplate"),
        )
        for scope, resource, where, kind in scopes:
            if spec["templateScope"] in (scope, "Unknown") and api.served(resource):
                found = api.find(resource, spec["templateName"], namespace=where)
                if found is not None:
                    return found, kind
        return None, ""

    def _artifact(self, api: Api, cache: Object, source: Object) -> Object:
        """Its own when it is dedicated, else one that is there for the same source, or a new one without an owner."""
        spec, namespace = cache["spec"], cache["metadata"]["namespace"]
        dedicated = spec.get("mode") == "Dedicated"
        if not dedicated:
            for each in api.list(AIM_ARTIFACTS, namespace=namespace):
                if each["spec"]["sourceUri"] == source["sourceUri"] and mode(each) == "Shared" and not deleting(each):
                    return each
        name = derived(source["modelId"].replace("/", "-"), source=source["sourceUri"] + (cache["metadata"]["uid"] if dedicated else ""))
        labels = {f"{PREFIX}/template-cache.name": label(cache["metadata"]["name"]), f"{PREFIX}/cache.type": "template-cache"}
        wanted: Object = {"sourceUri": source["sourceUri"], "modelId": source["modelId"], "env": source.get("env") or spec.get("env") or []}
        optional = {"size": source.get("size"), "storageClassName": spec.get("storageClassName")}
        optional |= {key: spec.get(key) for key in ("runtimeConfigName", "imagePullSecrets")}
        wanted |= {key: value for key, value in optional.items() if value}
        obj = {"metadata": {"name": name, "namespace": namespace, "labels": labels}, "spec": wanted}
        return self._children.keep(api, AIM_ARTIFACTS, obj, owner=cache if dedicated else None)


def _waiting(cache: Object, template: Object | None, word: str) -> Health:
    name = cache["spec"]["templateName"]
    if template is None:
        return Health("Template", FAILED, "TemplateNotFound", f"Template {name} not found", wrong="config", category="ReferenceNotFound")
    if word == FAILED:
        return Health("Template", FAILED, "TemplateFailed", f"Template {name} failed")
    if word == NOT_AVAILABLE:
        return Health("Template", NOT_AVAILABLE, "TemplateNotAvailable", f"Template {name} is not available: no matching GPUs")
    return Health("Template", PENDING, "TemplateNotReady", f"Waiting for template {name}")


def _health(name: str, told: Object) -> Health:
    word = told.get("status", PENDING)
    if word == READY:
        return Health("Artifacts", READY, "AllArtifactsReady", "All artifacts are ready")
    if word == FAILED:
        why = entry(told, "ArtifactReady") or {}
        return Health("Artifacts", FAILED, "ArtifactFailed", f"{name}: {why.get('message', '')}")
    return Health("Artifacts", PROGRESSING, "ArtifactsProgressing", f"Waiting for {name}")
