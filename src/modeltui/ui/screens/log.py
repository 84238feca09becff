"""Logs of one container or of many, followed together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import replace
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.timer import Timer
from textual.widget import Widget

from modeltui import cells, paths
from modeltui.kube.following import Follower
from modeltui.kube.log_targets import Found, Source, targets
from modeltui.logs.entries import Entry
from modeltui.logs.naming import short_names
from modeltui.logs.ring import Ring
from modeltui.ui import keys
from modeltui.ui.bar import BarState, Counts
from modeltui.ui.connection import Cluster, raw_words
from modeltui.ui.filters import FilterError
from modeltui.ui.log.condition import condition
from modeltui.ui.log.filtering import LineFilter, compile_filter
from modeltui.ui.log.ranges import RANGES
from modeltui.ui.log.rows import plain_text
from modeltui.ui.log.saving import file_name, save_lines
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.widgets.line_view import LineView
from modeltui.ui.widgets.log_view import LogView

BAR_EVERY: Final = 2.0
"""Seconds between two looks at what the top bar says of lines that keep coming."""
BAR_SOON: Final = 0.5
"""The same while there is room for more of them, so that their number is told soon."""
COPIED: Final = 50_000
"""Bytes that a terminal takes; of more the newest lines."""


class LogScreen(ConsoleScreen):
    BINDING_GROUP_TITLE = "Log"
    BINDINGS: ClassVar[list[BindingType]] = keys.LOG

    def __init__(self, cluster: Cluster, source: Source, *, title: str, container: str = "", previous: bool = False) -> None:
        """`source` says whose logs (`kube.log_targets`); `container` which of their containers: a name, `ALL`, or "": those that matter."""
        super().__init__("log")
        self.heading = title
        self._cluster = cluster
        self._source = source
        self._container = container
        self._previous = previous
        self._range = RANGES[0]
        self._found = Found(())
        self._told = ""
        self._ring = Ring()
        self._follower: Follower | None = None
        self._filter: LineFilter | None = None
        self._only_matches = True
        self._said_following = True
        self._bar_timer: Timer | None = None
        self.text = LogView(self._ring)

    def body(self) -> Iterable[Widget]:
        self.text = LogView(self._ring, thin=self.console.thin)
        yield self.text

    def on_mount(self) -> None:
        super().on_mount()
        self.set_focus(self.text, scroll_visible=False)
        self._restart()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.text.came()

    def refresh_now(self) -> None:
        """ctrl-r: what waits, tries now; what has ended is read again."""
        if self._follower is not None and any(one.value in ("retrying", "waiting") for one in self._follower.doing.values()):
            self._follower.retry_now()
            self.console.say("Asked again.")
        else:
            self._restart()

    # ---- reading

    def _restart(self) -> None:
        self.latest(self._read, group="log")

    async def _read(self) -> None:
        self._ring.clear()
        self._told, self._found = "", Found(())
        session = self._cluster.session
        follower = Follower(session.client, self._take, start=self._range.start, follow=self._range.follow, turned=self._turned)
        self._follower = follower
        self.text.came()
        self._turned()
        try:
            async with aclosing(self._source(session, self._previous)) as source:
                async for found in source:
                    self._found = found
                    self._apply(follower)
            await asyncio.Event().wait()  # the logs go on
        finally:
            await follower.aclose()

    def _apply(self, follower: Follower) -> None:
        """Read what is found, as far as it is chosen."""
        found = self._found
        if found.note and found.note != self._told:
            self._told = found.note
            follower.tell(Entry(None, follower.newest, found.note, note="bad" if found.failure is not None else "dim"))
            if found.failure is not None:
                self.console.note(found.note, raw=raw_words(found.failure))
        previous = self._previous if found.previous is None else found.previous
        wanted = targets(found.pods, container=self._container, previous=previous)
        if found.pods and not wanted:
            follower.tell(Entry(None, follower.newest, f"There is no container {self._container} there; o chooses another.", note="warn"))
        follower.follow(wanted)
        self.text.prefix(short_names([*wanted, *follower.doing]))
        if follower.too_many:
            told = f"{_more(follower.too_many)} not followed: {len(wanted) - follower.too_many:,} are at once."
            follower.tell(Entry(None, follower.newest, told, note="warn"))

    def _take(self, entries: list[Entry]) -> None:
        self._ring.extend(entries)
        self.text.came()
        self._bar_soon()

    def _bar_soon(self) -> None:
        """Not with every line: the bar costs some hundred bytes."""
        if self._bar_timer is None and self.is_mounted:
            self._bar_timer = self.set_timer(BAR_EVERY if self._ring.dropped else BAR_SOON, self._bar_due)

    def _bar_due(self) -> None:
        self._bar_timer = None
        if self.is_current:
            self.show_bar()

    def _turned(self) -> None:
        if self.is_mounted and self.is_current:
            self.show_bar()

    # ---- what is said about it

    def on_line_view_viewed(self, event: LineView.Viewed) -> None:
        """Moving may have stopped following, or begun it."""
        super().on_line_view_viewed(event)
        if self.text.following is not self._said_following:
            self._said_following = self.text.following
            self.show_bar()

    def bar(self) -> BarState:
        doing = self._follower.doing if self._follower is not None else {}
        total = sum(1 for entry in self._ring if not entry.note)
        shown = total if self._filter is None else sum(map(self._filter.matches, self._ring))
        words = [self._range.words, "before the restart" if self._previous else "", self._filter.description if self._filter else ""]
        missing = "older ones let go" if self._ring.dropped else ""
        return replace(
            super().bar(),
            namespaces=tuple(dict.fromkeys(target.namespace for target in doing)) or self.console.bar.namespaces,
            connection=condition(doing.values(), following=self.text.following),
            counts=Counts(total, shown, 0, missing),
            filter=" · ".join(filter(None, words)),
        )

    # ---- the filter

    def preview_filter(self, text: str) -> None:
        try:
            self._show_filter(self._compiled(text))
        except FilterError:
            return  # half typed

    async def apply_filter(self, text: str) -> None:
        try:
            self._filter = self._compiled(text)
        except FilterError as error:
            self.console.say(error.sentence, error=True)
            self._show_filter(self._filter)
            return
        self._show_filter(self._filter)
        if self._filter is not None:
            self.console.remember_line("/", text)
            total = sum(1 for entry in self._ring if not entry.note)
            found = sum(map(self._filter.matches, self._ring))
            self.console.say(f"{found:,} of {total:,} lines match {self._filter.description}; f shows the others between them.")
        self.show_bar()

    def _compiled(self, text: str) -> LineFilter | None:
        return compile_filter(text, lambda target: self.text.names.get(target, ""))

    def cancel_filter(self) -> None:
        self._show_filter(self._filter)

    def _show_filter(self, found: LineFilter | None) -> None:
        only = found.passes if found is not None and self._only_matches else None
        self.text.narrow(only, found.marked if found is not None else None)

    def action_only_matches(self) -> None:
        self._only_matches = not self._only_matches
        self._show_filter(self._filter)
        if self._filter is None:
            self.console.say(
                "A filter (/) will show only what matches."
                if self._only_matches
                else "A filter (/) will mark what matches among all lines."
            )

    def action_match(self, by: int) -> None:
        if self._filter is None:
            self.console.say("Type what to look for after /.", error=True)
        elif not self.text.step(by, self._filter.matches):
            self.console.say(f"No more lines match {'below' if by > 0 else 'above'}.")
        self.show_bar()

    def action_back(self) -> None:
        """Clears the filter first."""
        if self._filter is not None:
            self._filter = None
            self._show_filter(None)
            self.show_bar()
        else:
            super().action_back()

    # ---- which part of it

    def action_range(self, number: int) -> None:
        self._range = RANGES[number]
        self.console.say(f"Reading {self._range.words}.")
        self._restart()

    def action_previous(self) -> None:
        self._previous = not self._previous
        self.console.say("The log from before the last restart." if self._previous else "The log of the containers as they run.")
        self._restart()

    async def action_containers(self) -> None:
        from modeltui.ui.screens.log_containers import ContainersScreen

        await self.app.push_screen(ContainersScreen(self._found.pods, self._container, self.choose_container))

    def choose_container(self, name: str) -> None:
        """A name, `ALL`, or "" for those that matter."""
        self._container = name
        if self._follower is not None:
            self._restart()

    # ---- how it is shown

    def action_autoscroll(self) -> None:
        self.text.following = not self.text.following
        self.show_bar()

    def action_wrap(self) -> None:
        self.text.look(wrapped=not self.text.look_now.wrapped)

    def action_timestamps(self) -> None:
        self.text.look(timestamps=not self.text.look_now.timestamps)

    def action_mark(self) -> None:
        moment = cells.moment(self.console.now())
        newest = self._follower.newest if self._follower is not None else 0
        self._take([Entry(None, newest, f"──── marked at {moment} ────", note="accent")])

    def action_clear(self) -> None:
        self._ring.clear()
        self.text.came()
        self.show_bar()

    # ---- taking it away

    def action_copy(self, what: str) -> None:
        lines = self._plain()
        kept: list[str] = []
        size = 0
        for text in reversed(lines):
            size += len(text.encode()) + 1
            if size > COPIED:
                break
            kept.append(text)
        which = f"{len(lines):,} lines" if len(kept) == len(lines) else f"the last {len(kept):,} of {len(lines):,} lines; ctrl-s saves all"
        self.console.copy("\n".join(reversed(kept)), what=which)

    def action_save(self) -> None:
        lines = self._plain()
        folder = paths.dump_dir() / file_name(self.console.bar.context)
        try:
            path = save_lines(lines, folder=folder, name=file_name(self.heading.removeprefix("Log of ")))
        except OSError as error:
            self.console.say(f"The log could not be saved: {error}", error=True)
        else:
            self.console.say(f"Saved {len(lines):,} lines in {path}")

    def _plain(self) -> list[str]:
        return [plain_text(entry, self.text.names, timestamps=self.text.look_now.timestamps) for entry in self.text.shown]


def _more(count: int) -> str:
    return "1 more container is" if count == 1 else f"{count:,} more containers are"
