"""What the top bar says: where we are, who we are, how fresh the data is. Pure: state and width in, two lines out."""

from __future__ import annotations

from dataclasses import dataclass, field

from modeltui.document import Line, Span, Tone, clip, plain, width_of


@dataclass(frozen=True, slots=True)
class BarState:
    """What the bar knows. Empty strings are left out, so a starting console shows only what it has."""

    context: str = ""
    server: str = ""
    namespaces: tuple[str, ...] | None = None
    """None: not chosen yet. Empty: all."""
    identity: str = ""
    read_only: bool = False
    connection: tuple[str, str, Tone] = ("…", "connecting", "busy")
    title: str = ""
    counts: Counts = field(default_factory=lambda: Counts())
    filter: str = ""
    selector: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    total: int | None = None
    """None where the screen is not a table."""
    shown: int = 0
    marked: int = 0
    missing: str = ""
    """Why there may be more than `total`, such as "1 of 3 namespaces denied"; empty when that is all."""


def lines(state: BarState, width: int) -> tuple[Line, Line]:
    """Two lines of exactly `width` cells at most; what matters least is dropped first."""
    glyph, words, tone = state.connection
    where: list[Span] = [(" ", ""), (plain(state.context) or "no context", "accent")]
    if state.namespaces is not None:
        where += [(" ▸ ", "dim"), (_namespaces(state.namespaces), "title")]
    fresh: Line = ((f"{glyph} {plain(words)}", tone),)

    what: list[Span] = [(" ", ""), (plain(state.title), "title")] if state.title else [(" ", "")]
    if state.counts.total is not None:
        what.append((" " + _counts(state.counts), ""))
        if state.counts.missing:
            what.append((f" · {state.counts.missing}", "warn"))
    if state.counts.marked:
        what.append((f" · {state.counts.marked:,} marked", "accent"))
    if state.selector:
        what.append((f" · -l {plain(state.selector)}", "warn"))
    if state.filter:
        what.append((f" · {plain(state.filter)}", "warn"))

    who: list[list[Span]] = []
    if state.server:
        who.append([(plain(state.server), "dim")])
    if state.identity:
        who.append([(plain(state.identity), "label")])
    if state.read_only:
        who.append([("READ-ONLY", "warn")])
    return _spread(tuple(where), [fresh], width), _spread(tuple(what), [tuple(one) for one in who], width)


def _namespaces(names: tuple[str, ...]) -> str:
    if not names:
        return "all namespaces"
    return ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:2])} and {len(names) - 2} more"


def _counts(counts: Counts) -> str:
    total = counts.total or 0
    more = "+" if counts.missing else ""
    return f"{total:,}{more}" if counts.shown == total else f"{counts.shown:,}/{total:,}{more}"


def _spread(left: Line, rights: list[Line], width: int) -> Line:
    """`left`, a gap, and as many of `rights` (the last first) as fit; `left` is cut when even that is too long."""
    kept: list[Line] = []
    used = width_of(left)
    for right in reversed(rights):
        used += width_of(right) + 2
        if kept and used > width:
            break
        kept.insert(0, right)
    tail: list[Span] = []
    for right in kept:
        tail += [*right, ("  " if right is not kept[-1] else " ", "")]
    room = width - width_of(tuple(tail))
    left = clip(left, max(8, room - 1))
    return (*left, (" " * max(1, room - width_of(left)), ""), *tail)
