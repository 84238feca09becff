"""An entry of the ledger as a row of a table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from modeltui.domain import Column, ColumnKind, Outcome, Row, RowKey
from modeltui.ledger.records import Entry, State

COLUMNS: Final = (
    Column("name", "NAME", max_width=32),
    Column("step", "", min_width=1, max_width=1, help="A bracket: these are the steps of one change."),
    Column("age", "WHEN", ColumnKind.AGE),
    Column("verb", "VERB", max_width=10),
    Column("result", "RESULT", max_width=24, help="unknown: no answer came; begun: the console ended in between."),
    Column("kind", "KIND", max_width=16),
    Column("namespace", "NAMESPACE", max_width=20),
    Column("user", "WHO", max_width=24, help="As the API server itself named them."),
    Column("what", "WHAT", max_width=48, help="The first of the changed fields; enter shows all of the difference."),
    Column("why", "WHY", max_width=60, help="The server's own sentence."),
    Column("context", "CONTEXT", max_width=20),
    Column("time", "TIME", wide=True),
    Column("entry", "ENTRY", ColumnKind.NUMBER, wide=True, help="Its number in the ledger."),
    Column("change", "CHANGE", wide=True, max_width=32, help="The same for all steps of one change."),
    Column("words", "WORDS", hidden=True),
)
SEARCHED: Final = frozenset({"name", "kind", "namespace", "context", "verb", "user", "words"})
"""What free text is looked for in: what the ledger itself can look for, so that it finds what is not loaded yet."""
RESULTS: Final = {
    State.DONE: Outcome.DONE,
    State.FAILED: Outcome.FAILED,
    State.UNKNOWN: Outcome.UNKNOWN,
    State.BEGUN: Outcome.UNFINISHED,
    State.NOTE: Outcome.NOTE,
}
UNFINISHED: Final = "begun, outcome not known"
_SHOWN_FIELDS: Final = 2


def index(key: str) -> int:
    """Of a column, and so into a row's values."""
    return next(at for at, column in enumerate(COLUMNS) if column.key == key)


_STEP: Final = index("step")
_CHANGE: Final = index("change")


def row(entry: Entry) -> Row:
    """Without its bracket, which depends on its neighbours."""
    values = (
        entry.name or None,
        "",
        entry.at,
        entry.verb or None,
        RESULTS[entry.state],
        entry.kind or None,
        entry.namespace or None,
        entry.user or None,
        what(entry) or None,
        entry.result.partition(": ")[2] or None,
        entry.context or None,
        entry.at,
        entry.id,
        entry.change_id or None,
        words(entry),
    )
    return Row(key(entry.id), values, fault=entry.state in (State.FAILED, State.UNKNOWN, State.BEGUN))


def key(number: int) -> RowKey:
    return ("", str(number))


def what(entry: Entry) -> str:
    """In a few words. Of an object that came or went, all of the fields say less than that."""
    if entry.state is not State.NOTE and entry.verb == "delete":
        return "all of it"
    if entry.difference and not entry.before_hash:
        count = len(entry.difference)
        return f"made, with {count} field{'s' if count > 1 else ''}"
    return fields(entry)


def fields(entry: Entry) -> str:
    """The first of the changed fields; the whole difference is in the detail and the exports."""
    paths = [str(field.path) for field in entry.difference]
    more = len(paths) - _SHOWN_FIELDS
    return ", ".join(paths[:_SHOWN_FIELDS]) + (f" and {more} more" if more > 0 else "")


def result(entry: Entry) -> str:
    return UNFINISHED if entry.state is State.BEGUN else entry.result


def words(entry: Entry) -> str:
    """What the ledger finds an entry by besides its names."""
    told = [] if entry.state in (State.BEGUN, State.DONE) else [entry.result]
    return "\n".join([*(str(field.path) for field in entry.difference), *told])


def bracketed(rows: Sequence[Row]) -> list[Row]:
    """Those that stand together, newest first, with the bracket that shows which are of one change."""
    changes = [row.values[_CHANGE] for row in rows]
    return [_with_step(row, _bracket(changes, place)) for place, row in enumerate(rows)]


def unbracketed(rows: Sequence[Row]) -> list[Row]:
    """In an order in which what belongs together does not stand together."""
    return [_with_step(row, "") for row in rows]


def _with_step(row: Row, sign: str) -> Row:
    return row if row.values[_STEP] == sign else replace(row, values=(*row.values[:_STEP], sign, *row.values[_STEP + 1 :]))


def _bracket(changes: Sequence[object], place: int) -> str:
    change = changes[place]
    if change is None:
        return ""
    before = place > 0 and changes[place - 1] == change
    after = place + 1 < len(changes) and changes[place + 1] == change
    return {(False, False): "", (False, True): "╭", (True, True): "│", (True, False): "╰"}[before, after]
