"""What a change changes, field by field, for people to read before they confirm it. Pure; secrets are masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modeltui.changes.comparing import Changed, changed_fields
from modeltui.changes.lookup import pointer_to
from modeltui.changes.ownership import entries, owners
from modeltui.changes.paths import spelled
from modeltui.changes.values import ABSENT, same
from modeltui.kube.apply import Pointer
from modeltui.redaction import MASK, redact_object


class ChangeKind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    DEFAULTED = "defaulted"
    """Nobody asked for it: the server put it there."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field. Values are JSON values with secrets masked; None where there is none."""

    path: str
    kind: ChangeKind
    before: Any
    after: Any
    owners: tuple[str, ...] = ()
    """Field managers that own it, or something in it, before the change; ours among them."""
    hidden: bool = False
    """A secret is in it: show "changed, not shown" in place of the values."""


def difference(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, *, asked: Mapping[str, Any] | None
) -> tuple[FieldChange, ...]:
    """What makes `after` out of `before` (None: not there). `asked` is the object as it was wanted, to tell what the server added.

    Left out: status, what the server keeps in metadata, and the object's own name. Items of lists are told apart by their
    keys or unique names, else by position; lists of plain values are shown whole.
    """
    masked = redact_object({"kind": "List", "items": [before or {}, after or {}]})["items"]  # together: a copy may be in the other one
    listed = entries(before or {})
    return tuple(
        _shown(change, masked[0], masked[1], asked=asked, owned_by=owners(listed, change.path)) for change in changed_fields(before, after)
    )


def _shown(change: Changed, before: Any, after: Any, *, asked: Mapping[str, Any] | None, owned_by: tuple[str, ...]) -> FieldChange:
    if change.pointer_before is None and change.pointer_after is None:
        old, new = change.before, change.after  # an order
    else:
        old, new = _at(before, change.pointer_before), _at(after, change.pointer_after)
    hidden = MASK in (old, new) or same(old, new)
    return FieldChange(spelled(change.path), _kind(change, asked), old, new, owned_by, hidden)


def _kind(change: Changed, asked: Mapping[str, Any] | None) -> ChangeKind:
    if change.after is ABSENT:
        return ChangeKind.REMOVED
    if change.before is not ABSENT:
        return ChangeKind.CHANGED
    return ChangeKind.DEFAULTED if asked is not None and pointer_to(asked, change.path) is None else ChangeKind.ADDED


def _at(obj: Any, pointer: Pointer | None) -> Any:
    """The masked value; what is no more where it was has been masked from further up."""
    if pointer is None:
        return None
    for part in pointer:
        try:
            obj = obj[part]
        except (LookupError, TypeError):
            return MASK
    return obj
