"""Records as canonical JSON, which is what is hashed and kept, and back. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from modeltui.ledger.records import Entry, Manifest, Record, State

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_FARTHEST: Final = 200_000_000_000_000_000
"""Microseconds: some 6,000 years, which a datetime can hold."""
_TEXTS: Final = ("user", "context", "server", "namespace", "api_version", "kind", "name", "verb", "result", "change_id", "step_id")


UNREADABLE: Final = (ValueError, KeyError, TypeError, OverflowError, RecursionError)
"""What reading something raises that was not written here, or was changed since."""


def canonical(value: Any) -> str:
    """The one spelling of a JSON value: sorted keys, no spaces, ASCII (so that even broken Unicode has bytes)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)


def micros(moment: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(microseconds: int) -> datetime:
    return _EPOCH + microseconds * _MICROSECOND


def body(record: Record, *, before_hash: str) -> str:
    """What an entry says, without its place in the chain; the object before is kept apart and named by its hash."""
    return canonical(_said(record) | {"before": before_hash})


def whole(record: Record) -> dict[str, Any]:
    """The record with its object before, as JSON: what the side file holds."""
    return _said(record) | {"before": record.before}


def record(said: Mapping[str, Any]) -> Record:
    """The inverse of `whole`. Raises one of `UNREADABLE` when it is not one."""
    before = said["before"]
    if before is not None and not isinstance(before, dict):
        raise TypeError("the object before is no object")
    return Record(**_fields(said), before=before)


def entry(text: str, *, id: int, previous_hash: str, hash: str, before: Manifest | None = None) -> Entry:  # noqa: A002  # an entry's own words
    """The inverse of `body`. Raises one of `UNREADABLE` when it is not one."""
    said = json.loads(text)
    return Entry(**_fields(said), before=before, before_hash=str(said["before"]), id=id, previous_hash=previous_hash, hash=hash)


def unreadable(*, id: int, at: Any, previous_hash: str, hash: str) -> Entry:  # noqa: A002  # an entry's own words
    """Stands for an entry whose body says nothing any more."""
    nothing: dict[str, Any] = dict.fromkeys(_TEXTS, "")
    nothing |= {"verb": "unknown", "result": f"{State.UNKNOWN}: this entry was changed and cannot be read"}
    when = moment(at) if isinstance(at, int) and abs(at) < _FARTHEST else _EPOCH
    return Entry(**nothing, at=when, id=id, previous_hash=previous_hash, hash=hash)


def manifest(text: str) -> Manifest:
    """Raises one of `UNREADABLE`."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def hexadecimal(blob: Any) -> str:
    """A hash as it is stored; whatever else stands there is no hash, and fits nothing."""
    return blob.hex() if isinstance(blob, bytes) else f"not a hash: {blob}"


def _said(record: Record) -> dict[str, Any]:
    said: dict[str, Any] = {name: str(getattr(record, name)) for name in _TEXTS}
    return said | {"at": micros(record.at), "difference": [list(entry) for entry in record.difference]}


def _fields(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(said[name]) for name in _TEXTS} | {"at": moment(said["at"]), "difference": said["difference"]}
