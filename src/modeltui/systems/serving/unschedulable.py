"""Why no node takes a pod: the scheduler's sentence taken apart -> what is missing, and what to do. Pure.

"0/9 nodes are available: 3 Insufficient nvidia.com/gpu, 2 node(s) had untolerated taint {gpu: true}, ... preemption: ..."
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from modeltui.systems.core.types import Pod
from modeltui.systems.serving import gpus

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


def explained(message: str, pod: Pod) -> tuple[str, str]:
    """(reason, remedy)."""
    said = message.strip()
    if (claim := re.search(r'persistentvolumeclaim "(?P<name>[^"]+)" not found', said)) is not None:
        return (
            f"It mounts the PersistentVolumeClaim {claim['name']}, which does not exist in this namespace.",
            "Make the claim, or name another one.",
        )
    if "unbound immediate PersistentVolumeClaims" in said:
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
    on_gpu = [(obstacle, name) for obstacle, name in short if gpus.is_gpu(name) or name in wanted]
    counted = "; ".join(f"{obstacle.nodes} {obstacle.what}" for obstacle in found)
    if on_gpu:
        obstacle, name = max(on_gpu, key=lambda pair: pair[0].nodes)
        asked = f"{wanted[name]} " if name in wanted else ""
        kept = [match["taint"] for one in found if (match := _TAINT.search(one.what)) is not None and _is_for_gpus(match["taint"], name)]
        hint = f" Nodes with the taint {', '.join(dict.fromkeys(kept))} are for such pods: a toleration lets it in." if kept else ""
        rest = " The other nodes do not do either." if obstacle.nodes < total else ""
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
        return (
            f"No node has the labels that it asks for{by}, or those that have them do not do. ({counted})",
            "Check its node selector and affinity against the nodes' labels.",
        )
    return f"None of {total} nodes takes it. ({counted})", "The scheduler's words say what each lacks."


def _is_for_gpus(taint: str | None, resource: str) -> bool:
    """Whether nodes with it are most likely those that have the resource: by its name, as vendors and providers spell it."""
    key = (taint or "").strip("{}").partition(":")[0].strip().lower()
    return bool(key) and (key == resource.lower() or "gpu" in key or key.startswith(resource.partition("/")[0].lower()))
