"""Every trap of a NIMCache, each beside one that is sound."""

from __future__ import annotations

from tests.systems.kserve.kserving import Trap, claim, facts, secret
from tests.systems.nim_operator.nim_making import KEY, MIRRORED, WARNING, C, cached, hub, ngc

from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS

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
