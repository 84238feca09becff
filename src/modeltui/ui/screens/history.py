"""Every change made from this machine, newest first. The ledger is on this machine, too: it is here without any connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Final

from textual.binding import BindingType

from modeltui import paths
from modeltui.cells import clock
from modeltui.document import Line, line
from modeltui.domain import Row, RowKey
from modeltui.kube.background import in_background
from modeltui.ledger import verification
from modeltui.ledger.files import Files
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import EVERYTHING, Entry, Filter
from modeltui.ledger.trouble import Cannot
from modeltui.pages import history_rows
from modeltui.systems.protocol import Table
from modeltui.ui import filters, keys
from modeltui.ui.bar import BarState, Counts
from modeltui.ui.commands import HISTORY_WORDS
from modeltui.ui.navigation import Place
from modeltui.ui.recorder import tell_notices
from modeltui.ui.screens import history_revert
from modeltui.ui.screens import history_sights as sights
from modeltui.ui.screens.history_entry import HistoryEntryScreen
from modeltui.ui.screens.history_feed import HistoryFeed
from modeltui.ui.screens.history_filter import narrowed
from modeltui.ui.screens.history_sights import Seen
from modeltui.ui.screens.table import PAUSE, TableScreen, is_fault
from modeltui.ui.table.messages import Opened, Sorted

HISTORY: Final = Table(name=HISTORY_WORDS[0], title="History", aliases=HISTORY_WORDS[1:], columns=history_rows.COLUMNS, default_sort="age")
LOOK_EVERY: Final = 2.0
"""Seconds between two looks whether this console or another has written something."""
NEAR: Final = 60
"""Rows below the cursor at which older ones are fetched."""


class HistoryScreen(TableScreen):
    BINDING_GROUP_TITLE = "History"
    BINDINGS: ClassVar[list[BindingType]] = keys.HISTORY

    def __init__(self, place: Place, *, context: str, of: Filter = EVERYTHING, about: str = "", **look: Any) -> None:
        """`context`: whose changes are shown until all are asked for; `of`: what else limits them, `about` in words; `look`: as
        `TableScreen` takes it."""
        super().__init__(HISTORY, place, **look)
        self._of_context = context
        self._of = of
        self._about = about
        self._all_contexts = not context
        self._ledger: Ledger | None = None
        self._feed: HistoryFeed | None = None
        self._passes: Callable[[Row], bool] = lambda row: True
        self._asked: tuple[filters.Asked, ...] = ()
        self._looking = True
        self._problem = ""
        self._waiting = 0
        self._verdict: Line | None = None

    def on_mount(self) -> None:
        super().on_mount()
        self.show_state()
        self.narrow(self.place.filter)
        self.set_interval(LOOK_EVERY, self._look_for_news)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._look_for_news()

    # ---- from the ledger

    def _ask(self) -> None:
        """The question as it is now, from the newest entry on."""
        self._looking = True
        self.latest(self._answer, group="look")

    async def _answer(self) -> None:
        if self._ledger is None and _nothing_yet():
            self._looking = False  # looking makes no file
            self.show_state()
            return
        self._ledger = self._ledger or await self.console.ledger()
        feed = HistoryFeed(self._ledger, self.wanted, self._passes)
        await self._fetch(feed)

    async def _fetch(self, feed: HistoryFeed) -> None:
        """More of it; what was shown stays until it is there."""
        self._looking = True
        try:
            await feed.older()
            self._waiting = await asyncio.to_thread(lambda: self._ledger.waiting if self._ledger else 0)
            self._problem = ""
        except Cannot as error:
            self._problem = f"{error}."
            self.console.note(self._problem)
        self._looking = False
        self._feed = feed
        self._show_rows()

    @property
    def wanted(self) -> Filter:
        """What the ledger is asked for."""
        context = "" if self._all_contexts else self._of_context
        scope = replace(self._of, context=context, namespaces=self.place.namespaces or self._of.namespaces)
        return narrowed(scope, self._asked, self.console.now())

    def _look_for_news(self) -> None:
        if not self.is_mounted or not self.is_current or self._looking:
            return
        if self._ledger is None:
            if not _nothing_yet():
                self._ask()
        elif self._feed is not None and not self._problem:
            self.unless_busy(partial(self._take_news, self._feed), group="news")

    async def _take_news(self, feed: HistoryFeed) -> None:
        try:
            if await feed.newer() and feed is self._feed:
                self._show_rows()
        except Cannot as error:
            self._problem = f"{error}."
            self.show_state()

    def on_resource_table_cursor_moved(self) -> None:
        if self._feed is not None and not self._feed.tired and self.table.below < NEAR:
            self._look_further()

    def _look_further(self) -> None:
        if self._feed is not None and self._feed.more and not self._looking:
            self._looking = True
            self.latest(partial(self._fetch, self._feed), group="look")

    # ---- what is shown

    def _show_rows(self) -> None:
        rows = self._feed.rows if self._feed is not None else []
        newest_first = self.table.sort == (HISTORY.default_sort, False)
        self.table.replace_all(history_rows.bracketed(rows) if newest_first else history_rows.unbracketed(rows))
        self.show_state()

    def on_resource_table_sorted(self, event: Sorted) -> None:
        super().on_resource_table_sorted(event)
        self._show_rows()

    def bar(self) -> BarState:
        seen = self._seen()
        title = f"History of {self._about}" if self._about else "History"
        return replace(
            self.console.bar,
            title=title if seen.context else f"{title}, all contexts",
            namespaces=self.place.namespaces,
            counts=Counts(
                None if seen.reading and not seen.rows else seen.rows, seen.rows, len(self.table.marked_keys), sights.extent(seen)
            ),
            filter=self.filter_words,
        )

    def show_state(self) -> None:
        seen = self._seen()
        self.show_rows_or(sights.sight(seen))
        self.show_notes([*sights.notes(seen), *([self._verdict] if self._verdict else [])])
        self.show_bar()
        self.refresh_bindings()

    def _seen(self) -> Seen:
        feed, ledger = self._feed, self._ledger
        return Seen(
            context="" if self._all_contexts else self._of_context,
            about=self._about,
            filter=self.filter_words,
            reading=self._looking,
            problem=self._problem,
            read_only=ledger.problem if ledger is not None else "",
            waiting=self._waiting,
            waits_in=ledger.files.spool if ledger is not None else None,
            rows=len(feed) if feed is not None else 0,
            looked=feed.looked if feed is not None else 0,
            more=feed is not None and feed.more,
            tired=feed is not None and feed.tired,
        )

    # ---- the filter

    def preview_filter(self, text: str) -> None:
        self._stop_preview()
        self._preview = self.set_timer(PAUSE, lambda: self.narrow(text, quiet=True))

    def narrow(self, text: str, *, quiet: bool = False) -> None:
        try:
            compiled = filters.compile(text, history_rows.COLUMNS, visible=history_rows.SEARCHED, now=self.console.now)
            if compiled.server_selector:
                raise filters.FilterError("Changes have no labels; -l is for objects.", text.find("-l"))
        except filters.FilterError as error:
            if not quiet:
                if text != self.place.filter:
                    self.narrow(self.place.filter)
                self.console.say(error.sentence, error=True)
            return
        self._filter = text.strip()
        self._literally = " (taken literally)" if "literal" in compiled.description else ""
        if not quiet:
            self.place = replace(self.place, filter=self._filter)
        faults, passes = self._faults, compiled.predicate
        self._passes = lambda row: passes(row) and (not faults or is_fault(row))
        self._asked = compiled.asked
        self._ask()

    def action_faults(self) -> None:
        self._faults = not self._faults
        self.narrow(self._filter)
        only = "Only what failed, or whose outcome is not known; ctrl-z shows all again."
        self.console.say(only if self._faults else "All changes again.")

    async def action_step_back(self) -> None:
        """The filter, then faults only, then back to where it was opened."""
        if self._filter:
            self.narrow("")
        elif self._faults:
            self.action_faults()
        elif self.table.marked_keys:
            self.table.action_clear_marks()
        else:
            self.action_back()

    # ---- actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is about an entry needs one."""
        return super().check_action(action, parameters) and (action not in _OF_AN_ENTRY or self.table.display)

    def action_all_contexts(self) -> None:
        if not self._of_context:
            self.console.say("There is no context yet; these are the changes of all of them.")
            return
        self._all_contexts = not self._all_contexts
        self._ask()

    def action_further(self) -> None:
        if self._feed is None or not self._feed.more:
            self.console.say("There are no older changes.")
        self._look_further()

    def refresh_now(self) -> None:
        self.latest(self._try_again, group="look")

    async def _try_again(self) -> None:
        if self._ledger is not None:
            self._looking = True
            await asyncio.to_thread(self._ledger.try_again)
            tell_notices(self.console, self._ledger)
        await self._answer()

    def action_verify(self) -> None:
        self._verdict = line(" … Following the chain of the entries.", "busy")
        self.show_state()
        self.latest(self._verify, group="verify")

    async def _verify(self) -> None:
        """In a thread that nobody has to wait for: a million entries take a while."""
        now = clock(self.console.now())
        try:
            found = await in_background(lambda: verification.verify(Files(paths.ledger_file())), name="verify the ledger")
        except Cannot as error:
            self._verdict = line(f" ✕ {now}: {error}, so what it says cannot be verified.", "bad")
        else:
            self._verdict = sights.verdict(found, at=now)
            told = found.problem or f"All {found.entries:,} entries of the ledger fit."
            self.console.note(told, error=bool(found.problem), raw="" if found.problem else sights.head(found))
        self.show_state()

    async def on_resource_table_opened(self, event: Opened) -> None:
        await self._open(event.key)

    async def action_describe(self) -> None:
        if self.table.cursor_key is not None:
            await self._open(self.table.cursor_key)

    async def _open(self, key: RowKey) -> None:
        if self._ledger is not None:
            await self.app.push_screen(HistoryEntryScreen(self._ledger, int(key[1])))

    async def action_revert(self) -> None:
        if (entry := await self._entry()) is not None:
            await history_revert.begin(self.console, entry)

    async def action_object(self) -> None:
        if (entry := await self._entry()) is not None:
            await history_revert.open_object(self.console, entry)

    async def _entry(self) -> Entry | None:
        """Under the cursor, with its object before."""
        if self._ledger is None or self.table.cursor_key is None or not self.table.display:
            self.console.say("There is no entry to act on.", error=True)
            return None
        try:
            return await asyncio.to_thread(self._ledger.get, int(self.table.cursor_key[1]))
        except Cannot as error:
            self.console.say(f"{error}.", error=True)
            return None

    def action_copy(self, what: str) -> None:
        column = history_rows.index("name" if what == "name" else "namespace")
        rows = [row for key in self.table.target_keys if (row := self.table.row(key)) is not None]
        texts = list(dict.fromkeys(str(row.values[column]) for row in rows if row.values[column]))
        if not texts:
            self.console.say(f"There is no {what} to copy.", error=True)
            return
        self.console.copy("\n".join(texts), what=texts[0] if len(texts) == 1 else f"{len(texts):,} {what}s")


_OF_AN_ENTRY: Final = frozenset({"describe", "revert", "object", "copy"})


def _nothing_yet() -> bool:
    files = Files(paths.ledger_file())
    try:
        return not files.ledger.exists() and not files.spool.exists()
    except OSError:  # opening it will say what is wrong
        return False
