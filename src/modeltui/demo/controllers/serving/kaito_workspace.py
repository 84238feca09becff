"""KAITO's controller of Workspaces: one waits for nodes that fit, then runs its model in a StatefulSet.

There is no node provisioner in this cluster (what KAITO calls bring your own nodes): a Workspace is never given a node, it finds some by
their labels or waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, deleting, find, itself, key_of, owned_by, status_of, write_status
from modeltui.demo.controllers.kinds import NODES
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.serving.children import Children
from modeltui.demo.controllers.serving.conditions import told, with_condition
from modeltui.demo.controllers.serving.kinds import SERVICES, STATEFUL_SETS, WORKSPACES
from modeltui.demo.controllers.serving.podspecs import env_from_secret, given
from modeltui.demo.controllers.serving.rollout import rollout
from modeltui.demo.controllers.sharing import selected
from modeltui.demo.errors import Object

IMAGE: Final = "mcr.microsoft.com/aks/kaito/kaito-base:0.0.8"
NAME: Final = "kaito.sh/workspace"
SET: Final = "inferenceset.kaito.sh/created-by"
PORT: Final = 5000
PRESETS: Final = {
    "phi-4": "microsoft/phi-4",
    "phi-3-mini-128k-instruct": "microsoft/Phi-3-mini-128k-instruct",
    "llama-3.1-8b-instruct": "meta-llama/Llama-3.1-8B-Instruct",
    "qwen2.5-coder-7b-instruct": "Qwen/Qwen2.5-Coder-7B-Instruct",
    "deepseek-r1-distill-qwen-14b": "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B",
    "gpt-oss-20b": "openai/gpt-oss-20b",
}


def _all(api: Api, _node: Object) -> Iterable[Key]:
    return [key_of(each) for each in api.list(WORKSPACES)] if api.served(WORKSPACES) else ()


class Workspaces:
    name = "kaito-workspace"
    watches: Mapping[str, Mapper] = {WORKSPACES: itself, STATEFUL_SETS: owned_by("Workspace"), NODES: _all}

    def __init__(self) -> None:
        self._children = Children(self.name)

    def reconcile(self, api: Api, key: Key) -> None:
        workspace = find(api, WORKSPACES, key)
        if workspace is None or deleting(workspace) or not workspace.get("inference"):
            return
        new = status_of(workspace)
        wanted = (workspace.get("resource") or {}).get("count", 1)
        nodes = fitting(workspace, api.list(NODES))[:wanted]
        new |= {"targetNodeCount": wanted, "workerNodes": [each["metadata"]["name"] for each in nodes]}
        if len(nodes) < wanted:
            why = f"waiting for {wanted} nodes that match the label selector, {len(nodes)} are ready"
            for type_ in ("NodesReady", "ResourceReady"):
                new = _with(new, workspace, type_, False, "workspaceResourceStatusNotReady", why)
            new = _with(new, workspace, "WorkspaceSucceeded", False, "workspaceFailed", why)
            write_status(api, WORKSPACES, workspace, {**new, "state": "Pending"}, manager=self.name)
            return
        new = _with(new, workspace, "NodesReady", True, "NodesReady", "all nodes are ready")
        new = _with(new, workspace, "ResourceReady", True, "workspaceResourceStatusSuccess", "workspace resource is ready")
        made = self._children.keep(api, STATEFUL_SETS, stateful_set(workspace, wanted), owner=workspace)
        self._children.keep(api, SERVICES, service(workspace), owner=workspace)
        ready = rollout(made).ready >= wanted
        word = ("WorkspaceInferenceStatusSuccess", "Inference has been deployed successfully") if ready else _PENDING
        new = _with(new, workspace, "InferenceReady", ready, *word)
        done = ("workspaceSucceeded", "workspace succeeds") if ready else _PENDING
        new = _with(new, workspace, "WorkspaceSucceeded", ready, *done)
        write_status(api, WORKSPACES, workspace, {**new, "state": "Ready" if ready else "NotReady"}, manager=self.name)


_PENDING: Final = ("WorkspaceInferenceStatusPending", "waiting for the inference workload to become ready")


def fitting(workspace: Object, nodes: Iterable[Object]) -> list[Object]:
    """Nodes that are ready and have the labels that are asked for, the preferred ones first. Pure."""
    resource = workspace.get("resource") or {}
    preferred = resource.get("preferredNodes") or []
    found = [each for each in nodes if _ready(each) and selected(resource.get("labelSelector") or {}, each["metadata"].get("labels") or {})]
    return sorted(found, key=lambda each: (each["metadata"]["name"] not in preferred, each["metadata"]["name"]))


def _ready(node: Object) -> bool:
    conditions = (node.get("status") or {}).get("conditions") or []
    return not node["spec"].get("unschedulable") and any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def stateful_set(workspace: Object, replicas: int) -> Object:
    """Pure."""
    metadata, inference = workspace["metadata"], workspace["inference"]
    if inference.get("template"):
        spec = inference["template"]["spec"]
    else:
        spec = {
            "containers": [_preset(inference, served=(metadata.get("labels") or {}).get(SET, ""))],
            "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
        }
    nodes = ((workspace.get("resource") or {}).get("labelSelector") or {}).get("matchLabels") or {}
    spec = {**spec, "nodeSelector": {**nodes, **(spec.get("nodeSelector") or {})}}
    own = {NAME: metadata["name"]}
    about_pods = ((inference.get("template") or {}).get("metadata") or {}).get("annotations") or {}
    template = {"metadata": {"labels": {**(metadata.get("labels") or {}), **own}, **given(annotations=about_pods)}, "spec": spec}
    wanted = {"replicas": replicas, "serviceName": f"{metadata['name']}-headless", "selector": {"matchLabels": own}, "template": template}
    about = {"name": metadata["name"], "namespace": metadata["namespace"], "labels": own}
    return {"metadata": about, "spec": {**wanted, "podManagementPolicy": "Parallel"}}


def _preset(inference: Object, *, served: str) -> Object:
    """`served`: under which name, else the preset's own; all Workspaces of an InferenceSet answer to the name of the set."""
    preset = inference["preset"]
    options, name = preset.get("presetOptions") or {}, preset["name"]
    model = PRESETS.get(name.lower(), name)
    one = {"nvidia.com/gpu": "1"}
    secret = options.get("modelAccessSecret")
    args = ["--model", model, "--served-model-name", served or name, "--port", str(PORT)]
    return {
        "name": name.rpartition("/")[2].replace(".", "-").lower(),
        "image": options.get("image") or IMAGE,
        "command": ["python3", "/workspace/vllm/inference_api.py"],
        "args": args,
        "ports": [{"containerPort": PORT}],
        "resources": {"limits": one, "requests": one},
        "readinessProbe": {"httpGet": {"path": "/health", "port": PORT}, "periodSeconds": 10},
        **given(env=[env_from_secret("HF_TOKEN", secret, "HF_TOKEN")] if secret else []),
    }


def service(workspace: Object) -> Object:
    """Pure."""
    metadata = workspace["metadata"]
    ports = [{"name": "http", "port": 80, "targetPort": PORT, "protocol": "TCP"}]
    about = {"name": metadata["name"], "namespace": metadata["namespace"]}
    return {"metadata": about, "spec": {"selector": {NAME: metadata["name"]}, "ports": ports, "type": "ClusterIP"}}


def _with(new: Object, workspace: Object, type_: str, value: bool, reason: str, message: str) -> Object:
    said = told(new, type_, value, reason, message, generation=workspace["metadata"].get("generation", 1))
    return with_condition(new, said)
