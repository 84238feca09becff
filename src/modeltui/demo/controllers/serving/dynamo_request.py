"""The operator's controller of DynamoGraphDeploymentRequests: profiling in a Job, then a graph, then whether that serves.

Once profiling has begun, changes of the spec are turned down by an event and nothing else; of a failure nothing comes back. Source:
dynamographdeploymentrequest_controller.go of Dynamo.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, deleting, find, itself, owned_by, status_of, write_status
from modeltui.demo.controllers.events import record
from modeltui.demo.controllers.kinds import CLAIMS, CONFIG_MAPS, JOBS, NODES, PODS
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.serving import dynamo_profiling as profiling
from modeltui.demo.controllers.serving.children import Children
from modeltui.demo.controllers.serving.conditions import told, with_condition
from modeltui.demo.controllers.serving.kinds import GRAPH_REQUESTS, GRAPHS
from modeltui.demo.errors import Object

SPEC: Final = "nvidia.com/generated-dgd-spec"
FIXED: Final = ("Profiling", "Deploying", "Ready", "Deployed")
ACCOUNTS: Final = "serviceaccounts"
_IMMUTABLE: Final = "DynamoGraphDeploymentRequest is immutable once profiling starts. Create a new resource with a different name instead."
_SUCCEEDED: Final = {
    # By phase: is it done, reason and message of the condition Succeeded.
    "Pending": (False, "Pending", "DGDR is pending"),
    "Profiling": (False, "Profiling", "Profiling is in progress"),
    "Ready": (True, "SpecGenerated", "Profiling complete, spec available"),
    "Deploying": (False, "Deploying", "Deployment is in progress"),
    "Deployed": (True, "Deployed", "Deployment is healthy"),
    "Failed": (False, "Failed", "DGDR has failed"),
}


def _by_label(_api: Api, graph: Object) -> Iterable[Key]:
    """A request does not own its graph."""
    labels = graph["metadata"].get("labels") or {}
    if labels.get(profiling.NAME) and labels.get(profiling.NAMESPACE):
        yield labels[profiling.NAMESPACE], labels[profiling.NAME]


class Requests:
    name = "dynamographdeploymentrequest"
    watches: Mapping[str, Mapper] = {GRAPH_REQUESTS: itself, JOBS: owned_by("DynamoGraphDeploymentRequest"), GRAPHS: _by_label}

    def __init__(self, *, pace: float) -> None:
        self._children = Children(self.name)
        self._pace = pace

    def reconcile(self, api: Api, key: Key) -> float | None:
        request = find(api, GRAPH_REQUESTS, key)
        if request is None or deleting(request):
            return None
        status = status_of(request)
        phase, generation = status.get("phase", ""), request["metadata"].get("generation", 1)
        if status.get("observedGeneration", generation) != generation and phase in FIXED:
            told_ = f"Cannot modify spec in phase '{phase}'. {_IMMUTABLE}"
            self._event(api, request, "SpecChangeRejected", told_, warning=True)
            return None
        match phase:
            case "" | "Pending":
                return self._begin(api, request, status)
            case "Profiling":
                return self._profile(api, request, status)
            case "Deploying" | "Deployed":
                self._deploy(api, request, status)
        return None

    def _begin(self, api: Api, request: Object, status: Object) -> float | None:
        if problem := _problem(api, request):
            self._event(api, request, "ValidationFailed", problem, warning=True)
            self._write(api, request, status, "Failed", ("Validation", False, "ValidationFailed", problem))
            return None
        self._event(api, request, "Initialized", "DGDR initialized successfully")
        account = {"metadata": {"name": profiling.ACCOUNT, "namespace": request["metadata"]["namespace"]}}
        self._children.keep(api, ACCOUNTS, account, owner=None)
        made = self._children.keep(api, JOBS, profiling.job(request), owner=request)
        self._event(api, request, "ProfilingJobCreated", "Profiling job created")
        status = {**status, "observedGeneration": request["metadata"].get("generation", 1), "profilingJobName": made["metadata"]["name"]}
        looking = "Discovering GPU hardware and preparing profiling job"
        self._write(
            api,
            request,
            {**status, "profilingPhase": "Initializing"},
            "Profiling",
            ("Profiling", False, "DiscoveringHardware", looking),
        )
        return None

    def _profile(self, api: Api, request: Object, status: Object) -> float | None:
        namespace = request["metadata"]["namespace"]
        made = api.find(JOBS, profiling.job_name(request), namespace=namespace) or {}
        ended = {each["type"]: each for each in (made.get("status") or {}).get("conditions") or [] if each["status"] == "True"}
        if not made or "Failed" in ended:
            why = f'jobs.batch "{profiling.job_name(request)}" not found'
            if made:
                details = _details(api, made)
                why = f"profiling job failed: {ended['Failed'].get('message', '')}" + (f". Details: {details}" if details else "")
            self._event(api, request, "ProfilingCheckFailed", why, warning=True)
            self._write(api, request, _without_phase(status), "Failed", ("Profiling", False, "ProfilingFailed", why))
            return None
        if "Complete" in ended:
            self._generate(api, request, status)
            return None
        share = self._share(api, request, made)
        running = ("Profiling", False, "ProfilingRunning", "Profiling is in progress")
        self._write(api, request, {**status, "profilingPhase": profiling.phase(share)}, "Profiling", running)
        following = profiling.next_phase(share)
        return None if share < 0 or following is None else max(1.0, (following - share) * profiling.seconds(request))

    def _share(self, api: Api, request: Object, made: Object) -> float:
        """Of the time that profiling takes; less than 0 before it runs."""
        labels = f"job-name={made['metadata']['name']}"
        began = [
            each["state"]["running"]["startedAt"]
            for pod in api.list(PODS, namespace=made["metadata"]["namespace"], labels=labels)
            for each in (pod.get("status") or {}).get("containerStatuses") or []
            if each["name"] == "profiler" and "running" in each["state"]
        ]
        if not began:
            return -1.0
        return (clock.now() - clock.parse(max(began))).total_seconds() * self._pace / profiling.seconds(request)

    def _generate(self, api: Api, request: Object, status: Object) -> None:
        """The result goes into a ConfigMap, an annotation and the status; the annotation is what the graph is made of."""
        found = {"apiVersion": "nvidia.com/v1beta1", "kind": "DynamoGraphDeployment", **profiling.graph(request)}
        text, namespace = json.dumps(found, indent=2), request["metadata"]["namespace"]
        about = {"name": profiling.output_name(request), "namespace": namespace, "labels": {profiling.NAME: request["metadata"]["name"]}}
        self._children.keep(api, CONFIG_MAPS, {"metadata": about, "data": {"final_config.yaml": text}}, owner=None)
        annotations = {**(request["metadata"].get("annotations") or {}), SPEC: text}
        told_ = {**request, "metadata": {**request["metadata"], "annotations": annotations}}
        request = api.update(GRAPH_REQUESTS, told_, manager=self.name)
        self._event(api, request, "SpecGenerated", "DynamoGraphDeployment spec generated successfully")
        status = {**_without_phase(status), "profilingResults": {"selectedConfig": found}}
        done = self._told(status, request, "Profiling", True, "ProfilingCompleted", "Profiling job completed successfully")
        applied = request["spec"].get("autoApply", True)
        words = "DynamoGraphDeployment spec generated successfully"
        if not applied:
            words = f"Generated spec is available in annotation {SPEC}"
        self._write(
            api,
            request,
            with_condition(status, done),
            "Deploying" if applied else "Ready",
            ("SpecGenerated", True, "SpecGenerated", words),
        )

    def _deploy(self, api: Api, request: Object, status: Object) -> None:
        namespace, name = request["metadata"]["namespace"], status.get("dgdName", "")
        if not name:
            wanted = json.loads(request["metadata"]["annotations"][SPEC])
            name = wanted["metadata"]["name"]
            if api.find(GRAPHS, name, namespace=namespace) is None:
                api.create(GRAPHS, wanted, manager=self.name)
                self._event(api, request, "DeploymentCreated", f"DynamoGraphDeployment {name} created successfully")
            created = ("DeploymentReady", False, "DeploymentCreated", f"DGD {name} created, waiting for Ready")
            self._write(api, request, {**status, "dgdName": name}, "Deploying", created)
            return
        graph = api.find(GRAPHS, name, namespace=namespace)
        if graph is None:
            deleted = f"DGD {name} was deleted. DGDR will not recreate it. Delete this DGDR and create a new one to redeploy."
            self._event(api, request, "DeploymentDeleted", deleted, warning=True)
            left = {key: value for key, value in status.items() if key not in ("dgdName", "deploymentInfo")}
            gone = "Deployment was deleted by user. Create a new DGDR to redeploy."
            self._write(api, request, left, "Failed", ("DeploymentReady", False, "DeploymentDeleted", gone))
            return
        self._follow(api, request, status, graph)

    def _follow(self, api: Api, request: Object, status: Object, graph: Object) -> None:
        parts = ((graph.get("status") or {}).get("components") or {}).values()
        counts = {key: sum(each.get(key, 0) for each in parts) for key in ("replicas", "availableReplicas")}
        status, name = {**status, "deploymentInfo": counts}, graph["metadata"]["name"]
        state = (graph.get("status") or {}).get("state", "")
        if state == "successful":
            words = ("DeploymentReady", True, "DeploymentReady", f"DynamoGraphDeployment {name} is ready")
            if status["phase"] != "Deployed":
                self._event(api, request, "DeploymentReady", words[3])
            self._write(api, request, status, "Deployed", words)
        elif status["phase"] == "Deployed":
            degraded = f"DynamoGraphDeployment {name} degraded from Ready to {state}"
            self._event(api, request, "DeploymentDegraded", degraded, warning=True)
            self._write(
                api, request, status, "Deploying", ("DeploymentReady", False, "DeploymentDegraded", f"Deployment degraded to {state}")
            )
        else:
            waits = ("DeploymentReady", False, "DeploymentInProgress", f"DGD {name} is in {state} state")
            self._write(api, request, status, "Deploying", waits)

    def _write(self, api: Api, request: Object, status: Object, phase: str, condition: tuple[str, bool, str, str]) -> None:
        new = with_condition({**status, "phase": phase}, self._told(status, request, "Succeeded", *_SUCCEEDED[phase]))
        new = with_condition(new, self._told(status, request, *condition))
        write_status(api, GRAPH_REQUESTS, request, new, manager=self.name)

    def _told(self, status: Object, request: Object, type_: str, value: bool, reason: str, message: str) -> Object:
        return told(status, type_, value, reason, message, generation=request["metadata"].get("generation", 1))

    def _event(self, api: Api, request: Object, reason: str, message: str, *, warning: bool = False) -> None:
        record(api, request, type="Warning" if warning else "Normal", reason=reason, message=message, component=self.name)


def _problem(api: Api, request: Object) -> str:
    """Why it is not even begun; "" when it can be."""
    spec, namespace = request["spec"], request["metadata"]["namespace"]
    problems = []
    if spec.get("searchStrategy") == "thorough" and spec.get("backend", "auto") == "auto":
        problems.append(
            'spec.searchStrategy "thorough" is incompatible with spec.backend "auto": set spec.backend to a specific backend '
            "(sglang, trtllm, or vllm)"
        )
    claim = (spec.get("modelCache") or {}).get("pvcName")
    if claim and api.find(CLAIMS, claim, namespace=namespace) is None:
        problems.append(f"model cache PVC {claim} not found in namespace {namespace}")
    hardware = spec.get("hardware") or {}
    known = any("nvidia.com/gpu.product" in (each["metadata"].get("labels") or {}) for each in api.list(NODES))
    if not known and not any(hardware.get(key) for key in ("gpuSku", "vramMb", "numGpusPerNode")):
        problems.append("GPU hardware info required but cannot be auto-discovered.")
    return "\n".join(problems)


def _details(api: Api, made: Object) -> str:
    for pod in api.list(PODS, namespace=made["metadata"]["namespace"], labels=f"job-name={made['metadata']['name']}"):
        for each in (pod.get("status") or {}).get("containerStatuses") or []:
            ended = each["state"].get("terminated")
            if each["name"] == "profiler" and ended and pod["status"].get("phase") == "Failed":
                name = pod["metadata"]["name"]
                return f"Pod: {name}, Container: profiler, ExitCode: {ended['exitCode']}, Reason: {ended.get('reason', '')}"
    return ""


def _without_phase(status: Object) -> Object:
    return {key: value for key, value in status.items() if key != "profilingPhase"}
