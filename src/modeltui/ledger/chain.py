"""The hash chain: each entry's hash covers what it says, its number, and the hash of the one before. Pure.

What it proves: that no entry between the first and the last was changed, removed, added or moved since it was written, as
long as the hash of the last one is known from elsewhere (`Witness`). Who can write the files can also compute the whole chain
anew; only a hash that was noted where they cannot write shows that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

START: Final = "0" * 64
"""The hash before the first entry."""


class Link(NamedTuple):
    """One entry as it is stored."""

    id: int
    body: str
    previous_hash: str
    hash: str
    fault: str = ""
    """What else does not fit, found by who read it: "its object before is missing"."""


class Witness(NamedTuple):
    """That the chain once had this entry."""

    id: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the chain proves."""

    entries: int
    """How many fit, from the first on."""
    head: str
    """Hash of the last one that fits."""
    problem: str = ""
    """Which entry is the first that was changed or removed, in one sentence; "" when all fit."""
    first_bad: int = 0
    """Its number; 0 when all fit."""


def link_hash(id: int, previous_hash: str, body: str) -> str:  # noqa: A002  # an entry's own word
    return sha256(f"{id}\n{previous_hash}\n{body}".encode()).hexdigest()


def verify(links: Iterable[Link], *, last_id: int = 0, witnesses: Iterable[Witness] = ()) -> Verdict:
    """Follows the chain from its first entry (`links` in the order of their numbers) and stops at the first that does not fit.

    `last_id` is the highest number ever given, 0 when unknown; `witnesses` are entries that are known to have been there.
    """
    known = {witness.id: witness.hash for witness in witnesses if witness.id}
    last, head = 0, START
    for link in links:
        found = _misfit(link, last, head) or _against(known.get(link.id), link)
        if found is not None:
            bad, sentence = found
            return Verdict(min(last, bad - 1), head, sentence, bad)
        last, head = link.id, link.hash
    missing = max([last_id, *known])
    if missing > last:
        return Verdict(last, head, f"{_range(last + 1, missing)} removed: {_ends(last)}", last + 1)
    return Verdict(last, head)


def _misfit(link: Link, last: int, head: str) -> tuple[int, str] | None:
    """The first entry that is wrong, seen from this one, and why; None when it fits."""
    whole = link_hash(link.id, link.previous_hash, link.body) == link.hash
    if link.id != last + 1:
        if link.id <= last:
            return link.id, f"entry {link.id} was changed: its number comes twice"
        return last + 1, f"{_range(last + 1, link.id - 1)} removed: {f'after entry {last}' if last else 'the first'} comes entry {link.id}"
    if not whole:
        return link.id, f"entry {link.id} was changed: its hash does not fit what it says"
    if link.previous_hash != head:
        if last:
            return last, f"entry {last} was changed: entry {link.id} was written after another one"
        return link.id, f"entry {link.id} was changed: it is the first, but was written after another one"
    if link.fault:
        return link.id, f"entry {link.id} was changed: {link.fault}"
    return None


def _against(known: str | None, link: Link) -> tuple[int, str] | None:
    if known is None or known == link.hash:
        return None
    return link.id, f"entry {link.id}, or one before it, was changed: its hash is not the one that was noted for it"


def _range(first: int, last: int) -> str:
    return f"entry {first} was" if first == last else f"entries {first} to {last} were"


def _ends(last: int) -> str:
    return f"the ledger ends with entry {last}" if last else "the ledger is empty"
