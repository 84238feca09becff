"""What serves models in the world: Deployments of every system, most of them well, each of the others wrong in a way that its system has.

They are deeds as all others, but acted out after the rest of the world is there (see history.py).
"""

from __future__ import annotations

import json
from typing import Final

from modeltui.demo.controllers.kinds import QUOTAS, SECRETS
from modeltui.demo.controllers.serving.kinds import (
    AIM_CLUSTER_CONFIGS,
    AIM_CLUSTER_MODELS,
    AIM_SERVICES,
    AIM_SOURCES,
    CLUSTER_RUNTIMES,
    GRAPH_REQUESTS,
    GRAPHS,
    INFERENCE_SERVICES,
    LLM_SERVICES,
    LOCAL_CACHES,
    MODEL_DEPLOYMENTS,
    NIM_CACHES,
    NIM_SERVICES,
    NODE_GROUPS,
    PROVIDERS,
    RUNTIMES,
    WORKSPACES,
)
from modeltui.demo.controllers.serving_pods import FAIL
from modeltui.demo.errors import Object
from modeltui.demo.world.ages import Deed, Edited, Made, days, minutes
from modeltui.demo.world.cluster import nodes
from modeltui.demo.world.devices import slices
from modeltui.demo.world.serving_objects import (
    H100,
    H200,
    L40S,
    TOLERATED,
    aim_service,
    component,
    gpus,
    graph,
    inference_service,
    model_deployment,
    named,
    nim_service,
    own_weights,
    runtime,
    workspace,
)

RESOURCE_SLICES: Final = "resourceslices.resource.k8s.io"
VLLM: Final = "vllm/vllm-openai:v0.11.0"
NOT_A_KEY: Final = "nvapi-this-is-not-a-real-key"
NLP, VISION, PLATFORM, STAGING, SANDBOX = "team-nlp", "team-vision", "ml-platform", "staging", "sandbox"
BEFORE: Final = days(60)
"""When the platform was made ready for all that follows."""


def serving() -> list[Deed]:
    return [*_platform(), *_kserve(), *_dynamo(), *_airunway(), *_aim(), *_kaito_and_nim()]


def _platform() -> list[Deed]:
    made: list[Deed] = [Made(BEFORE, RESOURCE_SLICES, each, manager="dra-driver") for each in slices(nodes())]
    made += [Made(BEFORE, SECRETS, each) for each in _secrets()]
    args = ["--model=/mnt/models", "--served-model-name={{.Name}}", "--port=8080"]
    for namespace in (NLP, VISION, PLATFORM, STAGING):
        made.append(Made(BEFORE, RUNTIMES, runtime("vllm-runtime", namespace, image=VLLM, formats=("huggingface",), args=args)))
    hugging_face = ["--model_name={{.Name}}", "--model_dir=/mnt/models"]
    shared = runtime("kserve-huggingfaceserver", image="kserve/huggingfaceserver:v0.16.0-gpu", formats=("huggingface",), args=hugging_face)
    private = runtime(
        "vllm-patched", PLATFORM, image="ghcr.io/acme/vllm-private:v0.11.0-p3", formats=("huggingface",), args=args, auto=False
    )
    made += [Made(BEFORE, CLUSTER_RUNTIMES, shared, manager="helm"), Made(BEFORE, RUNTIMES, private)]
    hard = {"requests.nvidia.com/gpu": "1", "pods": "40"}
    made.append(Made(BEFORE, QUOTAS, {"metadata": named("gpus-of-staging", STAGING), "spec": {"hard": hard}}))
    return made


def _secrets() -> list[Object]:
    registry = {"auths": {"nvcr.io": {"username": "$oauthtoken", "password": NOT_A_KEY}}}
    pull: Object = {"metadata": named("ngc-secret", VISION), "type": "kubernetes.io/dockerconfigjson"}
    return [
        {"metadata": named("hf-token-secret", NLP), "type": "Opaque", "stringData": {"HF_TOKEN": "hf_thisOneIsNotReal"}},
        {"metadata": named("ngc-api-secret", VISION), "type": "Opaque", "stringData": {"NGC_API_KEY": NOT_A_KEY}},
        {**pull, "stringData": {".dockerconfigjson": json.dumps(registry)}},
    ]


