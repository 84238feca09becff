"""Traps of an LLMInferenceService, of a runtime and of a cache."""

from __future__ import annotations

from typing import Any, Final

from tests.systems.kserve.kserving import Manifest, Trap, claim, decoded, facts, node, runtime, secret

from modeltui.domain import Severity
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, NODES
from modeltui.systems.kserve.cache_types import CACHES, NODE_GROUPS, LocalModelCache, LocalModelNodeGroup
from modeltui.systems.kserve.llm_types import LLM_CONFIGS, LLM_SERVICES, LLMInferenceService, LLMInferenceServiceConfig
from modeltui.systems.kserve.types import SERVICE_ACCOUNTS

WARNING: Final = Severity.WARNING


def L(version: str = "v1alpha2", *, name: str = "qwen", annotations: Manifest | None = None, **spec: Any) -> Manifest:
    return {
        "apiVersion": f"serving.kserve.io/{version}",
        "kind": "LLMInferenceService",
        "metadata": {"name": name, "namespace": "team", **({"annotations": annotations} if annotations else {})},
        "spec": {"model": {"uri": "hf://Qwen/Qwen3-8B"}, **spec},
    }


def T(gpus: int = 1, *, name: str = "main", **more: Any) -> Manifest:
    limits = {"nvidia.com/gpu": str(gpus)} if gpus else {}
    return {"containers": [{"name": name, "resources": {"limits": limits, "requests": limits}}], **more}


def added(words: str) -> Manifest:
    """A template whose engine is told more."""
    limits = {"nvidia.com/gpu": "1"}
    env = [{"name": "VLLM_ADDITIONAL_ARGS", "value": words}]
    return {"containers": [{"name": "main", "env": env, "resources": {"limits": limits, "requests": limits}}]}


def there(manifest: Manifest) -> tuple[Any, Any]:
    return LLM_SERVICES, decoded(LLMInferenceService, manifest)


