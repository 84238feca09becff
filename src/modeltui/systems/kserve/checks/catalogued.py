"""What a catalog knows of the model against what runs it: its engine, its GPUs and their memory, its context. Pure.

Asked of what is about to be written only. Whatever the catalog does not say is not held against anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from modeltui.catalog.entries import ModelEntry
from modeltui.domain import Finding, Severity
from modeltui.systems.core import quantity
from modeltui.systems.core.types import NODES, ContainerSpec, Node, PodSpec
from modeltui.systems.kserve import model_manager
from modeltui.systems.kserve.checks import engine as engines
from modeltui.systems.kserve.llm_types import LLMInferenceService
from modeltui.systems.kserve.types import InferenceService
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import command_line, gpus, known, uris
from modeltui.systems.serving.deployment import Deployment

FIELD: Final = "spec.predictor.model"
_MIB_PER_GIB: Final = 1024
_AMD: Final = re.compile(r"(\d+)G")
_LONGER: Final = "VLLM_ALLOW_LONG_MAX_MODEL_LEN"


def of_service(service: InferenceService, deployment: Deployment, container: ContainerSpec | None, facts: Facts) -> Iterator[Finding]:
    """`deployment`: what the service becomes; `container`: of model and runtime together."""
    yield from _left_out(service)
    entry = _entry((*deployment.models, *deployment.served))
    if entry is None or service.spec.predictor.model is None:
        return
    yield from _engine(entry, deployment.engine)
    if deployment.components and (asked := deployment.components[0].gpus) is not None:
        selector = service.spec.predictor.node_selector
        yield from _memory(entry, asked, selector, deployment.gpu_resource, facts, f"{FIELD}.resources")
    if container is not None:
        yield from _context(entry, deployment.engine, container, f"{FIELD}.args")


def of_llm(service: LLMInferenceService, facts: Facts) -> Iterator[Finding]:
    """What its bases add is not known here: then only what it says itself is held against it."""
    entry = _entry((uris.model_name(service.spec.model.uri),))
    template, main = service.spec.template or PodSpec(), service.spec.main
    if entry is None:
        return
    asked = gpus.of_containers(template.containers, template.init_containers)
    total: int = sum(asked.values())
    claimed = template.resource_claims or (main and main.resources.claims) or service.metadata.annotations.device_class
    if not claimed and (total or not service.spec.base_refs):
        nodes = service.spec.parallelism.nodes if service.spec.parallelism and service.spec.worker else 1
        resource = next((name for name, number in asked.items() if number), "")
        yield from _memory(entry, total * nodes, template.node_selector, resource, facts, "spec.template.containers")
    if main is not None:
        yield from _context(entry, command_line.engine_of(main) or "vllm", main, "spec.template.containers")


def _entry(names: Sequence[str]) -> ModelEntry | None:
    return next((found for name in names if (found := known.catalogs().model(name)) is not None), None)


def _left_out(service: InferenceService) -> Iterator[Finding]:
    """Of an entry that was activated: the Model Manager drops by how an argument begins, and so more than it means to."""
    found = known.catalogs().activations.get(service.metadata.annotations.model_id)
    model = service.spec.predictor.model
    if found is None or model is None:
        return
    for word in model_manager.dropped(found.entry):
        if not any(one.partition("=")[0] == word for one in model.args):
            yield Finding(
                Severity.WARNING,
                f"The catalog's entry {found.entry.id} has the argument {word}, which is left out, as the Model Manager does: what begins "
                f"with {', '.join(model_manager.OURS)} counts as its own.",
                "Give it another way (a variable, the runtime's args), or edit the service after it.",
                f"{FIELD}.args",
            )


def _engine(entry: ModelEntry, engine: str) -> Iterator[Finding]:
    if entry.engines and engine in known.catalogs().engines and engine not in entry.engines:
        yield Finding(
            Severity.WARNING,
            f"The catalog knows {entry.id} to run on {', '.join(entry.engines)}, and this runtime is {engine}.",
            "Choose a runtime with one of those engines.",
            f"{FIELD}.runtime",
        )


def _memory(entry: ModelEntry, number: int, selector: Mapping[str, str], resource: str, facts: Facts, field: str) -> Iterator[Finding]:
    """`number`: of GPUs that one replica asks for."""
    if entry.gpu_memory is None:
        return
    if not number:
        yield Finding(
            Severity.WARNING,
            f"It asks for no GPU, and {entry.id} needs {entry.gpu_memory} of GPU memory.",
            f"Ask for a GPU in the limits of its container ({field}), unless it is to run on CPUs.",
            field,
        )
        return
    cards = [gib for node in _nodes(selector, resource, facts) if (gib := _card(node)) is not None]
    if cards and max(cards) * number < entry.gpu_memory.least_gib:
        each = f"{number} GPUs of at most {max(cards)} GiB each" if number > 1 else f"the largest GPU it can get has {max(cards)} GiB"
        yield Finding(
            Severity.WARNING,
            f"{entry.id} needs {entry.gpu_memory} of GPU memory, and {each}: it will run out of memory while it loads.",
            "Ask for more GPUs (with the tensor parallelism to match), choose larger ones, or a smaller model.",
            field,
        )


def _nodes(selector: Mapping[str, str], resource: str, facts: Facts) -> Sequence[Node]:
    """Those that have such GPUs and that its node selector allows."""
    found = [node for node in facts.all(NODES, "") if isinstance(node, Node)] if facts.known(NODES, "") else []
    return [node for node in found if resource in node.status.allocatable and selector.items() <= node.metadata.labels.items()]


def _card(node: Node) -> int | None:
    """GiB of one of its GPUs, as NVIDIA's feature discovery and AMD's node labeller tell it; None when neither does."""
    labels = node.metadata.labels
    if (mib := labels.get("nvidia.com/gpu.memory", "")).isdecimal():
        return round(int(mib) / _MIB_PER_GIB)
    told = _AMD.fullmatch(labels.get("amd.com/gpu.vram", "") or labels.get("beta.amd.com/gpu.vram", ""))
    return int(told[1]) if told else None


def _context(entry: ModelEntry, engine: str, container: ContainerSpec, field: str) -> Iterator[Finding]:
    given = next(iter(command_line.option(engines.line(container), "--max-model-len")), "")
    if engine != "vllm" or entry.context_length is None or (quantity.whole(given) or 0) <= entry.context_length:
        return
    if any(one.name == _LONGER and one.value == "1" for one in container.env):
        return
    yield Finding(
        Severity.ERROR,
        f"--max-model-len {given} is more than the {entry.context_length:,} tokens that {entry.id} takes: vLLM does not start.",
        f"Give {entry.context_length} or less.",
        field,
    )
