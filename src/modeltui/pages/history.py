"""One entry of the ledger: who did what to which object, with what result, and what the object was before. Pure.

Whatever was recorded may be hostile, or of any length: it is made harmless as everywhere, and what is longer than a page can hold is
cut with a word about how to see the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from modeltui.cells import since
from modeltui.changes.difference import ChangeKind, FieldChange
from modeltui.document import Line, Span, Tone, facts, grid, heading, line, plain
from modeltui.ledger.records import ChangedField, Entry, State
from modeltui.pages import difference, yaml_lines
from modeltui.pages.history_rows import UNFINISHED, fields, result
from modeltui.redaction import MASK

LONGEST: Final = 4_000
"""Characters of one value or line that are shown."""
MOST_LINES: Final = 5_000
_TONES: Final[dict[State, Tone]] = {
    State.DONE: "good",
    State.FAILED: "bad",
    State.UNKNOWN: "warn",
    State.BEGUN: "warn",
    State.NOTE: "dim",
}
_MEANS: Final = {
    State.DONE: "",
    State.FAILED: "",
    State.UNKNOWN: "It was sent, and no answer came: the server may or may not have done it.",
    State.BEGUN: "It was written down before it was sent, and nothing after it: the console ended in between, or is still at it.",
    State.NOTE: "Said by the ledger of itself; nothing was changed in a cluster.",
}
_DIFFERENCE: Final = {
    State.DONE: "What changed",
    State.FAILED: "What was to change",
    State.UNKNOWN: "What was to change, or has",
    State.BEGUN: "What was to change, or has",
}
_KINDS: Final = {str(kind): kind for kind in ChangeKind}


def lines(entry: Entry, steps: Sequence[Entry], now: datetime) -> list[Line]:
    """`entry` with its object before; `steps`: all of the same change, in the order in which they were done."""
    out = [*facts(_facts(entry, now)), *_result(entry)]
    if entry.state is State.NOTE:
        return out
    out += [*heading(_DIFFERENCE[entry.state]), *difference.lines(_changed(field) for field in entry.difference)]
    if len(steps) > 1:
        out += _steps(entry, steps)
    out += _before(entry)
    return [_fitting(one) for one in out]


def title(entry: Entry) -> str:
    if entry.state is State.NOTE or not entry.kind:
        return f"Entry {entry.id}"
    return f"{entry.verb} {entry.kind} {named(entry)}"


def named(entry: Entry) -> str:
    return f"{entry.namespace}/{entry.name}" if entry.namespace else entry.name


def _facts(entry: Entry, now: datetime) -> list[tuple[str, str | Line]]:
    pairs: list[tuple[str, str | Line]] = [("When", since(entry.at, now))]
    told = (
        ("Who", entry.user),
        ("What", f"{title(entry)} ({entry.api_version})" if entry.kind else ""),
        ("Context", entry.context),
        ("Server", entry.server),
        ("Change", entry.change_id),
        ("Entry", str(entry.id)),
        ("Hash", entry.hash),
    )
    return pairs + [(label, plain(text)) for label, text in told if text]


def _result(entry: Entry) -> list[Line]:
    """The word, and the sentence as it came from the server."""
    word, _, sentence = entry.result.partition(": ")
    told = word if entry.state is not State.BEGUN else UNFINISHED
    out = [*heading("Result"), ((f"  {told}", _TONES[entry.state]),)]
    out += [line(f"  {part}") for part in sentence.splitlines() if part.strip()]
    if means := _MEANS[entry.state]:
        out.append(line(f"  {means}", "dim"))
    return out


def _changed(field: ChangedField) -> FieldChange:
    """As the review showed it. A kind that nobody knows is one that was written into the file."""
    hidden = MASK in (field.before, field.after)
    kind = _KINDS.get(str(field.kind), ChangeKind.CHANGED)
    return FieldChange(str(field.path), kind, _bounded(field.before), _bounded(field.after), hidden=hidden)


def _bounded(value: Any) -> Any:
    """Text of a bearable length, wherever it stands."""
    match value:
        case str() if len(value) > LONGEST:
            return f"{value[:LONGEST]}… ({len(value) - LONGEST:,} more characters; `modeltui history -o json` has all)"
        case dict():
            return {name: _bounded(inner) for name, inner in value.items()}
        case list():
            return [_bounded(inner) for inner in value]
    return value


def _steps(entry: Entry, steps: Sequence[Entry]) -> list[Line]:
    rows: list[Sequence[Span]] = [
        (
            ("▸" if step.id == entry.id else " ", "accent"),
            (str(step.id), "dim"),
            (f"{step.verb} {step.kind} {named(step)}", ""),
            (result(step), _TONES[step.state]),
            (fields(step), "dim"),
        )
        for step in steps
    ]
    return [*heading(f"The {len(steps)} steps of this change"), *grid(("", "ENTRY", "STEP", "RESULT", "FIELDS"), rows)]


def _before(entry: Entry) -> list[Line]:
    out = heading("The object before (its secrets are not kept)")
    if entry.before is not None:
        shown = yaml_lines.lines(_bounded(entry.before))
        more = len(shown) - MOST_LINES
        cut = [line(f"… {more:,} more lines; `modeltui history -o json` has all.", "warn")] if more > 0 else []
        return [*out, *(((("  "), ""), *one) for one in shown[:MOST_LINES]), *cut]
    if entry.before_hash:
        return [*out, line("  It is missing from the ledger: v in the table of entries follows their chain.", "bad")]
    return [*out, line("  There was none.", "dim")]


def _fitting(one: Line) -> Line:
    """What no value above has bounded, such as a path or a name."""
    return type(one)((f"{text[:LONGEST]}…" if len(text) > LONGEST + 100 else text, tone) for text, tone in one)
