"""Entries for people and programs that keep them elsewhere: CSV, JSON, NDJSON, a line at a time. Pure.

Whatever a hostile object wrote is harmless in all of them: characters that steer a terminal, end a line or reorder their neighbours
are written as their JSON escapes, and a CSV field that a spreadsheet would run as a formula begins with an apostrophe
(https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from modeltui.ledger.records import Entry

COLUMNS: Final = (
    *("id", "time", "user", "context", "server", "namespace", "api_version", "kind", "name", "verb", "state", "result"),
    *("fields", "difference", "change_id", "step_id", "before_hash", "previous_hash", "hash"),
)
"""Of the CSV form, which has all but the object before."""

_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def document(entry: Entry) -> dict[str, Any]:
    """An entry as JSON; `before` is the object before the change, null when there was none."""
    return {
        "id": entry.id,
        "time": entry.at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "user": entry.user,
        "context": entry.context,
        "server": entry.server,
        "namespace": entry.namespace,
        "api_version": entry.api_version,
        "kind": entry.kind,
        "name": entry.name,
        "verb": entry.verb,
        "state": str(entry.state),
        "result": entry.result,
        "difference": [field._asdict() for field in entry.difference],
        "before": entry.before,
        "change_id": entry.change_id,
        "step_id": entry.step_id,
        "before_hash": entry.before_hash,
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }


def as_ndjson(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        yield _json(document(entry))


def as_json(entries: Iterable[Entry]) -> Iterator[str]:
    """One array, an entry a line; the entries are never in memory all at once."""
    ending = "["
    for entry in entries:
        yield ending
        ending = _json(document(entry)) + ","
    yield ending.removesuffix(",") if ending != "[" else "["
    yield "]"


def as_csv(entries: Iterable[Entry], *, headers: bool = True) -> Iterator[str]:
    """RFC 4180; `fields` are the changed paths, `difference` is the same JSON as in the other forms."""
    if headers:
        yield _line(COLUMNS)
    for entry in entries:
        said = document(entry)
        said["fields"] = "; ".join(field.path for field in entry.difference)
        said["difference"] = _json(said["difference"])
        yield _line([str(said[column]) for column in COLUMNS])


def escaped(text: str) -> str:
    """Every character that is not to be seen as itself, as JSON would escape it: line breaks, escape codes, bidirectional controls."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else json.dumps(character)[1:-1] for character in text)


def _json(value: Any) -> str:
    """Still JSON after `escaped`: what is not printable can only stand inside its strings."""
    return escaped(json.dumps(value, ensure_ascii=False))


def _line(fields: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([_not_a_formula(escaped(field)) for field in fields])
    return out.getvalue()


def _not_a_formula(field: str) -> str:
    return f"'{field}" if field.lstrip().startswith(_FORMULA) else field
