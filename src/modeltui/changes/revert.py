"""Bringing an object back to a state that the ledger knows: what it was before an entry, or what it became by it.

A change like any other, with the review of any other. Unlike `undo`, which takes back what one change did, this is about all of the
object: what was changed since goes, too, unless others own it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from modeltui.cells import moment
from modeltui.changes.bringing_back import brought_back
from modeltui.changes.comparing import changed_fields
from modeltui.changes.past import CannotRevert, When, named, state
from modeltui.changes.paths import Path, spelled
from modeltui.changes.plan import Change, Step
from modeltui.changes.secret_values import masked_paths
from modeltui.changes.undo import restored
from modeltui.kube.apply import Manifest, read
from modeltui.kube.client import Client
from modeltui.kube.discovery import Discovery
from modeltui.kube.errors import KubeError
from modeltui.kube.resource import Resource
from modeltui.ledger.records import Entry

_NAMED: Final = 5
"""Fields that a note names; the rest is counted."""
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""At most, of this machine and the API server."""


def step(entry: Entry, when: When, resource: Resource, live: Manifest | None, *, dead_owners: frozenset[str] = frozenset()) -> Step:
    """What makes of `live` what the object was then. Raises CannotRevert. Pure."""
    wanted = state(entry, when)
    if wanted is None:
        if live is None:
            raise CannotRevert(f"{named(entry)} does not exist, as {when} this change: there is nothing to bring back.")
        since = (_since_made(entry, live), "it was made anew since" if _made_later(entry, live) else "")
        return Step.delete(resource, live, note="; ".join(filter(None, since)))
    if live is None:
        return restored(resource, wanted, dead_owners=dead_owners)
    back = brought_back(wanted, live)
    notes = [f"{spelled(path)} stays, owned by {', '.join(owners)}" for path, owners in back.staying[:_NAMED]]
    if len(back.staying) > _NAMED:
        notes.append(f"{len(back.staying) - _NAMED} more that others own stay")
    if back.kept:
        notes.append(f"secrets stay as they are now: {_listed(back.kept)}")
    if back.lost:
        notes.append(f"without its secrets, which nobody kept: {_listed(back.lost)}")
    if _uid(wanted) and _uid(wanted) != _uid(live):
        notes.append("the one that was then was deleted since: this is another one of its name")
    return Step.apply(resource, back.desired, live, note="; ".join(notes))


async def reversion(client: Client, discovery: Discovery, entry: Entry, when: When) -> Change:
    """Nothing is written. Raises CannotRevert, and KubeError when the server cannot be asked.

    `entry` has its object before, as `Ledger.get` gives it, and is one of this cluster.
    """
    wanted = state(entry, when)
    resource = await _resource(discovery, entry.api_version, entry.kind)
    if resource is None:
        raise CannotRevert(f"The cluster does not serve {entry.kind} of {entry.api_version} any more, which the ledger kept.")
    live = await read(client, resource, entry.namespace, entry.name)
    dead = await _dead_owners(client, discovery, wanted) if wanted is not None and live is None else frozenset()
    found = step(entry, when, resource, live, dead_owners=dead)
    return Change(f"Bring {named(entry)} back to what it was {when} {moment(entry.at)}", (found,))


async def _resource(discovery: Discovery, api_version: str, kind: str) -> Resource | None:
    served = [one.resource for one in await discovery.all()]
    return next((one for one in served if (one.api_version, one.kind) == (api_version, kind)), None)


async def _dead_owners(client: Client, discovery: Discovery, wanted: Mapping[str, Any]) -> frozenset[str]:
    """Owners that are not known to be there: an object with an owner that is gone would be collected as garbage at once."""
    dead = set()
    for owner in wanted["metadata"].get("ownerReferences", ()):
        uid = str(owner.get("uid", ""))
        try:
            resource = await _resource(discovery, str(owner.get("apiVersion", "")), str(owner.get("kind", "")))
            there = resource and await read(client, resource, wanted["metadata"].get("namespace", ""), str(owner.get("name", "")))
        except KubeError:
            there = None
        if not there or _uid(there) != uid:
            dead.add(uid)
    return frozenset(dead)


def _since_made(entry: Entry, live: Manifest) -> str:
    """What has become of an object since the change that made it; "" when nothing, or nobody can say."""
    try:
        made = state(entry, When.AFTER)
    except CannotRevert:
        return ""
    if made is None:
        return ""
    masked = {path for path in masked_paths(made)}
    changed = [one.path for one in changed_fields(made, live) if one.path[0] != "metadata" and one.pointer_before not in masked]
    return f"it was changed since it was made: {_listed(changed)}" if changed else ""


def _made_later(entry: Entry, live: Manifest) -> bool:
    """Whether it is another object than the one that the entry's change made; by two clocks, so with room for them to differ."""
    try:
        made = datetime.fromisoformat(str(live["metadata"].get("creationTimestamp")))
    except ValueError:
        return False
    return made.tzinfo is not None and made - entry.at > _CLOCKS_DIFFER


def _listed(paths: list[Path]) -> str:
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return ", ".join(spelled(path) for path in paths[:_NAMED]) + more


def _uid(obj: Mapping[str, Any]) -> str:
    return str(obj["metadata"].get("uid", ""))
