"""Where a deployment comes from and what came of it: source, weights, what made it, what it made, pods, GPUs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from modeltui.domain import Phase, Row, Status
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import CLAIMS, PersistentVolumeClaim, Pod
from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.modelfs.types import MODELS, Model
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import gpus
from modeltui.systems.serving.deployment import Deployment, Ref
from modeltui.systems.serving.pods import status
from modeltui.systems.serving.rows import DEPLOYMENT_COLUMNS

_STATUS = next(index for index, column in enumerate(DEPLOYMENT_COLUMNS) if column.key == "status")


@dataclass(frozen=True, slots=True)
class Node:
    """One line of the tree. `depth` counts from 0."""

    depth: int
    kind: str
    name: str
    status: Status | None = None
    note: str = ""
    this: bool = False
    """It is the deployment itself."""


def tree(
    obj: Object,
    resource: Resource,
    deployment: Deployment,
    *,
    ancestors: Sequence[Row],
    children: Sequence[Row],
    pods: Iterable[Pod] | None,
    facts: Facts,
) -> list[Node]:
    """From what it is made of, over what made it (`ancestors`, the topmost first) and itself, to what it made and its pods."""
    found = [node for ref in deployment.uses for node in _used(ref, obj.metadata.namespace, facts)]
    depth = 0
    for row in ancestors:
        found.append(Node(depth, _kind(row), row.key[1], _row_status(row), "made it"))
        depth += 1
    found.append(Node(depth, resource.kind, obj.metadata.name, deployment.status, this=True))
    for row in children:
        found.append(Node(depth + 1, _kind(row), row.key[1], _row_status(row), "made by it"))
    for pod in sorted(pods or (), key=lambda pod: pod.metadata.name):
        found.append(Node(depth + 1 + bool(children), "Pod", pod.metadata.name, status(pod), _where(pod)))
    return found


def _kind(row: Row) -> str:
    place = next(index for index, column in enumerate(DEPLOYMENT_COLUMNS) if column.key == "kind")
    return str(row.values[place])


def _row_status(row: Row) -> Status | None:
    value = row.values[_STATUS]
    return value if isinstance(value, Status) else None


def _where(pod: Pod) -> str:
    asked = gpus.of_containers(pod.spec.containers, pod.spec.init_containers)
    cards = ", ".join(f"{number} {name}" for name, number in asked.items())
    return ", ".join(part for part in (pod.spec.node_name and f"on {pod.spec.node_name}", cards) if part)


def _used(ref: Ref, namespace: str, facts: Facts) -> Iterator[Node]:
    """What it is made of; behind a claim stands the Dataset that fills it, behind that the Model."""
    where = namespace if ref.resource.namespaced else ""
    found = facts.get(ref.resource, where, ref.name)
    if ref.resource == CLAIMS:
        yield from _weights(ref.name, namespace, facts)
    state = None
    if found is None and facts.known(ref.resource, where):
        state = Status(Phase.FAILED, "", "does not exist")
    elif isinstance(found, PersistentVolumeClaim):
        phase = found.status.phase
        state = Status(Phase.READY if phase == "Bound" else Phase.PENDING, phase)
    yield Node(0, ref.resource.kind, ref.name, state, state.reason if state is not None and state.reason else "used by it")


def _weights(claim: str, namespace: str, facts: Facts) -> Iterator[Node]:
    dataset = next(
        (one for one in facts.all(DATASETS, namespace) if isinstance(one, Dataset) and claim in (one.status.pvc_name, one.metadata.name)),
        None,
    )
    if dataset is None:
        return
    owner = next((one.name for one in dataset.metadata.owner_references if one.kind == "Model"), "")
    model = facts.get(MODELS, namespace, owner) if owner else None
    if isinstance(model, Model):
        yield Node(0, "ModelSource", model.spec.source_ref, None, "where its weights come from")
        yield Node(0, "Model", owner, None, "whose weights it serves")
    yield Node(0, "Dataset", dataset.metadata.name, None, dataset.status.phase)
