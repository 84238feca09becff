"""What a table of several kinds says when it has nothing to show, and the marks beside rows that are not all. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Final

from modeltui.kube.state import Sync, SyncState
from modeltui.systems.merged import LiveMerged
from modeltui.systems.protocol import View
from modeltui.ui import sights
from modeltui.ui.sight import Kind, Sight
from modeltui.ui.sights import Note, Subject


@dataclass(frozen=True, slots=True)
class Shown:
    """How much of the table is in sight."""

    total: int
    shown: int
    filter: str = ""


def every(live: LiveMerged) -> dict[str, SyncState]:
    """Of every list: by namespace and what is listed there. Kinds that are not installed are none, unless there is no other."""
    views = live.installed or live.views
    return {f"{namespace} {view.name}": state for view in views for namespace, state in live.states_of(view).items()}


def sight(live: LiveMerged, shown: Shown) -> Sight | None:
    """The full-pane message; None when there are rows to look at."""
    if not shown.total and live.absent and not live.installed:
        looked = ", ".join(view.resource.group_resource for view in live.absent)
        return Sight(
            Kind.NOT_INSTALLED,
            live.merged.nothing,
            (f"Looked for: {looked}.", "This table fills by itself once one of their CRDs is there."),
            (("ctrl-r", "look now"), (":aliases", "other tables"), (":ctx", "another cluster")),
        )
    found = sights.sight(_subject(live, shown), live.states)
    denied = denied_of(live)
    if found is not None and found.kind is Kind.EMPTY:
        there = ", ".join(view.title for view in live.installed if view not in denied)
        lists = "The lists that you may see are" if denied else "The lists are"
        lines = (f"{lists} complete, and empty: {there}.", *absent(live), *found.lines[1:])
        return Sight(found.kind, found.title, lines, found.keys)
    if found is not None and len(denied) > 1 and len(denied) == len(live.installed):
        return _all_denied(live, found)
    return found


def denied_of(live: LiveMerged) -> tuple[View, ...]:
    """The kinds of which nothing may be seen."""
    return tuple(view for view in live.installed if _is_denied(live.states_of(view).values()))


def _all_denied(live: LiveMerged, found: Sight) -> Sight:
    """Of all kinds together, with what the sight of the first says of that one: of the others the server says it alike."""
    plurals = ", ".join(view.resource.plural for view in denied_of(live))
    named = [namespace for namespace in live.namespaces if namespace]
    where = f" in {', '.join(named)}" if named else ""
    lines = (f"Denied: {plurals}.", *absent(live), *found.lines)
    return Sight(found.kind, f"You may not list any {live.merged.title.lower()}{where}", lines, found.keys)


def absent(live: LiveMerged) -> tuple[str, ...]:
    """A sentence that names what the cluster does not have; none when it has all of it."""
    names = ", ".join(view.title for view in live.absent)
    return (f"Not installed in this cluster: {names}.",) if names else ()


def notes(live: LiveMerged, shown: Shown) -> tuple[Note, ...]:
    """One line for each list that is not as it should be; what is said of all of them alike is said once."""
    if not shown.total and sights.sight(_subject(live, shown), live.states) is not None and _alike(live):
        return ()
    found: dict[Note, None] = dict.fromkeys(_old(live, shown))
    denied = denied_of(live)
    if len(denied) > 1:
        names = [view.resource.plural for view in denied]
        others = ", ".join(view.resource.plural for view in live.installed if view not in denied)
        may = f"; you may list {others}" if others else ""
        told = f"denied to list {', '.join(names[:-1])} and {names[-1]}{may}; :messages has the server's words"
        found[Note(Kind.DENIED, told)] = None
    for view in live.installed:
        if len(denied) > 1 and view in denied:
            continue
        states = {where: state for where, state in live.states_of(view).items() if state.sync not in _OLD}
        for note in sights.notes(Subject(view.title, view.resource, shown.total, max(shown.shown, 1)), states):
            alike = note.kind is Kind.NO_NAMESPACE
            found[note if alike else Note(note.kind, f"{view.title}: {note.text}")] = None
    return tuple(found)


_OLD: Final = frozenset({Sync.STALE, Sync.UNAUTHORIZED})


def _old(live: LiveMerged, shown: Shown) -> Iterator[Note]:
    """Of lists that are not fresh: what ails the connection is one thing for all of them, though each tries again for itself."""
    alike: dict[tuple[Sync, str], list[SyncState]] = {}
    for state in every(live).values():
        if state.sync in _OLD:
            alike.setdefault((state.sync, state.reason), []).append(state)
    for states in alike.values():
        oldest = min(states, key=lambda state: state.since)
        retries = [state.next_retry for state in states if state.next_retry is not None]
        state = replace(oldest, next_retry=min(retries, default=None))
        yield from sights.notes(replace(_subject(live, shown), total=max(shown.total, 1), shown=max(shown.shown, 1)), {"": state})


def _is_denied(states: Collection[SyncState]) -> bool:
    """Whether nothing of a kind may be seen, nor ever could be."""
    return bool(states) and all(state.sync is Sync.DENIED and state.data_from is None for state in states)


def _alike(live: LiveMerged) -> bool:
    """Whether all lists stand the same, so that one message speaks for them."""
    return len({state.sync for state in every(live).values()}) == 1


def _subject(live: LiveMerged, shown: Shown) -> Subject:
    views = [view for view in live.installed if any(state.sync is Sync.DENIED for state in live.states_of(view).values())]
    resource = next(iter(views or live.installed or live.views)).resource
    return Subject(live.merged.title, resource, shown.total, shown.shown, shown.filter)
