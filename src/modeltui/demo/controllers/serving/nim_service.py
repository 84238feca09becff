"""The NIM operator's controller of NIMServices: a Deployment and a Service, or an InferenceService for KServe.

Its status says little, as the real one's does: whatever keeps a Pod from starting, it is NotReady, and with no replicas nothing can be
asked for the model's name, so that the status stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Failed, Mapper, deleting, find, itself, key_of, owned_by, status_of, write_status
from modeltui.demo.controllers.events import record
from modeltui.demo.controllers.kinds import CLAIMS, DEPLOYMENTS, PODS
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.serving import nim_objects as make
from modeltui.demo.controllers.serving.children import Children
from modeltui.demo.controllers.serving.conditions import entry, told, with_condition
from modeltui.demo.controllers.serving.finalizing import held, leaves
from modeltui.demo.controllers.serving.kinds import INFERENCE_SERVICES, NIM_CACHES, NIM_SERVICES, SERVICES
from modeltui.demo.controllers.serving.rollout import rollout
from modeltui.demo.controllers.serving_pods import served
from modeltui.demo.errors import Object

FINALIZER: Final = "finalizer.nimservice.apps.nvidia.com"
AGAIN: Final = 5.0
"""Seconds until a server that could not be asked is asked again."""


class NoWeights(Exception):
    """What the status says of it: state, reason and message."""

    def __init__(self, state: str, reason: str, message: str) -> None:
        super().__init__(message)
        self.state, self.reason = state, reason


def _of_cache(api: Api, cache: Object) -> Iterable[Key]:
    namespace, name = key_of(cache)
    found = api.list(NIM_SERVICES, namespace=namespace) if api.served(NIM_SERVICES) else []
    return [key_of(each) for each in found if _cache_name(each) == name]


def _cache_name(service: Object) -> str:
    return str(((service["spec"].get("storage") or {}).get("nimCache") or {}).get("name") or "")


class Services:
    name = "nim-service-controller"
    watches: Mapping[str, Mapper] = {
        NIM_SERVICES: itself,
        DEPLOYMENTS: owned_by("NIMService"),
        INFERENCE_SERVICES: owned_by("NIMService"),
        NIM_CACHES: _of_cache,
    }

    def __init__(self) -> None:
        self._children = Children(self.name)

    def reconcile(self, api: Api, key: Key) -> float | None:
        service = find(api, NIM_SERVICES, key)
        if service is None or leaves(api, NIM_SERVICES, service, FINALIZER, manager=self.name):
            return None
        service = held(api, NIM_SERVICES, service, FINALIZER, manager=self.name)
        if service["spec"].get("multiNode"):
            missing = 'no matches for kind "LeaderWorkerSet" in version "leaderworkerset.x-k8s.io/v1"'
            self._write(api, service, _failed(status_of(service), "LeaderWorkerSetFailed", missing))
            raise Failed(missing)
        try:
            pvc, cache = self._weights(api, service)
        except NoWeights as problem:
            words = (problem.reason, str(problem))
            old = status_of(service)
            self._write(api, service, _failed(old, *words) if problem.state == "Failed" else _not_ready(old, *words))
            return None
        return self._on_kserve(api, service, pvc, cache) if make.on_kserve(service) else self._alone(api, service, pvc, cache)

    def _weights(self, api: Api, service: Object) -> tuple[str, Object | None]:
        """The claim they are on, "" for none, and the cache that filled it. Raises NoWeights, or Failed when nothing is said of them."""
        storage, namespace = service["spec"].get("storage") or {}, service["metadata"]["namespace"]
        if name := _cache_name(service):
            cache = api.find(NIM_CACHES, name, namespace=namespace) if api.served(NIM_CACHES) else None
            if cache is None:
                raise NoWeights("Failed", "NIMCacheNotFound", f"NIMCache {name} not found")
            state = (cache.get("status") or {}).get("state")
            if state == "Failed":
                raise NoWeights("Failed", "NIMCacheFailed", f"NIMCache {name} failed. Error: The Job to cache NIM has failed")
            if state != "Ready":
                raise NoWeights("NotReady", "NIMCacheNotReady", f"NIMCache {name} not ready")
            return str(cache["status"].get("pvc", "")), cache
        if (storage.get("pvc") or {}).get("create"):
            self._children.keep(api, CLAIMS, make.claim(service), owner=service)
            return make.pvc_name(service), None
        if (storage.get("pvc") or {}).get("name"):
            return make.pvc_name(service), None
        if storage.get("emptyDir") is not None:
            return "", None
        missing = "neither external PVC name, NIMCache volume or empty dir is provided"
        told_ = f"NIMService {service['metadata']['name']} failed, msg: {missing}"
        record(api, service, type="Warning", reason="Failed", message=told_, component=self.name)
        raise Failed(missing)

    def _alone(self, api: Api, service: Object, pvc: str, cache: Object | None) -> float | None:
        exposed = self._children.keep(api, SERVICES, make.service_of(service), owner=service)
        wanted = make.deployment(service, make.pod_spec(service, container=f"{service['metadata']['name']}-ctr", pvc=pvc, cache=cache))
        made = self._children.keep(api, DEPLOYMENTS, wanted, owner=service)
        old = {**status_of(service), "availableReplicas": (made.get("status") or {}).get("availableReplicas", 0)}
        message = _unfinished(made)
        if message:
            self._write(api, service, _not_ready(old, "NotReady", message))
            return None
        model = self._model(api, service)
        if model is None:
            self._write(api, service, old)
            return AGAIN
        port = exposed["spec"]["ports"][0]["port"]
        known = {"name": model, "clusterEndpoint": f"{exposed['spec'].get('clusterIP', '')}:{port}", "externalEndpoint": ""}
        self._write(api, service, _ready({**old, "model": known}, f'deployment "{made["metadata"]["name"]}" successfully rolled out\n'))
        return None

    def _on_kserve(self, api: Api, service: Object, pvc: str, cache: Object | None) -> float | None:
        wanted = make.inference_service(service, make.pod_spec(service, container="kserve-container", pvc=pvc, cache=cache))
        made = self._children.keep(api, INFERENCE_SERVICES, wanted, owner=service)
        name, status = made["metadata"]["name"], made.get("status") or {}
        ready, old = entry(status, "Ready") or {}, status_of(service)
        if ready.get("status") != "True":
            why = ready.get("message") or ready.get("reason") or ""
            self._write(api, service, _not_ready(old, "NotReady", f'Waiting for InferenceService "{name}" to be ready: {why}'.rstrip(": ")))
            return None
        model = self._model(api, service)
        if model is None:
            return AGAIN
        inside = str((status.get("address") or {}).get("url", "")).removeprefix("http://")
        known = {"name": model, "clusterEndpoint": inside, "externalEndpoint": str(status.get("url", "")).removeprefix("http://")}
        self._write(api, service, _ready({**old, "model": known}, f'InferenceService "{name}" is ready'))
        return None

    def _model(self, api: Api, service: Object) -> str | None:
        """What /v1/models of one of its Pods answers; None when none answers."""
        pods = api.list(PODS, namespace=service["metadata"]["namespace"], labels=f"app.kubernetes.io/name={service['metadata']['name']}")
        found = [answers for pod in pods if not deleting(pod) and (answers := served(pod)) is not None and answers.ready]
        return (found[0].models or ("",))[0] if found else None

    def _write(self, api: Api, service: Object, new: Object) -> None:
        before = (service.get("status") or {}).get("state")
        write_status(api, NIM_SERVICES, service, new, manager=self.name)
        if before != new.get("state") and new.get("state") == "Ready":
            told_ = f"NIMService {service['metadata']['name']} ready"
            record(api, service, reason="Ready", message=told_, component=self.name)
        if new.get("state") == "Failed" and before != "Failed":
            why = (entry(new, "Failed") or {}).get("message", "")
            record(api, service, type="Warning", reason="Failed", message=why, component=self.name)


def _unfinished(made: Object) -> str:
    """What a rollout still waits for, as kubectl words it; "" when it is done."""
    name, now = made["metadata"]["name"], rollout(made)
    conditions = {each["type"]: each for each in (made.get("status") or {}).get("conditions") or []}
    if conditions.get("Progressing", {}).get("reason") == "ProgressDeadlineExceeded":
        return f'deployment "{name}" exceeded its progress deadline'
    waits = f'Waiting for deployment "{name}" rollout to finish: '
    if now.updated < now.desired or not now.observed:
        return f"{waits}{now.updated} out of {now.desired} new replicas have been updated...\n"
    if now.replicas > now.updated:
        return f"{waits}{now.replicas - now.updated} old replicas are pending termination...\n"
    if now.available < now.updated:
        return f"{waits}{now.available} of {now.updated} updated replicas are available...\n"
    return ""


def _ready(old: Object, message: str) -> Object:
    new = with_condition({**old, "state": "Ready"}, told(old, "Ready", True, "Ready", message))
    return with_condition(new, told(old, "Failed", False, "Ready"))


def _not_ready(old: Object, reason: str, message: str) -> Object:
    new = with_condition({**old, "state": "NotReady"}, told(old, "Ready", False, reason, message))
    return with_condition(new, told(old, "Failed", False, "Ready", message))


def _failed(old: Object, reason: str, message: str) -> Object:
    new = with_condition({**old, "state": "Failed"}, told(old, "Ready", False, "Failed"))
    return with_condition(new, told(old, "Failed", True, reason, message))
