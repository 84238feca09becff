"""Why no node takes a pod: the scheduler's sentence taken apart -> what is missing, and what to do. Pure.

"0/9 nodes are available: 3 Insufficient nvidia.com/gpu, 2 node(s) had untolerated taint {gpu: true}, ... preemption: ..."
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from modeltui.domain import Subject
from modeltui.systems.core import quantity
from modeltui.systems.core.types import Node, Pod
from modeltui.systems.serving import gpus
from modeltui.systems.serving.subjects import no_room

_HEAD: Final = re.compile(r"^(?P<fit>\d+)/(?P<all>\d+) nodes are available(?:, \d+ [^:]*)?: ")
_PART: Final = re.compile(r"(?:^|, |\. )(?P<count>\d+) (?P<what>(?:\{[^}]*\}|[^,{])+)")
_RESOURCE: Final = re.compile(r"(?:Insufficient|insufficient) (?P<name>\S+?)\.?$")
_TAINT: Final = re.compile(r"untolerated taint\(?s?\)? ?(?P<taint>\{[^}]*\})?")


@dataclass(frozen=True, slots=True)
class Obstacle:
    """So many nodes are out of the question, for this reason in the scheduler's own words."""

    nodes: int
    what: str


def obstacles(message: str) -> tuple[int, list[Obstacle]]:
    """(how many nodes there are, why so many of them do not do); (0, []) for a sentence of another shape."""
    head = _HEAD.match(message.strip())
    if head is None:
        return 0, []
    rest = re.split(r"[.,;]? ?preemption: ", message.strip()[head.end() :])[0]
    return int(head["all"]), [Obstacle(int(part["count"]), part["what"].strip().rstrip(".")) for part in _PART.finditer(rest)]


def waits_for_claims(message: str) -> bool:
    """Whether the claims themselves tell more."""
    return "unbound immediate PersistentVolumeClaims" in message or bool(re.search(r'persistentvolumeclaim "[^"]+" not found', message))


def explained(message: str, pod: Pod, nodes: Sequence[Node] | None = None) -> tuple[str, str]:
    """(reason, remedy). `nodes`: of the cluster; with them what no node will ever have is told from what is only taken."""
    said = message.strip()
    if (claim := re.search(r'persistentvolumeclaim "(?P<name>[^"]+)" not found', said)) is not None:
        return (
            f"It mounts the PersistentVolumeClaim {claim['name']}, which does not exist in this namespace.",
            "Make the claim, or name another one.",
        )
    if waits_for_claims(said):
        return (
            f"A PersistentVolumeClaim that it mounts has no volume yet: {said}",
            "Look at the claim: is its StorageClass right, can it make such volumes?",
        )
    if "didn't match Pod's node affinity/selector" not in said and "volume node affinity conflict" in said:
        return (
            f"Its volume lies where none of the nodes that would do can reach it: {said}",
            "Put the volume and the GPUs in the same zone: a StorageClass with WaitForFirstConsumer does that.",
        )
    total, found = obstacles(said)
    if not total:
        return f"No node takes it: {said}", "The scheduler's words say what it looks for."
    wanted = gpus.of_containers(pod.spec.containers, pod.spec.init_containers)
    short = [(obstacle, match["name"]) for obstacle in found if (match := _RESOURCE.search(obstacle.what)) is not None]
    counted = "; ".join(f"{obstacle.nodes} {obstacle.what}" for obstacle in found)
    if (worst := _shortest(short, wanted)) is not None:
        obstacle, name = worst
        asked = f"{wanted[name]} " if name in wanted else ""
        kept = [match["taint"] for one in found if (match := _TAINT.search(one.what)) is not None and _is_for_gpus(match["taint"], name)]
        hint = f" Nodes with the taint {', '.join(dict.fromkeys(kept))} are for such pods: a toleration lets it in." if kept else ""
        rest = " The other nodes do not do either." if obstacle.nodes < total else ""
        if nodes and (never := _never(name, wanted.get(name, 0), nodes)):
            return f"{never[0]} ({counted})", never[1]
        return (
            f"No node has {asked}{name} free: {obstacle.nodes} of {total} nodes have too few.{rest} ({counted})",
            f"Stop something that holds some, ask for fewer, or add nodes.{hint}",
        )
    if short:
        names = ", ".join(dict.fromkeys(name for _, name in short))
        return f"No node has enough {names} free. ({counted})", "Ask for less of it, or add nodes with more."
    taints = [match["taint"] for obstacle in found if (match := _TAINT.search(obstacle.what)) is not None]
    if taints and all(_TAINT.search(obstacle.what) for obstacle in found):
        named = ", ".join(dict.fromkeys(taint for taint in taints if taint))
        return (
            f"All nodes that would do are kept for others by a taint {named}. ({counted})",
            "Add a toleration for it, if the pods are meant to run there.",
        )
    if any("affinity/selector" in obstacle.what for obstacle in found):
        chosen = ", ".join(f"{key}={value}" for key, value in pod.spec.node_selector.items())
        by = f" ({chosen})" if chosen else ""
        if nodes and (unmet := _unmet(pod.spec.node_selector, nodes)):
            return (
                f"No node has the label {unmet[0]} that it asks for. {unmet[1]} ({counted})",
                "Correct its node selector, or add such a node; a GPU's labels come from its vendor's feature discovery.",
            )
        return (
            f"No node has the labels that it asks for{by}, or those that have them do not do. ({counted})",
            "Check its node selector and affinity against the nodes' labels.",
        )
    return f"None of {total} nodes takes it. ({counted})", "The scheduler's words say what each lacks."