def _kserve() -> list[Deed]:
    weights = "pvc://mdl-qwen2-5-7b-instruct-fp16"
    chat = inference_service("qwen2-5-7b-chat", NLP, uri=weights, replicas=2, nodes=H100, args=["--max-model-len=32768"])
    rolling = inference_service("mistral-small", NLP, uri="hf://mistralai/Mistral-Small-24B-Instruct-2501", nodes=H100)
    token = {"serving.kserve.io/secretName": "hf-token-secret"}
    guard = inference_service("llama-guard", NLP, uri="hf://meta-llama/Llama-Guard-3-8B", nodes=H100, annotations=token)
    gated = inference_service("gemma-3-12b", NLP, uri="hf://google/gemma-3-12b-it", nodes=H100)
    vision = inference_service("qwen2-5-vl", VISION, uri="pvc://mdl-qwen2-5-vl-7b-fp16", nodes=H100)
    no_volume = inference_service("siglip2-embeddings", VISION, uri="pvc://mdl-siglip2-so400m-fp16", nodes=H100)
    denied = inference_service(
        "deepseek-distill-32b", PLATFORM, uri="hf://deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", runtime="vllm-patched", count=2, nodes=H200
    )
    too_many = inference_service("llama-3-1-405b", PLATFORM, uri="hf://meta-llama/Llama-3.1-405B-Instruct-FP8", count=16, nodes=H100)
    over_quota = inference_service("smollm3", STAGING, uri="hf://HuggingFaceTB/SmolLM3-3B", replicas=2, nodes=H100)
    no_runtime = inference_service("phi-4-gguf", STAGING, uri="hf://microsoft/phi-4-gguf", runtime="llamacpp-runtime", count=0)
    cached = {"sourceModelUri": "hf://mistralai/Mistral-Small-24B-Instruct-2501", "modelSize": "48Gi", "nodeGroups": ["h200"]}
    stop = {"op": "add", "path": "/metadata/annotations/serving.kserve.io~1stop", "value": "true"}
    update = [
        {"op": "add", "path": "/spec/predictor/model/args", "value": ["--max-model-len=16384"]},
        # the new one takes its time, so that there is a rollout to be seen
        {"op": "add", "path": "/spec/predictor/annotations", "value": {FAIL: "slow"}},
    ]
    return [
        Made(days(52), INFERENCE_SERVICES, chat),
        Made(days(36), INFERENCE_SERVICES, guard),
        Edited(days(9), INFERENCE_SERVICES, NLP, "llama-guard", [stop]),
        Made(days(27), INFERENCE_SERVICES, vision),
        Made(days(14), INFERENCE_SERVICES, rolling),
        Edited(minutes(1), INFERENCE_SERVICES, NLP, "mistral-small", update),
        Made(minutes(50), INFERENCE_SERVICES, gated),
        Made(minutes(50), INFERENCE_SERVICES, no_volume),
        Made(minutes(50), INFERENCE_SERVICES, denied),
        Made(days(1), INFERENCE_SERVICES, too_many),
        Made(days(3), INFERENCE_SERVICES, over_quota),
        Made(days(3), INFERENCE_SERVICES, no_runtime),
        Made(days(14), NODE_GROUPS, _disks_of_h200()),
        Made(days(14), LOCAL_CACHES, {"metadata": named("mistral-small-24b"), "spec": cached}),
        Made(days(14), LLM_SERVICES, _llm("qwen3-30b-a3b", NLP, model="Qwen/Qwen3-30B-A3B-Instruct-2507", count=2)),
        # Its pods are fine, and yet: what a scheduler needs is not in this cluster.
        Made(
            days(1), LLM_SERVICES, _llm("gpt-oss-20b", PLATFORM, model="openai/gpt-oss-20b", count=1, router={"scheduler": {}, "route": {}})
        ),
    ]


