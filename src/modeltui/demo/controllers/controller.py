"""What a controller is: which objects wake it, and one synchronous step that brings one key nearer to what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from modeltui.demo.api import Api
from modeltui.demo.controllers.queue import Key
from modeltui.demo.copying import copied
from modeltui.demo.errors import Object

Mapper = Callable[[Api, Object], Iterable[Key]]
"""Which keys a changed object is a reason to look at."""


class Failed(Exception):
    """The step ended with an error: it is logged, and tried again after a growing delay."""


class Requeue(Exception):
    """Nothing is wrong, but the key must be looked at again after a growing delay."""


class Controller(Protocol):
    name: str
    """Field manager of its writes and component of its events."""

    @property
    def watches(self) -> Mapping[str, Mapper]:
        """By resource, spelled as the Api spells it."""

    def reconcile(self, api: Api, key: Key) -> float | None:
        """Seconds after which to look again, or None. Raises Failed, Requeue, or the Api's StatusError."""


def key_of(obj: Object) -> Key:
    return obj["metadata"].get("namespace", ""), obj["metadata"]["name"]


def itself(_api: Api, obj: Object) -> Iterable[Key]:
    """The mapper of the kind that a controller is for."""
    return (key_of(obj),)


def owned_by(kind: str) -> Mapper:
    """The mapper of objects that a controller made: their controlling owner."""

    def keys(_api: Api, obj: Object) -> Iterable[Key]:
        owner = controlling_owner(obj)
        return ((obj["metadata"].get("namespace", ""), owner["name"]),) if owner and owner["kind"] == kind else ()

    return keys


def controlling_owner(obj: Object) -> Object | None:
    return next((ref for ref in obj["metadata"].get("ownerReferences") or [] if ref.get("controller")), None)


def owned(api: Api, resource: str, owner: Object) -> list[Object]:
    """The objects of this resource that `owner` controls, by name: found by its uid, not by reading all there are."""
    uid, target = owner["metadata"]["uid"], api.target(resource)
    keys = [key for kind, key in api.core.storage.dependents(uid) if kind == target.kind.resource]
    found = [api.find(resource, key.rpartition("/")[2], namespace=key.partition("/")[0] if "/" in key else None) for key in keys]
    return [each for each in found if each is not None and (controlling_owner(each) or {}).get("uid") == uid]


def owner_reference(owner: Object) -> Object:
    """As a controller writes it on what it makes."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def deleting(obj: Object) -> bool:
    return bool(obj["metadata"].get("deletionTimestamp"))


def missing(kind: str, name: str, group: str = "") -> str:
    """How a Go controller's cached client says "not found": it names the kind, where the server names the resource."""
    return f'{kind}.{group} "{name}" not found' if group else f'{kind} "{name}" not found'


def condition(obj: Object, type_: str) -> dict[str, Any] | None:
    conditions = (obj.get("status") or {}).get("conditions") or []
    return next((each for each in conditions if each.get("type") == type_), None)


def status_of(obj: Object) -> dict[str, Any]:
    """A copy that may be changed."""
    status: Object = copied(obj.get("status") or {})
    return status


def write_status(api: Api, resource: str, obj: Object, status: Object, *, manager: str) -> Object:
    """The object as it then is. Nothing is sent when nothing changes, which the server would find out at a far greater price."""
    if (obj.get("status") or {}) == status:
        return obj
    return api.update(resource, {**obj, "status": status}, manager=manager, subresource="status")


def find(api: Api, resource: str, key: Key) -> Object | None:
    namespace, name = key
    return api.find(resource, name, namespace=namespace or None)
