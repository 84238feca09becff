"""Traps of what an InferenceService needs around it: Secrets, GPUs, nodes, claims; and of what its container is told."""

from __future__ import annotations

from tests.systems.kserve.kserving import Trap, facts, model, node, runtime, secret
from tests.systems.kserve.trapping import KNOWN, SMALL, WARNING, WITH_VLLM, M, P, S, from_secret, gpus

from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import NODES

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
