"""Files of answers: completing a path, and writing one without replacing anything unasked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

SUFFIXES: Final = (".yaml", ".yml", ".json")
MOST_LOOKED_AT: Final = 2000
"""Entries of a directory: on a slow disk, no key waits for more."""


class FileProblem(Exception):
    """Why a file cannot be written, in one sentence."""


def completions(text: str) -> Iterator[str]:
    """Directories and files of answers whose path begins with `text`, spelled as it is; of hidden ones, those that are asked for."""
    head, slash, start = text.rpartition("/")
    if text.startswith("~") and not slash:
        yield from ("~/",) if text == "~" else ()
        return
    for name, directory in _entries(Path(head + slash or "."), start):
        if directory or name.endswith(SUFFIXES):
            yield f"{head}{slash}{name}{'/' if directory else ''}"


def _entries(directory: Path, start: str) -> list[tuple[str, bool]]:
    """Names that begin with `start`, and whether they are directories; hidden ones only when asked for."""
    try:
        with os.scandir(directory.expanduser()) as entries:
            some = [entry for entry in islice(entries, MOST_LOOKED_AT) if entry.name.startswith(start)]
            return sorted((entry.name, entry.is_dir()) for entry in some if start or not entry.name.startswith("."))
    except (OSError, RuntimeError, ValueError):  # the home of somebody who is not there; what no path can hold
        return []


def path_of(text: str) -> Path:
    """Raises FileProblem."""
    if "\0" in text:
        raise FileProblem("No path has a zero character in it: type it anew.")
    try:
        return Path(text.strip()).expanduser()
    except RuntimeError as error:
        raise FileProblem(f"{text.strip()}: there is nobody of that name on this machine.") from error


def write(path: Path, text: str, *, replace: bool) -> None:
    """Raises FileExistsError unless it may be replaced, and FileProblem."""
    try:
        with path.open("w" if replace else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        if path.is_dir():
            raise FileProblem(f"{path} is a directory: type the name of a file in it.") from None
        raise
    except FileNotFoundError as error:
        raise FileProblem(f"There is no directory {path.parent}.") from error
    except OSError as error:
        raise FileProblem(f"{path} cannot be written: {error.strerror or error}.") from error
    except UnicodeEncodeError as error:
        raise FileProblem(f"{path} cannot be written: an answer has a character that is not text.") from error
