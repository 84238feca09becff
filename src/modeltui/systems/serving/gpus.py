"""How many accelerators a container or a pod asks for. Pure.

Extended resources are asked for in whole numbers, and requests equal limits; what a claim for devices (DRA) will get is not in the pod.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from modeltui.systems.core import quantity
from modeltui.systems.core.kept import kept
from modeltui.systems.core.types import ContainerSpec, Pod, RawQuantity, ResourceRequirements

_GPU: Final = re.compile(
    r"(nvidia\.com/(gpu(\.shared)?|mig-.+)|amd\.com/(gpu|partition_.+|cpx.*|spx.*)|gpu\.intel\.com/(i915|xe)|habana\.ai/gaudi"
    r"|intel\.com/gpu|metax-tech\.com/gpu|huawei\.com/Ascend.*|google\.com/tpu|aws\.amazon\.com/neuron(core|device)?)"
)


@lru_cache(maxsize=1024)
def is_gpu(resource: str) -> bool:
    """Whether a name of an extended resource counts accelerators (or slices of them)."""
    return _GPU.fullmatch(resource) is not None


def asked(resources: ResourceRequirements) -> dict[str, int]:
    """Resource name -> number, of those that count accelerators. What stands in both is asked for once."""
    return _counted({**resources.requests, **resources.limits})


def _counted(amounts: Mapping[str, RawQuantity]) -> dict[str, int]:
    found = {}
    for name, amount in amounts.items():
        if is_gpu(name) and (number := quantity.parse(amount)) is not None and number >= 0:
            found[name] = int(number)
    return found


def of_containers(containers: Iterable[ContainerSpec], init: Iterable[ContainerSpec] = ()) -> dict[str, int]:
    """What the pod gets: those that run side by side together, or what the hungriest of the init containers takes, if that is more."""
    total: dict[str, int] = {}
    beside = [one for one in init if one.restart_policy == "Always"]
    for container in (*containers, *beside):
        for name, number in asked(container.resources).items():
            total[name] = total.get(name, 0) + number
    for container in init:
        if container.restart_policy != "Always":
            for name, number in asked(container.resources).items():
                total[name] = max(total.get(name, 0), number)
    return total


@kept
def of_pod(pod: Pod) -> int | None:
    """Accelerators of one pod, whatever their resource; None when it claims devices, of which the claim knows the number."""
    if pod.spec.resource_claims:
        return None
    return sum(of_containers(pod.spec.containers, pod.spec.init_containers).values())


@kept
def resource_of(pod: Pod) -> str:
    """The resource of its accelerators; "" when it asks for none."""
    return next((name for name, number in of_containers(pod.spec.containers).items() if number), "")


def held_by(pod: Pod) -> int | None:
    """Those that it keeps others from having: from its binding to a node until it has ended."""
    if not pod.spec.node_name or pod.status.phase in ("Succeeded", "Failed"):
        return 0
    return of_pod(pod)
