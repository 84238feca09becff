"""The traps of a graph in v1alpha1, of requests for graphs, and of DynamoModels."""

from __future__ import annotations

from typing import Final

from tests.systems.dynamo import graph_samples as made
from tests.systems.dynamo.graph_trapping import (
    INFO,
    WARNING,
    Trap,
    adapter,
    good,
    known,
    of_service,
    older,
    older_wanted,
    requested,
    secret,
    spec,
    wanted,
)

from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS
from modeltui.systems.dynamo.types import GRAPHS

OLDER: Final = [
    Trap("the newer version's field", lambda m: m["spec"].update(components=[]), "spec.components is a field of v1beta1", base=older),
    Trap("empty", lambda m: m["spec"].update(services={}), "It has no components", base=older),
    Trap("too many", lambda m: m["spec"].update(services={f"w{n}": {} for n in range(26)}), "at most 25", base=older),
    Trap(
        "claim to create",
        lambda m: m["spec"]["pvcs"][0].update(create=True),
        "does not say size, storageClass, volumeAccessMode",
        base=older,
    ),
    Trap("mount of nothing", of_service(volumeMounts=[{"name": "x", "mountPoint": "/x"}]), "which spec.pvcs does not list", base=older),
    Trap("mount nowhere", of_service(volumeMounts=[{"name": "c"}]), "has no mountPoint", base=older),
    Trap("autoscaling", of_service(autoscaling={"enabled": True}), "autoscaling is ignored", WARNING, older),
    Trap("namespace", of_service(dynamoNamespace="x"), "dynamoNamespace is ignored", WARNING, older),
    Trap("shared memory without size", of_service(sharedMemory={}), "sharedMemory has no size", base=older),
    Trap("picker without configuration", of_service(componentType="epp"), "needs its configuration", base=older),
    Trap("half", of_service(subComponentType="both"), "neither prefill nor decode", WARNING, older),
    Trap("no image", of_service(extraPodSpec={}), "has no image", base=older),
    Trap("any word for a type", of_service(componentType="router"), 'has componentType "router"', WARNING, older),
    Trap("no type", of_service(componentType=""), "has no componentType", WARNING, older),
    Trap("adapter that is not on", of_service(scalingAdapter={}), "does nothing without enabled", WARNING, older),
    Trap("field of v1beta1 in a service", of_service(podTemplate={}), "podTemplate is a field of v1beta1", base=older),
    Trap("name", lambda m: m["spec"]["services"].update(a_b={}), "cannot be the name of a component", base=older),
    Trap("same name", lambda m: m["spec"]["services"].update(FRONTEND={}), "the name of several components", base=older),
    Trap(
        "several pickers",
        lambda m: m["spec"]["services"].update({n: {"componentType": "epp"} for n in ("a", "b")}),
        "several endpoint pickers",
        base=older,
    ),
    Trap(
        "no shared memory",
        of_service(
            sharedMemory={"disabled": True},
            resources={"limits": {"gpu": "4"}},
            extraPodSpec={
                "mainContainer": {
                    "image": "i:1.0.0",
                    "command": ["python3", "-m", "dynamo.vllm"],
                    "args": ["--model", "m/m", "--tensor-parallel-size", "4"],
                }
            },
        ),
        "has no shared memory",
        WARNING,
        older,
    ),
]

REQUEST: Final = [
    Trap("name", spec(name="A b"), 'The name "A b"', base=wanted),
    Trap("long name", spec(name="q" * 50), "The name has 50 characters", WARNING, wanted),
    Trap("no model", spec(model=""), "It names no model", base=wanted),
    Trap("backend", spec(backend="tgi"), 'There is no backend "tgi"', base=wanted),
    Trap("GPU", spec(hardware={"gpuSku": "H100", "numGpusPerNode": 8}), 'Dynamo knows no GPU "H100"', base=wanted),
    Trap("no hardware", spec(hardware=None), "does not say which GPUs there are", INFO, wanted),
    Trap("goal of nothing", spec(sla={"ttft": 0}), "A goal of 0 ms for ttft", base=wanted),
    Trap("two goals", spec(sla={"ttft": 300, "e2eLatency": 900}), "a whole latency and for its parts", WARNING, wanted),
    Trap("goal", spec(sla={"optimizationType": "cost"}), '"cost" is no goal', base=wanted),
    Trap("two loads", spec(workload={"concurrency": 4, "requestRate": 2}), "as concurrency and as a rate", WARNING, wanted),
    Trap("load of nothing", spec(workload={"isl": 0}), "A load of 0 tokens (isl)", base=wanted),
    Trap("search", spec(searchStrategy="deep"), 'no searchStrategy "deep"', base=wanted),
    Trap("thorough of any", spec(searchStrategy="thorough", backend=None), "A thorough search is made of one backend", base=wanted),
    Trap("former field", spec(profilingConfig={"profilerImage": "i"}), "profilingConfig is a field of v1alpha1", base=wanted),
    Trap("version", spec(runtimeVersionOverride="1"), 'runtimeVersionOverride "1"', base=wanted),
    Trap("tag", spec(image="corp/planner:my-tag"), "cannot tell the version of the profiler", WARNING, wanted),
    Trap("cache without claim", spec(modelCache={"pvcModelPath": "m"}), "says a path and no claim", WARNING, wanted),
    Trap("claim", spec(modelCache={"pvcName": "weights"}), "Claim weights does not exist", base=wanted, facts=known(of=(CLAIMS,))),
    Trap(
        "token",
        spec(model="Qwen/Qwen3-8B"),
        "The profiler's pod takes it from there",
        base=wanted,
        facts=known(of=(SECRETS,)),
        otherwise=known(secret("hf-token-secret", "HF_TOKEN")),
    ),
    Trap(
        "gated",
        spec(model="meta-llama/Llama-3.1-8B-Instruct"),
        "is gated on the Hub",
        base=wanted,
        facts=known(secret("hf-token-secret", "token")),
    ),
    Trap("changed too late", spec(backend="sglang"), 'It is "Profiling" already', base=wanted, facts=requested("Profiling")),
    Trap("older without image", lambda m: m["spec"].pop("profilingConfig"), "no image for the profiler", base=older_wanted),
    Trap("older proposes", lambda m: m["spec"].pop("autoApply"), "only proposes a graph", INFO, older_wanted),
]

MODEL: Final = [
    Trap("name", spec(name="A b"), 'The name "A b"', base=adapter),
    Trap("no model", spec(modelName=""), "It has no modelName", base=adapter),
    Trap("no base", spec(baseModelName=""), "It has no baseModelName", base=adapter),
    Trap("type", spec(modelType="gguf"), 'There is no modelType "gguf"', base=adapter),
    Trap("no source", spec(source=None), "without source.uri Dynamo loads nothing", base=adapter),
    Trap("source", spec(source={"uri": "gs://b/a"}), "from s3:// and hf://, not from gs", base=adapter),
    Trap("weights", spec(modelType="base"), "A base model is not fetched by a DynamoModel", WARNING, adapter),
    Trap(
        "base that nobody serves",
        spec(baseModelName="a/b"),
        "serves its base model a/b",
        WARNING,
        adapter,
        known((GRAPHS, made.graph(good()))),
    ),
]
