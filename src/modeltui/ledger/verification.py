"""Follows the chain of a ledger on disk, and checks that what entries are found by agrees with what they say.

Only reads; another console may go on writing meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from typing import Any, Final

from modeltui.ledger import chain, connecting, encoding, facets, witness
from modeltui.ledger.chain import START, Link, Verdict, Witness
from modeltui.ledger.facets import Deed, Subject
from modeltui.ledger.files import Files
from modeltui.ledger.records import Record, State
from modeltui.ledger.trouble import cannot

_BUSY_SECONDS: Final = 2.0

_ENTRIES: Final = f"""
    SELECT entries.id, body, previous_hash, hash, entries.id IN unfinished,
        at, state, change_id, step_id, {facets.columns(Subject)}, {facets.columns(Deed)}
    FROM entries LEFT JOIN subjects ON subjects.id = subject LEFT JOIN deeds ON deeds.id = deed
    ORDER BY entries.id
"""


def verify(files: Files, *, noted: Iterable[Witness] = ()) -> Verdict:
    """`noted` are entries whose hash was written down elsewhere. Raises `Cannot` when there is a ledger that cannot be read at all.

    Without a ledger nothing is wrong, unless it is known that there was one.
    """
    witnesses = [witness.read(files.witness), *noted]  # before the entries: those are only added to
    try:
        connection = connecting.to_read(files.ledger, busy=_BUSY_SECONDS)
    except FileNotFoundError:
        return chain.verify((), witnesses=witnesses)
    except (sqlite3.Error, OSError) as error:
        raise cannot(error, files.ledger) from error
    with closing(connection):
        try:
            given = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entries'").fetchone()
        except sqlite3.Error as error:
            raise cannot(error, files.ledger) from error
        followed = _Followed(connection)
        try:
            return chain.verify(followed.links(), last_id=int(given[0]) if given else 0, witnesses=witnesses)
        except sqlite3.Error as error:
            bad = followed.last + 1
            return Verdict(followed.last, followed.head, f"entry {bad} or one after it cannot be read: {error}", bad)


class _Followed:
    """The entries from the first on, and how far they could be read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.last, self.head = 0, START

    def links(self) -> Iterator[Link]:
        for number, text, previous_hash, hash_, unfinished, *repeated in self._connection.execute(_ENTRIES):
            fault = self._fault(text, repeated, unfinished=bool(unfinished))
            link = Link(number, str(text), encoding.hexadecimal(previous_hash), encoding.hexadecimal(hash_), fault)
            yield link
            self.last, self.head = link.id, link.hash

    def _fault(self, text: str, repeated: Sequence[Any], *, unfinished: bool) -> str:
        try:
            said = encoding.entry(text, id=0, previous_hash="", hash="")
        except encoding.UNREADABLE:
            return "it says nothing that can be read"
        subject, deed = facets.of(said)
        ids = (facets.storable(said.change_id), facets.storable(said.step_id))
        if [*repeated] != [encoding.micros(said.at), said.state, *ids, *subject, *deed] or unfinished != self._has_no_outcome(said):
            return "what it is found by does not agree with what it says"
        if said.before_hash and self._hash_of_object(said.before_hash) != said.before_hash:
            return "its object before is missing or another one"
        return ""

    def _has_no_outcome(self, said: Record) -> bool:
        if said.state is not State.BEGUN:
            return False
        step = (facets.storable(said.step_id), State.BEGUN)
        return self._connection.execute("SELECT 1 FROM entries WHERE step_id = ? AND state != ?", step).fetchone() is None

    def _hash_of_object(self, before_hash: str) -> str:
        row = self._connection.execute("SELECT body FROM objects WHERE hash = ?", (bytes.fromhex(before_hash),)).fetchone()
        return sha256(str(row[0]).encode()).hexdigest() if row else ""
