"""Server-sent events from bytes as they come: in pieces that end anywhere, with comments, whichever line ends. Pure.

After the HTML standard, 9.2.6; but what has come when the stream ends counts, as servers are known to forget the last empty line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_END: Final = re.compile(rb"\r\n|\n|\r(?=.)", re.DOTALL)
"""A carriage return at the very end may be the first half of a line end."""
_BOM: Final = b"\xef\xbb\xbf"
LONGEST: Final = 8 * 1024 * 1024
"""Bytes of one line after which it is none."""


class LineTooLong(ValueError):
    """What comes has no line ends."""


@dataclass(frozen=True, slots=True)
class Event:
    data: str
    kind: str = "message"


@dataclass(slots=True)
class Events:
    """`feed` gives the events that are whole by now; `end` those that the end of the stream makes whole."""

    _buffer: bytearray = field(default_factory=bytearray)
    _seen: int = 0
    """Bytes of the buffer in which no line ends; the last one may be half of a line end."""
    _first: bool = True
    _data: list[str] = field(default_factory=list)
    _kind: str = ""

    def feed(self, piece: bytes) -> list[Event]:
        """Raises LineTooLong."""
        self._buffer += piece
        found, at = list[Event](), 0
        if self._first and len(self._buffer) >= len(_BOM):
            at, self._first = (len(_BOM) if self._buffer.startswith(_BOM) else 0), False
        elif self._first and _BOM.startswith(bytes(self._buffer)):
            return found
        for match in _END.finditer(self._buffer, max(at, self._seen)):
            found += self._line(bytes(self._buffer[at : match.start()]))
            at = match.end()
        del self._buffer[:at]
        self._seen = max(0, len(self._buffer) - 1)
        if len(self._buffer) > LONGEST:
            raise LineTooLong(f"a line of more than {LONGEST // 1024 // 1024} MiB")
        return found

    def end(self) -> list[Event]:
        rest = bytes(self._buffer).removesuffix(b"\r")
        self._buffer.clear()
        self._seen = 0
        return [*(self._line(rest) if rest else ()), *self._line(b"")]

    def _line(self, raw: bytes) -> list[Event]:
        # A line is decoded as a whole, so no character is ever cut in two.
        line = raw.decode("utf-8", "replace")
        if not line:
            data, kind = self._data, self._kind
            self._data, self._kind = [], ""
            return [Event("\n".join(data), kind or "message")] if data else []
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._kind = value
        return []
