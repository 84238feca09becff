"""What the doctor says when it has nothing to show, and what it could not look at. Pure.

"No findings" stands only for what was looked at: a list that was denied is never taken for a sound one. Of a kind that is not
installed there is nothing to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from modeltui.document import plain
from modeltui.kube.errors import Forbidden, KubeError
from modeltui.kube.resource import Resource
from modeltui.kube.state import Sync, SyncState
from modeltui.systems.core.secrets import SECRETS
from modeltui.ui import sights
from modeltui.ui.sight import Kind, Sight
from modeltui.ui.sights import Note, Subject

_KINDS: Final[Mapping[Sync, Kind]] = {
    Sync.DENIED: Kind.DENIED,
    Sync.UNAUTHORIZED: Kind.DENIED,
    Sync.NOT_INSTALLED: Kind.NOT_INSTALLED,
    Sync.NO_NAMESPACE: Kind.NO_NAMESPACE,
    Sync.STALE: Kind.STALE,
}
_MOST: Final = 3
"""Names in one line."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the doctor has looked at."""

    examined: Mapping[Resource, Mapping[str, SyncState]]
    """The kinds that have findings, by namespace."""
    evidence: Mapping[Resource, Mapping[str, SyncState]] = field(default_factory=dict)
    """Those that are only asked about."""
    secrets: Mapping[str, KubeError] = field(default_factory=dict)
    """Namespace -> why Secrets could not be read there."""
    objects: int = 0
    settled: bool = False
    total: int = 0
    shown: int = 0
    filter: str = ""


def sight(seen: Seen) -> Sight | None:
    """The full-pane message; None when there are findings to look at."""
    if seen.shown:
        return None
    if seen.total:
        hidden = f"{seen.total:,} hidden by the filter {plain(seen.filter)}."
        help_ = (("esc", "clear the filter"), ("/", "change it"))
        return Sight(Kind.FILTERED, f"None of the {seen.total:,} findings match", (hidden,), help_)
    if not seen.settled:
        return Sight(Kind.LOADING, "Looking for findings", (f"{_count(seen.objects)} looked at until now.",) if seen.objects else ())
    unseen = notes(seen)
    syncs = {state.sync for states in seen.examined.values() for state in states.values()}
    old = seen.objects and not syncs.isdisjoint((Sync.STALE, Sync.UNAUTHORIZED))
    if syncs <= _KINDS.keys() and not old:
        return _nothing_seen(seen)
    keys = ((":ns", "other namespaces"),)
    if unseen:
        told = tuple(note.text for note in unseen)
        return Sight(Kind.EMPTY, f"No findings in the {_count(seen.objects)} that could be looked at", told, keys)
    absent = [resource.plural for resource, states in seen.examined.items() if _is_absent(states)]
    told = (
        "Everything was looked at. New findings appear here by themselves.",
        *((f"Not installed in this cluster: {', '.join(absent)}.",) if absent else ()),
    )
    return Sight(Kind.EMPTY, f"No findings in {_count(seen.objects)}", told, keys)


def _nothing_seen(seen: Seen) -> Sight:
    """Said of the first kind in full; the notes tell of the others."""
    resource, states = next(iter(seen.examined.items()))
    found = sights.sight(Subject(resource.plural, resource, 0, 0), states)
    return found or Sight(Kind.EMPTY, "Nothing could be looked at")


def _is_absent(states: Mapping[str, SyncState]) -> bool:
    return bool(states) and all(state.sync is Sync.NOT_INSTALLED for state in states.values())


def notes(seen: Seen) -> tuple[Note, ...]:
    """What was not looked at, one line for each reason. Nothing is to be seen of kinds that are not installed, unless it is all of them."""
    nothing = all(_is_absent(states) for states in seen.examined.values())
    alike: dict[tuple[Sync, bool], dict[str, list[str]]] = {}
    for of, examined in ((seen.examined, True), (seen.evidence, False)):
        for resource, states in of.items():
            for namespace, state in states.items():
                if state.sync in _KINDS and (state.sync is not Sync.NOT_INSTALLED or (nothing and examined)):
                    alike.setdefault((state.sync, examined), {}).setdefault(resource.plural, []).append(namespace)
    found = [Note(_KINDS[sync], _said(sync, examined, places)) for (sync, examined), places in alike.items()]
    for denied in (True, False):
        places = [namespace for namespace, error in seen.secrets.items() if isinstance(error, Forbidden) == denied]
        if places:
            why = "you may not read them" if denied else str(seen.secrets[places[0]]).rstrip(".")
            found.append(Note(Kind.DENIED, f"Not checked{_in(places)}: what depends on {SECRETS.plural}, since {plain(why)}."))
    return tuple(found)


def _said(sync: Sync, examined: bool, places: Mapping[str, list[str]]) -> str:
    """`places`: plural -> namespaces."""
    kinds = _listed(places)
    where = _in(dict.fromkeys(namespace for namespaces in places.values() for namespace in namespaces))
    match sync:
        case Sync.DENIED:
            why = f"you may not list {'them' if not examined else kinds}"
        case Sync.UNAUTHORIZED:
            why = "the server does not accept your credentials"
        case Sync.NOT_INSTALLED:
            why = f"{'their' if len(places) > 1 else 'its'} CRD is not installed"
        case Sync.NO_NAMESPACE:
            return f"Not looked at{where}: there is no such namespace."
        case _:
            return f"Not fresh{where}: {kinds}, since the connection is lost."
    if not examined:
        return f"Not checked{where}: what depends on {kinds}, since {why}."
    return f"Not looked at{where}: {kinds}, since {why}." if sync is not Sync.DENIED else f"Not looked at{where}: {why}."


def merged(of: Iterable[Mapping[str, SyncState]]) -> dict[str, SyncState]:
    """For the top bar, which tells the worst of all. Kinds that are not installed are none, unless there is no other."""
    every = list(of)
    there = [states for states in every if not _is_absent(states)] or every
    return {f"{number} {namespace}": state for number, states in enumerate(there) for namespace, state in states.items()}


def _in(namespaces: Iterable[str]) -> str:
    named = [namespace for namespace in namespaces if namespace]
    return f" in {_listed(named)}" if named else ""


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = len(every) - _MOST
    return f"{', '.join(every[:_MOST])} and {more} more" if more > 0 else ", ".join(every)


def _count(objects: int) -> str:
    return f"{objects:,} object{'' if objects == 1 else 's'}"
