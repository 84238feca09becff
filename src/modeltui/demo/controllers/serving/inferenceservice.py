"""KServe's controller of InferenceServices, for Standard (once RawDeployment) mode: there is no Knative in this cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Failed, Mapper, find, itself, key_of, owned_by, status_of, write_status
from modeltui.demo.controllers.events import record
from modeltui.demo.controllers.kinds import DEPLOYMENTS, PODS, SECRETS
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.serving import kserve_predictor, kserve_status
from modeltui.demo.controllers.serving.children import Children
from modeltui.demo.controllers.serving.conditions import holds
from modeltui.demo.controllers.serving.finalizing import held, leaves
from modeltui.demo.controllers.serving.kinds import CLUSTER_RUNTIMES, INFERENCE_SERVICES, RUNTIMES, SERVICES
from modeltui.demo.controllers.serving.kserve_predictor import SERVICE_LABEL, predictor_name
from modeltui.demo.controllers.serving.kserve_runtime import Chosen, NoRuntime, choose, model_of
from modeltui.demo.errors import Object

FINALIZER: Final = "inferenceservice.finalizers"
STOP: Final = "serving.kserve.io/stop"
MODE: Final = "serving.kserve.io/deploymentMode"
AUTOSCALER: Final = "serving.kserve.io/autoscalerClass"
_SECRETS: Final = ("serving.kserve.io/storageSecretName", "serving.kserve.io/secretName")
"""KServe reads the one that its configuration names: its release has the first, its Helm chart the second. Both are read here."""
INTERNAL: Final = ("networking.kserve.io/visibility", "cluster-local")
DOMAIN: Final = "models.example.com"
RECORDER: Final = "v1beta1Controllers"


def secret_of(service: Object) -> str:
    """Name of the Secret that weights are fetched with; "" when none is named."""
    said = service["metadata"].get("annotations") or {}
    return next((str(said[key]) for key in _SECRETS if said.get(key)), "")


def _of_pod(_api: Api, pod: Object) -> Iterable[Key]:
    name = (pod["metadata"].get("labels") or {}).get(SERVICE_LABEL)
    return ((pod["metadata"]["namespace"], name),) if name else ()


def _all(api: Api, runtime: Object) -> Iterable[Key]:
    return [key_of(each) for each in api.list(INFERENCE_SERVICES, namespace=runtime["metadata"].get("namespace"))]


class InferenceServices:
    name = "kserve-controller"
    watches: Mapping[str, Mapper] = {
        INFERENCE_SERVICES: itself,
        DEPLOYMENTS: owned_by("InferenceService"),
        PODS: _of_pod,
        RUNTIMES: _all,
        CLUSTER_RUNTIMES: _all,
    }

    def __init__(self) -> None:
        self._children = Children(self.name)

    def reconcile(self, api: Api, key: Key) -> None:
        service = find(api, INFERENCE_SERVICES, key)
        if service is None or leaves(api, INFERENCE_SERVICES, service, FINALIZER, manager=self.name):
            return
        service = held(api, INFERENCE_SERVICES, service, FINALIZER, manager=self.name)
        annotations = service["metadata"].get("annotations") or {}
        if annotations.get(MODE) in ("Serverless", "Knative"):
            told = "It is not possible to use Knative deployment mode when Knative Services are not available"
            record(api, service, type="Warning", reason="KnativeModeRejected", message=told, component=RECORDER)
            return
        before = status_of(service)
        status = {**before, "deploymentMode": "Standard"}
        if annotations.get(STOP) == "true":
            self._stop(api, service)
            self._write(api, service, kserve_status.stopped(status))
            return
        try:
            status = self._serve(api, service, status)
        except NoRuntime as problem:
            self._write(api, service, kserve_status.invalid(status, problem.reason, problem.message))
            record(api, service, type="Warning", reason="InternalError", message=str(problem), component=RECORDER)
            raise Failed(f"fails to reconcile component: {problem}") from None
        self._write(api, service, status)

    def _stop(self, api: Api, service: Object) -> None:
        name, namespace = predictor_name(service), service["metadata"]["namespace"]
        for resource in (DEPLOYMENTS, SERVICES):
            self._children.drop(api, resource, name, namespace=namespace)

    def _serve(self, api: Api, service: Object, status: Object) -> Object:
        metadata, predictor = service["metadata"], service["spec"]["predictor"]
        namespace, model, chosen = metadata["namespace"], model_of(predictor), None
        if model is not None:
            chosen = self._runtime(api, model, namespace)
            status |= {"clusterServingRuntimeName" if chosen.cluster else "servingRuntimeName": chosen.runtime["metadata"]["name"]}
        runtime = chosen.runtime if chosen else None
        named = secret_of(service)
        secret = api.find(SECRETS, named, namespace=namespace) if named else None
        spec = kserve_predictor.pod_spec(service, model, runtime, secret=secret)
        wanted = kserve_predictor.deployment(service, spec, runtime, replicas=_replicas(service))
        made = self._children.keep(api, DEPLOYMENTS, wanted, owner=service)
        self._children.keep(api, SERVICES, kserve_predictor.service_of(service, spec), owner=service)
        inside = f"http://{predictor_name(service)}.{namespace}.svc.cluster.local"
        internal = (metadata.get("labels") or {}).get(INTERNAL[0]) == INTERNAL[1]
        outside = inside if internal else f"http://{metadata['name']}-{namespace}.{DOMAIN}"
        status = kserve_status.predictor(status, made, url=inside)
        status = kserve_status.ingress(status, url=outside, address=inside)
        pods = api.list(PODS, namespace=namespace, labels=f"app=isvc.{predictor_name(service)}")
        status = kserve_status.model(status, pods)
        return kserve_status.marked(status, "Stopped", "False")

    def _runtime(self, api: Api, model: Object, namespace: str) -> Chosen:
        own = api.list(RUNTIMES, namespace=namespace) if api.served(RUNTIMES) else []
        shared = api.list(CLUSTER_RUNTIMES) if api.served(CLUSTER_RUNTIMES) else []
        return choose(model, own, shared)

    def _write(self, api: Api, service: Object, status: Object) -> None:
        was, name = holds(status_of(service), "Ready"), service["metadata"]["name"]
        write_status(api, INFERENCE_SERVICES, service, status, manager=self.name)
        if was and not holds(status, "Ready"):
            told = f"InferenceService [{name}] is no longer Ready"
            record(api, service, type="Warning", reason="InferenceServiceNotReady", message=told, component=RECORDER)
        elif not was and holds(status, "Ready"):
            record(api, service, reason="InferenceServiceReady", message=f"InferenceService [{name}] is Ready", component=RECORDER)


def _replicas(service: Object) -> int:
    """An autoscaler of Standard mode never goes below one; without one, the least is what there is."""
    least: int = service["spec"]["predictor"].get("minReplicas", 1)
    scaled = (service["metadata"].get("annotations") or {}).get(AUTOSCALER, "hpa") not in ("none", "external")
    return max(1, least) if scaled else least
