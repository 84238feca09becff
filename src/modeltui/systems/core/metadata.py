"""What every row says about an object's metadata."""

from __future__ import annotations

from modeltui.domain import UNKNOWN, Phase, Status, Value
from modeltui.kube.objects import Object


def age(obj: Object) -> Value:
    return obj.metadata.creation_timestamp or UNKNOWN


def deleting(obj: Object) -> Status | None:
    """The status of an object that is on its way out: what holds it up are its finalizers."""
    if obj.metadata.deletion_timestamp is None:
        return None
    waits = ", ".join(obj.metadata.finalizers)
    return Status(Phase.PROCESSING, raw="Deleting", reason=f"Is being deleted; waits for {waits}." if waits else "Is being deleted.")
