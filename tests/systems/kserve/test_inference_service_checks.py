"""Every trap of an InferenceService: found in a manifest that has it, and not in one that has not."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.systems import traps
from tests.systems.kserve.kserving import (
    Manifest,
    Trap,
    claim,
    conditions,
    decoded,
    facts,
    live,
    model,
    node,
    runtime,
    secret,
    service,
    tell_apart,
)

from modeltui.domain import Finding, Severity
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, NODES
from modeltui.systems.facts import FactTable
from modeltui.systems.kserve.checks import check_service, naming, predictor, scaling, storage
from modeltui.systems.kserve.types import CLUSTER_RUNTIMES, RUNTIMES, SERVICE_ACCOUNTS, SERVICES, InferenceService, ServiceAccount
from modeltui.systems.serving import needs

WARNING: Final = Severity.WARNING
KNOWN: Final = (RUNTIMES, CLUSTER_RUNTIMES)
P: Final = "spec.predictor"
M: Final = f"{P}.model"
RAW: Final = {"serving.kserve.io/deploymentMode": "Standard"}
FETCHED: Final = {"serving.kserve.io/storageSecretName": "hf"}
STOP: Final = {"serving.kserve.io/stop": "true"}
VLLM: Final = runtime()
SMALL: Final = runtime("small", container={"resources": {"limits": {"cpu": "1", "memory": "2Gi"}}})
WITH_VLLM: Final = facts(VLLM, known=KNOWN)


def S(predictor: Manifest | None = None, **more: Any) -> Manifest:
    return service(predictor, **more)


def accounts(*names: str, secrets: tuple[str, ...] = ()) -> FactTable:
    found = [
        (SERVICE_ACCOUNTS, decoded(ServiceAccount, {"metadata": {"name": name}, "secrets": [{"name": one} for one in secrets]}))
        for name in names
    ]
    return facts(*found, known=(SERVICE_ACCOUNTS,))


NAMES = [
    Trap("no name", S(name=""), S(), "The name is missing", "metadata.name"),
    Trap("a dot", S(name="llama-3.1"), S(), "cannot be the name of an InferenceService", "metadata.name"),
    Trap("a digit first", S(name="3llama"), S(), "it begins with a letter", "metadata.name"),
    Trap("54 characters", S(name="l" * 54), S(name="l" * 53), "which may have at most 63", "metadata.name"),
    Trap("49 characters", S(name="l" * 49), S(name="l" * 48), "versions of KServe before 0.16", "metadata.name", WARNING),
    Trap(
        "49 characters under Knative",
        S(name="l" * 49),
        S(name="l" * 49, annotations={"serving.kserve.io/deploymentMode": "Knative"}),
        "isvc.",
        "metadata.name",
        WARNING,
    ),
]

SHAPE = [
    Trap("nothing", S({"minReplicas": 1}), S(), "neither a model nor a container", P),
    Trap("nothing but a container", S({}), S({"containers": [{"name": "x", "image": "i"}]}), "neither a model", P),
    Trap("two", S({**model(), "sklearn": {}}), S(), "model and sklearn: exactly one", P),
    Trap("no format", S({"model": {"modelFormat": {}}}), S(), "has no format", f"{M}.modelFormat.name"),
    Trap("a name", S(model(name="x")), S(model(name="")), "may have no name of its own", f"{M}.name"),
    Trap("predictor.resources", S({**model(), "resources": {"limits": {"cpu": "1"}}}), S(), "is not for the model", f"{P}.resources"),
]

RUNTIME = [
    Trap(
        "unknown",
        S(model(runtime="vllm-runtim")),
        S(model(runtime="vllm-runtime")),
        "RuntimeNotRecognized",
        f"{M}.runtime",
        known=WITH_VLLM,
    ),
    Trap(
        "disabled",
        S(model(runtime="vllm-runtime")),
        S(model(runtime="vllm-runtime")),
        "is disabled",
        f"{M}.runtime",
        known=facts(runtime(disabled=True), known=KNOWN),
        otherwise=WITH_VLLM,
    ),
    Trap(
        "of another format",
        S(model("onnx", runtime="vllm-runtime")),
        S(model(runtime="vllm-runtime")),
        'does not serve format "onnx" (NoSupportingRuntime): it serves vLLM',
        f"{M}.modelFormat",
        known=WITH_VLLM,
    ),
    Trap(
        "of another protocol",
        S(model(runtime="vllm-runtime", protocolVersion="v1")),
        S(model(runtime="vllm-runtime", protocolVersion="v2")),
        "does not speak protocol v1",
        f"{M}.protocolVersion",
        known=facts(runtime(protocolVersions=["v2"]), known=KNOWN),
    ),
    Trap(
        "for many models",
        S(model(runtime="vllm-runtime")),
        S(model(runtime="vllm-runtime")),
        "ModelMesh",
        f"{M}.runtime",
        known=facts(runtime(multiModel=True), known=KNOWN),
        otherwise=WITH_VLLM,
    ),
    Trap("none chosen", S(model("gguf")), S(), 'No runtime is chosen automatically for format "gguf"', M, known=WITH_VLLM),
    Trap(
        "one that would do",
        S(model("x")),
        S(model("x", runtime="r")),
        "ServingRuntime r would do when named",
        M,
        known=facts(runtime("r", {"name": "x"}), known=KNOWN),
    ),
    Trap(
        "two alike",
        S(),
        S(model(runtime="a")),
        "ServingRuntime a and ServingRuntime b have the same priority",
        f"{M}.runtime",
        WARNING,
        known=facts(runtime("a"), runtime("b"), known=KNOWN),
    ),
]

MULTI: Final = {**model(uri="pvc://w/x"), "workerSpec": {}}
NO_SCALING: Final = {"serving.kserve.io/autoscalerClass": "none"}
W: Final = f"{P}.workerSpec"
WORKERS = [
    Trap(
        "two containers",
        S({**MULTI, "workerSpec": {"containers": [{"name": "a"}, {"name": "b"}]}}),
        S(MULTI),
        "several containers",
        f"{W}.containers",
    ),
    Trap(
        "no stage",
        S({**MULTI, "workerSpec": {"pipelineParallelSize": 0}}),
        S(MULTI),
        "pipelineParallelSize is 0",
        f"{W}.pipelineParallelSize",
    ),
    Trap("from the Hub", S({**model(), "workerSpec": {}}), S(MULTI), "in a claim or an image", f"{M}.storageUri"),
    Trap("scaled", S(MULTI), S(MULTI, annotations=NO_SCALING), "nothing may be scaled", "metadata.annotations"),
    Trap(
        "by variable",
        S({**model(uri="pvc://w/x", env=[{"name": "TENSOR_PARALLEL_SIZE", "value": "2"}]), "workerSpec": {}}),
        S(MULTI),
        "TENSOR_PARALLEL_SIZE may not be set",
        f"{M}.env",
    ),
    Trap(
        "a runtime of one node",
        S({**model(uri="pvc://w/x", runtime="vllm-runtime"), "workerSpec": {}}),
        S({**model(uri="pvc://w/x", runtime="vllm-runtime"), "workerSpec": {}}),
        "InvalidWorkerSpecNotSet",
        W,
        known=WITH_VLLM,
        otherwise=facts(runtime(workerSpec={"containers": []}), known=KNOWN),
    ),
]

SCALING = [
    Trap("fewer than none", S(model(minReplicas=-1)), S(model(minReplicas=0)), "minReplicas of the predictor is -1", f"{P}.minReplicas"),
    Trap(
        "at most fewer than none",
        S(model(maxReplicas=-1)),
        S(model(maxReplicas=0)),
        "maxReplicas of the predictor is -1",
        f"{P}.maxReplicas",
    ),
    Trap(
        "the wrong way round",
        S(model(minReplicas=3, maxReplicas=2)),
        S(model(minReplicas=3, maxReplicas=0)),
        "is 3 and maxReplicas is 2",
        f"{P}.maxReplicas",
    ),
    Trap(
        "of the transformer",
        S(transformer={"minReplicas": 3, "maxReplicas": 2}),
        S(transformer={"minReplicas": 2, "maxReplicas": 2}),
        "minReplicas of the transformer is 3",
        "spec.transformer.maxReplicas",
    ),
    Trap(
        "zero in Standard",
        S(model(minReplicas=0), annotations=RAW),
        S(model(minReplicas=0)),
        "keeps at least one replica",
        f"{P}.minReplicas",
        WARNING,
    ),
    Trap(
        "canary in Standard",
        S(model(canaryTrafficPercent=10), annotations=RAW),
        S(model(canaryTrafficPercent=10)),
        "canaryTrafficPercent does nothing",
        f"{P}.canaryTrafficPercent",
        WARNING,
    ),
    Trap(
        "stop of another word",
        S(annotations={"serving.kserve.io/stop": "yes"}),
        S(annotations={"serving.kserve.io/stop": "false"}),
        "which stops nothing",
        "metadata.annotations.serving.kserve.io/stop",
        WARNING,
    ),
    Trap(
        "made stopped",
        S(annotations=STOP),
        S(annotations=STOP),
        "It is made with the annotation that stops it",
        "metadata.annotations.serving.kserve.io/stop",
        WARNING,
        otherwise=facts((SERVICES, live())),
    ),
    Trap(
        "an unknown autoscaler",
        S(annotations={"serving.kserve.io/autoscalerClass": "kpa"}),
        S(annotations=NO_SCALING),
        '"kpa" is no autoscaler class',
        "metadata.annotations.serving.kserve.io/autoscalerClass",
    ),
    Trap(
        "an unknown mode",
        S(annotations={"serving.kserve.io/deploymentMode": "Raw"}),
        S(annotations=RAW),
        '"Raw" is no deployment mode',
        "metadata.annotations.serving.kserve.io/deploymentMode",
    ),
    Trap(
        "another mode",
        S(annotations=RAW),
        S(annotations=RAW),
        "cannot be changed to Standard",
        "metadata.annotations.serving.kserve.io/deploymentMode",
        known=facts((SERVICES, live(None, {"deploymentMode": "Serverless"}))),
        otherwise=facts((SERVICES, live(None, {"deploymentMode": "RawDeployment"}))),
    ),
]

URI: Final = f"{M}.storageUri"
STORAGE = [
    Trap("a Hub id", S(model(uri="Qwen/Qwen3-8B")), S(), "is no URI", URI),
    Trap("a path", S(model(uri="/models/x")), S(), "is in the image already", URI),
    Trap("another scheme", S(model(uri="huggingface://Qwen/Qwen3-8B")), S(), "KServe cannot read huggingface://", URI),
    Trap("half an id", S(model(uri="hf://Qwen")), S(model(uri="hf://Qwen/Qwen3-8B:main")), "names no model of the Hub", URI),
    Trap("nothing behind it", S(model(uri="pvc://")), S(model(uri="pvc://w")), "names nothing", URI),
    Trap("a blank", S(model(uri="hf://Qwen/Qwen3 8B")), S(), "has blanks in it", URI),
    Trap("both", S({**model(), "storageUris": [{"uri": "hf://a/b"}]}), S(), "stand side by side", URI),
    Trap(
        "a relative place",
        S({**model(uri=""), "storageUris": [{"uri": "hf://a/b", "mountPath": "models"}]}),
        S({**model(uri=""), "storageUris": [{"uri": "hf://a/b", "mountPath": "/mnt/models"}]}),
        "is no place for weights",
        f"{P}.storageUris[0].mountPath",
    ),
    Trap(
        "a key that is not there",
        S(model(uri="", storage={"key": "minio", "path": "x"})),
        S(model(uri="", storage={"key": "s3", "path": "x"})),
        'has no key "minio"',
        f"{M}.storage.key",
        known=facts(secret("storage-config", "s3"), known=(SECRETS,)),
    ),
    Trap(
        "S3 without credentials",
        S(model(uri="s3://bucket/x")),
        S({**model(uri="s3://bucket/x"), "serviceAccountName": "sa"}),
        "Nothing gives it credentials for S3",
        URI,
        WARNING,
        known=accounts("default"),
        otherwise=accounts("sa", secrets=("s3",)),
    ),
    Trap(
        "gated",
        S(model(uri="hf://meta-llama/Llama-3.2-1B-Instruct")),
        S(
            model(
                uri="hf://meta-llama/Llama-3.2-1B-Instruct",
                env=[{"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "h", "key": "t"}}}],
            )
        ),
        "is gated on the Hub",
        URI,
        known=accounts("default"),
    ),
    Trap(
        "gated, with a Secret for fetching",
        S(model(uri="hf://meta-llama/Llama-3.2-1B-Instruct")),
        S(model(uri="hf://meta-llama/Llama-3.2-1B-Instruct"), annotations=FETCHED),
        "is gated on the Hub",
        URI,
        known=accounts("default"),
    ),
    Trap(
        "gated, with a Secret of other keys",
        S(model(uri="hf://meta-llama/Llama-3.2-1B-Instruct"), annotations=FETCHED),
        S(model(uri="hf://meta-llama/Llama-3.2-1B-Instruct"), annotations=FETCHED),
        'Secret "hf" has no HF_TOKEN but token',
        "metadata.annotations.serving.kserve.io/storageSecretName",
        known=facts(secret("hf", "token"), known=(SECRETS,)),
        otherwise=facts(secret("hf", "HF_TOKEN"), known=(SECRETS,)),
    ),
    Trap(
        "no claim",
        S(model(uri="pvc://weights/x")),
        S(model(uri="pvc://weights/x")),
        'no PersistentVolumeClaim "weights"',
        URI,
        known=facts(known=(CLAIMS,)),
        otherwise=facts(claim("weights"), known=(CLAIMS,)),
    ),
    Trap(
        "a claim of one node",
        S(model(uri="pvc://weights/x", minReplicas=2, maxReplicas=2)),
        S(model(uri="pvc://weights/x")),
        '2 pods share claim "weights"',
        URI,
        WARNING,
        known=facts(claim("weights", "ReadWriteOnce"), known=(CLAIMS,)),
    ),
    Trap(
        "a mounted claim",
        S({**model(), "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "cache"}}]}),
        S(),
        'no PersistentVolumeClaim "cache"',
        f"{P}.volumes",
        known=facts(known=(CLAIMS,)),
    ),
    Trap(
        "no account",
        S({**model(), "serviceAccountName": "sa"}),
        S({**model(), "serviceAccountName": "sa"}),
        'no ServiceAccount "sa"',
        f"{P}.serviceAccountName",
        known=accounts("default"),
        otherwise=accounts("sa"),
    ),
]


def from_secret(key: str = "token", **more: Any) -> Manifest:
    return model(env=[{"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hf", "key": key, **more}}}])


def gpus(requests: Any, limits: Any) -> Manifest:
    return model(
        gpus=None,
        resources={"requests": {"nvidia.com/gpu": requests} if requests else {}, "limits": {"nvidia.com/gpu": limits} if limits else {}},
    )


NEEDS = [
    Trap(
        "no Secret",
        S(from_secret()),
        S(from_secret()),
        'no Secret "hf"',
        P,
        known=facts(known=(SECRETS,)),
        otherwise=facts(secret("hf", "token")),
    ),
    Trap(
        "no key",
        S(from_secret("tokn")),
        S(from_secret()),
        'takes key "tokn"',
        f"{M}.env",
        known=facts(secret("hf", "token"), known=(SECRETS,)),
    ),
    Trap(
        "a key that may be missing",
        S(from_secret("x")),
        S(from_secret("x", optional=True)),
        "takes key",
        f"{M}.env",
        known=facts(secret("hf")),
    ),
    Trap("no limit", S(gpus("1", "")), S(gpus("1", "1")), "without a limit", f"{M}.resources"),
    Trap("another limit", S(gpus("1", "2")), S(gpus("2", 2)), "and limits them to 2", f"{M}.resources"),
    Trap("half a GPU", S(gpus("", "500m")), S(gpus("", "1")), "is no number of nvidia.com/gpu", f"{M}.resources.limits"),
    Trap(
        "more memory than the limit",
        S(model(gpus=None, resources={"requests": {"memory": "64Gi"}, "limits": {"memory": "2Gi"}})),
        S(model(gpus=None, resources={"requests": {"memory": "64Gi"}, "limits": {"memory": "64Gi"}})),
        "It requests 64Gi of memory, and its limit is 2Gi",
        f"{M}.resources.limits.memory",
    ),
    Trap(
        "more memory than the limit of the runtime that will be chosen",
        S(model(gpus=None, resources={"requests": {"memory": "64Gi"}})),
        S(model(gpus=None, resources={"requests": {"memory": "64Gi"}, "limits": {"memory": "64Gi"}})),
        "and the limit of ServingRuntime small is 2Gi",
        f"{M}.resources.limits.memory",
        known=facts(SMALL, known=KNOWN),
    ),
    Trap(
        "more cores than the limit of the runtime that is named",
        S(model(gpus=None, runtime="small", resources={"requests": {"cpu": "1500m"}})),
        S(model(gpus=None, runtime="small", resources={"requests": {"cpu": "500m"}})),
        "It requests 1500m of cpu, and the limit of ServingRuntime small is 1",
        f"{M}.resources.limits.cpu",
        known=facts(SMALL, known=KNOWN),
    ),
    Trap(
        "more cores than KServe gives where nobody says a limit",
        S(model(gpus=None, resources={"requests": {"cpu": "8"}})),
        S(model(gpus=None, resources={"requests": {"cpu": "8"}, "limits": {"cpu": "8"}})),
        "KServe then sets 1, unless it is configured otherwise",
        f"{M}.resources.limits.cpu",
        WARNING,
        known=WITH_VLLM,
    ),
    Trap(
        "more memory than KServe gives, but for a runtime that says how much",
        S(model(gpus=None, resources={"requests": {"memory": "8Gi"}})),
        S(model(gpus=None, resources={"requests": {"memory": "8Gi"}})),
        "KServe then sets 2Gi",
        f"{M}.resources.limits.memory",
        WARNING,
        known=WITH_VLLM,
        otherwise=facts(runtime(container={"resources": {"requests": {"cpu": "1"}}}), known=KNOWN),
    ),
    Trap(
        "no such GPU",
        S(),
        S(),
        "No node has nvidia.com/gpu (there is amd.com/gpu)",
        f"{M}.resources",
        known=facts(node("a", amd_com__gpu="8"), known=(NODES,)),
        otherwise=facts(node("a", nvidia_com__gpu="1"), known=(NODES,)),
    ),
    Trap(
        "too many",
        S(model(gpus=9)),
        S(model(gpus=8)),
        "no node has more than 8",
        f"{M}.resources",
        known=facts(node("a", nvidia_com__gpu="8"), known=(NODES,)),
    ),
    Trap(
        "a token in clear",
        S(model(env=[{"name": "HF_TOKEN", "value": "x"}])),
        S(from_secret()),
        "value of HF_TOKEN stands",
        f"{M}.env",
        WARNING,
    ),
    Trap(
        "an argument",
        S(model(args=["--api-key=abc"])),
        S(model(args=["--api-key=$(KEY)"])),
        "argument --api-key gives",
        f"{M}.args",
        WARNING,
    ),
]
ALL: Final = (*NAMES, *SHAPE, *RUNTIME, *WORKERS, *SCALING, *STORAGE, *NEEDS)


@pytest.mark.parametrize("trap", ALL, ids=lambda trap: trap.name)
def test_a_trap_is_found_where_it_is_and_only_there(trap: Trap) -> None:
    tell_apart(trap, check_service)


def test_every_sentence_of_the_checks_is_told_by_a_trap() -> None:
    reasons = "\n".join(finding.reason for trap in ALL for finding in check_service(trap.has, trap.known))
    files = [Path(str(module.__file__)) for module in (naming, predictor, scaling, storage, needs)]
    elsewhere = ("LLMInferenceService", "becomes a label of its pods")
    missing = [part for part in traps.sentences(*files) if part not in reasons and not any(one in part for one in elsewhere)]
    assert missing == []


def test_a_sound_service_on_a_cluster_that_is_wholly_known_has_no_findings() -> None:
    known = facts(
        VLLM, node("a", nvidia_com__gpu="8"), claim("w", "ReadWriteMany"), secret("hf", "token"), known=(*KNOWN, NODES, CLAIMS, SECRETS)
    )
    assert check_service(S(from_secret()), known) == ()
    assert check_service(live(S(from_secret()), {"conditions": conditions(Ready="True")}), known) == ()


def test_what_is_not_known_is_not_held_against_it() -> None:
    wanted = model(uri="pvc://w/x", runtime="r", env=from_secret()["model"]["env"], serviceAccountName="sa")
    assert check_service(S(wanted), FactTable()) == ()


def test_no_sentence_repeats_a_secret() -> None:
    token = "hf_abcdefghijklmnopqrstuvwxyz"
    found = check_service(
        S(model(uri=f"{token}://x", env=[{"name": "HF_TOKEN", "value": token}], args=[f"--api-key={token}"])), FactTable()
    )
    assert found
    assert all(token not in finding.reason + finding.remedy for finding in found)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner, max_size=2),
    max_leaves=5,
)
RICH = S(
    {
        **model(runtime="r", env=from_secret()["model"]["env"], args=["--x"], storage={"key": "k", "path": "p"}),
        "workerSpec": {"pipelineParallelSize": 2, "containers": []},
        "storageUris": [{"uri": "hf://a/b", "mountPath": "/m"}],
        "minReplicas": 1,
        "maxReplicas": 2,
    },
    annotations={**STOP, **RAW},
    transformer={"containers": []},
)


def with_something_else(manifest: Any) -> st.SearchStrategy[Any]:
    match manifest:
        case dict() if manifest:
            places = st.sampled_from(sorted(manifest))
            inside = places.flatmap(lambda key: with_something_else(manifest[key]).map(lambda value: {**manifest, key: value}))
            return JSON | inside | inside | inside
        case [first, *rest]:
            return JSON | with_something_else(first).map(lambda value: [value, *rest])
    return JSON


@given(with_something_else(RICH))
def test_a_manifest_of_any_shape_gets_an_answer(manifest: Any) -> None:
    if not isinstance(manifest, dict):
        manifest = {"spec": manifest}
    known = facts(VLLM, node("a"), secret("hf", "x"), (SERVICES, live()), known=(*KNOWN, NODES, CLAIMS, SECRETS, SERVICE_ACCOUNTS))
    for finding in check_service(manifest, known):
        assert isinstance(finding, Finding)
        assert finding.reason
        assert "\n" not in finding.reason or "\n" in str(manifest)


def test_the_live_object_is_examined_with_the_same_checks() -> None:
    obj: InferenceService = live(S(model(uri="Qwen/Qwen3-8B")))
    assert [finding.field for finding in check_service(obj, FactTable())] == [URI]