def _disks_of_h200() -> Object:
    terms = [{"matchExpressions": [{"key": key, "operator": "In", "values": [value]} for key, value in H200.items()]}]
    volume = {"capacity": {"storage": "2Ti"}, "accessModes": ["ReadWriteOnce"], "local": {"path": "/models"}}
    volume |= {"storageClassName": "local-path", "nodeAffinity": {"required": {"nodeSelectorTerms": terms}}}
    claim = {"accessModes": ["ReadWriteOnce"], "storageClassName": "local-path", "resources": {"requests": {"storage": "2Ti"}}}
    spec = {"storageLimit": "2Ti", "persistentVolumeSpec": volume, "persistentVolumeClaimSpec": claim}
    return {"metadata": named("h200"), "spec": spec}


def _llm(name: str, namespace: str, *, model: str, count: int, router: Object | None = None) -> Object:
    main = {"name": "main", "resources": gpus(count, cpu="8", memory="96Gi")}
    template = {"containers": [main], "nodeSelector": H200, "tolerations": TOLERATED}
    spec: Object = {"model": {"uri": f"hf://{model}", "name": model}, "replicas": 1, "parallelism": {"tensor": count}, "template": template}
    return {"metadata": named(name, namespace), "spec": spec | ({"router": router} if router else {})}


def _dynamo() -> list[Deed]:
    kv = {"DYN_ROUTER_MODE": "kv"}
    large = "Qwen/Qwen3-32B"
    disaggregated = graph(
        "qwen3-32b-disagg",
        NLP,
        component("Frontend", "frontend", env=kv),
        component("VllmPrefillWorker", "prefill", model=large, args=["--tensor-parallel-size", "2"], count=2, nodes=H200),
        component("VllmDecodeWorker", "decode", model=large, args=["--tensor-parallel-size", "2"], count=2, nodes=H200),
    )
    small = component("VllmWorker", "worker", model="Qwen/Qwen3-0.6B", count=1, nodes=L40S)
    too_long = component("VllmWorker", "worker", model="Qwen/Qwen3-8B", args=["--max-model-len", "65536"], count=1, nodes=H100)
    without = component("VllmWorker", "worker", model="Qwen/Qwen3-Coder-30B-A3B-Instruct", count=1, secret="hf-token-secret", nodes=H200)
    request = {
        "model": "Qwen/Qwen3-14B",
        "backend": "vllm",
        "hardware": {"gpuSku": "h200_sxm", "totalGpus": 2, "numGpusPerNode": 8},
        "workload": {"isl": 4000, "osl": 500},
        "sla": {"ttft": 300.0, "itl": 20.0},
        "autoApply": False,
    }
    return [
        Made(days(21), GRAPHS, disaggregated),
        Made(days(6), GRAPHS, graph("qwen3-0-6b-agg", SANDBOX, component("Frontend", "frontend"), small)),
        Made(minutes(50), GRAPHS, graph("qwen3-8b-long", NLP, component("Frontend", "frontend"), too_long)),
        Made(minutes(50), GRAPHS, graph("qwen3-coder-agg", PLATFORM, component("Frontend", "frontend"), without)),
        Made(minutes(1), GRAPH_REQUESTS, {"metadata": named("qwen3-14b-sla", NLP), "spec": request}),
    ]


def _airunway() -> list[Deed]:
    gpu = {"gpuSupport": True, "servingModes": ["aggregated", "disaggregated"]}
    dynamo = {
        "capabilities": {"engines": [{"name": "vllm", **gpu}, {"name": "sglang", **gpu}, {"name": "trtllm", **gpu}]},
        "selectionRules": [
            {"condition": "has(spec.serving) && spec.serving.mode == 'disaggregated'", "priority": 90},
            {"condition": "has(spec.resources.gpu) && spec.resources.gpu.count > 0", "priority": 50},
        ],
    }
    kaito = {
        "capabilities": {"engines": [{"name": "llamacpp", "cpuSupport": True, "gpuSupport": True, "servingModes": ["aggregated"]}]},
        "selectionRules": [{"condition": "!has(spec.resources.gpu) || spec.resources.gpu.count == 0", "priority": 100}],
    }
    providers = (("dynamo", dynamo), ("kaito", kaito), ("kuberay", {"capabilities": {"engines": [{"name": "vllm", **gpu}]}}))
    off = {"enabled": False}
    phi = model_deployment("phi-4", NLP, model="microsoft/phi-4-14B", count=1, nodes=H200, gateway=off, engine={"contextLength": 16384})
    cpu = model_deployment("llama-3-2-1b-cpu", SANDBOX, model="bartowski/Llama-3.2-1B-Instruct-GGUF", count=0, gateway=off)
    # With the gateway left on, there has to be something that Dynamo's endpoint picker picks from.
    picker = model_deployment("granite-8b", STAGING, model="ibm-granite/granite-3.3-8b-instruct", count=1, nodes=H200)
    return [
        *(Made(days(45), PROVIDERS, {"metadata": named(name), "spec": spec}, manager="helm") for name, spec in providers),
        Made(days(6), MODEL_DEPLOYMENTS, cpu),
        Made(days(9), MODEL_DEPLOYMENTS, phi),
        Made(minutes(50), MODEL_DEPLOYMENTS, picker),
    ]


