"""Strips that let the compositor write only what differs.

Textual's partial update writes a line from the left edge of the widget up to the end of the dirty region, whatever
stands before it: a changed cell on the right of a wide screen rewrites the whole line. A `SparseStrip` knows which spans
of its line are dirty; asked for "everything up to here", it answers with a cursor movement and the dirty span alone.
If Textual stops asking that way, the answer is the whole prefix again: more bytes, the same picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.control import Control
from rich.segment import ControlType, Segment
from textual.strip import Strip


class SparseStrip(Strip):
    """A strip for one frame. `spans` maps the end of each dirty span to its start, in cells."""

    __slots__ = ["_spans"]

    def __init__(self, strip: Strip, spans: Mapping[int, int]) -> None:
        super().__init__(strip, strip.cell_length)
        self._spans = spans

    def divide(self, cuts: Iterable[int]) -> list[Strip]:
        """Only a line that no other widget cuts through stays sparse."""
        ends = list(cuts)
        if ends == [self.cell_length]:
            return [_SparseChop(self, self._spans)]
        return list(super().divide(ends))


class _SparseChop(Strip):
    """What the compositor holds while it writes one frame; its only question is `crop(0, end)`."""

    __slots__ = ["_spans"]

    def __init__(self, strip: Strip, spans: Mapping[int, int]) -> None:
        super().__init__(strip, strip.cell_length)
        self._spans = spans

    def crop(self, start: int, end: int | None = None) -> Strip:
        first = self._spans.get(end) if end is not None and start == 0 else None
        if not first:
            return super().crop(start, end)
        return Strip([_forward(first), *super().crop(first, end)])


def _forward(columns: int) -> Segment:
    return Control((ControlType.CURSOR_FORWARD, columns)).segment
