"""The side file: where records wait while the ledger cannot be written. One JSON object a line, each with its own format number."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from modeltui import locks
from modeltui.ledger import encoding
from modeltui.ledger.records import Record

FORMAT: Final = 1
PATIENCE: Final = 2.0
"""Seconds: who has the side file waits for nothing else, so it has it for some milliseconds, unless it is stopped."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a side file holds."""

    records: tuple[Record, ...]
    unreadable: tuple[bytes, ...]
    """Lines that are no records: cut off by a power failure, or of a later format."""


EMPTY: Final = Waiting((), ())


class Spool:
    """The side file of one ledger, shared by all consoles. Every call may raise OSError."""

    def __init__(self, path: Path, lock: Path) -> None:
        self.path = path
        self._lock = lock

    def locked(self, *, seconds: float | None = None) -> AbstractContextManager[None]:
        """Only one console at a time adds to the side file or takes it in."""
        return locks.alone(self._lock, seconds=PATIENCE if seconds is None else seconds)

    def add(self, records: Sequence[Record]) -> None:
        """All or none, on disk when it returns."""
        lines = b"".join(encoding.canonical({"format": FORMAT, **encoding.whole(record)}).encode() + b"\n" for record in records)
        with self.locked():
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                size = os.fstat(descriptor).st_size
                try:
                    if size and os.pread(descriptor, 1, size - 1) != b"\n":  # who wrote here last was cut off
                        lines = b"\n" + lines
                    _write_all(descriptor, lines)
                    os.fsync(descriptor)
                    if not size:
                        _sync(self.path.parent)
                except OSError:
                    os.ftruncate(descriptor, size)  # no half line, which the next one would be glued to
                    raise
            finally:
                os.close(descriptor)

    def read(self) -> Waiting:
        """What is there; the caller holds the lock if it means to remove it."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return EMPTY
        records: list[Record] = []
        unreadable: list[bytes] = []
        for line in content.splitlines():
            if not line.strip():
                continue
            try:
                said: dict[str, Any] = json.loads(line)
                if said.pop("format") != FORMAT:
                    raise ValueError("another format")
                records.append(encoding.record(said))
            except (AttributeError, *encoding.UNREADABLE):
                unreadable.append(line)
        return Waiting(tuple(records), tuple(unreadable))

    def set_aside(self, kept: Path) -> Path:
        """A copy of the file under this name, readable by its owner only, whole and on disk; none when there is no room for it."""
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            _write_all(descriptor, self.path.read_bytes())
            os.fsync(descriptor)
        except OSError:
            kept.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
        return kept

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """A new file is only there after a power failure when its folder says so."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
