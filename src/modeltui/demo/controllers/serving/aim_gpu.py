"""Which AMD GPUs there are, as AIM Engine reads them off node labels, and what a template's hardware comes to. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from modeltui.demo.errors import Object
from modeltui.demo.strategies.volumes import amount

MODELS: Final = {
    # PCI device ids of Instinct cards: model and gigabytes.
    "74a0": ("MI300A", 128),
    "74a1": ("MI300X", 192),
    "74a2": ("MI308X", 192),
    "74a5": ("MI325X", 256),
    "75a0": ("MI350X", 288),
    "75a3": ("MI355X", 288),
    "740c": ("MI250X", 128),
    "740f": ("MI210", 64),
}
_LABELS: Final = ("amd.com/gpu.device-id", "beta.amd.com/gpu.device-id")


def present(nodes: Iterable[Object]) -> dict[str, int]:
    """Gigabytes of each model of GPU that some node has."""
    found: dict[str, int] = {}
    for node in nodes:
        labels = node["metadata"].get("labels") or {}
        for key in _LABELS:
            if known := MODELS.get(str(labels.get(key, "")).lower().removeprefix("0x")):
                found[known[0]] = known[1]
    return found


def normal(model: str) -> str:
    """ "AMD Instinct MI300X OAM" and "mi300x" are the same card."""
    words = model.upper().replace("_", " ").replace("-", " ").split()
    return next((word for word in words if word.startswith("MI")), model.upper())


def available(hardware: Object, cards: dict[str, int]) -> bool:
    """Is there a card that will do?"""
    gpu = hardware.get("gpu") or {}
    if not gpu:
        return True
    if gpu.get("model"):
        return normal(gpu["model"]) in cards
    if gpu.get("minVram"):
        return any(size * 1e9 >= float(amount(gpu["minVram"]) or 0) for size in cards.values())
    return bool(cards) or not gpu.get("requests", 1)


def summary(hardware: Object) -> str:
    gpu = hardware.get("gpu") or {}
    if gpu:
        count = gpu.get("requests", 1)
        return f"{count} x {gpu['model']}" if gpu.get("model") else f"{count} x GPU"
    return f"CPU: {(hardware.get('cpu') or {}).get('requests', '')}"
