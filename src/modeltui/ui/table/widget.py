"""ResourceTable: rows in, a few bytes out."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Final

from textual import events
from textual.binding import BindingType
from textual.timer import Timer

from modeltui.domain import Column, Row, RowKey
from modeltui.ui.table import bindings, messages, palette
from modeltui.ui.table.cadence import Cadence, frames_per_second
from modeltui.ui.table.canvas import LineCanvas
from modeltui.ui.table.choice import ColumnChoice
from modeltui.ui.table.cursor import Cursor
from modeltui.ui.table.frame import Frame, Scene
from modeltui.ui.table.marks import Marks
from modeltui.ui.table.messages import Counts
from modeltui.ui.table.order import Entry, Predicate, RowOrder
from modeltui.ui.table.painting import Line, Span
from modeltui.ui.table.palette import Palette

AGE_TICK: Final = 10.0
"""Seconds between looks at the clock; only ages that read differently are written."""
RESORT_EVERY: Final = 1.0
"""Seconds between resorts, and for which nothing is resorted after the cursor moved."""


class ResourceTable(LineCanvas, can_focus=True):
    """A live table of `Row`s. It draws rows only: that there are none, and why, is for another widget to say."""

    DEFAULT_CSS = palette.CSS
    COMPONENT_CLASSES: ClassVar[set[str]] = palette.CLASSES
    BINDINGS: ClassVar[list[BindingType]] = bindings.BINDINGS

    CursorMoved = messages.CursorMoved
    Opened = messages.Opened
    Sorted = messages.Sorted
    ColumnsChanged = messages.ColumnsChanged
    MarksChanged = messages.MarksChanged
    CountsChanged = messages.CountsChanged

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        sort: str = "name",
        reverse: bool = False,
        wide: bool = False,
        hidden_columns: Collection[str] = (),
        fps: float | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        """`fps`: how often a storm is painted (default: 4, over SSH 2); `now`: UTC wall clock; `clock`: monotonic seconds."""
        super().__init__(id=id, classes=classes)
        self.columns = tuple(columns)
        self._order = RowOrder(self.columns, sort=sort, reverse=reverse)
        self._marks = Marks()
        self._frame = Frame(self.columns)
        self._now, self._clock = now, clock
        self._cadence = Cadence(self._flush, fps=fps or frames_per_second(), later=self.set_timer, clock=clock)
        self._palette: Palette | None = None
        self._restyled = True
        self._choice = ColumnChoice(self.columns, wide=wide, hidden=hidden_columns)
        self._timed: Predicate | None = None
        self._cursor = Cursor(self._order)
        self._told: RowKey | None = None
        """The key of the last CursorMoved."""
        self._resorted_at = float("-inf")
        self._wake: Timer | None = None
        self._counts = Counts(0, 0, 0)

    # ---- rows

    def upsert(self, rows: Iterable[Row]) -> None:
        """Add or replace rows by key. O(1) a row: nothing is drawn until the next frame."""
        fresh = list(rows)
        self._order.upsert(fresh)
        if fresh:  # nothing must not use up the frame that the next event is shown in at once
            self._request()

    def discard(self, keys: Iterable[RowKey]) -> None:
        """Remove rows by key, in one batch. (`remove` is Textual's word for taking the widget away.)"""
        gone = list(keys)
        self._order.remove(gone)
        self._marks.forget(gone)
        if gone:
            self._request()

    def replace_all(self, rows: Iterable[Row]) -> None:
        """These rows and no others; cursor and marks stay where their keys still are."""
        fresh = {row.key: row for row in rows}
        self.discard([key for key in self._order.rows if key not in fresh])
        self.upsert(fresh.values())

    def clear(self) -> None:
        """Forget everything, as before a switch to other rows: nothing that comes next is shown as changed."""
        self._order.clear()
        self._marks.clear()
        self._frame.restart()
        self._cursor.reset()
        self._choice.skip = 0
        self._tell()
        if self.is_running:
            # Not at once: rows that are handed over in the same breath belong to the same frame.
            self.call_next(self._request)

    def row(self, key: RowKey) -> Row | None:
        return self._order.rows.get(key)

    def keys(self) -> list[RowKey]:
        """The shown keys, in order."""
        return list(self._order)

    @property
    def counts(self) -> Counts:
        return self._counts

    # ---- what is shown, and how

    def set_filter(self, predicate: Predicate | None, *, timed: bool = False) -> None:
        """Show the rows for which it is true; None shows all. `timed`: the answer depends on the time, so ask again."""
        self._timed = predicate if timed else None
        self._order.set_filter(predicate)
        self._show_now()

    def sort_by(self, column: str, *, reverse: bool = False) -> None:
        """Order by a column's key, then by name. Raises KeyError for a column that the table does not have."""
        self._order.sort_by(column, reverse=reverse)
        self._show_now()

    @property
    def sort(self) -> tuple[str, bool]:
        return self._order.sort, self._order.reverse

    @property
    def wide(self) -> bool:
        return self._choice.wide

    def toggle_wide(self) -> None:
        self._choice.toggle_wide()
        self._show_now()

    @property
    def shown_columns(self) -> tuple[Column, ...]:
        return tuple(self.columns[index] for index in self._choice.shown)

    def choose_columns(self, keys: Collection[str] | None) -> None:
        """Show these and no others, whatever is wide or hidden; None goes back to what the columns themselves say."""
        self._choice.choose(keys)
        self._show_now()

    # ---- cursor and marks

    @property
    def cursor_key(self) -> RowKey | None:
        return self._cursor.key

    @property
    def below(self) -> int:
        """Shown rows below the cursor."""
        return max(len(self._order) - 1 - self._cursor.index, 0)

    def move_to(self, key: RowKey) -> bool:
        """Put the cursor on a key; False when it is not shown."""
        index = self._order.index_of(key)
        if index is None:
            return False
        self._go(index)
        return True

    @property
    def marked_keys(self) -> list[RowKey]:
        """Marked rows that are shown, in order: what a filter hides is never acted on."""
        return [key for key in self._order if key in self._marks] if self._marks else []

    @property
    def target_keys(self) -> list[RowKey]:
        """What an action is about: the marked rows, or else the one under the cursor."""
        return self.marked_keys or ([self._cursor.key] if self._cursor.key is not None else [])

    # ---- frames

    def _request(self) -> None:
        if self.is_mounted:
            self._cadence.request()

    def on_mount(self) -> None:
        self.set_interval(AGE_TICK, self._tick)
        self._request()

    def on_unmount(self) -> None:
        self._cadence.stop()

    def _tick(self) -> None:
        if self._timed is not None:
            place = self._cursor.place()
            self._order.set_filter(self._timed)
            self._keep_cursor(place)
            self._count()
        if self.is_on_screen:
            self.paint()

    def _flush(self) -> None:
        """Let the staged changes in, keep the cursor on its key, paint what differs."""
        now = self._clock()
        resort = now - max(self._cursor.moved_at, self._resorted_at) >= RESORT_EVERY
        place = self._cursor.place()
        moved = self._order.settle(resort=resort)
        if self._order.resorted:
            self._resorted_at = now
        if moved:
            self._keep_cursor(place)
        self.paint()
        self._count()
        if self._order.unsorted:
            self._wake_at(max(self._cursor.moved_at, self._resorted_at) + RESORT_EVERY)

    def _keep_cursor(self, place: Entry | None) -> None:
        self._cursor.keep(place, page=self._page, clock=self._clock())
        self._tell()

    def _show_now(self) -> None:
        """What the user asked for is on the screen at once, whatever the cadence."""
        if not self.is_mounted:
            return
        self._order.settle(resort=False)
        self._cursor.find(page=self._page)
        self._tell()
        self.paint()
        self._count()

    def _count(self) -> None:
        marked = sum(1 for key in self._marks if key in self._order)
        counts = Counts(len(self._order.rows), len(self._order), marked)
        if counts != self._counts:
            self._counts = counts
            self.post_message(self.CountsChanged(self, counts))

    @property
    def _page(self) -> int:
        return max(self.size.height - 1, 1)

    def _wake_at(self, when: float) -> None:
        """One timer for what must happen later without an event: fading and resorting."""
        if self._wake is not None:
            self._wake.stop()
        self._wake = self.set_timer(max(when - self._clock(), 0.01), self._woken)

    def _woken(self) -> None:
        self._wake = None
        self._flush()

    # ---- painting

    def next_frame(self, room: int, height: int, *, resized: bool) -> list[tuple[int, list[Span]]]:
        if resized:
            self._cursor.put(self._cursor.index, page=max(height - 1, 1))
        if self._restyled or self._palette is None:
            palette, self._restyled = Palette(self), False
            if palette != self._palette:
                self._palette = palette
                self._frame.restyle()
        differences = self._frame.paint(self._scene(room, height), self._order, self._marks, self._palette)
        self._plan_fade()
        return differences

    def line(self, y: int) -> Line | None:
        return self._frame.lines[y] if y < len(self._frame.lines) else None

    def notify_style_update(self) -> None:
        self._restyled = True
        super().notify_style_update()

    def _plan_fade(self) -> None:
        if self._wake is None and (fade := self._frame.next_fade()) is not None:
            self._wake_at(fade)

    def _scene(self, room: int, height: int) -> Scene:
        return Scene(
            room=room,
            height=height,
            top=self._cursor.top,
            skip=self._choice.skip,
            shown=self._choice.shown,
            cursor=self._cursor.key,
            focused=self.has_focus,
            selected=self._choice.selected,
            now=self._now(),
            clock=self._clock(),
        )

    # ---- moving

    def _tell(self) -> None:
        if self._cursor.key != self._told:
            self._told = self._cursor.key
            self.post_message(self.CursorMoved(self, self._told))

    def _go(self, index: int) -> None:
        self._cursor.touch(self._clock())
        self._cursor.put(index, page=self._page)
        self._tell()
        self.paint()

    def action_move(self, by: int) -> None:
        self._go(self._cursor.index + by)

    def action_page(self, by: int) -> None:
        self._cursor.top = max(min(self._cursor.top + by * self._page, len(self._order) - self._page), 0)
        self._go(self._cursor.index + by * self._page)

    def action_top(self) -> None:
        self._go(0)

    def action_bottom(self) -> None:
        self._go(len(self._order) - 1)

    def action_scroll_columns(self, by: int) -> None:
        self._choice.scroll(by, furthest=self._frame.furthest_skip(self._choice.shown, self.size.width))
        self.paint()

    def action_open(self) -> None:
        if self._cursor.key is not None:
            self._cursor.touch(self._clock())
            self.post_message(self.Opened(self, self._cursor.key))

    # ---- marking

    def action_mark(self) -> None:
        if self._cursor.key is not None:
            self._marks.toggle(self._cursor.key)
            self._marked()

    def action_mark_range(self) -> None:
        """From the row marked last to the cursor; without one, the cursor's row."""
        if self._cursor.key is None:
            return
        anchor = self._marks.anchor
        start = self._cursor.index if anchor is None or (found := self._order.index_of(anchor)) is None else found
        low, high = sorted((start, self._cursor.index))
        self._marks.span(self._order.keys(low, high + 1), end=self._cursor.key)
        self._marked()

    def action_clear_marks(self) -> None:
        if self._marks:
            self._marks.clear()
            self._marked()

    def _marked(self) -> None:
        self._cursor.touch(self._clock())
        self.post_message(self.MarksChanged(self))
        self.paint()
        self._count()

    # ---- sorting and columns

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A sort key whose column this table does not have is no key here."""
        return action != "sort" or self._choice.meant(str(parameters[0]), sort=self._order.sort) is not None

    def action_sort(self, role: str) -> None:
        """Sort by that column; again turns the order round."""
        column = self._choice.meant(role, sort=self._order.sort)
        if column is not None:
            self._user_sorts(column)

    def _user_sorts(self, column: str) -> None:
        reverse = self._order.sort == column and not self._order.reverse
        self.sort_by(column, reverse=reverse)
        self.post_message(self.Sorted(self, column, reverse))

    def action_select_column(self, by: int) -> None:
        self._choice.select(by, sort=self._order.sort)
        self.paint()

    def action_toggle_wide(self) -> None:
        self.toggle_wide()
        self.post_message(self.ColumnsChanged(self, self.wide))

    # ---- mouse

    def on_click(self, event: events.Click) -> None:
        if event.y == 0:
            if (column := self._frame.column_at(event.x)) is not None:
                self._user_sorts(self.columns[column].key)
        elif self._cursor.top + event.y - 1 < len(self._order):
            self._go(self._cursor.top + event.y - 1)
            if event.chain == 2:
                self.action_open()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_move(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_move(-3)
