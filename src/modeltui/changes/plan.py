"""A change as it is wanted: which objects, in which order, and as what. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from modeltui.kube.apply import Manifest
from modeltui.kube.resource import Resource
from modeltui.systems.operations import Going


class Action(StrEnum):
    APPLY = "apply"
    """Make the object, or make it so."""
    CREATE = "create"
    """Make an object that must not exist yet."""
    DELETE = "delete"


class Choice(StrEnum):
    """What to do about fields that others own."""

    TAKE_OVER = "take over"
    LEAVE = "leave theirs"


@dataclass(frozen=True, slots=True)
class Step:
    action: Action
    resource: Resource
    desired: Manifest | None
    """The whole object as it should become; None for a deletion."""
    live: Manifest | None
    """What `desired` was made from, or what was seen when the deletion was asked for; None when nothing was there. If something
    is there by then, `desired` is taken as not whole: a form that knew of no object removes nothing from it."""
    namespace: str
    """"" for what is in no namespace."""
    name: str
    note: str = ""
    """What people should know besides, in one sentence."""
    propagation: str = "Background"
    """What a deletion does with what hangs on the object: "Background", "Foreground" or "Orphan"."""
    whole: bool = True
    """False: `desired` has only the fields that are wanted, as a file for `kubectl apply` has. What it lacks stays, but for what
    we applied before."""
    once_gone: tuple[Going, ...] = ()
    """What is waited for before it is done."""
    otherwise: str = ""
    """What people should know when the change ends before this step is done."""

    def __post_init__(self) -> None:
        if (self.desired is None) != (self.action == Action.DELETE):
            raise ValueError("a deletion has no desired object, and everything else has one")

    @classmethod
    def apply(cls, resource: Resource, desired: Manifest, live: Manifest | None, *, note: str = "") -> Self:
        return cls(Action.APPLY, resource, desired, live, *_identity(desired), note)

    @classmethod
    def create(cls, resource: Resource, desired: Manifest, *, note: str = "") -> Self:
        return cls(Action.CREATE, resource, desired, None, *_identity(desired), note)

    @classmethod
    def delete(cls, resource: Resource, live: Manifest, *, note: str = "", propagation: str = "Background") -> Self:
        return cls(Action.DELETE, resource, None, live, *_identity(live), note, propagation)

    @property
    def place(self) -> tuple[Resource, str, str]:
        return (self.resource, self.namespace, self.name)

    def __str__(self) -> str:
        where = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.action} {self.resource.kind} {where}"


@dataclass(frozen=True, slots=True)
class Change:
    title: str
    steps: tuple[Step, ...]


def _identity(obj: dict[str, Any]) -> tuple[str, str]:
    return obj["metadata"].get("namespace", ""), obj["metadata"]["name"]
