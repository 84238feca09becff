"""What the ledger keeps of a change, and what it answers about it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple, Self
from uuid import uuid4

Manifest = dict[str, Any]
"""A whole Kubernetes object as JSON."""


class State(StrEnum):
    """How far a step got: the first word of its result."""

    BEGUN = "begun"
    """Written down before it was sent. As the last word on a step: the console ended before it knew the outcome."""
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """Sent, and no answer came: the server may or may not have done it."""
    NOTE = "note"
    """No change, but something that the ledger says of itself, such as that it was begun anew."""


_STATES: Final = {str(state): state for state in State}


class ChangedField(NamedTuple):
    """One field of a difference; a plain tuple of these four is as good."""

    path: str
    kind: str
    """ "added", "changed", "removed" or "defaulted"."""
    before: Any
    """A JSON value; None when there was none."""
    after: Any


def _new_id() -> str:
    return uuid4().hex


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One step of a change, as its maker hands it over. Secrets in it are masked before anything is written."""

    user: str
    """The API server's own answer to "who am I"."""
    context: str
    server: str
    namespace: str
    api_version: str
    kind: str
    name: str
    verb: str
    """What was asked of the server: "apply", "create", "delete", "revert" and so on."""
    difference: tuple[ChangedField, ...] = ()
    before: Manifest | None = None
    """The live object before the step; None when there was none (or, in answers, when it was not asked for)."""
    result: str = State.BEGUN
    """A word of `State`, and after ": " the sentence that explains it: "failed: models.model.samzong.dev is forbidden"."""
    change_id: str = ""
    """Groups the steps of one change."""
    step_id: str = field(default_factory=_new_id)
    """Pairs the intention with its outcome: both records of a step have the same."""
    at: datetime = field(default_factory=_now)
    """Timezone-aware; kept in UTC to the microsecond."""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("an entry's time must say its time zone")
        object.__setattr__(self, "difference", tuple(ChangedField(*entry) for entry in self.difference))

    @property
    def state(self) -> State:
        return _STATES.get(self.result.partition(":")[0].strip(), State.UNKNOWN)

    def ended(self, result: str, *, difference: tuple[ChangedField, ...] | None = None) -> Self:
        """The record of this step's outcome, now: a second record, since nothing is ever updated in place.

        `difference` is what the server really changed, where that is known by now.
        """
        return replace(self, result=result, difference=self.difference if difference is None else difference, at=_now())


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Record):
    """A record in the chain. Values equal to `redaction.MASK` stand for secrets: they must never be written to a cluster."""

    id: int
    """1, 2, 3, ... in the order in which they were chained."""
    before_hash: str = ""
    """SHA-256 of the object before, in hex; "" when there was none."""
    previous_hash: str
    hash: str


class Place(StrEnum):
    """Where a record is kept."""

    LEDGER = "ledger"
    SPOOL = "side file"
    """On disk beside the ledger, which could not be written; it is taken in as soon as it can be."""
    MEMORY = "memory"
    """Nowhere on disk: it is lost if the console ends before there is room. Say so."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a record."""

    place: Place
    problem: str = ""
    """One sentence for the user when it is not in the ledger itself; "" when all is well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which entries are wanted; what is left out does not limit. Names must match whole, the kind in any case."""

    text: str = ""
    """Words, each of which must occur somewhere in user, context, namespace, kind, name, verb, the changed fields' paths or
    a failure's sentence; in any case."""
    user: str = ""
    context: str = ""
    namespaces: tuple[str, ...] = ()
    """Any of these."""
    kind: str = ""
    name: str = ""
    verb: str = ""
    state: State | None = None
    change_id: str = ""
    since: datetime | None = None
    """Inclusive; timezone-aware."""
    until: datetime | None = None
    """Exclusive; timezone-aware."""


EVERYTHING = Filter()

Cursor = tuple[int, int]
"""Where a page ended: microseconds since 1970 and id of its last entry."""


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, newest first."""

    entries: tuple[Entry, ...]
    next: Cursor | None
    """Hand it to the next query; None when there are no older entries."""
