"""KServe's controller of LLMInferenceServices: the engine's Deployment, one for prefill, a scheduler, and what a router would need.

Neither the Gateway API nor LeaderWorkerSets are in this cluster: a router that is asked for ends with the error that KServe then has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NoReturn

from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Failed, Mapper, find, itself, key_of, owned_by, status_of, write_status
from modeltui.demo.controllers.events import record
from modeltui.demo.controllers.kinds import DEPLOYMENTS, SECRETS
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.serving import llm_status, llm_workload
from modeltui.demo.controllers.serving.children import Children
from modeltui.demo.controllers.serving.conditions import holds
from modeltui.demo.controllers.serving.finalizing import held, leaves
from modeltui.demo.controllers.serving.inferenceservice import STOP, secret_of
from modeltui.demo.controllers.serving.kinds import HTTP_ROUTES, LLM_CONFIGS, LLM_SERVICES, POOLS, SERVICES
from modeltui.demo.errors import Object, StatusError

FINALIZER: Final = "serving.kserve.io/llmisvc-finalizer"
_ROUTES: Final = 'no matches for kind "HTTPRoute" in version "gateway.networking.k8s.io/v1"'
_PICKING: Final = 'no matches for kind "InferencePool" in version "inference.networking.k8s.io/v1"'


def _using(api: Api, config: Object) -> Iterable[Key]:
    """Services that are put together from this config."""
    namespace, name = key_of(config)
    found = api.list(LLM_SERVICES, namespace=namespace) if api.served(LLM_SERVICES) else []
    return [key_of(each) for each in found if any(ref["name"] == name for ref in each["spec"].get("baseRefs") or [])]


class LlmServices:
    name = "llmisvc-controller"
    watches: Mapping[str, Mapper] = {LLM_SERVICES: itself, DEPLOYMENTS: owned_by("LLMInferenceService"), LLM_CONFIGS: _using}

    def __init__(self) -> None:
        self._children = Children(self.name)

    def reconcile(self, api: Api, key: Key) -> None:
        service = find(api, LLM_SERVICES, key)
        if service is None or leaves(api, LLM_SERVICES, service, FINALIZER, manager=self.name):
            return
        service = held(api, LLM_SERVICES, service, FINALIZER, manager=self.name)
        status = {**status_of(service), "observedGeneration": service["metadata"].get("generation", 1)}
        spec, missing = self._combined(api, service)
        if missing:
            told = f'LLMInferenceServiceConfig "{missing}" not found in namespaces {key[0]} and kserve'
            self._write(api, service, llm_status.ready(llm_status.marked(status, llm_status.PRESETS, False, "ConfigNotFound", told)))
            return
        status = llm_status.marked(status, llm_status.PRESETS, True)
        if (service["metadata"].get("annotations") or {}).get(STOP) == "true":
            self._write(api, service, self._stopped(api, service, spec, status))
            return
        try:
            status = self._workloads(api, service, spec, status)
        except StatusError as refused:  # the selector of a Deployment has the role in it, which prefill changes: it cannot be updated
            self._fail(api, service, f"failed to reconcile workload: {refused.message}")
        status, problem = self._routed(api, service, spec, status)
        self._write(api, service, llm_status.rolled_up(status))
        if problem:
            self._fail(api, service, f"failed to reconcile networking: {problem}")

    def _fail(self, api: Api, service: Object, problem: str) -> NoReturn:
        record(api, service, type="Warning", reason="Error", message=f"Reconciliation failed: {problem}", component=self.name)
        raise Failed(problem)

    def _combined(self, api: Api, service: Object) -> tuple[Object, str]:
        """The spec over its configs, later ones over earlier; the name of the first that is not there."""
        spec: Object = {}
        for ref in service["spec"].get("baseRefs") or []:
            namespace = service["metadata"]["namespace"]
            config = api.find(LLM_CONFIGS, ref["name"], namespace=namespace) if api.served(LLM_CONFIGS) else None
            if config is None:
                return service["spec"], str(ref["name"])
            spec = llm_workload.merged(spec, config.get("spec") or {})
        return llm_workload.merged(spec, service["spec"]), ""

    def _stopped(self, api: Api, service: Object, spec: Object, status: Object) -> Object:
        namespace = service["metadata"]["namespace"]
        for part in ("", "prefill", "router-scheduler"):
            self._children.drop(api, DEPLOYMENTS, llm_workload.deployment_name(service, part), namespace=namespace)
        self._children.drop(api, SERVICES, llm_workload.service_name(service), namespace=namespace)
        # All of them, whether there was such a part or not.
        parts = ["MainWorkloadReady", "PrefillWorkloadReady", "SchedulerWorkloadReady", "InferencePoolReady"]
        for part in [*parts, "GatewaysReady", "HTTPRoutesReady"]:
            status = llm_status.marked(status, part, False, *llm_status.STOPPED)
        kept = {key: value for key, value in status.items() if key not in ("url", "address", "addresses", "workloads")}
        return llm_status.rolled_up(kept)

    def _workloads(self, api: Api, service: Object, spec: Object, status: Object) -> Object:
        named = secret_of(service)
        secret = api.find(SECRETS, named, namespace=service["metadata"]["namespace"]) if named else None
        refs: Object = {}
        for part, key, type_ in (("", "primary", "MainWorkloadReady"), ("prefill", "prefill", "PrefillWorkloadReady")):
            asked = spec.get("prefill") if part else spec
            nodes = type_.replace("Workload", "WorkerWorkload") if part else "WorkerWorkloadReady"
            if not asked or asked.get("worker"):
                self._children.drop(
                    api, DEPLOYMENTS, llm_workload.deployment_name(service, part), namespace=service["metadata"]["namespace"]
                )
                status = llm_status.cleared(status, type_, nodes)
                if asked:
                    missing = "LeaderWorkerSet CRD is not installed in this cluster"
                    status = llm_status.marked(status, nodes, False, "LWSNotAvailable", missing)
                continue
            made = self._children.keep(api, DEPLOYMENTS, llm_workload.workload(service, spec, part=part, secret=secret), owner=service)
            status = llm_status.of_deployment(llm_status.cleared(status, nodes), type_, made)
            refs[key] = llm_status.workload_ref(made)
        self._children.keep(api, SERVICES, llm_workload.workload_service(service), owner=service)
        refs["service"] = {"kind": "Service", "name": llm_workload.service_name(service)}
        return {**status, "workloads": refs}

    def _routed(self, api: Api, service: Object, spec: Object, status: Object) -> tuple[Object, str]:
        """As far as KServe gets, and the error that it ends with: first the scheduler, then the route."""
        router, namespace = spec.get("router") or {}, service["metadata"]["namespace"]
        status = llm_status.cleared(status, "GatewaysReady", "HTTPRoutesReady", "InferencePoolReady", "SchedulerWorkloadReady")
        if router.get("scheduler") is None:
            self._children.drop(api, DEPLOYMENTS, llm_workload.deployment_name(service, "router-scheduler"), namespace=namespace)
        else:
            made = self._children.keep(api, DEPLOYMENTS, llm_workload.scheduler(service, spec), owner=service)
            status = {**status, "workloads": {**status["workloads"], "scheduler": llm_status.workload_ref(made)}}
            if not api.served(POOLS):
                told = f"Failed to reconcile scheduler: {_PICKING}"
                return llm_status.marked(status, "SchedulerWorkloadReady", False, "SchedulerReconcileError", told), told
            status = llm_status.of_deployment(status, "SchedulerWorkloadReady", made)
        if router.get("route") is not None:
            if not api.served(HTTP_ROUTES):
                told = f"Failed to reconcile HTTPRoute: {_ROUTES}"
                return llm_status.marked(status, "HTTPRoutesReady", False, "HTTPRouteReconcileError", told), told
            status = llm_status.marked(status, "HTTPRoutesReady", True)
        inside = f"https://{llm_workload.service_name(service)}.{namespace}.svc.cluster.local"
        return {**status, "addresses": [{"url": inside}]}, ""

    def _write(self, api: Api, service: Object, status: Object) -> None:
        was, name = holds(status_of(service), "Ready"), service["metadata"]["name"]
        write_status(api, LLM_SERVICES, service, status, manager=self.name)
        if not was and holds(status, "Ready"):
            told = f"LLMInferenceService [{name}] is Ready"
            record(api, service, reason="LLMInferenceServiceReady", message=told, component=self.name)
        elif was and not holds(status, "Ready"):
            bad = [each["type"] for each in status.get("conditions") or [] if each["status"] == "False" and each["type"] != "Ready"]
            told = f"LLMInferenceService [{name}] is no longer Ready because of: {', '.join(bad)}"
            record(api, service, type="Warning", reason="LLMInferenceServiceNotReady", message=told, component=self.name)
