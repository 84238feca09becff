"""What operators do with their finalizer: put it on what they begin to look after, take it off what is being deleted."""

from __future__ import annotations

from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import deleting
from modeltui.demo.errors import Object


def leaves(api: Api, resource: str, obj: Object, finalizer: str, *, manager: str) -> bool:
    """Whether it is being deleted; then the finalizer is taken off, and its owners let the children go."""
    if not deleting(obj):
        return False
    finalizers = obj["metadata"].get("finalizers") or []
    if finalizer in finalizers:
        obj["metadata"]["finalizers"] = [each for each in finalizers if each != finalizer]
        api.update(resource, obj, manager=manager)
    return True


def held(api: Api, resource: str, obj: Object, finalizer: str, *, manager: str) -> Object:
    """The object with the finalizer on it."""
    finalizers = obj["metadata"].get("finalizers") or []
    if finalizer in finalizers:
        return obj
    obj["metadata"]["finalizers"] = [*finalizers, finalizer]
    return api.update(resource, obj, manager=manager)
