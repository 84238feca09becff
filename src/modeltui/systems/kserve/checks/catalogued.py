"""What a catalog knows of the model against what runs it: its engine, its GPUs and their memory, its context. Pure.

Asked of what is about to be written only. Whatever the catalog does not say is not held against anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from modeltui.catalog.entries import ModelEntry
from modeltui.domain import Finding, Severity
from modeltui.systems.core.types import NODES, ContainerSpec, Node
from modeltui.systems.kserve.types import InferenceService
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import command_line, known
from modeltui.systems.serving.deployment import Deployment

FIELD: Final = "spec.predictor.model"
_MIB_PER_GIB: Final = 1024
_AMD: Final = re.compile(r"(\d+)G")
_LONGER: Final = "VLLM_ALLOW_LONG_MAX_MODEL_LEN"


def of_service(service: InferenceService, deployment: Deployment, container: ContainerSpec | None, facts: Facts) -> Iterator[Finding]:
    """`deployment`: what the service becomes; `container`: of model and runtime together."""
    names = (*deployment.models, *deployment.served)
    entry = next((found for name in names if (found := known.catalogs().model(name)) is not None), None)
    if entry is None or service.spec.predictor.model is None:
        return
    yield from _engine(entry, deployment.engine)
    if deployment.components and deployment.components[0].gpus is not None:
        yield from _memory(entry, deployment.components[0].gpus, service, deployment.gpu_resource, facts)
    if container is not None:
        yield from _context(entry, deployment.engine, container)


def _engine(entry: ModelEntry, engine: str) -> Iterator[Finding]:
    if entry.engines and engine in known.catalogs().engines and engine not in entry.engines:
        yield Finding(
            Severity.WARNING,
            f"The catalog knows {entry.id} to run on {', '.join(entry.engines)}, and this runtime is {engine}.",
            "Choose a runtime with one of those engines.",
            f"{FIELD}.runtime",
        )


def _memory(entry: ModelEntry, gpus: int, service: InferenceService, resource: str, facts: Facts) -> Iterator[Finding]:
    if entry.gpu_memory is None:
        return
    if not gpus:
        yield Finding(
            Severity.WARNING,
            f"It asks for no GPU, and {entry.id} needs {entry.gpu_memory} of GPU memory.",
            "Ask for a GPU in the limits of spec.predictor.model.resources, if its runtime is not one for CPUs.",
            f"{FIELD}.resources",
        )
        return
    cards = [gib for node in _nodes(service, resource, facts) if (gib := _card(node)) is not None]
    if cards and max(cards) * gpus < entry.gpu_memory.least_gib:
        each = f"{gpus} GPUs of at most {max(cards)} GiB each" if gpus > 1 else f"the largest GPU it can get has {max(cards)} GiB"
        yield Finding(
            Severity.WARNING,
            f"{entry.id} needs {entry.gpu_memory} of GPU memory, and {each}: it will run out of memory while it loads.",
            "Ask for more GPUs (with the tensor parallelism to match), choose larger ones, or a smaller model.",
            f"{FIELD}.resources",
        )


def _nodes(service: InferenceService, resource: str, facts: Facts) -> Sequence[Node]:
    """Those that have such GPUs and that its node selector allows."""
    wanted = service.spec.predictor.node_selector.items()
    found = [node for node in facts.all(NODES, "") if isinstance(node, Node)] if facts.known(NODES, "") else []
    return [node for node in found if resource in node.status.allocatable and wanted <= node.metadata.labels.items()]


def _card(node: Node) -> int | None:
    """GiB of one of its GPUs, as NVIDIA's feature discovery and AMD's node labeller tell it; None when neither does."""
    labels = node.metadata.labels
    if (mib := labels.get("nvidia.com/gpu.memory", "")).isdecimal():
        return round(int(mib) / _MIB_PER_GIB)
    told = _AMD.fullmatch(labels.get("amd.com/gpu.vram", "") or labels.get("beta.amd.com/gpu.vram", ""))
    return int(told[1]) if told else None


def _context(entry: ModelEntry, engine: str, container: ContainerSpec) -> Iterator[Finding]:
    given = next(iter(command_line.option(command_line.words(container), "--max-model-len")), "")
    if engine != "vllm" or entry.context_length is None or not given.isdecimal() or int(given) <= entry.context_length:
        return
    if any(one.name == _LONGER and one.value == "1" for one in container.env):
        return
    yield Finding(
        Severity.ERROR,
        f"--max-model-len {given} is more than the {entry.context_length:,} tokens that {entry.id} takes: vLLM does not start.",
        f"Give {entry.context_length} or less.",
        f"{FIELD}.args",
    )
