"""Where a reflector puts what it learns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from modeltui.kube.objects import Object, Undecodable
from modeltui.kube.state import SyncState

T_contra = TypeVar("T_contra", bound=Object, contravariant=True)


class Sink(Protocol[T_contra]):
    """`store.Scope` is one. Nothing here may block or raise."""

    def __len__(self) -> int:
        """How many objects it holds."""

    def page(self, objects: Iterable[T_contra | Undecodable]) -> None:
        """Part of the very first list, before the rest is there."""

    def replace(self, objects: Iterable[T_contra | Undecodable]) -> None:
        """Everything there is; what is not among it is gone."""

    def upsert(self, obj: T_contra | Undecodable) -> None:
        """`obj` was added or changed."""

    def remove(self, obj: T_contra | Undecodable) -> None:
        """`obj` is the final state of what was deleted."""

    def state(self, state: SyncState) -> None:
        """How fresh all this is, from now on."""

    def heard(self, when: datetime) -> None:
        """The server sent something."""