GATED: Final = {"uri": "hf://meta-llama/Llama-3.2-1B-Instruct"}
S3: Final = {"uri": "s3://bucket/model"}
FETCHED: Final = {"serving.kserve.io/storageSecretName": "hf"}
TOKEN: Final = {
    "containers": [{"name": "main", "env": [{"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "h", "key": "HF_TOKEN"}}}]}]
}
PHI: Final = {"uri": "hf://microsoft/Phi-3-mini-4k-instruct"}
WVA: Final = {"wva": {"hpa": {}}}
REFS: Final = {"http": {"refs": [{"name": "r"}]}}
DATA: Final = {"data": 4, "dataLocal": 2}
LORA: Final = {"uri": "hf://Qwen/Qwen3-8B", "name": "qwen3"}

LLM = [
    Trap("no name", L(name=""), L(), "The name is missing", "metadata.name"),
    Trap("gated", L(model=GATED), L(model=GATED, annotations=FETCHED), "is gated on the Hub, and nothing", "spec.model.uri"),
    Trap("gated, with a token", L(model=GATED), L(model=GATED, template=TOKEN), "is gated on the Hub", "spec.model.uri"),
    Trap("gated, of a base", L(model=GATED), L(model=GATED, baseRefs=[{"name": "b"}]), "is gated on the Hub", "spec.model.uri"),
    Trap(
        "gated, fetched in another way",
        L(model=GATED),
        L(model=GATED, storageInitializer={"enabled": False}),
        "is gated on the Hub",
        "spec.model.uri",
    ),
    Trap("S3", L(model=S3), L(model=S3, annotations=FETCHED), "Nothing gives it credentials for S3", "spec.model.uri", WARNING),
    Trap("64 characters", L(name="q" * 64), L(name="q" * 63), "becomes a label of its pods", "metadata.name"),
    Trap("workload", L(workload={}), L(), "spec.workload is no field", "spec.workload"),
    Trap(
        "criticality",
        L(model={**LORA, "criticality": "Standard"}),
        L("v1alpha1", model={**LORA, "criticality": "Standard"}),
        "criticality",
        "spec.model.criticality",
    ),
    Trap(
        "newer in older",
        L("v1alpha1", kvCacheOffloading={}),
        L(kvCacheOffloading={}),
        "no field of LLMInferenceService v1alpha1",
        "spec.kvCacheOffloading",
    ),
    Trap("a typing error", L(model={**LORA, "url": "x"}), L(model=LORA), "spec.model.url is no field", "spec.model.url"),
    Trap(
        "a typing error of the router",
        L(router={"schedular": {}}),
        L(router={"scheduler": {}}),
        "spec.router.schedular is no field",
        "spec.router.schedular",
    ),
    Trap(
        "a typing error of prefill",
        L(prefill={"parallelism": {"tensorParallel": 2}}),
        L(prefill={"parallelism": {"tensor": 2}}),
        "spec.prefill.parallelism.tensorParallel is no field",
        "spec.prefill.parallelism.tensorParallel",
    ),
    Trap(
        "newer in the prefill of older",
        L("v1alpha1", prefill={"kvCacheOffloading": {"cpu": "8Gi"}}),
        L(prefill={"kvCacheOffloading": {"cpu": "8Gi"}}),
        "spec.prefill.kvCacheOffloading is no field of LLMInferenceService v1alpha1",
        "spec.prefill.kvCacheOffloading",
    ),
    Trap("no uri", L(model={}), L(model={}, baseRefs=[{"name": "b"}]), "The model has no uri", "spec.model.uri"),
    Trap("a bare id", L(model={"uri": "Qwen/Qwen3-8B"}), L(), "is no URI", "spec.model.uri"),
    Trap(
        "two adapters of a name",
        L(model={**LORA, "lora": {"adapters": [{"name": "a", "uri": "hf://a/b"}, {"name": "a", "uri": "hf://a/c"}]}}),
        L(model={**LORA, "lora": {"adapters": [{"name": "a", "uri": "hf://a/b"}]}}),
        'Adapter "a" stands 2 times',
        "spec.model.lora.adapters[0].name",
    ),
    Trap(
        "an adapter called as the model",
        L(model={**LORA, "lora": {"adapters": [{"name": "qwen3", "uri": "hf://a/b"}]}}),
        L(model={**LORA, "lora": {"adapters": [{"name": "other", "uri": "hf://a/b"}]}}),
        "has the name of the model itself",
        "spec.model.lora.adapters[0].name",
    ),
    Trap(
        "two ways to count",
        L(replicas=1, scaling={"maxReplicas": 2, **WVA}),
        L(scaling={"maxReplicas": 2, **WVA}),
        "has replicas and scaling",
        "spec.scaling",
    ),
    Trap("less than none", L(replicas=-1), L(replicas=0), "replicas is -1", "spec.replicas"),
    Trap("no maximum", L(scaling=WVA), L(scaling={"maxReplicas": 1, **WVA}), "scaling has no maxReplicas", "spec.scaling.maxReplicas"),
    Trap(
        "wrong way round",
        L(scaling={"minReplicas": 3, "maxReplicas": 2, **WVA}),
        L(),
        "minReplicas is 3 and maxReplicas 2",
        "spec.scaling.maxReplicas",
    ),
    Trap(
        "scaled by nobody",
        L(scaling={"maxReplicas": 2}),
        L(scaling={"maxReplicas": 2, **WVA}),
        "names neither wva nor keda",
        "spec.scaling",
    ),
    Trap(
        "of prefill",
        L(prefill={"replicas": 1, "scaling": {"maxReplicas": 2, **WVA}}),
        L(prefill={"replicas": 1}),
        "spec.prefill has replicas and scaling",
        "spec.prefill.scaling",
    ),
    Trap("a worker alone", L(worker=T()), L(worker=T(), parallelism={"pipeline": 2}), "A worker needs parallelism", "spec.worker"),
    Trap("pipeline and data", L(parallelism={**DATA, "pipeline": 2}), L(parallelism=DATA), "exclude each other", "spec.parallelism"),
    Trap("data alone", L(parallelism={"data": 4}), L(parallelism=DATA), "dataLocal is missing", "spec.parallelism.dataLocal"),
    Trap(
        "uneven",
        L(parallelism={"data": 5, "dataLocal": 2}),
        L(parallelism=DATA),
        "do not divide into nodes",
        "spec.parallelism.data",
        WARNING,
    ),
    Trap(
        "split over too few GPUs",
        L(parallelism={"tensor": 4}, template=T(2)),
        L(parallelism={"tensor": 4}, template=T(4)),
        "splits the model 4 ways (tensor 4) and has 2 GPUs",
        "spec.template",
    ),
    Trap(
        "idle GPUs",
        L(parallelism={"tensor": 2}, template=T(4)),
        L(parallelism={"tensor": 4}, template=T(4)),
        "Each node has 4 GPUs and splits the model 2 ways (tensor 2)",
        "spec.parallelism",
        WARNING,
    ),
    Trap(
        "more context than the model takes",
        L(model=PHI, template=added("--max-model-len 8192")),
        L(model=PHI, template=added("--max-model-len 4096")),
        "--max-model-len 8192 is more than the 4,096 tokens",
        "spec.template.containers",
    ),
    Trap(
        "a number of no name",
        L(template=added("--dtype fp8")),
        L(template=added("--dtype bfloat16")),
        '--dtype "fp8" is none that vLLM knows',
        "spec.template.containers[0].args",
    ),
    Trap(
        "no GPU",
        L(model=PHI),
        L(model=PHI, baseRefs=[{"name": "with-gpus"}]),
        "It asks for no GPU",
        "spec.template.containers",
        WARNING,
    ),
    Trap(
        "another number of nodes",
        L(parallelism={"pipeline": 4}),
        L(parallelism={"pipeline": 2}),
        "A replica has 2 nodes and would get 4",
        "spec.parallelism",
        known=facts(there(L(parallelism={"pipeline": 2}))),
    ),
    Trap(
        "prefill added",
        L(prefill={"replicas": 1}),
        L(),
        "has no prefill and would get one",
        "spec.prefill",
        known=facts(there(L())),
    ),
    Trap(
        "prefill taken away",
        L(),
        L(prefill={"replicas": 2}),
        "would lose its prefill",
        "spec.prefill",
        known=facts(there(L(prefill={"replicas": 1}))),
    ),
    Trap(
        "of prefill's nodes",
        L(prefill={"parallelism": {"pipeline": 4}}),
        L(prefill={}),
        "A replica has 1 node and would get 4",
        "spec.prefill.parallelism",
        known=facts(there(L(prefill={}))),
    ),
    Trap(
        "two routes",
        L(router={"route": {"http": {"refs": [{"name": "r"}], "spec": {"rules": []}}}}),
        L(router={"route": REFS}),
        "has refs and a spec of its own",
        "spec.router.route.http",
    ),
    Trap(
        "a route of one's own through KServe's gateway",
        L(router={"route": REFS, "gateway": {}}),
        L(router={"route": REFS, "gateway": {"refs": [{"name": "g"}]}}),
        "cannot go through the gateway",
        "spec.router.route.http.refs",
    ),
    Trap(
        "no scheduler",
        L(router={"scheduler": {"replicas": 0}}),
        L(router={"scheduler": {}}),
        "has 0 replicas",
        "spec.router.scheduler.replicas",
    ),
    Trap(
        "two configs",
        L(router={"scheduler": {"config": {"inline": "x: y", "ref": {"name": "c"}}}}),
        L(router={"scheduler": {"config": {"inline": "x: y"}}}),
        "an inline text and a ref",
        "spec.router.scheduler.config",
    ),
    Trap(
        "no config",
        L(router={"scheduler": {"config": {"other": 1}}}),
        L(router={"scheduler": {"config": {"ref": {"name": "c"}}}}),
        "neither an inline text nor a ref",
        "spec.router.scheduler.config",
    ),
    Trap(
        "no base",
        L(baseRefs=[{"name": "base"}]),
        L(baseRefs=[{"name": "base"}]),
        "(ConfigNotFound)",
        "spec.baseRefs[0].name",
        WARNING,
        known=facts(known=(LLM_CONFIGS,)),
        otherwise=facts((LLM_CONFIGS, decoded(LLMInferenceServiceConfig, {"metadata": {"name": "base"}})), known=(LLM_CONFIGS,)),
    ),
    Trap("no main", L(template=T(name="vllm")), L(template=T()), 'is called "main"', "spec.template.containers", WARNING),
    Trap(
        "devices twice",
        L(template=T(), annotations={"serving.kserve.io/exp-dra-device-class": "gpu.nvidia.com"}),
        L(template=T(0), annotations={"serving.kserve.io/exp-dra-device-class": "gpu.nvidia.com"}),
        "claims devices by annotation and asks for GPUs",
        "spec.template.containers",
        WARNING,
    ),
    Trap(
        "some devices",
        L(annotations={"serving.kserve.io/exp-dra-device-count": "some"}),
        L(annotations={"serving.kserve.io/exp-dra-device-count": "2"}),
        '"some" is no number of devices',
        "metadata.annotations.serving.kserve.io/exp-dra-device-count",
    ),
    Trap(
        "made stopped",
        L(annotations={"serving.kserve.io/stop": "true"}),
        L(),
        "made with the annotation that stops it",
        "metadata.annotations.serving.kserve.io/stop",
        WARNING,
    ),
    Trap(
        "no such GPU",
        L(template=T()),
        L(template=T(0)),
        "No node has nvidia.com/gpu",
        "spec.template",
        known=facts(node("a"), known=(NODES,)),
    ),
    Trap(
        "no claim",
        L(model={"uri": "pvc://w"}),
        L(model={"uri": "pvc://w"}),
        'no PersistentVolumeClaim "w"',
        "spec.model.uri",
        known=facts(known=(CLAIMS,)),
        otherwise=facts(claim("w"), known=(CLAIMS,)),
    ),
    Trap(
        "no account",
        L(template=T(serviceAccountName="sa")),
        L(template=T()),
        'no ServiceAccount "sa"',
        "spec.template.serviceAccountName",
        known=facts(known=(SERVICE_ACCOUNTS,)),
    ),
    Trap(
        "no Secret",
        L(template=T(imagePullSecrets=[{"name": "pull"}])),
        L(template=T(imagePullSecrets=[{"name": "pull"}])),
        'no Secret "pull"',
        "spec",
        known=facts(known=(SECRETS,)),
        otherwise=facts(secret("pull"), known=(SECRETS,)),
    ),
]


def R(*formats: Manifest, name: str = "mine", container: str = "kserve-container", **spec: Any) -> Manifest:
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ServingRuntime",
        "metadata": {"name": name, "namespace": "team"},
        "spec": {"supportedModelFormats": list(formats), "containers": [{"name": container}], **spec},
    }


VLLM: Final = {"name": "vLLM", "autoSelect": True, "priority": 1}
RUNTIME = [
    Trap("no kserve-container", R(VLLM, container="main"), R(VLLM), 'No container is called "kserve-container"', "spec.containers"),
    Trap("no format", R(), R(VLLM), "It names no model format", "spec.supportedModelFormats", WARNING),
    Trap(
        "a rival",
        R(VLLM),
        R({**VLLM, "priority": 2}),
        "has the same priority (1)",
        "spec.supportedModelFormats[0].priority",
        known=facts(runtime("theirs")),
    ),
    Trap(
        "a rival without priority",
        R({"name": "x", "autoSelect": True}),
        R({"name": "x"}),
        "has the same priority (none)",
        "spec.supportedModelFormats[0].priority",
        WARNING,
        known=facts(runtime("theirs", {"name": "x", "autoSelect": True})),
    ),
]


def C(**spec: Any) -> Manifest:
    own = {"sourceModelUri": "hf://Qwen/Qwen3-8B", "modelSize": "16Gi", "nodeGroups": ["gpu"]} | spec
    return {"apiVersion": "serving.kserve.io/v1alpha1", "kind": "LocalModelCache", "metadata": {"name": "qwen"}, "spec": own}


def group(limit: str) -> tuple[Any, Any]:
    return NODE_GROUPS, decoded(LocalModelNodeGroup, {"metadata": {"name": "gpu", "namespace": ""}, "spec": {"storageLimit": limit}})


THERE: Final = facts((CACHES, decoded(LocalModelCache, C(), namespace="")))
CACHE = [
    Trap("no source", C(sourceModelUri=""), C(), "sourceModelUri is missing", "spec.sourceModelUri"),
    Trap("a claim", C(sourceModelUri="pvc://w/x"), C(), "pvc:// is not downloaded", "spec.sourceModelUri"),
    Trap(
        "gated",
        C(sourceModelUri="hf://meta-llama/Llama-3.2-1B-Instruct"),
        C(sourceModelUri="hf://meta-llama/Llama-3.2-1B-Instruct", storage={"key": "hf"}),
        "nothing gives the download a token",
        "spec.serviceAccountName",
        WARNING,
    ),
    Trap("another source", C(sourceModelUri="hf://Qwen/Qwen3-4B"), C(), "sourceModelUri is immutable", "spec.sourceModelUri", known=THERE),
    Trap("no size", C(modelSize=""), C(), "modelSize is missing", "spec.modelSize"),
    Trap("a word", C(modelSize="big"), C(), '"big" is no size', "spec.modelSize"),
    Trap("no group", C(nodeGroups=[]), C(), "nodeGroups is empty", "spec.nodeGroups"),
    Trap(
        "an unknown group",
        C(),
        C(),
        'no LocalModelNodeGroup "gpu"',
        "spec.nodeGroups[0]",
        known=facts(known=(NODE_GROUPS,)),
        otherwise=facts(group("1Ti"), known=(NODE_GROUPS,)),
    ),
    Trap("too large", C(), C(modelSize="8Gi"), "give 10Gi to models", "spec.nodeGroups[0]", known=facts(group("10Gi"))),
]
