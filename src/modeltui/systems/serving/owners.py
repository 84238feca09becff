"""What keeps an object as it wants it: whoever changes that object by hand is overruled. Pure."""

from __future__ import annotations

from modeltui.kube.objects import Object


def controller(obj: Object) -> str:
    """As "Kind name"; "" when nothing controls it."""
    return next((f"{owner.kind} {owner.name}" for owner in obj.metadata.owner_references if owner.controller), "")


def overruled(obj: Object) -> str:
    """Why a change of it does not last, as a menu shows it; "" when it does."""
    return overruled_by(controller(obj))


def overruled_by(owner: str) -> str:
    return f"{owner} made it and would set it back: do it there" if owner else ""
