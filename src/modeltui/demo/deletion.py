"""delete: preconditions, finalizers, grace, and how the deletion propagates to what is owned."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from modeltui.demo import clock, errors
from modeltui.demo.core import Core, object_at
from modeltui.demo.delete_options import DeleteOptions
from modeltui.demo.errors import Object
from modeltui.demo.kinds import Target
from modeltui.demo.storage import Stored

ORPHAN, FOREGROUND = "orphan", "foregroundDeletion"
_IMMORTAL = ("default", "kube-system", "kube-public")


class Deleted(NamedTuple):
    object: Object
    """The last state, or the present one while something holds it."""
    gone: bool


def delete(core: Core, target: Target, namespace: str | None, name: str, options: DeleteOptions) -> Deleted:
    """Raises 404 or 409."""
    stored = core.required(target, namespace, name)
    return remove(core, target, stored, options)


def remove(core: Core, target: Target, stored: Stored, options: DeleteOptions) -> Deleted:
    """Delete what was read. Raises 409 when a precondition does not hold, 403 for a namespace that every cluster needs."""
    if target.kind.resource == "namespaces" and stored.name in _IMMORTAL:
        raise errors.forbidden(plural="namespaces", group="", name=stored.name, because="this namespace may not be deleted")
    obj = object_at(target, stored)
    _check_preconditions(target, stored, options)
    meta = obj["metadata"]
    staged = target.kind.strategy.begin_deletion(obj)
    held = _finalizers(target, obj, options)
    grace = target.kind.strategy.grace_seconds(obj, options.grace)
    if not held and not grace and not staged:
        if not options.dry_run:
            core.remove(target, stored.key)
        if target.kind.strategy.graceful:
            meta |= {
                "deletionTimestamp": clock.stamp(clock.now()),
                "deletionGracePeriodSeconds": 0,
                "generation": meta.get("generation", 0) + 1,
            }
        return Deleted(obj, True)
    if meta.get("deletionTimestamp") and grace >= int(meta.get("deletionGracePeriodSeconds", 0)) and held == (meta.get("finalizers") or []):
        return Deleted(obj, False)
    if not meta.get("deletionTimestamp") and meta.get("generation") and not staged:
        meta["generation"] += 1
    meta["deletionTimestamp"] = clock.stamp(clock.now() + timedelta(seconds=grace))
    meta["deletionGracePeriodSeconds"] = grace
    if held:
        meta["finalizers"] = held
    if staged:
        del meta["deletionGracePeriodSeconds"]
    if options.dry_run:
        return Deleted(obj, False)
    return Deleted(object_at(target, core.commit(target, stored.key, obj)), False)


def _check_preconditions(target: Target, stored: Stored, options: DeleteOptions) -> None:
    because = ""
    if options.uid and options.uid != stored.uid:
        because = (
            f"the UID in the precondition ({options.uid}) does not match the UID in record ({stored.uid}). "
            "The object might have been deleted and then recreated"
        )
    elif options.version and options.version != str(stored.revision):
        because = (
            f"the ResourceVersion in the precondition ({options.version}) does not match the ResourceVersion in record "
            f"({stored.revision}). The object might have been modified"
        )
    if because:
        # Upstream names the kind here, not the resource.
        raise errors.conflict(plural=target.kind.kind, group=target.kind.group, name=stored.name, because=because)


def _finalizers(target: Target, obj: Object, options: DeleteOptions) -> list[str]:
    """The finalizers after this request: the policy adds its own, and takes the other policy's off."""
    present = [each for each in obj["metadata"].get("finalizers") or [] if each not in (ORPHAN, FOREGROUND)]
    given = options.propagation
    if not given:
        before = [each for each in obj["metadata"].get("finalizers") or [] if each in (ORPHAN, FOREGROUND)]
        if before:
            return [*present, *before]
        given = target.kind.strategy.default_propagation
    if given == "Foreground":
        return [*present, FOREGROUND]
    return [*present, ORPHAN] if given == "Orphan" else present
