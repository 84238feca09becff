"""ResourceSlices: the GPUs one by one, as the drivers of dynamic resource allocation tell of them. Pure."""

from __future__ import annotations

import uuid
from typing import Final

from modeltui.demo.errors import Object

NVIDIA, AMD = "gpu.nvidia.com", "gpu.amd.com"
_CARDS: Final[dict[str, tuple[str, Object, str]]] = {
    # By the product that a node's label names: driver, what all cards have in common, memory of one.
    "NVIDIA-H100-80GB-HBM3": (
        NVIDIA,
        {
            "productName": {"string": "NVIDIA H100 80GB HBM3"},
            "brand": {"string": "Nvidia"},
            "architecture": {"string": "Hopper"},
            "cudaComputeCapability": {"version": "9.0.0"},
            "cudaDriverVersion": {"version": "12.8.0"},
            "driverVersion": {"version": "570.133.20"},
        },
        "81559Mi",
    ),
    "NVIDIA-H200": (
        NVIDIA,
        {
            "productName": {"string": "NVIDIA H200"},
            "brand": {"string": "Nvidia"},
            "architecture": {"string": "Hopper"},
            "cudaComputeCapability": {"version": "9.0.0"},
            "cudaDriverVersion": {"version": "12.8.0"},
            "driverVersion": {"version": "570.133.20"},
        },
        "143771Mi",
    ),
    "NVIDIA-L40S": (
        NVIDIA,
        {
            "productName": {"string": "NVIDIA L40S"},
            "brand": {"string": "Nvidia"},
            "architecture": {"string": "Ada Lovelace"},
            "cudaComputeCapability": {"version": "8.9.0"},
            "cudaDriverVersion": {"version": "12.8.0"},
            "driverVersion": {"version": "570.133.20"},
        },
        "46068Mi",
    ),
    "AMD_Instinct_MI300X_OAM": (
        AMD,
        {
            "productName": {"string": "AMD Instinct MI300X OAM"},
            "family": {"string": "AI"},
            "deviceID": {"string": "74a1"},
            "driverVersion": {"version": "6.14.14"},
        },
        "192Gi",
    ),
}
_PRODUCTS: Final = ("nvidia.com/gpu.product", "amd.com/gpu.product-name")
_COUNTED: Final = ("nvidia.com/gpu", "amd.com/gpu")


def slices(nodes: list[Object]) -> list[Object]:
    """One for each node that has cards of a known product: as many devices as the node can hand out."""
    return [each for node in nodes if (each := _slice(node)) is not None]


def _slice(node: Object) -> Object | None:
    name, labels, room = node["metadata"]["name"], node["metadata"]["labels"], node["status"]["allocatable"]
    known = _CARDS.get(next((labels[key] for key in _PRODUCTS if key in labels), ""))
    if known is None:
        return None
    driver, common, memory = known
    count = sum(int(room.get(key, 0)) for key in _COUNTED)
    spec = {
        "driver": driver,
        "nodeName": name,
        "pool": {"name": name, "generation": 1, "resourceSliceCount": 1},
        "devices": [_device(name, number, common, memory) for number in range(count)],
    }
    return {"metadata": {"name": f"{name}-{driver}"}, "spec": spec}


def _device(node: str, number: int, common: Object, memory: str) -> Object:
    """The bus addresses are those of eight cards behind four root ports."""
    own = {
        "type": {"string": "gpu"},
        "uuid": {"string": f"GPU-{uuid.uuid5(uuid.NAMESPACE_DNS, f'{node}/{number}')}"},
        "resource.kubernetes.io/pciBusID": {"string": f"0000:{0x1B + 0x14 * number:02x}:00.0"},
        "resource.kubernetes.io/pcieRoot": {"string": f"pci0000:{0x15 + 0x28 * (number // 2):02x}"},
    }
    return {"name": f"gpu-{number}", "attributes": {**common, **own}, "capacity": {"memory": {"value": memory}}}
