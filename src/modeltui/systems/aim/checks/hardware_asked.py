"""What a profile asks of a node: GPUs of a model, or with so much memory, or cores."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain import Finding, Severity
from modeltui.systems.aim import hardware
from modeltui.systems.aim.types import GPU, Hardware
from modeltui.systems.core import quantity
from modeltui.systems.protocol import Facts
from modeltui.systems.serving.subjects import no_room

LONGEST_MODEL = 64


def shape(asked: Hardware, field: str) -> Iterator[Finding]:
    """What the API server refuses."""
    if asked.gpu is None and asked.cpu is None:
        reason = "The hardware asks for neither GPUs nor cores, so the API server refuses it."
        yield Finding(Severity.ERROR, reason, "Set gpu.requests, or cpu.requests for a model without GPU.", field)
    if (gpu := asked.gpu) is not None:
        if gpu.model and gpu.min_vram is not None:
            yield Finding(
                Severity.ERROR,
                f"The hardware names GPU {gpu.model} and a minimum of memory ({gpu.min_vram}), of which only one may be said.",
                "Take one out: the model for exactly that GPU, minVram for any that is large enough.",
                f"{field}.gpu",
            )
        if len(gpu.model) > LONGEST_MODEL:
            reason = f"The name of the GPU has {len(gpu.model)} characters, at most {LONGEST_MODEL} are allowed."
            yield Finding(Severity.ERROR, reason, "Write its short name, such as MI300X.", f"{field}.gpu.model")
        if gpu.min_vram is not None and quantity.parse(gpu.min_vram) is None:
            reason = f'minVram "{gpu.min_vram}" is not a quantity, so the API server refuses it.'
            yield Finding(Severity.ERROR, reason, "Write 64Gi.", f"{field}.gpu.minVram")
        if gpu.requests is not None and gpu.requests < 0:
            reason = f"{gpu.requests} GPUs cannot be asked for, so the API server refuses it."
            yield Finding(Severity.ERROR, reason, "Write 1 or more.", f"{field}.gpu.requests")
    if asked.cpu is not None and asked.cpu.requests is None:
        reason = "The hardware speaks of cores, and does not say how many it requests, so the API server refuses it."
        yield Finding(Severity.ERROR, reason, "Set cpu.requests.", f"{field}.cpu.requests")


def sense(asked: Hardware, facts: Facts, field: str, *, partial: bool = False) -> Iterator[Finding]:
    """What it would get. `partial`: it is laid over a template that says the rest."""
    gpu = asked.gpu
    if gpu is None:
        return
    if gpu.requests == 0 or (gpu.requests is None and not partial):
        yield Finding(
            Severity.WARNING,
            "The hardware asks for 0 GPUs: the pod runs on a GPU node and gets none of its GPUs.",
            "Set gpu.requests to the number that the model needs.",
            f"{field}.gpu.requests",
        )
    if what := hardware.missing(asked, facts):
        there = hardware.there(facts)
        has = f" They have {', '.join(there)}." if there else " None carries the label amd.com/gpu.device-id."
        yield Finding(
            Severity.WARNING,
            f"No node has a {what}: its template stays NotAvailable until one comes.{has}",
            "Ask for what there is; or look whether AMD's device plugin and its labeller run on the GPU nodes.",
            f"{field}.gpu",
        )
        return
    nodes = hardware.nodes_of(facts)
    resource = gpu.resource_name or GPU
    if nodes is not None and gpu.requests and gpu.requests > (most := hardware.most_on_a_node(resource, nodes)):
        yield Finding(
            Severity.WARNING,
            f"One replica asks for {gpu.requests} {resource}, and no node has more than {most}: it could not be placed.",
            "Ask for fewer, or add a node that has them.",
            f"{field}.gpu.requests",
            subject=no_room(gpu.requests, resource),
        )
