"""Groups of answers that there may be several of: adding, copying, taking away, putting back and moving them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards.draft import Draft, Group
from modeltui.ui.wizards.form import Form
from modeltui.ui.wizards.frame import FormScreen, Spot

OF_CARDS: Final = frozenset({"add", "copy_card", "take_away", "take_back", "move"})
"""Actions."""


class CardsScreen(FormScreen):
    def __init__(self, form: Form, answers: Draft) -> None:
        super().__init__(form, answers)
        self._taken_away: tuple[str, int, Group] | None = None
        """The last one: key of the step, its number, and what was answered in it."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is done to cards is offered where there are some."""
        return bool(super().check_action(action, parameters)) and (bool(self.step.card) or action not in OF_CARDS)

    async def action_add(self, *, like: bool = False) -> None:
        """`like`: as the one with the cursor, but for what has to differ."""
        step, row = self.step, self._row_in_focus()
        if not step.card:
            self.console.say(f"{step.title} is asked once.", error=True)
            return
        model = self.answers.group(step.key, row.group) if like and row is not None else None
        if model is not None:
            model = {**model, step.fields[0].key: ""}
        added = drafts.proposed(self.form, self.answers.with_group(step, like=model), before=self.answers)
        self._changed_cards(added, lambda number: number)
        await self._show_step(group=len(self.answers.groups[step.key]) - 1)

    async def action_copy_card(self) -> None:
        await self.action_add(like=True)

    async def action_take_away(self) -> None:
        step, row = self.step, self._row_in_focus()
        if not step.card or row is None:
            self.console.say("There is nothing to take away here.", error=True)
            return
        self._taken_away = (step.key, row.group, self.answers.group(step.key, row.group))
        gone = row.group
        self._changed_cards(
            self.answers.without_group(step.key, gone),
            lambda number: None if number == gone else number - (number > gone),
        )
        await self._show_step(group=max(row.group - 1, 0))
        self.console.say(f"The {step.card} is taken away; ctrl-y puts it back.")

    async def action_take_back(self) -> None:
        if self._taken_away is None or self._taken_away[0] != self.step.key:
            self.console.say("Nothing was taken away here.", error=True)
            return
        (step, number, group), self._taken_away = self._taken_away, None
        back = number
        self._changed_cards(self.answers.with_group_at(step, back, group), lambda number: number + (number >= back))
        await self._show_step(group=number)

    async def action_move(self, by: int) -> None:
        step, row = self.step, self._row_in_focus()
        if not step.card or row is None or not 0 <= row.group + by < len(self.answers.groups[step.key]):
            self.console.say("It cannot be moved further." if step.card else f"{step.title} has no order.", error=True)
            return
        one, other = row.group, row.group + by
        swapped = {one: other, other: one}
        self._changed_cards(self.answers.with_groups_swapped(step.key, one, other), lambda number: swapped.get(number, number))
        await self._show_step(group=row.group + by)

    def _changed_cards(self, answers: Draft, now: Callable[[int], int | None]) -> None:
        """`now`: the number that a group has now; None when it is gone. Problems go where their groups go."""

        def moved(spot: Spot) -> Spot | None:
            step, number, field = spot
            place = now(number) if step == self.step.key else number
            return None if place is None else (step, place, field)

        self._told = {spot for one in self._told if (spot := moved(one)) is not None}
        self._refused = {spot: sentence for one, sentence in self._refused.items() if (spot := moved(one)) is not None}
        self.answers = answers
        self.answered()
