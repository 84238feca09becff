"""Locks between consoles on one machine. The system lets go of them when their holder dies."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from pathlib import Path
from typing import Final

SECONDS: Final = 5.0
"""Longer than whoever has one may wait for the ledger."""


@contextmanager
def alone(path: Path, *, seconds: float | None = None) -> Iterator[None]:
    """While nobody else has it. Makes the file; raises OSError, BlockingIOError among them when it takes longer than `seconds`."""
    with _held(path, LOCK_EX, seconds):
        yield


@contextmanager
def together(path: Path, *, seconds: float | None = None) -> Iterator[None]:
    """While nobody has it alone; otherwise as `alone`."""
    with _held(path, LOCK_SH, seconds):
        yield


@contextmanager
def _held(path: Path, how: int, seconds: float | None) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDONLY | os.O_CREAT, 0o600)
    try:
        end = time.monotonic() + (SECONDS if seconds is None else seconds)
        while True:
            try:
                flock(descriptor, how | LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)
