"""How the table of changes stands, in words: what is shown in its place, what stands above it, how many there are. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from modeltui.document import Line, line
from modeltui.ledger import notes as ledger_notes
from modeltui.ledger.chain import Verdict
from modeltui.ui.sight import Kind, Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the screen knows."""

    context: str
    """Whose changes are shown; "" for those of all contexts."""
    about: str = ""
    """The object whose changes are shown, or "" for all."""
    filter: str = ""
    reading: bool = False
    problem: str = ""
    """Why the ledger cannot be read."""
    read_only: str = ""
    """Why it cannot be written."""
    waiting: int = 0
    """Records that are not in it yet, but in `waits_in`."""
    waits_in: Path | None = None
    rows: int = 0
    looked: int = 0
    """Entries that were looked through for them."""
    more: bool = False
    tired: bool = False
    """There are older entries; and the look through them was given up for now."""


def sight(seen: Seen) -> Sight | None:
    """None: the rows are shown."""
    others = (("0", "those of all contexts"),) if seen.context else ()
    if seen.rows:
        return None
    if seen.problem:
        return Sight(Kind.ERROR, "The ledger cannot be read", (seen.problem,), (("ctrl-r", "try again"), ("esc", "back")))
    if seen.reading:
        return Sight(Kind.LOADING, "Reading the ledger")
    if seen.filter:
        further = (("m", "look through older ones"),) if seen.more else ()
        looked = f"{_entries(seen.looked)} of {_whose(seen)} looked through"
        if not seen.looked:
            looked = f"The ledger has none such in {_whose(seen)}."
        else:
            looked = f"The newest {looked}; there are older ones." if seen.more else f"{looked}."
        return Sight(Kind.FILTERED, f"No change matches {seen.filter}", (looked,), (*further, ("esc", "clear the filter"), *others))
    about = f" of {seen.about}" if seen.about else ""
    why = "What is changed from this machine, in the console or by `modeltui apply` and `delete`, is kept here."
    return Sight(Kind.EMPTY, f"Nothing was changed{about} in {_whose(seen)} yet", (why,), (*others, ("esc", "back")))


def notes(seen: Seen) -> list[Line]:
    """What is wrong with the ledger although its entries are shown."""
    out: list[Line] = []
    if seen.rows and seen.problem:
        out.append(line(f" ≠ {seen.problem} These are the changes as they were read before; ctrl-r tries again.", "bad"))
    elif seen.read_only:
        out.append(line(f" ≠ {seen.read_only}; ctrl-r tries again.", "warn"))
    if seen.waiting:
        out.append(line(f" ≠ {ledger_notes.changes(seen.waiting)} not here yet, but in {seen.waits_in or 'memory'}.", "warn"))
    return out


def extent(seen: Seen) -> str:
    """Why there may be more than is shown; "" when that is all."""
    if not seen.more:
        return ""
    return f"{seen.looked:,} looked through, m goes on" if seen.tired else "older ones below"


def verdict(found: Verdict, *, at: str) -> Line:
    """What following the chain has shown; `at`: when, as it is told."""
    if found.problem:
        return line(f" ✕ {at}: {found.problem}.", "bad")
    return line(f" ✓ {at}: all {_entries(found.entries)} fit; :messages has their head.", "good")


def head(found: Verdict) -> str:
    """To be noted down."""
    later = "Noted elsewhere, it shows later that nothing up to it was changed: `modeltui history verify --head NUMBER:HASH`."
    return f"head {found.entries}:{found.head}\n{later}"


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"


def _whose(seen: Seen) -> str:
    return f"context {seen.context}" if seen.context else "any context"