def subject(message: str, pod: Pod, nodes: Sequence[Node] | None = None) -> Subject | None:
    """What checks of the spec may speak of, too: accelerators that one pod wants more of than any node has."""
    wanted = gpus.of_containers(pod.spec.containers, pod.spec.init_containers)
    short = [(one, match["name"]) for one in obstacles(message)[1] if (match := _RESOURCE.search(one.what)) is not None]
    worst = _shortest(short, wanted)
    if worst is None or not nodes or not 0 < _most(worst[1], nodes) < wanted.get(worst[1], 0):
        return None
    return no_room(wanted[worst[1]], worst[1])


def _shortest(short: Sequence[tuple[Obstacle, str]], wanted: Mapping[str, int]) -> tuple[Obstacle, str] | None:
    """Of the accelerators that too few nodes have enough of: the one that rules out most nodes."""
    on_gpu = [(obstacle, name) for obstacle, name in short if gpus.is_gpu(name) or name in wanted]
    return max(on_gpu, key=lambda pair: pair[0].nodes, default=None)


def _most(resource: str, nodes: Sequence[Node]) -> int:
    """On one node."""
    return max((int(quantity.parse(node.status.allocatable.get(resource, 0)) or 0) for node in nodes), default=0)


def _never(resource: str, number: int, nodes: Sequence[Node]) -> tuple[str, str] | None:
    """(reason, remedy) of what would not find a place on empty nodes either."""
    most = _most(resource, nodes)
    if not most:
        others = sorted({name for node in nodes for name in node.status.allocatable if gpus.is_gpu(name)})
        has = f"there is {', '.join(others)}" if others else "no node has any accelerator"
        return (
            f"No node of the cluster has {resource}; {has}.",
            "Ask for what there is; if such GPUs are built in, look at the vendor's device plugin on their nodes.",
        )
    if number > most:
        return (
            f"It asks for {number} {resource}, and no node has more than {most}.",
            "Ask for fewer GPUs in one pod; a larger model is split over several nodes, or quantised.",
        )
    return None


def _unmet(selector: Mapping[str, str], nodes: Sequence[Node]) -> tuple[str, str] | None:
    """(the label that no node has, what the nodes have in its place); None when each is to be found on some node."""
    for key, value in selector.items():
        there = sorted({found for node in nodes if (found := node.metadata.labels.get(key)) is not None})
        if value not in there:
            has = f"Nodes have {', '.join(f'{key}={one}' for one in there)}." if there else f"No node has a label {key} at all."
            return f"{key}={value}", has
    return None


def _is_for_gpus(taint: str | None, resource: str) -> bool:
    """Whether nodes with it are most likely those that have the resource: by its name, as vendors and providers spell it."""
    key = (taint or "").strip("{}").partition(":")[0].strip().lower()
    return bool(key) and (key == resource.lower() or "gpu" in key or key.startswith(resource.partition("/")[0].lower()))
