"""The last entry, noted in a small file beside the ledger: a chain alone cannot tell that its end was cut off."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from modeltui.ledger.chain import Witness

NOBODY = Witness(0, "")


def read(path: Path) -> Witness:
    """`NOBODY` when there is none or it cannot be read: then it proves nothing."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return Witness(int(said["id"]), str(said["hash"]))
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
