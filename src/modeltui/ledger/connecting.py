"""Opening the database file: its rights, its mode, its version. Whatever fails closes it again."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from modeltui.ledger import schema, trouble
from modeltui.ledger.trouble import Cannot, Trouble


def to_write(path: Path, *, busy: float, migrations: Sequence[str]) -> tuple[sqlite3.Connection, bool]:
    """Makes the file (0600) where there is none and brings it to the current version; whether it can be written by this version.

    `busy` is how many seconds it waits for another program's lock. Raises sqlite3.Error, OSError, or Cannot for what is no ledger.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _make(path)
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    connection = sqlite3.connect(path, timeout=busy, isolation_level=None, check_same_thread=False)
    try:
        if not schema.is_ledger(connection):
            raise Cannot(path, Trouble.DAMAGED, "it is another program's database")
        found = schema.version(connection)
        if found > len(migrations):
            return connection, False
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # in WAL mode NORMAL would lose the last entries with the power
        if found < len(migrations):
            with transaction(connection):
                schema.migrate(connection, migrations)
        return connection, True
    except BaseException:
        connection.close()
        raise


def _make(path: Path) -> None:
    """One that is there is not opened, only asked for: to close it again would end the locks of our other connections to it."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path)) from None


def to_read(path: Path, *, busy: float) -> sqlite3.Connection:
    """Raises FileNotFoundError when there is none, or only an empty one that is just being made, and sqlite3.Error."""
    if not path.exists():
        raise FileNotFoundError(path)
    uri = f"file:{quote(str(path.absolute()))}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, timeout=busy, isolation_level=None, check_same_thread=False)
    try:
        if not schema.is_made(connection):
            raise FileNotFoundError(path)
        return connection
    except sqlite3.OperationalError as error:
        connection.close()
        if trouble.cannot(error, path).trouble is Trouble.LOCKED or Path(f"{path}-wal").exists():
            raise  # somebody writes there
        # a folder where not even the shared memory of a reader can be made: nobody writes there, so the file stands still
        return sqlite3.connect(f"{uri}&immutable=1", uri=True, isolation_level=None, check_same_thread=False)
    except BaseException:
        connection.close()
        raise


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Takes the write lock at once: a reader that became a writer could not wait for it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
