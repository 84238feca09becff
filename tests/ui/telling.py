"""A story told by keyboard: the menu of actions, the review, its confirmation."""

from __future__ import annotations

import asyncio
from typing import Any

from driving import until
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from modeltui.document import text_of
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.actions import ActionsScreen
from modeltui.ui.screens.review import ReviewScreen, State


class Story:
    def __init__(self, app: ConsoleApp, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        """As a fast typist: without waiting between two keys, as a Pilot does until the whole process is idle, which it never is where
        controllers work in it. The console puts them in order itself."""
        for key in keys:
            self.app.post_message(events.Key(_character_to_key(key) if len(key) == 1 else key, key if len(key) == 1 else None))
        await self._taken()

    async def type(self, text: str) -> None:
        await self.press(*text)

    async def fill(self, *answers: str) -> None:
        """Each answer, and enter to the next field; "" leaves one as it is."""
        await self.press(*(key for answer in answers for key in (*answer, "enter")))

    async def paste(self, text: str) -> None:
        """As a terminal hands over what was pasted."""
        self.app.post_message(events.Paste(text))
        await self._taken()

    async def _taken(self) -> None:
        """Until the app has read it, and the console has carried it out."""
        read = asyncio.Event()
        self.app.call_later(read.set)
        await read.wait()
        await self.app._keyboard.carried_out()

    async def screen(self, kind: type[Any]) -> Any:
        await until(self.pilot, lambda: isinstance(self.app.screen, kind), f"never {kind}: {self.app.screen}")
        return self.app.screen

    async def menu(self) -> ActionsScreen:
        await self.press("a")
        menu: ActionsScreen = await self.screen(ActionsScreen)
        await until(self.pilot, lambda: menu.table.counts.total > 0)
        return menu

    async def act(self, title: str) -> None:
        """From the menu of actions."""
        menu = await self.menu()
        shown = [offer.title for offer in menu._offers]
        assert title in shown, shown
        menu.table.move_to(("", f"{shown.index(title):02}"))
        await self.press("enter")

    async def reviewed(self) -> ReviewScreen:
        found: ReviewScreen = await self.screen(ReviewScreen)
        await until(self.pilot, lambda: found.state is State.DECIDING, str(found.sentence.content))
        return found

    def told(self, review: ReviewScreen) -> str:
        return "\n".join(text_of(one) for one in review.text.whole)

    async def confirm(self) -> ReviewScreen:
        """The review is applied; findings that stop it are overridden by typing."""
        review = await self.reviewed()
        if review._stopped_by:
            await self.fill(f"o{review._change.steps[-1].name}")
        await self.press("a")
        await until(self.pilot, lambda: review.state is State.DONE, f"{review.state}: {review.sentence.content}")
        assert review.account is not None
        assert review.account.complete, review.account.sentence()
        return review
