"""Records for the tests of the ledger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from modeltui.ledger.book import Book
from modeltui.ledger.records import ChangedField, Record

NOW = datetime(2126, 11, 21, 12, tzinfo=UTC)
"""After whatever the ledger notes of its own, at the time at which the tests run."""


def record(number: int = 0, **said: Any) -> Record:
    """Each number another name and another second; whatever is given wins."""
    facts: dict[str, Any] = {
        "user": "jane@example.com",
        "context": "staging",
        "server": "https://10.0.0.1:6443",
        "namespace": "team-nlp",
        "api_version": "model.samzong.dev/v1",
        "kind": "Model",
        "name": f"qwen-{number}",
        "verb": "apply",
        "difference": (ChangedField("spec.versions[0].storage", "changed", "10Gi", "20Gi"),),
        "before": {"kind": "Model", "metadata": {"name": f"qwen-{number}"}, "spec": {"versions": [{"storage": "10Gi"}]}},
        "change_id": f"change-{number}",
        "step_id": f"step-{number}",
        "at": NOW + timedelta(seconds=number),
    }
    return Record(**(facts | said))


def everything_written(folder: Path) -> bytes:
    """Every byte of every file under the folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def tamper(path: Path, statement: str, *parameters: object) -> None:
    """What somebody does who has the file and `sqlite3`."""
    import sqlite3

    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement, parameters)
    connection.close()


def filled(path: Path, count: int) -> Book:
    """A ledger without its first note, of `count` entries."""
    book = Book.open(path)
    book.append(record(number, result="done") for number in range(1, count + 1))
    return book
