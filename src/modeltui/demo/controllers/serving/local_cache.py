"""KServe's LocalModelCaches: a Job on each node of a group fetches the weights; the status counts copies and has a word for each node.

What the agent on the nodes does is done here, too. The volumes, and that Pods read from them, are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import (
    Failed,
    Mapper,
    controlling_owner,
    find,
    itself,
    key_of,
    missing,
    status_of,
    write_status,
)
from modeltui.demo.controllers.kinds import JOBS, NAMESPACES, NODES
from modeltui.demo.controllers.loader import size_of
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.scheduling import selected
from modeltui.demo.controllers.serving.children import Children
from modeltui.demo.controllers.serving.finalizing import held, leaves
from modeltui.demo.controllers.serving.kinds import INFERENCE_SERVICES, LLM_SERVICES, LOCAL_CACHES, NODE_GROUPS
from modeltui.demo.controllers.serving.kserve_predictor import INITIALIZER, INITIALIZER_IMAGE, MODELS_AT
from modeltui.demo.errors import Object

FINALIZER: Final = "localmodel.kserve.io/finalizer"
WORKS_IN: Final = "kserve-localmodel-jobs"
OWN: Final = "demo.modeltui.dev/"
BYTES_PER_SECOND: Final = 1e9


def _of_job(_api: Api, job: Object) -> Iterable[Key]:
    """The owner is in no namespace."""
    owner = controlling_owner(job)
    return (("", owner["name"]),) if owner and owner["kind"] == "LocalModelCache" else ()


def _all(api: Api, _obj: Object) -> Iterable[Key]:
    return [key_of(each) for each in api.list(LOCAL_CACHES)] if api.served(LOCAL_CACHES) else ()


def _of_service(api: Api, service: Object) -> Iterable[Key]:
    uri = _uri(service)
    caches = api.list(LOCAL_CACHES) if uri and api.served(LOCAL_CACHES) else []
    return [key_of(each) for each in caches if uri.startswith(each["spec"]["sourceModelUri"])]


def _uri(service: Object) -> str:
    spec: Any = service["spec"]
    predictor = spec.get("predictor") or {}
    return str((predictor.get("model") or {}).get("storageUri") or (spec.get("model") or {}).get("uri") or "")


class LocalCaches:
    name = "kserve-localmodel"
    watches: Mapping[str, Mapper] = {
        LOCAL_CACHES: itself,
        JOBS: _of_job,
        NODES: _all,
        NODE_GROUPS: _all,
        INFERENCE_SERVICES: _of_service,
        LLM_SERVICES: _of_service,
    }

    def __init__(self) -> None:
        self._children = Children(self.name)

    def reconcile(self, api: Api, key: Key) -> None:
        cache = find(api, LOCAL_CACHES, key)
        if cache is None or leaves(api, LOCAL_CACHES, cache, FINALIZER, manager=self.name):
            return
        nodes = self._nodes(api, cache)
        cache = held(api, LOCAL_CACHES, cache, FINALIZER, manager=self.name)
        words = {each["metadata"]["name"]: self._on(api, cache, each) for each in nodes}
        available, failed = (list(words.values()).count(word) for word in ("NodeDownloaded", "NodeDownloadError"))
        # A number that is 0 is left out, as Go does it.
        copies = {key: count for key, count in (("available", available), ("failed", failed), ("total", len(words))) if count}
        new = {**status_of(cache), "nodeStatus": words, "copies": copies, **self._users(api, cache)}
        write_status(api, LOCAL_CACHES, cache, new, manager=self.name)

    def _nodes(self, api: Api, cache: Object) -> list[Object]:
        """Of all groups. Raises Failed for a group that is not there, of which the status says nothing."""
        found: dict[str, Object] = {}
        for name in cache["spec"]["nodeGroups"]:
            group = api.find(NODE_GROUPS, name) if api.served(NODE_GROUPS) else None
            if group is None:
                raise Failed(missing("LocalModelNodeGroup", name, "serving.kserve.io"))
            required = (group["spec"]["persistentVolumeSpec"].get("nodeAffinity") or {}).get("required")
            affinity = {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}}
            found |= {each["metadata"]["name"]: each for each in api.list(NODES) if selected(affinity, each)}
        return [found[name] for name in sorted(found)]

    def _on(self, api: Api, cache: Object, node: Object) -> str:
        conditions = (node.get("status") or {}).get("conditions") or []
        if not any(each["type"] == "Ready" and each["status"] == "True" for each in conditions):
            return "NodeNotReady"
        if api.find(NAMESPACES, WORKS_IN) is None:
            api.create(NAMESPACES, {"metadata": {"name": WORKS_IN}}, manager=self.name)
        made = self._children.keep(api, JOBS, job(cache, node), owner=cache)
        status = made.get("status") or {}
        if status.get("succeeded"):
            return "NodeDownloaded"
        if any(each["type"] == "Failed" and each["status"] == "True" for each in status.get("conditions") or []):
            return "NodeDownloadError"
        return "NodeDownloading" if status.get("ready") else "NodeDownloadPending"

    def _users(self, api: Api, cache: Object) -> Object:
        uri, found = cache["spec"]["sourceModelUri"], {}
        for field, resource in (("inferenceServices", INFERENCE_SERVICES), ("llmInferenceServices", LLM_SERVICES)):
            there = api.list(resource) if api.served(resource) else []
            using = [each["metadata"] for each in there if _uri(each).startswith(uri)]
            found[field] = [{"name": each["name"], "namespace": each["namespace"]} for each in using]
        return found


def job(cache: Object, node: Object) -> Object:
    metadata, spec, host = cache["metadata"], cache["spec"], node["metadata"]["name"]
    container = {
        "name": INITIALIZER,
        "image": INITIALIZER_IMAGE,
        "args": [spec["sourceModelUri"], MODELS_AT],
        "volumeMounts": [{"name": "kserve-pvc-source", "mountPath": MODELS_AT}],
    }
    pod = {
        "restartPolicy": "Never",
        "containers": [container],
        "nodeSelector": {"kubernetes.io/hostname": host},
        "tolerations": [{"operator": "Exists"}],
        "volumes": [{"name": "kserve-pvc-source", "hostPath": {"path": f"/models/{metadata['name']}"}}],
    }
    own = {key: value for key, value in (metadata.get("annotations") or {}).items() if key.startswith(OWN)}
    told = {f"{OWN}runs-for": str(int(20 + size_of(spec["sourceModelUri"]) / BYTES_PER_SECOND)), **own}
    about = {"name": f"{metadata['name']}-{host}", "namespace": WORKS_IN, "labels": {"model": metadata["name"], "node": host}}
    return {"metadata": about, "spec": {"backoffLimit": 2, "template": {"metadata": {"annotations": told}, "spec": pod}}}
