"""Every trap of a NIMService and of a NIMCache, each beside one that is sound."""

from __future__ import annotations

from typing import Any, Final

from tests.systems.kserve.kserving import Manifest, Trap, claim, decoded, facts, node, secret

from modeltui.domain import Severity
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, NODES
from modeltui.systems.nim_operator.types import CACHES, SERVICES, NIMCache, NIMService

WARNING: Final = Severity.WARNING
STOP: Final = {"serving.kserve.io/stop": "true"}
STANDARD: Final = {"serving.kserve.io/deploymentMode": "Standard"}
KSERVE: Final = {"inferencePlatform": "kserve"}


def N(*, name: str = "llama", metadata: Manifest | None = None, **spec: Any) -> Manifest:
    own = {"image": {"repository": "nvcr.io/nim/meta/llama", "tag": "1"}, "authSecret": "ngc", "replicas": 2, **CACHED} | spec
    return {
        "apiVersion": "apps.nvidia.com/v1alpha1",
        "kind": "NIMService",
        "metadata": {"name": name, "namespace": "team", **(metadata or {})},
        "spec": own,
    }


def without(manifest: Manifest, field: str) -> Manifest:
    return {**manifest, "spec": {key: value for key, value in manifest["spec"].items() if key != field}}


def C(*, name: str = "c", storage: Any = None, env: Any = None, **source: Any) -> Manifest:
    own = {
        "source": source or {"ngc": {"modelPuller": "x:1", "authSecret": "ngc"}},
        "storage": {"pvc": {"create": True, "size": "50Gi"}} if storage is None else storage,
        **({"env": env} if env else {}),
    }
    return {"apiVersion": "apps.nvidia.com/v1alpha1", "kind": "NIMCache", "metadata": {"name": name, "namespace": "team"}, "spec": own}


def ngc(**more: Any) -> Manifest:
    return C(ngc={"modelPuller": "x:1", "authSecret": "ngc", **more})


def hub(**more: Any) -> Manifest:
    own = {"endpoint": "https://huggingface.co", "namespace": "meta-llama", "modelName": "Llama-3.2-1B", "authSecret": "hf"}
    return C(hf={**own, "modelPuller": "x:1", "pullSecret": "pull", **more})


def there(manifest: Manifest, **status: Any) -> Any:
    return SERVICES, decoded(NIMService, manifest, status)


def cached(manifest: Manifest | None = None, **status: Any) -> Any:
    return CACHES, decoded(NIMCache, manifest or C(), status)


CACHED: Final = {"storage": {"nimCache": {"name": "c"}}}
ON_CLAIM: Final = {"storage": {"pvc": {"name": "w"}}}
GPU: Final = {"resources": {"limits": {"nvidia.com/gpu": 4}}}
SCALED: Final = {"scale": {"enabled": True, "hpa": {"maxReplicas": 4}}}
ALONE: Final = without(N(**SCALED), "replicas")
CLAIMED: Final = {"resourceClaimTemplateName": "t"}
OF_THE_HUB: Final = {"env": [{"name": "NIM_MODEL_NAME", "value": "hf://meta-llama/Llama-3.2-1B"}]}
MIRRORED: Final = [{"name": "NIM_REPOSITORY_OVERRIDE", "value": "s3://bucket/"}]
KEY: Final = [{"name": "NGC_API_KEY", "value": "nvapi-x"}]
FROM: Final = [{"name": "NGC_API_KEY", "valueFrom": {"secretKeyRef": {"name": "ngc", "key": "NGC_API_KEY"}}}]
FAILED: Final = {
    "state": "Failed",
    "conditions": [{"type": "NIM_CACHE_JOB_COMPLETED", "status": "False", "message": "402 Payment Required"}],
}


def router(**ways: Any) -> Manifest:
    return {"expose": {"router": ways}}


