"""How much a model takes of a GPU, by rules of thumb from its name: enough to decide which pods of a demo fit, and no more. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from modeltui.demo.controllers.loader import size_of
from modeltui.demo.controllers.scheduling import number
from modeltui.demo.errors import Object

GIB: Final = 1024**3
FASTEST, SLOWEST = 15.0, 480.0
"""Seconds of loading of the smallest and of the largest models."""
BYTES_PER_SECOND: Final = 1.5e9
_KV: Final = ((2, 28), (5, 72), (10, 128), (16, 192), (36, 256), (80, 320))
"""KiB of KV cache for each token, of models up to so many billion parameters; larger ones compress theirs."""
_KV_LARGEST: Final = 70
_CONTEXT: Final = (
    # What config.json says of the longest context, for families that people try to exceed.
    ("qwen/qwen3", 40960),
    ("qwen/qwen2.5", 32768),
    ("meta-llama/llama-3.1", 131072),
    ("meta-llama/llama-3.3", 131072),
    ("meta-llama/meta-llama-3-", 8192),
    ("mistralai/mistral-7b", 32768),
    ("mistralai/mixtral", 32768),
    ("microsoft/phi-4", 16384),
    ("google/gemma-2", 8192),
    ("deepseek-ai/deepseek-r1", 163840),
)
_CARDS: Final = {
    # By product, where the node does not say how much memory a card has.
    "H200": 141,
    "B200": 180,
    "H100": 80,
    "A100": 80,
    "L40S": 48,
    "MI300X": 192,
    "MI325X": 256,
    "gaudi3": 128,
}


def load_seconds(model: str) -> float:
    """From the start of the server until it answers."""
    return min(SLOWEST, FASTEST + size_of(model) / BYTES_PER_SECOND)


def weights(model: str) -> float:
    """Bytes."""
    return size_of(model)


def kv_bytes(model: str) -> float:
    """Of one token, over all GPUs together."""
    billions = size_of(model) / 2e9
    return next((kib for most, kib in _KV if billions <= most), _KV_LARGEST) * 1024.0


def longest_context(model: str) -> int | None:
    """Tokens, for a model whose configuration is known here."""
    return next((length for prefix, length in _CONTEXT if model.lower().startswith(prefix)), None)


def card_memory(node: Object) -> float | None:
    """Bytes of one GPU of this node, as its labels say; None when they say nothing."""
    labels: Mapping[str, str] = node["metadata"].get("labels") or {}
    if (mebibytes := labels.get("nvidia.com/gpu.memory", "")).isdecimal():
        return int(mebibytes) * 1024.0**2
    if match := re.fullmatch(r"(\d+)G", labels.get("amd.com/gpu.vram", "")):
        return int(match[1]) * float(GIB)
    told = " ".join(value for key, value in labels.items() if "gpu" in key or "device" in key)
    return next((float(size * GIB) for product, size in _CARDS.items() if product.lower() in told.lower()), None)


def gpus(container: Object) -> int:
    """How many accelerators a container is given, of whatever vendor."""
    limits = (container.get("resources") or {}).get("limits") or {}
    return int(sum(number(count) for name, count in limits.items() if _is_accelerator(name)))


def _is_accelerator(resource: str) -> bool:
    domain, slash, kind = resource.partition("/")
    return bool(slash) and bool(re.search(r"gpu|gaudi|mig-|tpu|neuron|i915|xe$", f"{kind}")) and not domain.endswith("kubernetes.io")
