"""The frame of every form: the outline, one step at a time, and the sentence beside the field. What is asked is a `Form`."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import ClassVar, Final

from rich.cells import cell_len
from textual import on
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.events import DescendantFocus, Resize
from textual.widget import Widget
from textual.widgets import Static

from modeltui.document import Line, Span, line
from modeltui.ui import keys
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.theme import block
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards.controls import Answered, Names, fitting
from modeltui.ui.wizards.draft import Draft
from modeltui.ui.wizards.form import Form, Kind, Problem, Step
from modeltui.ui.wizards.rows import ClosedCard, FieldRow, GroupRows

REVIEW: Final = "Review"
MOST_OFFERED: Final = 6
"""Names below a field."""
Spot = tuple[str, int, str]
"""A field: key of the step, number of the group, key of the field."""


def outline(steps: Sequence[tuple[str, str]], at: int, *, room: int | None = None) -> Line:
    """`steps`: titles and marks. Where there is no `room` for all titles, those that are nearest to the one at hand are named, the next
    before the last; of the others there are the numbers. Pure."""
    named: set[int] = {at}
    nearest = sorted(range(len(steps)), key=lambda place: (abs(place - at), place < at))
    for place in nearest:
        if room is None or line_width(_outline(steps, at, named | {place})) <= room:
            named.add(place)
    return _outline(steps, at, named)


def _outline(steps: Sequence[tuple[str, str]], at: int, named: Container[int]) -> Line:
    spans: list[Span] = []
    for place, (title, mark) in enumerate(steps):
        told = f"{place + 1} {title}" if place in named else str(place + 1)
        spans += [(f" {'▸' if place == at else ''}{told} {mark} ", "accent" if place == at else "dim"), ("›", "dim")]
    return (*spans, (f" {len(steps) + 1} {REVIEW}", "dim"))


def line_width(spans: Line) -> int:
    return sum(cell_len(text) for text, _ in spans)


class FormScreen(ConsoleScreen):
    """Shows `answers` to `form`, and takes others. Subclasses say what there is to suggest (`names`) and what answers mean (`about`)."""

    BINDING_GROUP_TITLE = "Form"
    BINDINGS: ClassVar[list[BindingType]] = keys.WIZARD

    def __init__(self, form: Form, answers: Draft) -> None:
        super().__init__(form.title)
        self.heading = form.title
        self.form = form
        self.answers = answers
        self.at = 0
        """The step that is shown."""
        self.outline = Static(markup=False, classes="outline")
        self.trouble = Static(markup=False, classes="trouble")
        self.intro = Static(markup=False, classes="intro-step")
        self.page = VerticalScroll(classes="form", can_focus=False)
        self.help_line = Static(markup=False, classes="field-help")
        self._last_row: FieldRow | None = None
        self._told: set[Spot] = set()
        """Fields whose problem is shown: those that were answered, and all once the review was asked for."""
        self._refused: dict[Spot, str] = {}
        """What the last review said of a field that was not answered anew since then."""

    # ---- for subclasses

    def names(self) -> Mapping[str, Names]:
        """By `Field.suggests`."""
        return {}

    def about(self, step: Step, group: int) -> list[Line]:
        """What the answers of a group mean, shown below it and kept up to date."""
        return []

    def answered(self) -> None:
        """Something was typed, chosen or moved."""

    async def finish(self) -> None:
        """On from the last step."""

    # ---- what is shown

    @property
    def steps(self) -> tuple[Step, ...]:
        """Those that are asked, with the answers so far."""
        return self.answers.asked(self.form)

    @property
    def step(self) -> Step:
        return self.steps[self.at]

    def body(self) -> Iterable[Widget]:
        self.trouble.display = False
        yield self.outline
        yield self.trouble
        yield self.intro
        yield self.page
        yield self.help_line

    def _say_trouble(self, sentences: list[str]) -> None:
        """Above the step; none takes it away."""
        self.trouble.update(block([line(f"✕ {sentence}", "bad") for sentence in sentences]))
        self.trouble.display = bool(sentences)

    async def _show_step(self, *, group: int = 0, field: str = "") -> None:
        """The step from its start, or at one of its fields. Of several groups one is open."""
        step, names = self.step, self.names()
        groups = self.answers.groups[step.key]
        shown = [
            GroupRows(step, values, number, of=len(groups), names=names)
            if number == group
            else ClosedCard(step, values, number, of=len(groups))
            for number, values in enumerate(groups)
        ]
        with self.app.batch_update():  # nothing is painted on the way: neither an empty page, nor a field that has no style yet
            await self.page.remove_children()
            await self.page.mount_all(shown)
        self._introduce(step)
        self.show_answers()
        self._go(group, field)
        self.refresh_bindings()

    def _introduce(self, step: Step) -> None:
        add, copy, away, up, down = (self._key(f"wizard.{one}") for one in ("add", "copy", "take_away", "up", "down"))
        cards = f"{add} adds a {step.card}, {copy} copies, {away} takes away, {up} and {down} move it." if step.card else ""
        told = [text for text in (step.intro, cards) if text]
        self.intro.update(" ".join(told))
        self.intro.display = bool(told)

    def _key(self, binding: str) -> str:
        """The last of those that are bound to it now: the one that every terminal has."""
        found = [active.binding.key for active in self.active_bindings.values() if active.binding.id == binding]
        return keys.shown(found[-1]) if found else "(no key)"

    def _go(self, group: int, field: str) -> None:
        rows = [row for row in self._rows() if row.display and not row.control.disabled]
        chosen = next((row for row in rows if row.group == group and field in ("", row.field.key)), rows[0] if rows else None)
        if chosen is not None:
            self._last_row = chosen
            self.set_focus(chosen.control, scroll_visible=False)
            self.call_after_refresh(self._bring_into_sight, chosen, heading=not field)
        else:  # a step without any card
            self._last_row = None
            self.help_line.update(block([]))

    def _bring_into_sight(self, row: FieldRow, *, heading: bool = False) -> None:
        """With what is wrong with the answer; `heading`: and from the beginning of its card, or of the step."""
        if not row.is_attached:
            return
        group = row.parent
        if heading and isinstance(group, GroupRows):
            self.page.scroll_to_widget(group, top=True, animate=False, force=True, immediate=True)
        else:
            self.page.scroll_to_widget(row, animate=False, force=True, immediate=True)

    def _rows(self) -> list[FieldRow]:
        return list(self.page.query(FieldRow))

    def show_answers(self) -> None:
        """Problems, outline and meaning, after an answer."""
        found = drafts.problems(self.form, self.answers)
        by_field = {(problem.step, problem.group, problem.field): problem.sentence for problem in reversed(found)}
        for row in self._rows():
            key = (row.step, row.group, row.field.key)
            row.complain((by_field.get(key, "") if key in self._told else "") or self._refused.get(key, ""))
        for group in self.page.query(GroupRows):
            group.show_wanted(self.answers.around(self.form, group.step, group.number))
            group.tell(self.about(group.step, group.number))
        wrong = {(step, group) for step, group, field in by_field if (step, group, field) in self._told}
        wrong |= {(step, group) for step, group, _ in self._refused}
        for closed in self.page.query(ClosedCard):
            closed.mark(wrong=(closed.step.key, closed.number) in wrong)
        self.outline.update(block([self._outline(found)]))

    @on(Resize)
    def _resized(self) -> None:
        if self._rows():
            self.show_answers()  # the outline has more room now, or less

    def _outline(self, found: tuple[Problem, ...]) -> Line:
        wrong = {problem.step for problem in found} | {step for step, _, _ in self._refused}
        told = {step for step, _, _ in (*self._told, *self._refused)}
        marks = [(step.title, "✓" if step.key not in wrong else "✕" if step.key in told else "…") for step in self.steps]
        return outline(marks, self.at, room=self.size.width - 2)

    @on(DescendantFocus)
    async def _moved(self) -> None:
        if isinstance(self.focused, ClosedCard):
            await self._open(self.focused)
        elif not self.prompt_open:  # what is asked there stands where the help is
            self._focused()

    async def _open(self, card: ClosedCard) -> None:
        """At its first field, or, coming from below, at its last one."""
        before = self._last_row.group if self._last_row is not None else 0
        asked = card.step.asked(self.answers.around(self.form, card.step, card.number))
        await self._show_step(group=card.number, field="" if card.number > before else asked[-1].key)

    def _focused(self) -> None:
        row = self._row_in_focus()
        if row is not None and row is not self._last_row:
            self._last_row = row
            self.call_after_refresh(self._bring_into_sight, row)
        self.help_line.update(block([line(self._help(row), "dim")]) if row is not None else "")

    def _help(self, row: FieldRow) -> str:
        """What the field is for, and what is known that fits it."""
        field = row.field
        if field.kind is Kind.CHOICE:
            return f"{field.help} {', '.join(choice or '(none)' for choice in field.choices)}."
        known = self.names().get(field.suggests)
        if known is None:
            return field.help
        if (names := known()) is None:
            return f"{field.help} Known ones cannot be listed, so type it whole.".strip()
        typed = self.answers.answer(row.step, field.key, group=row.group).rpartition(",")[2].strip()
        found = fitting(names, typed)
        more = f" and {len(found) - MOST_OFFERED} more" if len(found) > MOST_OFFERED else ""
        offered = f"{'tab takes' if typed else 'Known:'} {', '.join(found[:MOST_OFFERED])}{more}" if found else ""
        return f"{field.help} {offered}".strip()

    def _row_in_focus(self) -> FieldRow | None:
        node = self.focused
        while node is not None and not isinstance(node, FieldRow):
            node = node.parent if isinstance(node.parent, Widget) else None
        return node

    def focus_body(self) -> None:
        if self._last_row is not None and self._last_row.is_attached:
            self.set_focus(self._last_row.control, scroll_visible=False)
        else:
            super().focus_body()

    # ---- answers

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        event.stop()
        row = next((row for row in self._rows() if row.control is event.sender), None)
        if row is None or self.answers.answer(row.step, row.field.key, group=row.group) == event.value:
            return
        before = self.answers
        typed = before.with_answer(row.step, row.field.key, event.value, group=row.group)
        self.answers = drafts.proposed(self.form, typed, before=before)
        self._show_proposals(row)
        spot = (row.step, row.group, row.field.key)
        self._told.add(spot)
        self._refused.pop(spot, None)
        self.show_answers()
        self._focused()
        self.answered()

    def _show_proposals(self, typed: FieldRow | None) -> None:
        """In the fields that follow from the one that was `typed` in, or from what was learned elsewhere."""
        for row in self._rows():
            if row is not typed:
                row.show_value(self.answers.answer(row.step, row.field.key, group=row.group))

    async def action_step(self, by: int) -> None:
        self._told |= {(self.step.key, number, field.key) for number in self._numbers(self.step) for field in self.step.fields}
        to = self.at + by
        if to >= len(self.steps):
            await self.finish()
        elif to >= 0:
            self.at = to
            await self._show_step()

    async def action_review(self) -> None:
        """Straight to the end of the form, or to the first answer that is not good."""
        await self.finish()

    def _numbers(self, step: Step) -> range:
        return range(len(self.answers.groups[step.key]))

    async def _show_problem(self, problem: Problem) -> None:
        self._told.add((problem.step, problem.group, problem.field))
        self.at = self._index(problem.step)
        await self._show_step(group=problem.group, field=problem.field)

    def _index(self, step: str) -> int:
        """Of one that is asked."""
        return [one.key for one in self.steps].index(step)
