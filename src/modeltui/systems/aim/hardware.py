"""Which GPUs a profile wants, and which the nodes have. Pure.

A node's GPU is told by the PCI id in a label of AMD's labeller. Facts about the chips: AMD's public tables of PCI ids and memory sizes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from modeltui.systems.aim.types import Hardware
from modeltui.systems.core import quantity
from modeltui.systems.core.types import NODES, Node, RawQuantity, ResourceRequirements
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import gpus

DEVICE_LABELS: Final = ("amd.com/gpu.device-id", "beta.amd.com/gpu.device-id")
VRAM_LABELS: Final = ("amd.com/gpu.vram", "beta.amd.com/gpu.vram")

_IDS: Final = {
    "MI100": ("738c", "738e"),
    "MI210": ("740f", "7410"),
    "MI250X": ("7408", "740c"),
    "MI300A": ("74a0",),
    "MI300X": ("74a1", "74a9", "74b5", "74bd"),
    "MI308X": ("74a2", "74a8", "74b6"),
    "MI325X": ("74a5", "74b9"),
    "MI350X": ("75a0", "75b0"),
    "MI355X": ("75a3", "75b3"),
    "R9700": ("7551",),
    "W7900": ("7448", "744a", "744b"),
}
MODELS: Final = {device: model for model, devices in _IDS.items() for device in devices}
"""PCI device id -> model."""
KNOWN_MODELS: Final = tuple(_IDS)

_GIB: Final = 1024**3
_VRAM: Final = {
    "MI100": 32,
    "MI210": 64,
    "MI250X": 128,
    "MI300A": 128,
    "MI300X": 192,
    "MI308X": 128,
    "MI325X": 256,
    "MI350X": 288,
    "MI355X": 288,
    "R9700": 32,
    "W7900": 48,
}
"""GiB of one, as AIM Engine takes it to be where the node's label does not say."""
_TOKEN: Final = re.compile(r"[A-Z]*\d+[A-Z0-9]*")


def model_of_name(name: str) -> str:
    """As AIM Engine compares names of models: "Instinct-MI300X (rev 2)" is "MI300X"."""
    parts = [part for part in re.split(r"[-_ /:()]+", name.upper()) if part]
    return next((part for part in parts if _TOKEN.fullmatch(part)), parts[0] if parts else "")


def model_of_node(labels: Mapping[str, str]) -> str:
    """ "" when no label says which GPU it has; "AMD-XXXX" for an id that is not known."""
    for key in DEVICE_LABELS:
        if found := labels.get(key) or _counted(labels, key):
            device = found.strip().lower().removeprefix("0x")
            return MODELS.get(device, f"AMD-{device.upper()}")
    return ""


def _counted(labels: Mapping[str, str], key: str) -> str:
    """Of a label that counts: "amd.com/gpu.device-id.74a1" = "8"."""
    prefix = f"{key}."
    return next((label.removeprefix(prefix) for label, value in sorted(labels.items()) if label.startswith(prefix) and value != "0"), "")


def vram_of_node(labels: Mapping[str, str]) -> int | None:
    """Bytes of one GPU, None when that is not known. The labeller writes "192G" and means GiB."""
    for key in VRAM_LABELS:
        said = (labels.get(key) or _counted(labels, key)).strip().upper().removesuffix("B")
        if said.endswith(("G", "T")) and said[:-1].isdecimal():
            return int(said[:-1]) * _GIB * (1024 if said.endswith("T") else 1)
    known = _VRAM.get(model_of_node(labels))
    return None if known is None else known * _GIB


def nodes_of(facts: Facts) -> list[Node] | None:
    """None when they may not be seen."""
    if not facts.known(NODES, ""):
        return None
    return [node for node in facts.all(NODES, "") if isinstance(node, Node)]


def there(facts: Facts) -> tuple[str, ...] | None:
    """Models of the GPUs that some node has, None when nodes may not be seen."""
    nodes = nodes_of(facts)
    return None if nodes is None else tuple(sorted({model for node in nodes if (model := model_of_node(node.metadata.labels))}))


def missing(hardware: Hardware | None, facts: Facts) -> str:
    """What no node has of what is wanted, as "an MI300X"; "" when one has it, or when it is not known."""
    nodes = nodes_of(facts)
    gpu = hardware.gpu if hardware else None
    if nodes is None or gpu is None:
        return ""
    if gpu.model:
        wanted = model_of_name(gpu.model)
        return "" if any(model_of_node(node.metadata.labels) == wanted for node in nodes) else f"GPU {gpu.model}"
    if gpu.min_vram is not None and (least := quantity.parse(gpu.min_vram)) is not None:
        sizes = [vram_of_node(node.metadata.labels) for node in nodes]
        return "" if any(size is not None and size >= least for size in sizes) else f"GPU with {gpu.min_vram} of memory"
    return ""


def most_on_a_node(resource: str, nodes: Iterable[Node]) -> int:
    """The largest number of an extended resource that one node has to give."""
    counts = [quantity.parse(node.status.allocatable.get(resource, 0)) for node in nodes]
    return max((int(count) for count in counts if count is not None), default=0)


def asked(resources: ResourceRequirements | None) -> tuple[str, int] | None:
    """(resource, number) of the GPUs that stand in a container's resources; None when none do."""
    found = gpus.asked(resources) if resources is not None else {}
    return next(iter(found.items()), None)


def summary(hardware: Hardware | None) -> str:
    """ "2 x MI300X", "1 x GPU with 64Gi", "CPU 8"; "" when nothing is said."""
    if hardware is None:
        return ""
    if (gpu := hardware.gpu) is not None:
        count = gpu.requests or 0
        what = gpu.model or (f"GPU with {gpu.min_vram}" if gpu.min_vram is not None else "GPU")
        return f"{count} x {what}"
    return f"CPU {_text(hardware.cpu.requests)}" if hardware.cpu is not None else ""


def _text(amount: RawQuantity | None) -> str:
    return "?" if amount is None else str(amount)
