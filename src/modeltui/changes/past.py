"""What an object was at an entry of the ledger, before it or after it, so far that it can be written again. Pure.

What the ledger's file says is checked before it is believed: somebody may have changed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from modeltui.changes.difference import difference
from modeltui.changes.secret_values import masked_paths
from modeltui.kube.apply import Manifest
from modeltui.ledger import encoding, states
from modeltui.ledger.records import ChangedField, Entry
from modeltui.ledger.states import Untold

_SHAPES: Final[dict[str, type[dict[str, Any]] | type[list[Any]]]] = {
    **{"labels": dict, "annotations": dict},
    **{"finalizers": list, "ownerReferences": list, "managedFields": list},
}
"""Of what is read of an object's metadata."""


class When(StrEnum):
    BEFORE = "before"
    AFTER = "after"


class CannotRevert(Exception):
    """One sentence: why not, and what to do instead."""


def state(entry: Entry, when: When) -> Manifest | None:
    """The object then, with masks where secrets were; None: it did not exist. Raises CannotRevert. Pure."""
    try:
        found = states.before(entry) if when is When.BEFORE else states.after(entry)
    except Untold as why:
        raise CannotRevert(f"What {named(entry)} was {when} this change is not known: {why}.") from None
    if found is not None and not _is_of(entry, found):
        raise CannotRevert(f"The object that the ledger kept is not {named(entry)}: the entry was changed since it was written.")
    if when is When.AFTER and found is not None and not _agrees(entry, found):
        said = f"What {named(entry)} was after this change cannot be told from the ledger"
        raise CannotRevert(f"{said}; choose the state before the change that followed.")
    if found is not None and entry.kind == "Secret" and [*masked_paths(found)]:
        raise CannotRevert(f"The ledger keeps no secrets, so it cannot bring {named(entry)} back: set its values anew.")
    return found


def named(entry: Entry) -> str:
    return f"{entry.kind} {entry.namespace}/{entry.name}" if entry.namespace else f"{entry.kind} {entry.name}"


def _is_of(entry: Entry, found: Mapping[str, Any]) -> bool:
    """What was changed in the ledger's file must not lead to a write somewhere else, nor to a failure."""
    metadata = found.get("metadata")
    if not isinstance(metadata, Mapping):
        return False
    shaped = all(isinstance(metadata.get(name, shape()), shape) for name, shape in _SHAPES.items())
    if not shaped or not all(isinstance(owner, Mapping) for owner in metadata.get("ownerReferences", ())):
        return False
    told = (found.get("apiVersion"), found.get("kind"), metadata.get("namespace", ""), metadata.get("name"))
    return told == (entry.api_version, entry.kind, entry.namespace, entry.name)


def _agrees(entry: Entry, after: Manifest) -> bool:
    """Whether the object before and this one differ as the entry says."""
    told = difference(entry.before, after, asked=None)
    return _told(entry.difference) == _told(ChangedField(one.path, one.kind, one.before, one.after) for one in told)


def _told(changes: Iterable[ChangedField]) -> list[str]:
    """Without secrets that were changed: masked, they are no difference any more."""
    told = [(change.path, encoding.canonical(change.before), encoding.canonical(change.after)) for change in changes]
    return sorted(encoding.canonical(one) for one in told if one[1] != one[2])
