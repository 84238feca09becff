"""Whether a local program that sends no more has gone, or only has no more to say. To a socket both look the same.

Linux tells in its table of connections: that of a program that has gone belongs to no open file any more. Elsewhere nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

_TABLES: Final = {"127.0.0.1": ("0100007F", Path("/proc/self/net/tcp")), "::1": ("0" * 24 + "01000000", Path("/proc/self/net/tcp6"))}
"""How the kernel writes the address, and where it lists its connections."""
_NO_FILE: Final = "0"


def has_gone(here: tuple[Any, ...], there: tuple[Any, ...]) -> bool | None:
    """Of a connection on loopback, by the addresses of our end and of the other one; None when it cannot be told."""
    written, table = _TABLES.get(str(there[0]), ("", None))
    if table is None:
        return None
    try:
        lines = table.read_text().splitlines()
    except OSError:
        return None
    return gone_in(lines, end=f"{written}:{there[1]:04X}", other=f"{written}:{here[1]:04X}")


def gone_in(lines: Iterable[str], *, end: str, other: str) -> bool:
    """`lines` as in proc(5), "/proc/net/tcp": local and remote address, state, ..., uid, timeout, inode."""
    found = [words for line in lines if len(words := line.split()) > 9 and words[1:3] == [end, other]]
    return not found or all(words[9] == _NO_FILE for words in found)
