"""Groups of answers that there may be several of: adding, copying, taking away, putting back and moving them."""

from __future__ import annotations

from typing import Final

from modeltui.ui.wizards.draft import Draft, Group
from modeltui.ui.wizards.form import Form
from modeltui.ui.wizards.frame import FormScreen

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
        self._changed_cards(self.answers.with_group(step, like=model))
        await self._show_step(group=len(self.answers.groups[step.key]) - 1)

    async def action_copy_card(self) -> None:
        await self.action_add(like=True)

    async def action_take_away(self) -> None:
        step, row = self.step, self._row_in_focus()
        if not step.card or row is None:
            self.console.say("There is nothing to take away here.", error=True)
            return
        self._taken_away = (step.key, row.group, self.answers.group(step.key, row.group))
        self._changed_cards(self.answers.without_group(step.key, row.group))
        await self._show_step(group=max(row.group - 1, 0))
        self.console.say(f"The {step.card} is taken away; ctrl-y puts it back.")

    async def action_take_back(self) -> None:
        if self._taken_away is None or self._taken_away[0] != self.step.key:
            self.console.say("Nothing was taken away here.", error=True)
            return
        (step, number, group), self._taken_away = self._taken_away, None
        self._changed_cards(self.answers.with_group_at(step, number, group))
        await self._show_step(group=number)

    async def action_move(self, by: int) -> None:
        step, row = self.step, self._row_in_focus()
        if not step.card or row is None or not 0 <= row.group + by < len(self.answers.groups[step.key]):
            self.console.say("It cannot be moved further." if step.card else f"{step.title} has no order.", error=True)
            return
        self._changed_cards(self.answers.with_groups_swapped(step.key, row.group, row.group + by))
        await self._show_step(group=row.group + by)

    def _changed_cards(self, answers: Draft) -> None:
        """Groups are known by their numbers, which mean others now."""
        key = self.step.key
        self._told = {spot for spot in self._told if spot[0] != key}
        self._refused = {spot: sentence for spot, sentence in self._refused.items() if spot[0] != key}
        self.answers = answers
        self.answered()
