"""Traps of an InferenceService's name, of the shape of its predictor, of its runtime and of several nodes."""

from __future__ import annotations

from typing import Final

from tests.systems.kserve.kserving import Trap, facts, model, runtime
from tests.systems.kserve.trapping import KNOWN, NO_SCALING, WARNING, WITH_VLLM, M, P, S

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
