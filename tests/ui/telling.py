"""A story told by keyboard: the menu of actions, the review, its confirmation."""

from __future__ import annotations

from typing import Any

from driving import until
from textual.pilot import Pilot

from modeltui.document import text_of
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.actions import ActionsScreen
from modeltui.ui.screens.review import ReviewScreen, State

SPECIAL = {"/": "slash", ":": "colon", " ": "space", "-": "minus", "_": "underscore", "=": "equals_sign", ",": "comma"}


class Story:
    def __init__(self, app: ConsoleApp, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot

    async def type(self, text: str) -> None:
        await self.pilot.press(*(SPECIAL.get(char, char) for char in text))

    async def fill(self, *answers: str) -> None:
        """Each answer, and enter to the next field; "" leaves one as it is."""
        for answer in answers:
            await self.type(answer)
            await self.pilot.press("enter")

    async def screen(self, kind: type[Any]) -> Any:
        await until(self.pilot, lambda: isinstance(self.app.screen, kind), f"never {kind}: {self.app.screen}")
        return self.app.screen

    async def menu(self) -> ActionsScreen:
        await self.pilot.press("a")
        menu: ActionsScreen = await self.screen(ActionsScreen)
        await until(self.pilot, lambda: menu.table.counts.total > 0)
        return menu

    async def act(self, title: str) -> None:
        """From the menu of actions."""
        menu = await self.menu()
        shown = [offer.title for offer in menu._offers]
        assert title in shown, shown
        menu.table.move_to(("", f"{shown.index(title):02}"))
        await self.pilot.press("enter")

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
            await self.pilot.press("o")
            await self.type(review._change.steps[-1].name)
            await self.pilot.press("enter")
        await self.pilot.press("a")
        await until(self.pilot, lambda: review.state is State.DONE, f"{review.state}: {review.sentence.content}")
        assert review.account is not None
        assert review.account.complete, review.account.sentence()
        return review
