"""The machines and what runs on them: Nodes with GPUs of several vendors, storage classes, namespaces, operators and services."""

from __future__ import annotations

from typing import Any

from modeltui.demo.controllers.kinds import CLASSES, CONFIG_MAPS, DEPLOYMENTS, NAMESPACES, NODES
from modeltui.demo.errors import Object
from modeltui.demo.world.ages import Deed, Edited, Made, days

NAMES: tuple[tuple[str, dict[str, str]], ...] = (
    ("modelfs-system", {"app.kubernetes.io/part-of": "modelfs"}),
    ("dataset-system", {"app.kubernetes.io/part-of": "dataset"}),
    ("team-nlp", {"team": "nlp", "models.example.com/receive": "true", "env": "prod"}),
    ("team-vision", {"team": "vision", "models.example.com/receive": "true", "env": "prod"}),
    ("ml-platform", {"team": "platform", "env": "prod"}),
    ("staging", {"team": "platform", "env": "staging"}),
    ("sandbox", {"team": "research", "env": "dev"}),
)
AGE = days(120)


def cluster() -> list[Deed]:
    made: list[Deed] = [Made(AGE, NAMESPACES, {"metadata": {"name": name, "labels": labels}}) for name, labels in NAMES]
    made += [Made(AGE, CLASSES, each) for each in classes()]
    made += [Made(AGE, NODES, each, manager="kubelet", with_status=True) for each in nodes()]
    made += [_seen(each) for each in nodes()]
    made += [Made(days(ago), DEPLOYMENTS, each, manager="helm") for ago, each in deployments()]
    made += [Made(AGE, CONFIG_MAPS, each, manager="helm") for each in config_maps()]
    return made


def classes() -> list[Object]:
    return [
        _class("nfs-csi", "nfs.csi.k8s.io", default=True, parameters={"server": "nfs.storage.internal", "share": "/models"}),
        _class("ceph-fs", "cephfs.csi.ceph.com", reclaim="Retain"),
        _class("local-path", "rancher.io/local-path", binding="WaitForFirstConsumer"),
        _class("gp3", "ebs.csi.aws.com", binding="WaitForFirstConsumer"),
        # Its provisioner was taken away: claims on it wait for ever.
        _class("fast-nvme-legacy", "nvme.csi.acme.example"),
    ]


def _seen(node: Object) -> Deed:
    """Its controller takes off the taint that every new node has until somebody looked at it."""
    taints = {"op": "add", "path": "/spec/taints", "value": node["spec"].get("taints") or []}
    return Edited(AGE, NODES, "", node["metadata"]["name"], [taints], manager="kube-controller-manager")


def _class(
    name: str,
    provisioner: str,
    *,
    default: bool = False,
    reclaim: str = "Delete",
    binding: str = "Immediate",
    parameters: dict[str, str] | None = None,
) -> Object:
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"} if default else {}
    found: Object = {"metadata": {"name": name, "annotations": annotations}, "provisioner": provisioner, "reclaimPolicy": reclaim}
    return {**found, "volumeBindingMode": binding, "allowVolumeExpansion": True, "parameters": parameters or {}}


def nodes() -> list[Object]:
    nvidia: dict[str, str] = {"nvidia.com/gpu.present": "true", "nvidia.com/mig.capable": "true", "nvidia.com/gpu.replicas": "1"}
    h100 = {
        **nvidia,
        "nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3",
        "nvidia.com/gpu.memory": "81559",
        "nvidia.com/gpu.count": "8",
        "nvidia.com/gpu.family": "hopper",
        "nvidia.com/gpu.compute.major": "9",
        "nvidia.com/gpu.compute.minor": "0",
        "nvidia.com/cuda.driver-version.full": "570.133.20",
    }
    h200 = {**h100, "nvidia.com/gpu.product": "NVIDIA-H200", "nvidia.com/gpu.memory": "143771"}
    l40s = {
        **nvidia,
        "nvidia.com/mig.capable": "false",
        "nvidia.com/gpu.product": "NVIDIA-L40S",
        "nvidia.com/gpu.memory": "46068",
        "nvidia.com/gpu.count": "4",
        "nvidia.com/gpu.family": "ada-lovelace",
        "nvidia.com/gpu.compute.major": "8",
        "nvidia.com/gpu.compute.minor": "9",
    }
    mi300x = {
        "amd.com/gpu.product-name": "AMD_Instinct_MI300X_OAM",
        "amd.com/gpu.device-id": "74a1",
        "amd.com/gpu.vram": "192G",
        "amd.com/gpu.family": "AI",
        "amd.com/gpu.cu-count": "304",
        "beta.amd.com/gpu.vram.192G": "8",
        "beta.amd.com/gpu.vram": "192G",
    }
    gaudi = {"node.kubernetes.io/instance-type": "dl2q.24xlarge", "habana.ai/device": "gaudi3"}
    taint = [{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}]
    return [
        _node("cp-1", 10, {"node-role.kubernetes.io/control-plane": ""}, cpu=8, memory=32, taints=[_control_plane()]),
        _node("gpu-h100-1", 21, h100, cpu=192, memory=2048, gpus={"nvidia.com/gpu": 8}, taints=taint),
        # One card of this node has failed: the device plugin reports seven.
        _node("gpu-h100-2", 22, h100, cpu=192, memory=2048, gpus={"nvidia.com/gpu": 8}, broken=1, taints=taint),
        _node("gpu-h200-1", 24, h200, cpu=160, memory=2304, gpus={"nvidia.com/gpu": 8}, taints=taint),
        _node("gpu-h200-2", 25, h200, cpu=160, memory=2304, gpus={"nvidia.com/gpu": 8}, taints=taint),
        _node("gpu-l40s-1", 23, l40s, cpu=96, memory=768, gpus={"nvidia.com/gpu": 4}),
        _node("gpu-mi300x-1", 31, mi300x, cpu=256, memory=3072, gpus={"amd.com/gpu": 8}),
        _node("gpu-gaudi3-1", 41, gaudi, cpu=128, memory=1024, gpus={"habana.ai/gaudi": 8}, ready=False),
        _node("cpu-1", 51, {}, cpu=384, memory=768),
        _node("cpu-2", 52, {}, cpu=64, memory=256, cordoned=True),
    ]


