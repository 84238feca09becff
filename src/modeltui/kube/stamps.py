"""Whether files have been written to since they were read, without reading them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

Stamp = tuple[int, int, int] | None
"""What changes when a file is written: time (ns), size, inode. None when it is not there."""


def stamps(paths: Iterable[Path]) -> dict[Path, Stamp]:
    """Taken before the files are read: then a change in between counts as one."""
    return {path: _stamp(path) for path in paths}


def changed(seen: Mapping[Path, Stamp]) -> bool:
    """Whether any of the files is another one than when `seen` was made."""
    return any(_stamp(path) != stamp for path, stamp in seen.items())


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