SERVICE = [
    Trap("NIM: no name", N(name=""), N(), "The name is missing", "metadata.name"),
    Trap(
        "NIM: a dot in the name", N(name="llama-3.1"), N(name="llama-3-1"), 'A Service is made with the name "llama-3.1"', "metadata.name"
    ),
    Trap("NIM: 64 characters", N(name="l" * 64), N(name="l" * 63), "The name has 64 characters: a Service and a label", "metadata.name"),
    Trap(
        "NIM: 54 characters on KServe",
        N(name="l" * 54, **KSERVE),
        N(name="l" * 53, **KSERVE),
        "The name has 54 characters: an InferenceService and its Services",
        "metadata.name",
    ),
    Trap("NIM: no tag", N(image={"repository": "x"}), N(), "needs a repository and a tag", "spec.image"),
    Trap("NIM: less than none", N(replicas=-1), N(replicas=0), "replicas is -1", "spec.replicas"),
    Trap("NIM: no authSecret", N(authSecret=""), N(), "names no authSecret", "spec.authSecret", WARNING),
    Trap(
        "NIM: the key of the dashboard",
        N(),
        N(),
        'Secret "ngc" has no key NGC_API_KEY but api_key',
        "spec.authSecret",
        known=facts(secret("ngc", "api_key"), known=(SECRETS,)),
        otherwise=facts(secret("ngc", "NGC_API_KEY"), known=(SECRETS,)),
    ),
    Trap(
        "NIM: the key of another system",
        N(**OF_THE_HUB),
        N(**OF_THE_HUB),
        'Secret "ngc" has no key HF_TOKEN or NGC_API_KEY but token',
        "spec.authSecret",
        known=facts(secret("ngc", "token"), known=(SECRETS,)),
        otherwise=facts(secret("ngc", "HF_TOKEN"), known=(SECRETS,)),
    ),
    Trap(
        "NIM: a key that is only for the NGC",
        N(),
        N(env=MIRRORED),
        "none at all",
        "spec.authSecret",
        known=facts(secret("ngc"), known=(SECRETS,)),
    ),
    Trap(
        "NIM: no Secret",
        N(),
        N(),
        'no Secret "ngc"',
        "spec",
        known=facts(known=(SECRETS,)),
        otherwise=facts(secret("ngc", "NGC_API_KEY"), known=(SECRETS,)),
    ),
    Trap("NIM: a key in clear", N(env=KEY), N(env=FROM), "The value of NGC_API_KEY stands", "spec.env", WARNING),
    Trap(
        "NIM: a variable of no key",
        N(env=[{"name": "X", "valueFrom": {"secretKeyRef": {"name": "ngc", "key": "x"}}}]),
        N(env=FROM),
        'X takes key "x" of Secret "ngc"',
        "spec.env",
        known=facts(secret("ngc", "NGC_API_KEY"), known=(SECRETS,)),
    ),
    # ---- storage ----
    Trap("NIM: no storage", N(storage={}), N(), "Its storage is missing", "spec.storage"),
    Trap(
        "NIM: two storages",
        N(storage={"nimCache": {"name": "c"}, "pvc": {"name": "w"}}),
        N(storage={"emptyDir": {}}),
        "Its storage is nimCache and pvc",
        "spec.storage",
    ),
    Trap(
        "NIM: a profile of nothing",
        N(storage={"nimCache": {"profile": "x"}}),
        N(),
        "A profile of a NIMCache without a name",
        "spec.storage.nimCache.name",
    ),
    Trap(
        "NIM: no cache",
        N(),
        N(),
        'no NIMCache "c"',
        "spec.storage.nimCache.name",
        known=facts(known=(CACHES,)),
        otherwise=facts(cached(), known=(CACHES,)),
    ),
    Trap(
        "NIM: a cache that has failed",
        N(),
        N(),
        "NIMCache c has failed (402 Payment Required)",
        "spec.storage.nimCache.name",
        WARNING,
        known=facts(cached(**FAILED)),
        otherwise=facts(cached(state="Ready")),
    ),
    Trap(
        "NIM: a profile that the cache has not",
        N(storage={"nimCache": {"name": "c", "profile": "b"}}),
        N(storage={"nimCache": {"name": "c", "profile": "a"}}),
        'NIMCache c holds no profile "b": it holds a',
        "spec.storage.nimCache.profile",
        known=facts(cached(state="Ready", profiles=[{"name": "a"}])),
    ),
    Trap(
        "NIM: a cache of one node",
        N(),
        N(replicas=1),
        "2 pods share the claim of NIMCache c",
        "spec.storage.nimCache.name",
        WARNING,
        known=facts(cached(C(storage={"pvc": {"create": True, "size": "50Gi", "volumeAccessMode": "ReadWriteOnce"}}))),
    ),
    Trap(
        "NIM: no claim",
        N(**ON_CLAIM),
        N(**ON_CLAIM),
        'no PersistentVolumeClaim "w"',
        "spec.storage.pvc.name",
        known=facts(known=(CLAIMS,)),
        otherwise=facts(claim("w"), known=(CLAIMS,)),
    ),
    Trap(
        "NIM: a claim of one node",
        N(**ON_CLAIM),
        N(replicas=1, **ON_CLAIM),
        '2 pods share claim "w"',
        "spec.storage.pvc.name",
        WARNING,
        known=facts(claim("w", "ReadWriteOnce"), known=(CLAIMS,)),
    ),
    Trap(
        "NIM: a claim without a size",
        N(storage={"pvc": {"create": True}}),
        N(storage={"pvc": {"create": True, "size": "50Gi"}}),
        "The claim to be made has no size",
        "spec.storage.pvc.size",
    ),
    Trap(
        "NIM: a claim of a size that is none",
        N(storage={"pvc": {"create": True, "size": "large"}}),
        N(storage={"pvc": {"create": True, "size": "50Gi"}}),
        '"large" is no size for a claim',
        "spec.storage.pvc.size",
    ),
    Trap(
        "NIM: a claim nobody names",
        N(storage={"pvc": {"subPath": "x"}}),
        N(storage={"pvc": {"subPath": "x", "name": "w"}}),
        "It names no claim, and none is to be made",
        "spec.storage.pvc.name",
    ),
    Trap(
        "NIM: an access mode of no name",
        N(storage={"pvc": {"name": "w", "volumeAccessMode": "RWX"}}),
        N(storage={"pvc": {"name": "w", "volumeAccessMode": "ReadWriteMany"}}),
        '"RWX" is no access mode',
        "spec.storage.pvc.volumeAccessMode",
    ),
    # ---- GPUs ----
    Trap(
        "NIM: too many GPUs",
        N(**GPU),
        N(),
        "no node has more than 2",
        "spec.resources",
        known=facts(node("a", nvidia_com__gpu="2"), known=(NODES,)),
    ),
    Trap(
        "NIM: GPUs without a limit",
        N(resources={"requests": {"nvidia.com/gpu": 1}}),
        N(resources={"requests": {"nvidia.com/gpu": 1}, "limits": {"nvidia.com/gpu": 1}}),
        "without a limit",
        "spec.resources",
    ),
    Trap(
        "NIM: devices in resources",
        N(resources={"claims": [{"name": "gpu"}]}),
        N(draResources=[CLAIMED]),
        "resources.claims is refused",
        "spec.resources.claims",
    ),
    Trap(
        "NIM: devices claimed twice",
        N(draResources=[{**CLAIMED, "resourceClaimName": "x"}]),
        N(draResources=[CLAIMED]),
        "by resourceClaimName and resourceClaimTemplateName",
        "spec.draResources[0]",
    ),
    Trap(
        "NIM: one claim for several",
        N(draResources=[{"resourceClaimName": "x"}]),
        N(draResources=[{"resourceClaimName": "x"}], replicas=1),
        "2 replicas cannot share one claim for devices",
        "spec.draResources[0].resourceClaimName",
    ),
    # ---- replicas, KServe, several nodes ----
    Trap("NIM: counted and scaled", N(**SCALED), ALONE, "replicas and an autoscaler", "spec.replicas"),
    Trap("NIM: scaled without bounds", without(N(scale={"enabled": True}), "replicas"), ALONE, "says no bounds", "spec.scale.hpa"),
    Trap(
        "NIM: bounds the wrong way round",
        without(N(scale={"enabled": True, "hpa": {"minReplicas": 3, "maxReplicas": 2}}), "replicas"),
        ALONE,
        "minReplicas is 3 and maxReplicas 2",
        "spec.scale.hpa.maxReplicas",
    ),
    Trap(
        "NIM: several nodes and scaled",
        {**ALONE, "spec": {**ALONE["spec"], "multiNode": {}}},
        ALONE,
        "multiNode and an autoscaler",
        "spec.multiNode",
    ),
    Trap("NIM: several nodes on KServe", N(multiNode={}, **KSERVE), N(multiNode={}), "multiNode is refused on KServe", "spec.multiNode"),
    Trap(
        "NIM: two ways to start nodes",
        N(multiNode={"mpi": {"mpiStartTimeout": 300}, "ray": {"rayPort": 6379}}),
        N(multiNode={"mpi": {"mpiStartTimeout": 300}}),
        "mpi and ray stand side by side",
        "spec.multiNode",
    ),
    Trap(
        "NIM: split over too few GPUs",
        N(multiNode={"parallelism": {"tensor": 8}}, **GPU),
        N(multiNode={"parallelism": {"tensor": 4}}, **GPU),
        "splits the model 8 ways (tensor) and has 4 GPUs",
        "spec.multiNode.parallelism.tensor",
    ),
    *(
        Trap(
            f"NIM: {where} on Knative",
            without(N(**told, **KSERVE), "replicas"),
            without(N(**told, **KSERVE, annotations=STANDARD), "replicas"),
            f"{where} is refused on KServe without the annotation",
            f"spec.{where}.enabled",
        )
        for where, told in (
            ("scale", SCALED),
            ("expose.ingress", {"expose": {"ingress": {"enabled": True, "spec": {"ingressClassName": "nginx"}}}}),
            ("metrics", {"metrics": {"enabled": True}}),
        )
    ),
    Trap(
        "NIM: stop of one that stands alone",
        N(annotations=STOP),
        N(annotations=STOP, **KSERVE),
        "does nothing to a NIMService that stands alone",
        "spec.annotations.serving.kserve.io/stop",
        WARNING,
    ),
    Trap(
        "NIM: stop of another word",
        N(annotations={"serving.kserve.io/stop": "yes"}, **KSERVE),
        N(annotations={"serving.kserve.io/stop": "false"}, **KSERVE),
        '"yes", which stops nothing',
        "spec.annotations.serving.kserve.io/stop",
        WARNING,
    ),
    Trap(
        "NIM: made stopped",
        N(annotations=STOP, **KSERVE),
        N(annotations=STOP, **KSERVE),
        "It is made with the annotation that stops it",
        "spec.annotations.serving.kserve.io/stop",
        WARNING,
        otherwise=facts(there(N(**KSERVE))),
    ),
    Trap(
        "NIM: stop in metadata",
        N(metadata={"annotations": STOP}, **KSERVE),
        N(metadata={"annotations": STOP}, annotations={"serving.kserve.io/stop": "false"}, **KSERVE),
        "serving.kserve.io/stop in metadata.annotations does nothing",
        "metadata.annotations.serving.kserve.io/stop",
        WARNING,
    ),
    Trap(
        "NIM: visibility in metadata",
        N(metadata={"labels": {"networking.kserve.io/visibility": "exposed"}}, **KSERVE),
        N(labels={"networking.kserve.io/visibility": "exposed"}, **KSERVE),
        "networking.kserve.io/visibility in metadata.labels does nothing",
        "metadata.labels.networking.kserve.io/visibility",
        WARNING,
    ),
    # ---- shape ----
    Trap(
        "NIM: a router where none is",
        N(router={"hostDomainName": "x"}),
        N(**router(hostDomainName="x")),
        "spec.router is no field of NIMService",
        "spec.router",
    ),
    Trap(
        "NIM: two ways in", N(**router(gateway={}, ingress={})), N(**router(gateway={})), "gateway and ingress stand", "spec.expose.router"
    ),
    Trap(
        "NIM: an ingress twice",
        N(expose={"ingress": {"enabled": True}, "router": {"ingress": {}}}),
        N(**router(ingress={})),
        "expose.ingress and expose.router.ingress",
        "spec.expose.ingress",
    ),
    Trap(
        "NIM: other nodes than before",
        N(multiNode={"parallelism": {"pipeline": 2}}),
        N(),
        "multiNode cannot be changed",
        "spec.multiNode",
        known=facts(there(N())),
    ),
    Trap(
        "NIM: other devices than before",
        N(draResources=[CLAIMED]),
        N(),
        "draResources cannot be changed",
        "spec.draResources",
        known=facts(there(N())),
    ),
    Trap(
        "NIM: another claim than was made",
        N(storage={"pvc": {"create": True, "size": "90Gi"}}),
        N(storage={"pvc": {"create": True, "size": "50Gi"}}),
        "storage.pvc cannot be changed",
        "spec.storage.pvc",
        known=facts(there(N(storage={"pvc": {"create": True, "size": "50Gi"}}))),
    ),
]
CACHE = [
    Trap("NIMCache: no name", C(name=""), C(), "The name is missing", "metadata.name"),
    Trap(
        "NIMCache: two sources",
        C(ngc={"modelPuller": "x", "authSecret": "n"}, hf=hub()["spec"]["source"]["hf"]),
        C(),
        "ngc and hf: exactly one",
        "spec.source",
    ),
    Trap("NIMCache: no source", C(other={}), C(), "Its source is missing", "spec.source"),
    Trap("NIMCache: no puller", ngc(modelPuller=""), ngc(), "names no modelPuller", "spec.source.ngc.modelPuller"),
    Trap("NIMCache: no puller for the Hub", hub(modelPuller=""), hub(), "names no modelPuller", "spec.source.hf.modelPuller"),
    Trap("NIMCache: no authSecret", ngc(authSecret=""), ngc(), "names no authSecret", "spec.source.ngc.authSecret"),
    Trap("NIMCache: no pullSecret", hub(pullSecret=""), hub(), "names no pullSecret", "spec.source.hf.pullSecret"),
    Trap("NIMCache: no organisation", hub(namespace=""), hub(), "names no namespace", "spec.source.hf.namespace"),
    Trap(
        "NIMCache: the organisation twice",
        hub(modelName="meta-llama/Llama-3.2-1B"),
        hub(),
        "meta-llama/meta-llama/Llama-3.2-1B is on no Hub",
        "spec.source.hf.modelName",
    ),
    Trap("NIMCache: a model and a dataset", hub(datasetName="d"), hub(), "both modelName and datasetName", "spec.source.hf"),
    Trap("NIMCache: neither model nor dataset", hub(modelName=""), hub(), "neither modelName nor datasetName", "spec.source.hf"),
    Trap(
        "NIMCache: a model and an endpoint",
        ngc(model={"engine": "vllm"}, modelEndpoint="ngc://x"),
        ngc(modelEndpoint="ngc://x"),
        "model and modelEndpoint stand side by side",
        "spec.source.ngc.modelEndpoint",
    ),
    Trap(
        "NIMCache: profiles, and what they are chosen by",
        ngc(model={"profiles": ["a"], "engine": "vllm"}),
        ngc(model={"profiles": ["a"]}),
        "It names profiles, and chooses by engine, too",
        "spec.source.ngc.model.profiles",
    ),
    Trap(
        "NIMCache: all, and others",
        ngc(model={"profiles": ["all", "a"]}),
        ngc(model={"profiles": ["all"]}),
        'The profile "all" stands beside others',
        "spec.source.ngc.model.profiles",
    ),
    Trap(
        "NIMCache: a quality of no name",
        ngc(model={"qosProfile": "fast"}),
        ngc(model={"qosProfile": "latency"}),
        '"fast" is no qosProfile',
        "spec.source.ngc.model.qosProfile",
    ),
    Trap(
        "NIMCache: another puller",
        ngc(modelPuller="x:2"),
        ngc(),
        "modelPuller is immutable",
        "spec.source.ngc.modelPuller",
        known=facts(cached()),
    ),
    Trap("NIMCache: no Secret", C(), C(), 'no Secret "ngc"', "spec.source", known=facts(known=(SECRETS,)), otherwise=facts()),
    Trap(
        "NIMCache: the key of the dashboard",
        C(),
        C(),
        'Secret "ngc" has no key NGC_API_KEY but api_key',
        "spec.source.ngc.authSecret",
        known=facts(secret("ngc", "api_key")),
        otherwise=facts(secret("ngc", "NGC_API_KEY")),
    ),
    Trap(
        "NIMCache: the token of another system",
        hub(),
        hub(),
        'Secret "hf" has no key HF_TOKEN but token',
        "spec.source.hf.authSecret",
        known=facts(secret("hf", "token")),
        otherwise=facts(secret("hf", "HF_TOKEN")),
    ),
    Trap("NIMCache: a key in clear", C(env=KEY), C(env=MIRRORED), "The value of NGC_API_KEY stands", "spec.env", WARNING),
    Trap("NIMCache: no storage", C(storage={}), C(), "It says no storage", "spec.storage.pvc"),
    Trap(
        "NIMCache: no claim",
        C(storage={"pvc": {"name": "w"}}),
        C(storage={"pvc": {"name": "w"}}),
        'no PersistentVolumeClaim "w"',
        "spec.storage.pvc.name",
        known=facts(known=(CLAIMS,)),
        otherwise=facts(claim("w"), known=(CLAIMS,)),
    ),
    Trap("NIMCache: a claim without a size", C(storage={"pvc": {"create": True}}), C(), "has no size", "spec.storage.pvc.size"),
    Trap(
        "NIMCache: a field of no name",
        {**C(), "spec": {**C()["spec"], "gpuSelectors": {}}},
        C(),
        "spec.gpuSelectors is no field of NIMCache",
        "spec.gpuSelectors",
    ),
]
