"""Why a ledger cannot be used, in one sentence. Pure."""

from __future__ import annotations

import errno
import sqlite3
from enum import Enum
from pathlib import Path
from typing import Final


class Trouble(Enum):
    LOCKED = "is locked by another program"
    DAMAGED = "is damaged"
    FULL = "cannot be written: the disk is full"
    READ_ONLY = "cannot be written: it is read-only"
    NEWER = "was written by a newer modeltui and is only read by this one"
    MISSING = "does not exist"
    OTHER = "cannot be used"


class Cannot(Exception):
    """The message is one sentence that names the file."""

    def __init__(self, path: Path, trouble: Trouble, detail: str = "") -> None:
        super().__init__(f"{path} {trouble.value}{f' ({detail})' if detail else ''}")
        self.trouble = trouble


_PRIMARY: Final = 0xFF
"""The low byte of SQLite's extended codes."""
_BY_CODE: Final = {
    sqlite3.SQLITE_BUSY: Trouble.LOCKED,
    sqlite3.SQLITE_LOCKED: Trouble.LOCKED,
    sqlite3.SQLITE_CORRUPT: Trouble.DAMAGED,
    sqlite3.SQLITE_NOTADB: Trouble.DAMAGED,
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
    sqlite3.SQLITE_PERM: Trouble.READ_ONLY,
}
_BY_ERRNO: Final = {
    errno.ENOSPC: Trouble.FULL,
    errno.EDQUOT: Trouble.FULL,
    errno.EFBIG: Trouble.FULL,
    errno.EROFS: Trouble.READ_ONLY,
    errno.EACCES: Trouble.READ_ONLY,
    errno.EPERM: Trouble.READ_ONLY,
    errno.EAGAIN: Trouble.LOCKED,
    errno.ENOENT: Trouble.MISSING,
}


def cannot(error: Exception, path: Path) -> Cannot:
    """What went wrong with the file, from what SQLite or the system said."""
    if isinstance(error, Cannot):
        return error
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)  # errors of the Python module itself have none
        trouble = _BY_CODE.get(code & _PRIMARY, Trouble.OTHER) if isinstance(code, int) else Trouble.OTHER
        if str(error).startswith("no such "):  # a table or column of ours is gone
            trouble = Trouble.DAMAGED
        return Cannot(path, trouble, str(error) if trouble in (Trouble.DAMAGED, Trouble.OTHER) else "")
    if isinstance(error, OSError):
        trouble = _BY_ERRNO.get(error.errno or 0, Trouble.OTHER)
        return Cannot(path, trouble, error.strerror or "" if trouble is Trouble.OTHER else "")
    return Cannot(path, Trouble.OTHER, str(error))