def _control_plane() -> Object:
    return {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}


def _node(
    name: str,
    address: int,
    labels: dict[str, str],
    *,
    cpu: int,
    memory: int,
    gpus: dict[str, int] | None = None,
    broken: int = 0,
    taints: list[Any] | None = None,
    ready: bool = True,
    cordoned: bool = False,
) -> Object:
    base = {"kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux", "kubernetes.io/hostname": name}
    capacity = {"cpu": str(cpu), "memory": f"{memory}Gi", "pods": "110", "ephemeral-storage": "894Gi"}
    spec: Object = {"podCIDR": f"10.42.{address}.0/24"}
    if not ready:
        taints = [*(taints or []), {"key": "node.kubernetes.io/unreachable", "effect": "NoSchedule"}]
    if cordoned:
        spec["unschedulable"] = True
        taints = [*(taints or []), {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}]
    if taints:
        spec["taints"] = taints
    fine = {"status": "True", "reason": "KubeletReady", "message": "kubelet is posting ready status"}
    lost = {"status": "Unknown", "reason": "NodeStatusUnknown", "message": "Kubelet stopped posting node status."}
    status = {
        "capacity": {**capacity, **{key: str(count) for key, count in (gpus or {}).items()}},
        "allocatable": {**capacity, **{key: str(count - broken) for key, count in (gpus or {}).items()}},
        "conditions": [{"type": "Ready", **(fine if ready else lost)}],
        "addresses": [{"type": "InternalIP", "address": f"10.0.0.{address}"}, {"type": "Hostname", "address": name}],
        "nodeInfo": {
            "kubeletVersion": "v1.34.2",
            "osImage": "Ubuntu 24.04.3 LTS",
            "kernelVersion": "6.8.0-87-generic",
            "containerRuntimeVersion": "containerd://2.1.5",
            "operatingSystem": "linux",
            "architecture": "amd64",
        },
    }
    return {"metadata": {"name": name, "labels": {**base, **labels}}, "spec": spec, "status": status}


def deployments() -> list[tuple[float, Object]]:
    """(days ago, Deployment)"""
    card = {"nvidia.com/gpu": 1}
    return [
        (119, _deployment("modelfs-controller", "modelfs-system", "ghcr.io/samzong/modelfs:v0.0.2", app="modelfs", container="manager")),
        (119, _deployment("dataset-controller", "dataset-system", "ghcr.io/baizeai/dataset:v0.1.6", app="dataset", container="manager")),
        (118, _deployment("coredns", "kube-system", "registry.k8s.io/coredns/coredns:v1.12.1", app="coredns", replicas=2)),
        (40, _deployment("vllm-qwen2-5-72b", "team-nlp", "vllm/vllm-openai:v0.11.0", gpus={"nvidia.com/gpu": 4}, tolerate=True)),
        (12, _deployment("vllm-llama-3-1-8b", "team-nlp", "vllm/vllm-openai:v0.11.0", gpus=card, replicas=2)),
        (30, _deployment("triton-sdxl", "team-vision", "nvcr.io/nvidia/tritonserver:25.09-py3", gpus=card)),
        (9, _deployment("vllm-mixtral-rocm", "ml-platform", "rocm/vllm:rocm7.0_vllm_0.11", gpus={"amd.com/gpu": 4})),
        # Nobody can give it that many cards on one node.
        (2, _deployment("deepseek-r1-671b", "ml-platform", "vllm/vllm-openai:v0.11.0", gpus={"nvidia.com/gpu": 16}, tolerate=True)),
        (1, _deployment("vllm-canary", "staging", "vllm/vllm-openai:v0.11.1rc-typo")),
    ]


def _deployment(
    name: str,
    namespace: str,
    image: str,
    *,
    app: str = "",
    container: str = "",
    replicas: int = 1,
    gpus: dict[str, int] | None = None,
    tolerate: bool = False,
) -> Object:
    labels = {"app.kubernetes.io/name": app or name}
    limits = {key: str(count) for key, count in (gpus or {}).items()}
    runs = {"name": container or "server", "image": image, "resources": {"requests": {"cpu": "2", "memory": "4Gi"}, "limits": limits}}
    pod: Object = {"containers": [runs]}
    if tolerate:
        pod["tolerations"] = [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
    template = {"metadata": {"labels": labels}, "spec": pod}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {"metadata": {"name": name, "namespace": namespace, "labels": labels}, "spec": spec}


def config_maps() -> list[Object]:
    config = "dataset_job_spec_yaml: |\n  backoffLimit: 4\nenable_cascading_deletion: false\ndataset_nfs_version: '4.1'\n"
    catalog = "models:\n  - Qwen/Qwen2.5-7B-Instruct\n  - meta-llama/Llama-3.1-8B-Instruct\n"
    return [
        {"metadata": {"name": "dataset-config", "namespace": "dataset-system"}, "data": {"config.yaml": config}},
        {"metadata": {"name": "approved-models", "namespace": "ml-platform"}, "data": {"catalog.yaml": catalog}},
    ]
