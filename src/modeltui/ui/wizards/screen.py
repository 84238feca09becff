"""The frame of every wizard: the outline, one step at a time, and the sentence beside the field. What is asked is a `Form`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

from textual import on
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.events import DescendantFocus
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from modeltui import cells
from modeltui.changes.account import Account
from modeltui.document import Line, Span, line
from modeltui.ui import keys
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.theme import block
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards import saved
from modeltui.ui.wizards.controls import Answered, Names
from modeltui.ui.wizards.draft import Draft
from modeltui.ui.wizards.form import Form, Problem, Step
from modeltui.ui.wizards.rows import FieldRow, GroupRows

KEPT_AFTER: Final = 1.0
"""Seconds of rest after which what was typed is on disk."""
REVIEW: Final = "Review"


class WizardScreen(ConsoleScreen):
    """Subclasses give the form, the names to suggest, what the answers mean (`about`), and what follows (`finish`)."""

    BINDING_GROUP_TITLE = "Form"
    BINDINGS: ClassVar[list[BindingType]] = keys.WIZARD

    def __init__(self, form: Form, answers: Draft, *, place: saved.Place) -> None:
        super().__init__(form.title)
        self.heading = form.title
        self.form = form
        self.answers = answers
        self.at = 0
        """The step that is shown."""
        self.outline = Static(markup=False, classes="outline")
        self.intro = Static(markup=False, classes="intro-step")
        self.page = VerticalScroll(classes="form", can_focus=False)
        self.help_line = Static(markup=False, classes="field-help")
        self._place = place
        self._kept = saved.kept(place)
        self._saving: Timer | None = None
        self._over = False
        self._told: set[tuple[str, int, str]] = set()
        """Fields whose problem is shown: those that were answered, and all once the review was asked for."""

    # ---- for subclasses

    def names(self) -> Mapping[str, Names]:
        """By `Field.suggests`."""
        return {}

    def about(self, step: Step, group: int) -> list[Line]:
        """What the answers of a group mean, shown below it and kept up to date."""
        return []

    async def finish(self) -> None:
        """All answers are good: on to the review."""

    # ---- what is shown

    @property
    def step(self) -> Step:
        return self.form.steps[self.at]

    def body(self) -> Iterable[Widget]:
        yield self.outline
        yield self.intro
        yield self.page
        yield self.help_line

    def on_mount(self) -> None:
        super().on_mount()
        if self._kept is not None:
            when = cells.moment(self._kept.at)
            self.call_after_refresh(self.console.say, f"Answers from {when} were kept; ctrl-y takes them back.")
        self.run_worker(self._show_step())

    async def _show_step(self, *, group: int = 0, field: str = "") -> None:
        """The step from its start, or at one of its fields."""
        step, names = self.step, self.names()
        groups = self.answers.groups[step.key]
        await self.page.remove_children()
        shown = [GroupRows(step, values, number, of=len(groups), names=names) for number, values in enumerate(groups)]
        await self.page.mount_all(shown)
        more = f"ctrl-o adds a {step.card}, ctrl-x takes away the one with the cursor." if step.card else ""
        told = [text for text in (step.intro, more) if text]
        self.intro.update(" ".join(told))
        self.intro.display = bool(told)
        self._refresh()
        self._go(group, field)

    def _go(self, group: int, field: str) -> None:
        rows = [row for row in self._rows() if row.display and not row.control.disabled]
        chosen = next((row for row in rows if row.group == group and field in ("", row.field.key)), rows[0] if rows else None)
        if chosen is not None:
            self.set_focus(chosen.control)

    def _rows(self) -> list[FieldRow]:
        return list(self.page.query(FieldRow))

    def _refresh(self) -> None:
        """Problems, outline and meaning, after an answer."""
        found = drafts.problems(self.form, self.answers)
        by_field = {(problem.step, problem.group, problem.field): problem.sentence for problem in reversed(found)}
        for row in self._rows():
            key = (row.step, row.group, row.field.key)
            row.complain(by_field.get(key, "") if key in self._told else "")
        for group in self.page.query(GroupRows):
            group.show_wanted(self.answers.around(self.form, group.step, group.number))
            group.tell(self.about(group.step, group.number))
        self.outline.update(block([self._outline(found)]))

    def _outline(self, found: tuple[Problem, ...]) -> Line:
        spans: list[Span] = []
        for place, step in enumerate(self.form.steps):
            wrong = sum(1 for problem in found if problem.step == step.key)
            mark = "✓" if not wrong else "✕" if any(key[0] == step.key for key in self._told) else "…"
            spans.append((f" {place + 1} {step.title} {mark} ", "accent" if place == self.at else "dim"))
            spans.append(("›", "dim"))
        return (*spans, (f" {len(self.form.steps) + 1} {REVIEW}", "dim"))

    @on(DescendantFocus)
    def _focused(self) -> None:
        row = self._row_in_focus()
        self.help_line.update(block([line(self._help(row), "dim")]) if row is not None else "")

    def _help(self, row: FieldRow) -> str:
        field = row.field
        known = self.names().get(field.suggests)
        if known is None:
            return field.help
        typed = self.answers.answer(row.step, field.key, group=row.group)
        fitting = [name for name in known() if name.startswith(typed.rpartition(",")[2].strip())]
        return f"{field.help}  {', '.join(fitting[:8])}{' ...' if len(fitting) > 8 else ''}".strip()

    def _row_in_focus(self) -> FieldRow | None:
        node = self.focused
        while node is not None and not isinstance(node, FieldRow):
            node = node.parent if isinstance(node.parent, Widget) else None
        return node

    # ---- answers

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        event.stop()
        row = next((row for row in self._rows() if row.control is event.sender), None)
        if row is None or self.answers.answer(row.step, row.field.key, group=row.group) == event.value:
            return
        self.answers = self.answers.with_answer(row.step, row.field.key, event.value, group=row.group)
        self._told.add((row.step, row.group, row.field.key))
        self._refresh()
        self._focused()
        if self._saving is not None:
            self._saving.stop()
        self._saving = self.set_timer(KEPT_AFTER, self._keep)

    def _keep(self) -> None:
        try:
            saved.keep(self._place, drafts.saved(self.form, self.answers))
        except OSError as error:
            self.console.say(f"What you typed cannot be kept on disk: {error}", error=True)

    def finished(self, account: Account) -> None:
        """What was answered has become an object: back behind the review, the form is over."""
        if not account.complete:
            return
        self._over = True
        if self._saving is not None:
            self._saving.stop()
            self._saving = None
        saved.forget(self._place)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self._over:
            self.call_later(self.console.navigator.close, self)

    def on_unmount(self) -> None:
        if self._saving is not None:
            self._saving.stop()
            self._keep()

    # ---- actions

    async def action_step(self, by: int) -> None:
        self._told |= {(self.step.key, row.group, row.field.key) for row in self._rows()}
        to = self.at + by
        if to >= len(self.form.steps):
            await self._to_review()
        elif to >= 0:
            self.at = to
            await self._show_step()

    async def _to_review(self) -> None:
        found = drafts.problems(self.form, self.answers)
        if not found:
            await self.finish()
            return
        first = found[0]
        self._told |= {(problem.step, problem.group, problem.field) for problem in found}
        self.at = next(place for place, step in enumerate(self.form.steps) if step.key == first.step)
        await self._show_step(group=first.group, field=first.field)
        more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
        self.console.say(first.sentence + more, error=True)

    async def action_add(self) -> None:
        step = self.step
        if not step.card:
            self.console.say(f"{step.title} is asked once.", error=True)
            return
        self.answers = self.answers.with_group(step)
        await self._show_step(group=len(self.answers.groups[step.key]) - 1)

    async def action_take_away(self) -> None:
        step, row = self.step, self._row_in_focus()
        if not step.card or row is None:
            self.console.say("There is nothing to take away here.", error=True)
            return
        self.answers = self.answers.without_group(step.key, row.group)
        self._told = {key for key in self._told if key[0] != step.key}
        await self._show_step(group=max(row.group - 1, 0))

    async def action_take_back(self) -> None:
        if self._kept is None:
            self.console.say("No unfinished answers were kept.")
            return
        self.answers = drafts.restored(self.form, self._kept.answers)
        await self._show_step()
