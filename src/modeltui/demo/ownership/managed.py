"""Field management: who owns which field after a create, an update, a patch or an apply.

The rules are those of https://kubernetes.io/docs/reference/using-api/server-side-apply/ as the API server carries them out.
Versions of one kind share their fields here: the only conversion is the strategy None, which changes nothing but apiVersion.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from modeltui.demo.ownership import entries, fieldset, lastapplied, typed
from modeltui.demo.ownership.checking import check_applied
from modeltui.demo.ownership.comparing import Comparison, compare, same
from modeltui.demo.ownership.conflicts import ApplyConflict, BadApply, Conflict
from modeltui.demo.ownership.entries import Managed, Owned, Owner
from modeltui.demo.ownership.fieldset import FieldSet, Path
from modeltui.demo.ownership.merging import merge, remove
from modeltui.demo.ownership.typed import PathElementError
from modeltui.demo.schema import structural
from modeltui.demo.schema.structural import Schema

STATUS: tuple[Path, ...] = (("f:status",),)
"""`reset` of the main endpoint of a kind whose status is a subresource."""

ALL_BUT_STATUS: tuple[Path, ...] = (("f:spec",), ("f:metadata",))
"""`reset` of the /status endpoint."""

_META = ("name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields", "resourceVersion")
_NEVER_OWNED: FieldSet = frozenset({("f:apiVersion",), ("f:kind",), ("f:metadata",), *(("f:metadata", fieldset.field(n)) for n in _META)})
_BEFORE_FIRST_APPLY = "before-first-apply"


def update(
    live: dict[str, Any] | None,
    new: dict[str, Any],
    *,
    manager: str,
    schema: Schema,
    api_version: str,
    now: str,
    subresource: str = "",
    reset: Iterable[Path] = (),
    empty: dict[str, Any] | None = None,
    versions: Collection[str] = (),
) -> dict[str, Any]:
    """`new` with its managedFields, after a create (`live` None), a replace, or a patch that is no apply.

    `new` is the whole object as it would be stored: defaulted, pruned, what the endpoint may not write already put back. Its own
    managedFields count as the API has it: absent means those of `live`, `[{}]` forgets all owners (of a typed object also `[]`).
    `now` is RFC 3339. `reset` are the paths that the endpoint throws away (STATUS, ALL_BUT_STATUS): nobody comes to own them here.
    `empty` is what an object of the kind has before anyone wrote to it, which its creator does not come to own; `versions` are the kind's.
    """
    known = _of_versions(_known_owners(schema, live, new, subresource), versions)
    if live is not None and not known:
        # Nobody is on record and this is no creation: ownership starts with the first apply.
        return entries.encode(new, {})
    owner = Owner.updating(manager, api_version, subresource)
    try:
        changed = compare(schema, _bare(live or empty), _bare(new)).without(reset)
    except PathElementError:
        # An entry without its key cannot be owned. The validation that follows refuses such an object; nobody's fields change here.
        return entries.encode(new, known)
    managed = _update_owners(known, owner, changed, api_version=api_version, now=now)
    return entries.encode(new, entries.capped(managed))


def apply(
    live: dict[str, Any] | None,
    applied: dict[str, Any],
    *,
    manager: str,
    force: bool,
    schema: Schema,
    api_version: str,
    now: str,
    subresource: str = "",
    reset: Iterable[Path] = (),
    versions: Collection[str] = (),
) -> dict[str, Any]:
    """The object that results from applying `applied` to `live` (None: it is not there yet), with its managedFields.

    The caller then prunes (`keep_nulls=True`), defaults, validates and puts back what the endpoint may not write; no defaults are
    filled in here. An apply that changes nothing gives an object equal to `live`, managedFields and times included.
    Raises ApplyConflict (without `force`), TypedPatchError (does not fit the schema), BadApply (wrong version, or managedFields sent).
    """
    _check_request(applied, api_version)
    check_applied(schema, applied, api_version=api_version)
    reset = tuple(reset)
    known = _of_versions(_decoded(live), versions)
    if live is not None and not known:
        everything = compare(schema, {}, _bare(live))
        before = Owner.updating(_BEFORE_FIRST_APPLY, api_version, subresource)
        known = _update_owners({}, before, everything, api_version=api_version, now=now)

    owner = Owner.applying(manager, subresource)
    last = known.get(owner)
    old = _bare(live)
    managed = {**known, owner: Owned(fieldset.without(typed.field_set(schema, applied), reset), api_version, last.time if last else None)}
    merged = merge(schema, old, applied)
    if last is not None and last.fields:
        merged = _prune(schema, merged, last.fields, frozenset().union(*(owned.fields for owned in managed.values())))
    changed = compare(schema, old, merged)
    managed, conflicts = _yield_fields(managed, owner, changed.without(reset))
    if not force and (refused := lastapplied.not_allowed(live, conflicts, schema=schema, manager=manager)):
        raise ApplyConflict(refused)

    fields = managed[owner].fields - _NEVER_OWNED
    if not fields:
        del managed[owner]
    else:
        moved = not same(old, merged)
        managed[owner] = replace(managed[owner], fields=fields, time=now if moved else managed[owner].time)
    merged = lastapplied.renewed(live, merged, applied=applied, manager=manager)
    return entries.encode(merged, managed)


def keep_times(live: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """`new`, or `live` itself when both differ in nothing but the times of managedFields: such a write must not be stored."""
    return live if same(_timeless(live), _timeless(new)) else new


def _of_versions(known: Managed, versions: Collection[str]) -> Managed:
    """Without those who wrote in a version that the kind no longer has: their fields say nothing any more."""
    return {owner: owned for owner, owned in known.items() if not versions or owned.api_version in versions}


def _known_owners(schema: Schema, live: dict[str, Any] | None, new: dict[str, Any], subresource: str) -> Managed:
    if subresource:
        return _decoded(live)
    if entries.is_reset(new, typed=bool(schema.get(structural.TYPED))):
        return {}
    return _decoded(new) or _decoded(live)


def _decoded(obj: dict[str, Any] | None) -> Managed:
    try:
        return entries.decode(obj)
    except ValueError:
        return {}  # what cannot be read is forgotten, as the API server does


def _update_owners(known: Managed, owner: Owner, changed: Comparison, *, api_version: str, now: str) -> Managed:
    taken = ((changed.added | changed.modified) - changed.removed) - _NEVER_OWNED
    managed, _ = _yield_fields(known, None, changed)
    if taken:
        had = managed.get(owner)
        managed[owner] = Owned(taken | had.fields if had else taken, api_version, now)
    return managed


def _yield_fields(managed: Managed, actor: Owner | None, changed: Comparison) -> tuple[Managed, list[Conflict]]:
    """Everyone but the actor loses what changed or went; and the conflicts: what others lose to a change."""
    kept: Managed = {}
    conflicts: list[Conflict] = []
    moved = changed.added | changed.modified
    for owner, owned in managed.items():
        if owner == actor:
            kept[owner] = owned
            continue
        if lost := owned.fields & moved:
            conflicts.append(Conflict(owner.manager, owner.operation, owner.api_version, owner.subresource, lost))
        if left := owned.fields - moved - changed.removed:
            kept[owner] = replace(owned, fields=left)
    return kept, conflicts


def _prune(schema: Schema, merged: dict[str, Any], last: FieldSet, managed: FieldSet) -> dict[str, Any]:
    """Takes out what this manager applied last time and no one owns now.

    Removing a struct or list entry takes along what lies below it; so what others own there is added back, and what was never
    this manager's to remove too.
    """
    last = typed.named_are_members(schema, last)
    everything = typed.named_are_members(schema, typed.field_set(schema, merged))
    pruned = remove(schema, merged, last)
    left = typed.named_are_members(schema, typed.field_set(schema, pruned))
    pruned = remove(schema, merged, everything - (left | typed.named_are_members(schema, managed)))
    left = typed.named_are_members(schema, typed.field_set(schema, pruned))
    return remove(schema, merged, (everything - left) & last)


def _check_request(applied: dict[str, Any], api_version: str) -> None:
    sent = applied.get("apiVersion", "")
    if sent != api_version:
        raise BadApply(f"Incorrect version specified in apply patch. Specified patch version: {sent}, expected: {api_version}")
    if (applied.get("metadata") or {}).get("managedFields") is not None:
        raise BadApply("metadata.managedFields must be nil")


def _bare(obj: dict[str, Any] | None) -> dict[str, Any]:
    """The object without managedFields, which are nobody's field."""
    metadata = (obj or {}).get("metadata")
    if not isinstance(metadata, dict) or "managedFields" not in metadata:
        return obj or {}
    return {**(obj or {}), "metadata": {name: value for name, value in metadata.items() if name != "managedFields"}}


def _timeless(obj: dict[str, Any]) -> dict[str, Any]:
    metadata = dict(obj.get("metadata") or {})
    metadata["managedFields"] = [{**entry, "time": None} for entry in copy.copy(metadata.get("managedFields") or [])]
    return {**obj, "metadata": metadata}
