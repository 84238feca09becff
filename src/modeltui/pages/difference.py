"""What a change changes, as lines: one field each, with what it was, what it becomes, and whose it is. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from modeltui import yaml_output
from modeltui.changes.difference import ChangeKind, FieldChange
from modeltui.document import Line, Span, Tone, line, plain
from modeltui.kube.apply import FIELD_MANAGER

SIGNS: Final[dict[ChangeKind, tuple[str, Tone]]] = {
    ChangeKind.ADDED: ("+", "good"),
    ChangeKind.CHANGED: ("~", "warn"),
    ChangeKind.REMOVED: ("-", "bad"),
    ChangeKind.DEFAULTED: ("·", "dim"),
}
SHORT: Final = 60
"""Characters of a value that still stands on its field's line."""
NOT_SHOWN: Final = "(secret, not shown)"


def lines(changes: Iterable[FieldChange], *, indent: int = 2) -> list[Line]:
    found = [part for change in changes for part in _change(change, indent)]
    return found or [line(" " * indent + "Nothing changes.", "dim")]


def _change(change: FieldChange, indent: int) -> list[Line]:
    sign, tone = SIGNS[change.kind]
    head: list[Span] = [(f"{' ' * indent}{sign} ", tone), (plain(change.path), "key")]
    others = [owner for owner in change.owners if owner != FIELD_MANAGER]
    tail: list[Span] = [(f"  (owned by {', '.join(plain(owner) for owner in others)})", "dim")] if others else []
    if change.kind is ChangeKind.DEFAULTED:
        tail.append(("  (the server's default)", "dim"))
    if change.hidden:
        return [(*head, (f"  {NOT_SHOWN}", "dim"), *tail)]
    match change.kind:
        case ChangeKind.CHANGED:
            old, new = _short(change.before), _short(change.after)
            if old is not None and new is not None:
                return [(*head, ("  ", ""), (old, "bad"), (" → ", "dim"), (new, "good"), *tail)]
            return [(*head, *tail), *_block(change.before, "-", "bad", indent), *_block(change.after, "+", "good", indent)]
        case ChangeKind.REMOVED:
            return _one(head, tail, change.before, sign, tone, indent)
        case _:
            return _one(head, tail, change.after, sign, tone, indent)


def _one(head: list[Span], tail: list[Span], value: Any, sign: str, tone: Tone, indent: int) -> list[Line]:
    short = _short(value)
    if short is not None:
        return [(*head, ("  ", ""), (short, tone), *tail)]
    return [(*head, *tail), *_block(value, sign, tone, indent)]


def _short(value: Any) -> str | None:
    """A value for the line of its field; None when it needs lines of its own."""
    if isinstance(value, dict | list) and value:
        return None
    text = plain(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= SHORT else None


def _block(value: Any, sign: str, tone: Tone, indent: int) -> list[Line]:
    """As YAML, each line with its sign."""
    text = value if isinstance(value, str) else yaml_output.dump(value)
    pad = " " * (indent + 4)
    return [((f"{pad}{sign} ", tone), (plain(part), tone)) for part in text.rstrip("\n").split("\n")]


def count(changes: Iterable[FieldChange]) -> str:
    """Such as "2 added, 1 changed"; what the server adds by itself is not counted."""
    kinds = [change.kind for change in changes]
    told = [f"{kinds.count(kind)} {kind}" for kind in (ChangeKind.ADDED, ChangeKind.CHANGED, ChangeKind.REMOVED) if kind in kinds]
    return ", ".join(told) or "nothing changes"
