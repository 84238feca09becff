"""Traps of what an InferenceService tells its engine: numbers that do not go with its GPUs, or that it does not start with."""

from __future__ import annotations

from typing import Any

from tests.systems.kserve.kserving import Manifest, Trap, facts, model, node, runtime
from tests.systems.kserve.trapping import KNOWN, WARNING, M, P, S

from modeltui.systems.core.types import NODES

SPLITS = runtime(container={"args": ["--port=8080", "--tensor-parallel-size=4"]})
WITH_VLLM = facts(runtime(), known=KNOWN)


def told(*args: str, gpus: int = 2, **more: Any) -> Manifest:
    return S(model(runtime="vllm-runtime", gpus=gpus, args=list(args), **more))


def own(*args: str, gpus: int = 2) -> Manifest:
    limits = {"nvidia.com/gpu": str(gpus)}
    main = {"name": "kserve-container", "image": "vllm/vllm-openai:v0.11.0", "args": list(args), "resources": {"limits": limits}}
    return S({"containers": [main]})


ENGINE = [
    Trap(
        "split over too few GPUs",
        told("--tensor-parallel-size", "4"),
        told("--tensor-parallel-size", "2"),
        "splits the model 4 ways (--tensor-parallel-size 4), and its container has 2 GPUs",
        f"{M}.args",
        known=WITH_VLLM,
    ),
    Trap(
        "split in two directions",
        told("--tensor-parallel-size=2", "--pipeline-parallel-size=2"),
        told("--tensor-parallel-size=2", "--pipeline-parallel-size=1"),
        "splits the model 4 ways",
        f"{M}.args",
        known=WITH_VLLM,
    ),
    Trap(
        "split by the runtime",
        told(),
        told(gpus=4),
        "(--tensor-parallel-size 4), and its container has 2 GPUs",
        f"{M}.args",
        known=facts(SPLITS, known=KNOWN),
    ),
    Trap(
        "split over too few GPUs, in a container of its own",
        own("--tp", "2", gpus=1),
        own("--tp", "2"),
        "its container has 1 GPU: it ends at once",
        f"{P}.containers[0].args",
    ),
    Trap(
        "idle GPUs",
        told("--tensor-parallel-size", "2", gpus=4),
        told("--tensor-parallel-size", "2", "--data-parallel-size", "2", gpus=4),
        "has 4 GPUs, and the engine uses 2 of them (--tensor-parallel-size 2)",
        f"{M}.args",
        WARNING,
        known=WITH_VLLM,
    ),
    Trap(
        "idle GPUs, since nobody says anything",
        told(),
        told(),
        "has 2 GPUs, and the engine uses 1 of them:",
        f"{M}.args",
        WARNING,
        known=WITH_VLLM,
        otherwise=facts(runtime(), node("a", nvidia_com__gpu="1"), known=(*KNOWN, NODES)),
    ),
    Trap(
        "more memory than there is",
        told("--gpu-memory-utilization", "90", gpus=1),
        told("--gpu-memory-utilization", "0.900000", gpus=1),
        '--gpu-memory-utilization "90" is no part',
        f"{M}.args",
        known=WITH_VLLM,
    ),
    Trap(
        "a number of no name",
        told("--dtype=fp16", gpus=1),
        told("--dtype=float16", gpus=1),
        '--dtype "fp16" is none that vLLM knows',
        f"{M}.args",
        known=WITH_VLLM,
    ),
]
