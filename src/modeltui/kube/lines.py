"""Cutting a byte stream into lines, in time linear in its length even when one line comes in a thousand pieces."""

from __future__ import annotations

from typing import Final

MAX_LINE: Final = 64 * 1024 * 1024
"""Bytes. etcd holds objects of 1.5 MB by default and 8 MB at most: more is no Kubernetes object, and would eat the memory."""

MAX_TEXT_LINE: Final = 256 * 1024
"""Bytes after which a line of text is cut in two. Progress bars write for hours without a newline."""


class LineTooLong(ValueError):
    """More than `MAX_LINE` bytes without an end of line."""


class LineSplitter:
    """Feed it chunks, get the lines that became complete, without their newlines.

    Lines of objects are never empty (empty ones are dropped) and never cut (LineTooLong). With `text`, empty lines count, and
    one that grows beyond the limit is given out in pieces.
    """

    def __init__(self, *, text: bool = False, limit: int | None = None) -> None:
        self._text = text
        self._limit = limit if limit is not None else (MAX_TEXT_LINE if text else MAX_LINE)
        self._pieces: list[bytes] = []
        self._held = 0

    def feed(self, chunk: bytes) -> list[bytes]:
        end = chunk.rfind(b"\n")
        if end < 0:
            self._hold(chunk)
            return self._overflow()
        if self._pieces:
            head = b"".join((*self._pieces, chunk[:end]))
            self._pieces, self._held = [], 0
        else:
            head = chunk[:end]
        if end + 1 < len(chunk):
            self._hold(chunk[end + 1 :])
        lines = head.split(b"\n")
        return [*lines, *self._overflow()] if self._text else [line for line in lines if line]

    def rest(self) -> bytes:
        """What has come after the last newline."""
        return b"".join(self._pieces)

    def _hold(self, piece: bytes) -> None:
        self._held += len(piece)
        if self._held > self._limit and not self._text:
            raise LineTooLong(f"a line is longer than {self._limit} bytes")
        self._pieces.append(piece)

    def _overflow(self) -> list[bytes]:
        if self._held <= self._limit:
            return []
        cut = self.rest()
        self._pieces, self._held = [], 0
        return [cut]
