"""A widget of painted lines that writes only what differs from the frame before."""

from __future__ import annotations

from abc import abstractmethod
from typing import Self

from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from modeltui.ui.table.painting import Line, Span
from modeltui.ui.table.sparse import SparseStrip


class LineCanvas(Widget):
    """Subclasses make frames (`next_frame`, `line`); this marks dirty what differs and hands Textual the strips."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id, classes=classes)
        self._size_painted = (0, 0)
        self._dirty_spans: dict[int, dict[int, int]] = {}
        """Per line what was marked dirty and not yet written: where each span ends -> where it starts."""
        self._sparse_lines: tuple[int, ...] = ()

    @abstractmethod
    def next_frame(self, room: int, height: int, *, resized: bool) -> list[tuple[int, list[Span]]]:
        """Make the next frame, `room` cells wide and `height` lines high; per line what differs from the one before."""

    @abstractmethod
    def line(self, y: int) -> Line | None:
        """A line of the newest frame."""

    def paint(self) -> None:
        """Make the next frame and mark dirty what differs from the last one."""
        room, height = self.size
        if not room or not height:
            self._size_painted = (0, 0)  # hidden: what is shown next is not the frame of before, even at the same size
            return
        if (room, height) != self._size_painted:
            self.refresh()
            return
        regions = []
        for y, spans in self.next_frame(room, height, resized=False):
            dirty = self._dirty_spans.setdefault(y, {})
            for start, end in spans:
                dirty[end] = min(start, dirty.get(end, start))
                regions.append(Region(start, y, end - start, 1))
        if regions:
            self.refresh(*regions)

    def on_mount(self) -> None:
        self.screen.screen_layout_refresh_signal.subscribe(self, self._heal, immediate=True)

    def render_line(self, y: int) -> Strip:
        room, height = self.size
        if (room, height) != self._size_painted:
            # Textual paints the whole widget now: nothing need be marked dirty.
            self._size_painted = (room, height)
            self.next_frame(room, height, resized=True)
        line = self.line(y)
        return Strip.blank(room, self.rich_style) if line is None else line.strip(room)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines with dirty spans go out as sparse strips, for this frame only."""
        strips = super().render_lines(crop)
        dirty, self._dirty_spans = self._dirty_spans, {}
        offset_x, offset_y = self.content_offset
        if crop.x or crop.width != self.outer_size.width:
            return strips
        for y, spans in dirty.items():
            line = y + offset_y - crop.y
            if 0 <= line < len(strips):
                strips[line] = SparseStrip(strips[line], {end + offset_x: start + offset_x for end, start in spans.items()})
        self._sparse_lines = tuple(dirty)
        self.call_next(self._forget_sparse)
        return strips

    def _forget_sparse(self) -> None:
        self._sparse_lines = ()

    def _heal(self, _: object) -> None:
        """A layout in the very frame that was sparse may have uncovered more of those lines: write them whole."""
        if self._sparse_lines:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in self._sparse_lines))
            self._sparse_lines = ()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        if self.is_running:
            self.call_next(self.paint)

    # ---- focus: as Textual does it, but for repainting the whole widget each time, which only the cursor's look needs

    def focus(self, scroll_visible: bool = True) -> Self:
        def take_focus() -> None:
            if self.is_attached:
                self.screen.set_focus(self, scroll_visible=scroll_visible)

        self.app.call_later(take_focus)
        return self

    def on_focus(self, event: events.Focus) -> None:
        self._focus_changed(event, focused=True)

    def on_blur(self, event: events.Blur) -> None:
        self._focus_changed(event, focused=False)

    def _focus_changed(self, event: events.Focus | events.Blur, *, focused: bool) -> None:
        event.prevent_default()
        self.has_focus = focused
        if self.parent is not None:
            self.parent.post_message(events.DescendantFocus(self) if focused else events.DescendantBlur(self))
        self.paint()
