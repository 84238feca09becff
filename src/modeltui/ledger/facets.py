"""What entries are found by: what was changed (the subject) and what was done to it by whom (the deed).

Many entries share one of each, so that a text is looked for in some thousands of them instead of in a million entries.
"""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from typing import Final, NamedTuple

from modeltui.ledger.records import Record, State


class Subject(NamedTuple):
    context: str
    namespace: str
    kind: str
    name: str
    words: str
    """Case-folded, for searching; a line each, so that nothing is found across two of them."""


class Deed(NamedTuple):
    user: str
    verb: str
    words: str
    """Those of user, verb, the changed fields' paths and a failure's sentence."""


Facet = Subject | Deed

TABLES: Final[dict[type[Facet], str]] = {Subject: "subjects", Deed: "deeds"}


def of(record: Record) -> tuple[Subject, Deed]:
    context, namespace, kind, name = map(storable, (record.context, record.namespace, record.kind, record.name))
    user, verb = storable(record.user), storable(record.verb)
    sentence = "" if record.state in (State.BEGUN, State.DONE) else record.result
    subject = Subject(context, namespace, kind, name, _words(context, namespace, kind, name))
    return subject, Deed(user, verb, _words(user, verb, *(field.path for field in record.difference), sentence))


def keep(connection: sqlite3.Connection, facet: Facet) -> int:
    """Its number in its table; put there when it is new."""
    table, digest = TABLES[type(facet)], sha256("\0".join(facet).encode()).digest()
    row = connection.execute(f"SELECT id FROM {table} WHERE digest = ?", (digest,)).fetchone()
    if row is not None:
        connection.execute(f"UPDATE {table} SET uses = uses + 1 WHERE id = ?", row)
        return int(row[0])
    columns, places = ", ".join(facet._fields), ", ".join("?" * len(facet))
    return int(connection.execute(f"INSERT INTO {table} (digest, {columns}) VALUES (?, {places})", (digest, *facet)).lastrowid or 0)


def columns(facet: type[Facet]) -> str:
    """Of its table, as SELECT takes them."""
    return ", ".join(f"{TABLES[facet]}.{name}" for name in facet._fields)


def storable(raw: str) -> str:
    """Lone surrogates, which JSON can carry, have no UTF-8; they are only kept in the entry's body."""
    return raw if raw.isascii() else raw.encode("utf-8", "replace").decode()


def _words(*texts: str) -> str:
    return storable("\n".join(texts).casefold())
