"""Follows the chain of a ledger on disk. Only reads; another console may go on writing meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from modeltui.ledger import chain, witness
from modeltui.ledger.book import Book
from modeltui.ledger.chain import START, Link, Verdict, Witness
from modeltui.ledger.files import Files
from modeltui.ledger.trouble import cannot


def verify(files: Files, *, noted: Iterable[Witness] = ()) -> Verdict:
    """`noted` are entries whose hash was written down elsewhere. Raises `Cannot` when there is a ledger that cannot be read at all.

    Without a ledger nothing is wrong, unless it is known that there was one.
    """
    witnesses = [witness.read(files.witness), *noted]  # before the entries: those are only added to
    try:
        book = Book.read(files.ledger)
    except FileNotFoundError:
        return chain.verify((), witnesses=witnesses)
    except (sqlite3.Error, OSError) as error:
        raise cannot(error, files.ledger) from error
    followed = _Followed(book)
    try:
        return chain.verify(followed.links(), last_id=book.last_given(), witnesses=witnesses)
    except sqlite3.Error as error:
        bad = followed.last + 1
        return Verdict(followed.last, followed.head, f"entry {bad} or one after it cannot be read: {error}", bad)
    finally:
        book.close()


class _Followed:
    """How far the entries could be read."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self.last, self.head = 0, START

    def links(self) -> Iterator[Link]:
        for link in self._book.links():
            yield link
            self.last, self.head = link.id, link.hash
