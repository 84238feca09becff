"""The last entry, noted in a small file beside the ledger: a chain alone cannot tell that its end was cut off."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from modeltui.ledger.chain import Witness

NOBODY: Final = Witness(0, "")
_READINGS: Final = 10
_SPELLING: Final = re.compile(r"([1-9]\d{0,14}):([0-9a-fA-F]{64})")


def parse(text: str) -> Witness:
    """From "12:ab34...": a number and a SHA-256 in hex. Raises ValueError."""
    found = _SPELLING.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no entry's number and hash")
    return Witness(int(found[1]), found[2].lower())


def read(path: Path) -> Witness:
    """`NOBODY` when there is none or it cannot be read: then it proves nothing.

    Believed when it was read twice alike: what is read while another console writes may be of the one entry in part and of the next.
    """
    try:
        before = path.read_bytes()
        for _ in range(_READINGS):
            found = path.read_bytes()
            if found == before:
                return parse(found.decode("ascii"))
            before = found
    except (OSError, ValueError):
        pass
    return NOBODY


def write(path: Path, witness: Witness) -> None:
    """Raises OSError. One that is not up to date is no harm: it names an entry that is there.

    In place, at one go and always of the same length: a console that is killed leaves the old one or the new one.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"{witness.id:15}:{witness.hash}\n".encode())
    finally:
        os.close(descriptor)
