"""The lines of a log in a file that only its owner can read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path


def save_lines(lines: Iterable[str], *, folder: Path, name: str) -> Path:
    """A new file of UTF-8 text. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    for number in range(100):
        path = folder / f"{name}-{moment}{f'-{number}' if number else ''}.log"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
            file.writelines(f"{line}\n" for line in lines)
        return path
    raise FileExistsError(f"{folder} has a hundred logs of this second already")


def file_name(text: str) -> str:
    """A name that is safe in a path."""
    return "".join(char if char.isalnum() or char in "-_.@" else "_" for char in text).lstrip(".")[:120] or "log"
