"""Deployment -> row. Pure; the same columns for every system, so that all of them stand in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from modeltui.domain import UNKNOWN, Column, ColumnKind, Phase, Row, Status, Value
from modeltui.kube.objects import Object
from modeltui.redaction import redact_text
from modeltui.systems.core import metadata
from modeltui.systems.core.kept import kept
from modeltui.systems.core.types import PODS, Pod
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import gpus
from modeltui.systems.serving.deployment import Deployment
from modeltui.systems.serving.pods import is_unplaced, restarts
from modeltui.systems.serving.standing import standing

DEPLOYMENT_COLUMNS: Final = (
    Column("name", "NAME", max_width=40),
    Column("namespace", "NAMESPACE", max_width=24),
    Column("status", "STATUS", ColumnKind.STATUS, max_width=24, help="Normalised; the system's own word is in the details."),
    Column("ready", "READY", ColumnKind.RATIO, help="Replicas that are ready / asked for, of all components together."),
    Column("gpus", "GPUS", ColumnKind.RATIO, help="Accelerators that its pods hold / that it asks for when all of them are there."),
    Column("model", "MODEL", max_width=40, help="As the spec names it."),
    Column("engine", "ENGINE", max_width=10),
    Column("system", "SYSTEM", max_width=12),
    Column("age", "AGE", ColumnKind.AGE),
    Column("endpoint", "ENDPOINT", max_width=56),
    Column("kind", "KIND", wide=True, max_width=28),
    Column("served", "SERVED AS", ColumnKind.TAGS, wide=True, max_width=32, help="Names under which its API knows the model."),
    Column("components", "COMPONENTS", ColumnKind.TAGS, wide=True, max_width=48),
    Column("gpu_resource", "GPU RESOURCE", wide=True, max_width=20),
    Column("pods", "PODS", ColumnKind.NUMBER, wide=True),
    Column("restarts", "RESTARTS", ColumnKind.NUMBER, wide=True, help="Of the containers of its pods, together."),
    Column("raw", "RAW STATUS", wide=True, max_width=32, help="The system's own word."),
    Column("parent", "MADE BY", hidden=True),
)


def deployment_row(obj: Object, deployment: Deployment, pods: Sequence[Pod] | None, *, system: str, kind: str, parent: str = "") -> Row:
    """`pods`: those that belong to it; None when pods may not be seen. `parent`: what made it, as "Kind name"."""
    going = metadata.deleting(obj)
    stands = standing(deployment, pods)
    status = going or Status(stands.phase, reason=stands.reason)  # the system's own word has a column of its own
    told = None if pods is None else [_told(pod) for pod in pods]
    return Row(
        obj.metadata.key,
        (
            obj.metadata.name,
            obj.metadata.namespace,
            status,
            f"{_number(deployment.ready)}/{_number(deployment.desired)}",
            _gpus(deployment, told),
            _text(", ".join(deployment.models)),
            deployment.engine or UNKNOWN,
            system,
            metadata.age(obj),
            _endpoint(deployment),
            kind,
            tuple(redact_text(name) for name in deployment.served) or None,
            tuple(f"{component.name} {_number(component.ready)}/{_number(component.desired)}" for component in deployment.components)
            or None,
            deployment.gpu_resource or None,
            UNKNOWN if told is None else len(told),
            UNKNOWN if told is None else sum([one.restarts for one in told]),
            deployment.status.raw or None,
            parent or None,
        ),
        obj.metadata.labels,
        fault=status.phase is not Phase.PAUSED and True in [one.unplaced for one in told or ()],
    )


class _Told(NamedTuple):
    """Of one pod, what the row of its deployment counts."""

    held: int | None
    restarts: int
    unplaced: bool


@kept
def _told(pod: Pod) -> _Told:
    return _Told(gpus.held_by(pod), restarts(pod), is_unplaced(pod))


def _text(text: str) -> Value:
    return redact_text(text) if text else UNKNOWN


def _number(number: int | None) -> str:
    return "?" if number is None else str(number)


def _gpus(deployment: Deployment, told: Sequence[_Told] | None) -> Value:
    asked = deployment.gpus
    held = None if told is None else _held(told)
    if not asked and not held and asked is not None and held is not None:
        return None  # it needs none
    if asked is None and held is None:
        return UNKNOWN
    return f"{_number(held)}/{_number(asked)}"


def _held(told: Sequence[_Told]) -> int | None:
    numbers = [one.held for one in told if one.held is not None]
    return sum(numbers) if len(numbers) == len(told) else None


def _endpoint(deployment: Deployment) -> Value:
    if deployment.endpoint is None:
        return None
    return redact_text(str(deployment.endpoint)) or UNKNOWN


PodNames = Callable[[Pod], Any]


def pods_of(facts: Facts, names: PodNames, obj: Object, made: Iterable[tuple[PodNames, str]] = ()) -> list[Pod] | None:
    """Those of an object, by an index function as `Serves.pods`, and of what it had others make (`Serves.made`); None when not all pods
    of its namespace are known."""
    namespace, name = obj.metadata.key
    if not facts.known(PODS, namespace):
        return None
    found = [pod for pod in facts.where(PODS, namespace, names, name) if isinstance(pod, Pod)]
    for index, value in made:
        seen = {pod.metadata.name for pod in found}
        found += [pod for pod in facts.where(PODS, namespace, index, value) if isinstance(pod, Pod) and pod.metadata.name not in seen]
    return found
