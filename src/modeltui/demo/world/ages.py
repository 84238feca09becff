"""What people did to the world, and how long before "now"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from modeltui.demo.api import Api
from modeltui.demo.errors import Object

KUBECTL = "kubectl-client-side-apply"


class Deed(Protocol):
    @property
    def ago(self) -> timedelta: ...

    def do(self, api: Api) -> None: ...


@dataclass(frozen=True, slots=True)
class Made:
    """Somebody created an object; `manager` is what they did it with."""

    ago: timedelta
    resource: str
    obj: Object
    manager: str = KUBECTL
    with_status: bool = False

    def do(self, api: Api) -> None:
        api.create(self.resource, self.obj, manager=self.manager, with_status=self.with_status, validation="Strict")


@dataclass(frozen=True, slots=True)
class Edited:
    """Somebody changed one: a JSON patch."""

    ago: timedelta
    resource: str
    namespace: str
    name: str
    change: list[Any]
    manager: str = "kubectl-edit"

    def do(self, api: Api) -> None:
        api.patch(self.resource, self.name, self.change, namespace=self.namespace, manager=self.manager, type="json")


def days(count: float) -> timedelta:
    return timedelta(days=count)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
