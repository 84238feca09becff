"""What the cluster itself says about good answers: which taints keep pods off its GPUs, which labels such nodes have, whether requests
can be routed. Asked once, when the form is opened; what may not be known proposes nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from modeltui.kube.client import Client
from modeltui.kube.discovery import Discovery
from modeltui.kube.errors import KubeError
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import NODES, RawQuantity
from modeltui.systems.kserve.llm_types import GATEWAYS
from modeltui.systems.serving.answers import NVIDIA
from modeltui.ui.wizards.names import LONGEST, MOST, LiveNames

_KEEPING_OFF: Final = frozenset({"NoSchedule", "NoExecute"})
_GPU_LABELS: Final = (("nvidia.com/gpu.present", "true"), ("feature.node.kubernetes.io/pci-10de.present", "true"))
"""That NVIDIA's and Kubernetes' feature discovery give to nodes with NVIDIA's GPUs."""
_TAKEN: Final = "taken"
_MOST_ALIKE: Final = 100
_POOLS: Final = ("inference.networking.k8s.io", "inferencepools")


class Taint(msgspec.Struct, frozen=True):
    key: str
    value: str = ""
    effect: str = ""


class _Spec(msgspec.Struct, frozen=True):
    unschedulable: bool = False
    taints: tuple[Taint, ...] = ()


class _Metadata(msgspec.Struct, frozen=True):
    name: str = ""
    labels: dict[str, str] = {}


class _Status(msgspec.Struct, frozen=True):
    allocatable: dict[str, RawQuantity] = {}


class Node(msgspec.Struct, frozen=True):
    metadata: _Metadata = _Metadata()
    spec: _Spec = _Spec()
    status: _Status = _Status()


class _Nodes(msgspec.Struct, frozen=True):
    items: tuple[Node, ...] = ()


class _Some(msgspec.Struct, frozen=True):
    items: tuple[msgspec.Raw, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """As far as they are known."""

    nodes: tuple[Node, ...] = ()
    routes: bool = False
    """Whether requests can be routed to the pod that has the prompt cached: InferencePools and HTTPRoutes are served, and there is a
    Gateway."""

    taken: frozenset[str] = frozenset()
    """Names of all deployments in the namespace, of whichever system: one makes objects of another under its own name."""

    def free(self, propose: Callable[[str], str], model: str) -> str:
        """A name for the model that none has yet, within the limits of `propose`; the plain one when there is no end to them."""
        plain = propose(model)
        counted = (propose(f"{model}-{number}") for number in range(2, _MOST_ALIKE))
        return next((name for name in (plain, *counted) if name not in self.taken), plain)

    def with_gpus(self, resource: str) -> list[Node]:
        """Nodes that offer some and take pods."""
        return [node for node in self.nodes if not node.spec.unschedulable and str(node.status.allocatable.get(resource, 0)) != "0"]

    def tolerations(self, resource: str) -> str:
        """Those that pods for these GPUs need here, a line each. A taint that keeps nodes for somebody is not among them."""
        found = [
            _tolerated(taint, resource) for node in self.with_gpus(resource) for taint in node.spec.taints if taint.effect in _KEEPING_OFF
        ]
        return "\n".join(dict.fromkeys(line for line in found if line))

    def gpu_labels(self, resource: str = NVIDIA) -> str:
        """By which nodes with these GPUs are found; "" when no label tells them."""
        labels = [node.metadata.labels for node in self.with_gpus(resource)]
        return next((f"{key}={value}" for key, value in _GPU_LABELS if any(one.get(key) == value for one in labels)), "")


def _tolerated(taint: Taint, resource: str) -> str:
    """The toleration of a taint that says no more than that a node has GPUs; "" for any other."""
    if taint.key == resource or _is_gpu(taint.key.rpartition("/")[2]):
        return f"{taint.key}:{taint.effect}"
    return f"{taint.key}={taint.value}:{taint.effect}" if _is_gpu(taint.value) else ""


def _is_gpu(word: str) -> bool:
    return bool(re.fullmatch(r"gpus?", word, re.IGNORECASE))


async def look(client: Client, discovery: Discovery, namespace: str, kinds: Sequence[Resource]) -> Surroundings:
    """`kinds`: of deployments."""
    taken = LiveNames(client, namespace, {_TAKEN: tuple(kinds)})
    nodes, routes, _ = await asyncio.gather(_nodes(client), _routes(client, discovery), taken.load())
    return Surroundings(nodes=nodes, routes=routes, taken=frozenset(taken.names()[_TAKEN]() or ()))


async def _nodes(client: Client) -> tuple[Node, ...]:
    try:
        answer = await client.request("GET", NODES.path(None), params={"limit": MOST}, timeout=LONGEST)
        return msgspec.json.decode(answer, type=_Nodes).items
    except (KubeError, msgspec.DecodeError):
        return ()


async def _routes(client: Client, discovery: Discovery) -> bool:
    try:
        served = [await discovery.versions(*kind) for kind in (_POOLS, (GATEWAYS.group, "httproutes"), (GATEWAYS.group, GATEWAYS.plural))]
        return all(served) and await _any(client, GATEWAYS)
    except (KubeError, msgspec.DecodeError):
        return False


async def _any(client: Client, resource: Resource) -> bool:
    answer = await client.request("GET", resource.path(None), params={"limit": 1}, timeout=LONGEST)
    listed: Sequence[msgspec.Raw] = msgspec.json.decode(answer, type=_Some).items
    return bool(listed)
