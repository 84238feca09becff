"""The files of one ledger, all beside each other and readable by their owner only."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

Identity = tuple[int, int]
"""Device and inode: which file it is, whatever it is called."""


@dataclass(frozen=True, slots=True)
class Files:
    ledger: Path
    """The SQLite database; SQLite puts `-wal` and `-shm` beside it."""

    @property
    def spool(self) -> Path:
        """The side file: records that wait for the ledger."""
        return self._beside(".waiting")

    @property
    def lock(self) -> Path:
        """Never has content; who locks it may change the side file."""
        return self._beside(".lock")

    @property
    def place(self) -> Path:
        """Never has content; who opens the ledger or writes to it locks it together with others, who sets the ledger aside alone.

        SQLite keeps a file open, but finds `-wal` and `-shm` by name. Whoever opened a file that is renamed a moment later would
        read and write what belongs to the one that took its place, and nobody would find it again.
        """
        return self._beside(".place")

    @property
    def witness(self) -> Path:
        """Which entry was the last."""
        return self._beside(".head")

    def set_aside(self, damaged: Identity) -> Path | None:
        """Renames the ledger, if it is still that file, with what SQLite keeps beside it; its new path. Raises OSError."""
        if identity(self.ledger) != damaged:
            return None  # another console was faster
        kept = self.aside(self.ledger)
        for ending in ("-wal", "-shm", ""):  # the database last: until then it counts as not yet set aside
            found = Path(f"{self.ledger}{ending}")
            if found.exists():
                os.replace(found, f"{kept}{ending}")
        return kept

    def aside(self, path: Path) -> Path:
        """A free name for something damaged, with the time in it."""
        base = f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        names = (base if not number else f"{base}-{number}" for number in range(1000))
        return next(free for name in names if not (free := path.with_name(name)).exists())

    def _beside(self, ending: str) -> Path:
        return self.ledger.with_name(self.ledger.name + ending)


def identity(path: Path) -> Identity | None:
    """None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
