"""What a table says when it has nothing to show, and the marks beside rows that are not fresh. Pure.

Loading, empty, filtered out, denied, not installed and stale are six different sights: told apart by glyph and words, so
that they differ without colour too. With several namespaces the rows that are there stay, and each that fails gets one line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from modeltui import cells
from modeltui.document import Tone, plain
from modeltui.kube.resource import Resource
from modeltui.kube.state import Sync, SyncState
from modeltui.ui.sight import CONNECTING, GLYPHS, Kind, Sight


@dataclass(frozen=True, slots=True)
class Note:
    """One line above rows that are there."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What the table is about."""

    title: str
    """In the plural, as a heading: "Models"."""
    resource: Resource
    total: int
    shown: int
    filter: str = ""


_FAULTS: Final[Mapping[Sync, Kind]] = {
    Sync.DENIED: Kind.DENIED,
    Sync.UNAUTHORIZED: Kind.DENIED,
    Sync.NOT_INSTALLED: Kind.NOT_INSTALLED,
    Sync.NO_NAMESPACE: Kind.NO_NAMESPACE,
    Sync.STALE: Kind.STALE,
}
"""In the order of which speaks when there are no rows at all."""

States = Mapping[str, SyncState]
"""By namespace; "" is the key of a list over all namespaces."""


def clock(moment: datetime) -> str:
    """A time of today, in UTC as everywhere in the console."""
    return cells.clock(moment)


def sight(subject: Subject, states: States) -> Sight | None:
    """The full-pane message; None when there are rows to look at."""
    if subject.shown:
        return None
    if subject.total:
        return _filtered(subject)
    syncing = [state for state in states.values() if state.sync is Sync.SYNCING]
    if syncing or not states:
        return _loading(subject, syncing, tuple(states))
    if any(state.sync in (Sync.LIVE, Sync.POLLING) for state in states.values()):
        return _empty(subject, states)
    for sync in _FAULTS:
        for namespace, state in states.items():
            if state.sync is sync:
                return _fault(subject, namespace, state)
    return None


def notes(subject: Subject, states: States) -> tuple[Note, ...]:
    """One line for each namespace that is not as it should be, unless the full-pane message already says it."""
    speaking = sight(subject, states)
    alike: dict[tuple[Kind, str], list[tuple[str, SyncState]]] = {}
    for namespace, state in states.items():
        kind = _FAULTS.get(state.sync)
        if kind is not None and not (speaking is not None and speaking.kind is kind and len(states) == 1):
            alike.setdefault((kind, state.reason), []).append((namespace, state))
    found = []
    for (kind, _), these in alike.items():
        names = [namespace for namespace, _ in these if namespace]
        where = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        oldest = min((state for _, state in these), key=lambda state: state.since)
        found.append(Note(kind, (f"{where}: " if where and len(states) > 1 else "") + _note(subject, oldest)))
    return tuple(found)


def trouble(title: str, namespace: str, state: SyncState) -> str | None:
    """What is wrong with one watch, for the record; "" when nothing is, None when that is not known yet."""
    if state.sync in (Sync.LIVE, Sync.POLLING):
        return ""
    if state.sync is Sync.SYNCING or (state.sync is Sync.STALE and state.next_retry is None):
        return None
    return f"{title}{f' in {namespace}' if namespace else ''}: {'disconnected' if state.sync is Sync.STALE else state.sync}."


Connection = tuple[str, str, Tone]
"""Glyph, words and tone, as the top bar has them."""
CONNECTED: Final[Connection] = ("●", "connected", "good")
_LOST: Final = "≠"


def is_lost(connection: Connection) -> bool:
    return connection[0] == _LOST


def connection(states: States, *, rows: bool = True) -> Connection:
    """Glyph, words and tone for the top bar: the worst of the watches. Without any rows there is no data to be old."""
    if not states:
        return CONNECTING
    stale = [state for state in states.values() if state.sync is Sync.STALE]
    if stale:
        oldest = min(stale, key=lambda state: state.since)
        retries = [state.next_retry for state in stale if state.next_retry is not None]
        again = f", next try {clock(min(retries))}" if retries else ""
        since = clock(oldest.since).removesuffix(" UTC" if again else "")  # once is enough in a bar
        old = f"data from {since}" if rows else "no data yet"
        return (_LOST, f"disconnected, {old}{again}", "bad")
    syncing = [state for state in states.values() if state.sync is Sync.SYNCING]
    if syncing:
        received = sum(state.received for state in syncing)
        return ("…", f"syncing {received:,}" if received else "syncing", "busy")
    faults = {state.sync for state in states.values()} & set(_FAULTS)
    if faults and len(faults) == len({state.sync for state in states.values()}):
        worst = next(sync for sync in _FAULTS if sync in faults)
        told = [state.since if worst is Sync.UNAUTHORIZED else state.data_from for state in states.values() if state.sync is worst]
        last_good = min((moment for moment in told if moment is not None), default=None)
        age = f", data from {clock(last_good)}" if rows and last_good else ""
        return (GLYPHS[_FAULTS[worst]], f"{worst}{age}", "bad" if worst is Sync.UNAUTHORIZED else "warn")
    if any(state.sync is Sync.POLLING for state in states.values()):
        return ("○", "polling every 30 s", "warn")
    return ("●", "live" if not faults else "live in part", "good" if not faults else "warn")