def _aim() -> list[Deed]:
    storage = {"storage": {"defaultStorageClassName": "nfs-csi", "pvcHeadroomPercent": 10}}
    images = {"qwen3-32b": "amdenterpriseai/aim-qwen-qwen3-32b:0.9.0", "mixtral-8x22b": "amdenterpriseai/aim-mixtral-8x22b-instruct:0.9.0"}
    published = {"image": "amdenterpriseai/aim-*", "exclude": ["amdenterpriseai/aim-base", "amdenterpriseai/aim-dummy"]}
    newest = {"versions": [">=0.9"], "maxModels": 20}
    chosen = aim_service("qwen3-32b", PLATFORM, {"name": "qwen3-32b"}, overrides={"metric": "latency"})
    own = aim_service("qwen2-5-coder-14b", PLATFORM, own_weights("Qwen/Qwen2.5-Coder-14B-Instruct"), template={"allowUnoptimized": True})
    not_allowed = aim_service("granite-3-3-8b", PLATFORM, own_weights("ibm-granite/granite-3.3-8b-instruct"))
    return [
        Made(days(45), AIM_CLUSTER_CONFIGS, {"metadata": named("default"), "spec": storage}, manager="helm"),
        *(Made(days(45), AIM_CLUSTER_MODELS, {"metadata": named(name), "spec": {"image": image}}) for name, image in images.items()),
        Made(days(2), AIM_SOURCES, {"metadata": named("amd-images"), "spec": {"filters": [published], **newest}}),
        Made(days(21), AIM_SERVICES, chosen),
        Made(minutes(50), AIM_SERVICES, not_allowed),
        Made(minutes(1), AIM_SERVICES, own),
    ]


def _kaito_and_nim() -> list[Deed]:
    image = "nvcr.io/nim/nvidia/nv-embedqa-e5-v5"
    ngc = {"modelPuller": f"{image}:1.6.0", "pullSecret": "ngc-secret", "authSecret": "ngc-api-secret"}
    pvc = {"create": True, "size": "50Gi", "storageClass": "nfs-csi", "volumeAccessMode": "ReadWriteMany"}
    cached = {"source": {"ngc": ngc}, "storage": {"pvc": pvc}}
    weights: Object = {"storage": {"nimCache": {"name": "nv-embedqa-e5"}}}
    embed = nim_service("nv-embedqa-e5", VISION, image=image, tag="1.6.0", nodeSelector=H100, **weights)
    llama = "nvcr.io/nim/meta/llama-3.1-8b-instruct"
    refused = nim_service("llama-3-1-8b-nim", SANDBOX, image=llama, tag="1.8.4", nodeSelector=H200, storage={"emptyDir": {}})
    none = {"node.kubernetes.io/instance-type": "Standard_NC24ads_A100_v4"}
    return [
        Made(days(9), WORKSPACES, workspace("phi-3-mini", VISION, "phi-3-mini-128k-instruct", nodes=H200)),
        Made(days(1), WORKSPACES, workspace("deepseek-14b", SANDBOX, "deepseek-r1-distill-qwen-14b", nodes=none)),
        Made(days(27), NIM_CACHES, {"metadata": named("nv-embedqa-e5", VISION), "spec": cached}),
        Made(days(27), NIM_SERVICES, embed),
        Made(minutes(50), NIM_SERVICES, refused),
    ]
