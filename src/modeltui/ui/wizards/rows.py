"""One field on the screen: its label, what it is answered with, and what is wrong with the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from modeltui.document import Line, plain
from modeltui.ui.theme import block
from modeltui.ui.wizards.controls import Names, control
from modeltui.ui.wizards.form import Field, Kind, Step, Values

LEAST_INDENT: Final = 20
"""Columns of labels."""
MOST_TOLD: Final = 5
"""Answers of a group that is shown in one line."""


class FieldRow(Vertical):
    def __init__(self, field: Field, value: str, *, step: str, group: int, names: Names, indent: int) -> None:
        """`indent`: columns before the answer."""
        super().__init__(classes=f"field -{field.kind}")
        self.field = field
        self.step = step
        self.group = group
        self.control = control(field, value, names)
        mark = "*" if field.required and not field.fixed else " "
        self._label = Static(f"{mark} {field.label}{' (fixed)' if field.fixed else ''}", markup=False, classes="label")
        self._label.styles.width = indent
        self._problem = Static(markup=False, classes="problem")
        self._problem.styles.margin = (0, 0, 0, indent)
        self.sentence = ""

    def compose(self) -> Iterable[Widget]:
        with Horizontal():
            yield self._label
            yield self.control
        self._problem.display = False
        yield self._problem

    def on_descendant_focus(self) -> None:
        self._label.add_class("-here")

    def on_descendant_blur(self) -> None:
        self._label.remove_class("-here")

    def show_value(self, value: str) -> None:
        """What follows from another answer."""
        if self.control.value != value:
            self.control.value = value

    def complain(self, sentence: str) -> None:
        """Shown below the answer; "" takes it away."""
        if sentence != self.sentence:
            self.sentence = sentence
            self._problem.update(f"✕ {plain(sentence)}" if sentence else "")
            self._problem.display = bool(sentence)


class GroupRows(Vertical):
    """The fields of one group; one of several has a heading."""

    def __init__(self, step: Step, values: Values, number: int, *, of: int, names: Mapping[str, Names]) -> None:
        super().__init__(classes="group")
        self.step = step
        self.number = number
        self._heading = Static(self._title(of), markup=False, classes="card")
        self._heading.display = bool(step.card)
        indent = max(LEAST_INDENT, *(len(field.label) + len("*  ") for field in step.fields))
        self._about = Static(markup=False, classes="about-group")
        self._about.styles.margin = (0, 0, 0, indent)
        self._about.display = False
        self._lines: list[Line] = []
        self.rows = [
            FieldRow(field, values.get(field.key, ""), step=step.key, group=number, names=names.get(field.suggests, tuple), indent=indent)
            for field in step.fields
        ]

    def compose(self) -> Iterable[Widget]:
        yield self._heading
        for row in self.rows:
            yield row
            if row.field.key == self.step.told_after:
                yield self._about

    def _title(self, of: int) -> str:
        return f"{self.step.card} {self.number + 1} of {of}"

    def show_wanted(self, values: Values) -> None:
        """Only the questions that make sense with the answers so far."""
        asked = {field.key for field in self.step.asked(values)}
        for row in self.rows:
            if row.display != (row.field.key in asked):  # setting it lays the whole page out anew
                row.display = row.field.key in asked

    def tell(self, lines: list[Line]) -> None:
        """What the answers mean, below them."""
        if lines != self._lines:
            self._lines = lines
            self._about.update(block(lines))
            self._about.display = bool(lines)


class ClosedCard(Static, can_focus=True):
    """One of several groups in one line, while another is being answered: a step of thirty versions is as quick as one of one."""

    def __init__(self, step: Step, values: Values, number: int, *, of: int) -> None:
        super().__init__(markup=False, classes="card -closed")
        self.step = step
        self.number = number
        told = [field.kept(values.get(field.key, ""), values) for field in step.fields if field.kind in (Kind.TEXT, Kind.CHOICE)]
        self._told = f"{step.card} {number + 1} of {of}  {'  '.join(text for text in told[:MOST_TOLD] if text)}"
        self.wrong: bool | None = None

    def mark(self, *, wrong: bool) -> None:
        """Whether a problem of it has been told."""
        if wrong is not self.wrong:
            self.wrong = wrong
            self.update(f"{'✕' if wrong else '▸'} {plain(self._told)}")