def _filtered(subject: Subject) -> Sight:
    hidden = f"{subject.total:,} hidden by the filter {subject.filter}" if subject.filter else f"{subject.total:,} hidden by the filter"
    title = f"None of the {subject.total:,} {subject.title.lower()} match"
    return Sight(Kind.FILTERED, title, (plain(hidden) + ".",), (("esc", "clear the filter"), ("/", "change it")))


def _loading(subject: Subject, syncing: list[SyncState], namespaces: tuple[str, ...]) -> Sight:
    lines = []
    if syncing:
        since = min(state.since for state in syncing)
        received = sum(state.received for state in syncing)
        lines.append(f"{received:,} received since {clock(since)}." if received else f"Asked at {clock(since)}; nothing received yet.")
        reason = next((state.reason for state in syncing if state.reason), "")
        if reason:
            lines.append(plain(reason))
    where = _where(namespaces)
    return Sight(Kind.LOADING, f"Loading {subject.title.lower()}{where}", tuple(lines))


def _empty(subject: Subject, states: States) -> Sight:
    live = tuple(namespace for namespace, state in states.items() if state.sync in (Sync.LIVE, Sync.POLLING))
    text = f"The list is complete: there are no {subject.resource.group_resource}{_where(live)}."
    return Sight(
        Kind.EMPTY,
        f"No {subject.title.lower()}{_where(live)}",
        (text, "New ones appear here by themselves."),
        ((":ns", "other namespaces"),),
    )


def _fault(subject: Subject, namespace: str, state: SyncState) -> Sight:
    resource = subject.resource.group_resource
    where = f" in namespace {namespace}" if namespace else ""
    said = (plain(state.reason),) if state.reason else ()
    again = (f"Next try at {clock(state.next_retry)}.",) if state.next_retry else ()
    if state.sync is Sync.DENIED:
        flag = f" -n {namespace}" if namespace else " --all-namespaces"
        ask = f"Ask whoever manages access for the verbs list and watch; check with: kubectl auth can-i list {resource}{flag}"
        return Sight(
            Kind.DENIED,
            f"You may not list {resource}{where}",
            (*said, ask, *again),
            ((":ns", "another namespace"), (":ctx", "another identity")),
        )
    if state.sync is Sync.UNAUTHORIZED:
        ask = "A login in another terminal helps: a new token or kubeconfig on disk is noticed at once."
        return Sight(
            Kind.DENIED,
            "The server does not accept your credentials",
            (*said, ask, *again),
            (("ctrl-r", "try now"), (":ctx", "another identity")),
        )
    if state.sync is Sync.NOT_INSTALLED:
        check = f"Whoever runs the cluster must install its CRD; check with: kubectl get crd {resource}"
        notice = "This table fills by itself once that is done."
        return Sight(
            Kind.NOT_INSTALLED,
            f"{subject.resource.kind} is not installed in this cluster",
            (f"The server does not serve {resource} ({subject.resource.api_version}).", check, notice, *again),
            (("ctrl-r", "look now"), (":aliases", "other tables"), (":ctx", "another cluster")),
        )
    if state.sync is Sync.NO_NAMESPACE:
        ask = "Is the name right, and is this the right cluster? The table fills by itself when the namespace is made."
        return Sight(
            Kind.NO_NAMESPACE,
            f"Namespace {namespace} does not exist",
            (ask, *again),
            (("ctrl-r", "look now"), (":ns", "another namespace"), (":ctx", "another cluster")),
        )
    notice = "Tried again by itself, and at once when the kubeconfig changes."
    return Sight(
        Kind.STALE,
        f"No connection to the cluster, so no {subject.title.lower()} yet",
        (*said, notice, *again),
        (("ctrl-r", "try now"), (":ctx", "another context")),
    )


def _note(subject: Subject, state: SyncState) -> str:
    reason = f": {plain(state.reason)}" if state.reason else ""
    if state.sync in (Sync.STALE, Sync.UNAUTHORIZED):
        again = f", next try {clock(state.next_retry)}" if state.next_retry else ""
        return f"not fresh, data from {clock(state.since)}{again}{reason}"
    if state.sync is Sync.DENIED:
        old = f", data from {clock(state.data_from)}" if state.data_from else ""
        return f"denied to list {subject.resource.plural}{old}{reason}"
    if state.sync is Sync.NOT_INSTALLED:
        return f"{subject.resource.kind} is not installed"
    return f"the namespace does not exist{reason}"


def _where(namespaces: tuple[str, ...]) -> str:
    named = [namespace for namespace in namespaces if namespace]
    if not named:
        return ""
    return f" in {named[0]}" if len(named) == 1 else f" in {len(named)} namespaces"
