"""The last entry, noted in a small file beside the ledger: a chain alone cannot tell that its end was cut off."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Final

from modeltui.ledger.chain import Witness

NOBODY: Final = Witness(0, "")
_SPELLING: Final = re.compile(r"([1-9]\d{0,14}):([0-9a-fA-F]{64})")


def parse(text: str) -> Witness:
    """From "12:ab34...": a number and a SHA-256 in hex. Raises ValueError."""
    found = _SPELLING.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no entry's number and hash")
    return Witness(int(found[1]), found[2].lower())


def read(path: Path) -> Witness:
    """`NOBODY` when there is none or it cannot be read: then it proves nothing."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return parse(f"{said['id']}:{said['hash']}")
    except (OSError, ValueError, TypeError, KeyError):
        return NOBODY


def write(path: Path, witness: Witness) -> None:
    """Raises OSError. One that is not up to date is no harm: it names an entry that is there."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(witness._asdict(), file)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
