"""What entries are found by: who, where, what, and the words of it. Many entries share one."""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from typing import Final, NamedTuple

from modeltui.ledger.records import Record, State


class Heading(NamedTuple):
    user: str
    context: str
    namespace: str
    kind: str
    name: str
    verb: str
    words: str
    """Case-folded; a line each, so that nothing is found across two of them."""

    @property
    def digest(self) -> bytes:
        return sha256("\0".join(self).encode()).digest()


COLUMNS: Final = ", ".join(Heading._fields)


def of(record: Record) -> Heading:
    names = (record.user, record.context, record.namespace, record.kind, record.name, record.verb)
    sentence = "" if record.state in (State.BEGUN, State.DONE) else record.result
    words = "\n".join((*names, *(entry.path for entry in record.difference), sentence))
    user, context, namespace, kind, name, verb = map(storable, names)
    return Heading(user, context, namespace, kind, name, verb, storable(words.casefold()))


def keep(connection: sqlite3.Connection, heading: Heading) -> int:
    """Its number in the table; put there when it is new."""
    digest = heading.digest
    row = connection.execute("SELECT id FROM headings WHERE digest = ?", (digest,)).fetchone()
    if row is not None:
        return int(row[0])
    added = connection.execute(f"INSERT INTO headings (digest, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (digest, *heading))
    return int(added.lastrowid or 0)


def storable(raw: str) -> str:
    """Lone surrogates, which JSON can carry, have no UTF-8; they are only kept in the entry's body."""
    return raw if raw.isascii() else raw.encode("utf-8", "replace").decode()
