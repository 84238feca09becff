"""The menu of everything that can be done here. What may not be done is there too, with the reason."""

from __future__ import annotations

from typing import Final

from modeltui.document import line
from modeltui.domain import Column, Row, RowKey
from modeltui.ui.changing import Changing, Offer, Target
from modeltui.ui.screens.picker import PickerScreen

_COLUMNS: Final = (Column("name", "Action", min_width=40, max_width=60), Column("why_not", "Not possible, since", max_width=80))


class ActionsScreen(PickerScreen):
    heading = "Actions"

    def __init__(self, changing: Changing, offers: list[Offer], target: Target) -> None:
        super().__init__("actions", _COLUMNS)
        self._changing = changing
        self._offers = offers
        self._target = target
        self._why_not: dict[str, str] = {}

    def on_mount(self) -> None:
        super().on_mount()
        self._show()
        self.run_worker(self._ask(), exclusive=True)

    async def _ask(self) -> None:
        for offer in self._offers:
            if why := await self._changing.why_not(offer, self._target):
                self._why_not[offer.title] = why
                self._show()

    def _show(self) -> None:
        self.rows([Row(_key(number), (offer.title, self._why_not.get(offer.title, ""))) for number, offer in enumerate(self._offers)])
        self._explain()

    def on_resource_table_cursor_moved(self) -> None:
        self._explain()

    def _explain(self) -> None:
        """With the whole reason of the one under the cursor, which a column may cut."""
        key = self.table.cursor_key
        why = self._why_not.get(self._offers[int(key[1])].title) if key is not None else None
        told = line(f"Not possible: {why}.", "warn") if why else line("Each ends in a review before anything is written.", "dim")
        self.explain([line(self._target.told, "title"), told])

    async def choose(self, names: tuple[str, ...]) -> None:
        number = next((number for number, offer in enumerate(self._offers) if _key(number)[1] in names or offer.title in names), None)
        if number is None:
            self.console.say(f"There is no action {names[0]!r} here.", error=True)
            return
        offer = self._offers[number]
        if why := self._why_not.get(offer.title):
            self.console.say(f"{offer.title}: {why}.", error=True)
            return
        self.console.navigator.close(self)
        await offer.begin()


def _key(number: int) -> RowKey:
    """In the order in which they are offered."""
    return ("", f"{number:02}")
