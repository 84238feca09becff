"""A walk through the console by keyboard, with all that comes to be seen on the way searched for what must not be there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from driving import page, typed, until
from planting import NAMESPACE
from reading import painted
from textual.pilot import Pilot
from textual.widgets import Input, Static, TextArea

from modeltui.domain import RowKey
from modeltui.redaction import MASK
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.actions import ActionsScreen
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.review import ReviewScreen, State
from modeltui.ui.widgets.line_view import LineView
from modeltui.ui.widgets.log_view import LogView
from modeltui.ui.widgets.prompt import Prompt

Find = Callable[[str], set[str]]
"""What is wrong with a text."""


class Walk:
    """One console, and what was seen of it. `find` is asked of screens, `find_elsewhere` of messages, of what is typed and copied."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[int], find: Find, find_elsewhere: Find) -> None:
        self.app, self.pilot = app, pilot
        self.wrong: set[tuple[str, str]] = set()
        """What was found, and where."""
        self.masked: set[str] = set()
        """Where a mask was seen: there was something to hide."""
        self._find, self._find_elsewhere = find, find_elsewhere
        self._judged: set[str] = set()

    def judge(self, where: str, written: str, find: Find | None = None) -> None:
        if written in self._judged:
            return
        self._judged.add(written)
        self.wrong |= {(where, what) for what in (find or self._find)(written)}
        if MASK in written:
            self.masked.add(where)

    def nothing_wrong(self) -> None:
        told = "\n".join(f"{what} in {where}" for where, what in sorted(self.wrong))
        assert not told, told

    def proves(self, *places: str) -> None:
        """There was something to hide in each of them."""
        assert set(places) <= self.masked, f"nothing was masked in {set(places) - self.masked}"

    async def look(self, where: str) -> None:
        """At all that is on the screen, all that could be scrolled to, and all that was said or copied."""
        await self.pilot.pause()
        shown = "\n".join(painted(self.app))
        if shown not in self._judged:  # drawing it takes a tenth of a second
            self.judge(where, shown)
            self.judge(where, self.app.export_screenshot())
        for view in self.app.screen.query(LineView):
            self.judge(where, page(view))
        for log in self.app.screen.query(LogView):
            self.judge(where, page(log))
        for text in self.app.screen.query(Static):
            self.judge(where, str(text.content))
        for area in self.app.screen.query(TextArea):
            self.judge(where, area.text, self._find_elsewhere)
        self.judge(f"{where}, said", "\n".join(f"{message.text} {message.raw}" for _, message in self.app.messages), self._find_elsewhere)
        self.judge(f"{where}, copied", self.app.clipboard, self._find_elsewhere)

    async def screen(self, kind: Any, true: Callable[[Any], object] = lambda screen: True) -> Any:
        await until(self.pilot, lambda: isinstance(self.app.screen, kind) and true(self.app.screen), f"never {kind}: {self.app.screen}")
        return self.app.screen

    async def command(self, line: str) -> None:
        await self.pilot.press("colon")
        self.app.screen.query_one(Prompt).query_one(Input).value = line  # key by key it takes seconds
        await self.pilot.press("enter")

    async def table(self, view: str, row: str, *, namespace: str = NAMESPACE) -> BrowseScreen:
        """The table, with the cursor on that row. `namespace`: of the row, "" for a kind that has none."""
        await self.command(f"{view} {NAMESPACE}")

        def keys(screen: BrowseScreen) -> list[RowKey]:
            """Of the rows of that name; a table of several kinds says the kind, too."""
            named = [key for key in screen.table.keys() if key[0] == namespace]  # noqa: SIM118  # a widget, not a dict
            return [key for key in named if row == key[1] or row in key[1].split("\n")]

        found: BrowseScreen = await self.screen(
            BrowseScreen, lambda screen: screen.of.name == view and keys(screen) and screen.table.has_focus
        )
        found.table.move_to(keys(found)[0])
        return found

    async def act(self, title: str) -> None:
        await self.pilot.press("a")
        menu = await self.screen(ActionsScreen, lambda screen: screen.table.counts.total)
        await self.look(f"actions before {title}")
        place = [offer.title for offer in menu._offers].index(title)
        menu.table.move_to(("", f"{place:02}"))
        await self.pilot.press("enter")

    async def reviewed(self, where: str) -> ReviewScreen:
        """A review in all of its views, and copied."""
        found: ReviewScreen = await self.screen(ReviewScreen, lambda screen: screen.state is State.DECIDING)
        for view in ("difference", "manifest", "command"):
            await self.look(f"{where}, {view}")
            await self.pilot.press("c", "v")
        return found

    async def confirmed(self, where: str) -> ReviewScreen:
        """A review that is applied; findings that stop it are overridden by typing."""
        found = await self.reviewed(where)
        if found._stopped_by:
            await self.pilot.press("o")
            await typed(self.pilot, found._change.steps[-1].name)
            await self.pilot.press("enter")
        await self.pilot.press("a")
        await until(self.pilot, lambda: found.state is State.DONE, f"{where}: {found.state}: {found.sentence.content}")
        assert found.account is not None
        assert found.account.complete, found.account.sentence()
        await self.look(f"{where}, the account")
        return found

    async def back(self) -> None:
        await self.pilot.press("escape")
