"""The question whether to go on with what was typed before, when a form or an editor is opened that was left unfinished."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

from modeltui import cells
from modeltui.document import BLANK, Line, line, plain
from modeltui.domain import Column, Row
from modeltui.ui.screens.picker import PickerScreen
from modeltui.ui.wizards.saved import Kept

MOST_TOLD: Final = 5
"""Answers that are named."""
LONGEST_TOLD: Final = 60
"""Characters of each."""
_COLUMNS: Final = (Column("name", "Choice", min_width=20), Column("what", "What it does", max_width=60))
CONTINUE: Final = "Continue"
ANEW: Final = "Start anew"
_CHOICES: Final = (
    Row(("", CONTINUE), (CONTINUE, "with what was typed then")),
    Row(("", ANEW), (ANEW, "what was typed then is thrown away")),
)

Then = Callable[[], Awaitable[None]]


class UnfinishedScreen(PickerScreen):
    heading = "Unfinished"

    def __init__(self, about: list[Line], *, go_on: Then, anew: Then, leave: Callable[[], None]) -> None:
        """`leave`: nothing is decided, and what was kept stays."""
        super().__init__("unfinished", _COLUMNS)
        self._about = about
        self._then = {CONTINUE: go_on, ANEW: anew}
        self._leave = leave

    def on_mount(self) -> None:
        self.explain(self._about)
        self.rows(_CHOICES)

    async def choose(self, names: tuple[str, ...]) -> None:
        word = names[0].casefold()
        chosen = next((choice for choice in self._then if word and choice.casefold().startswith(word)), None)
        if chosen is None:
            self.console.say(f"There is no choice {names[0]!r} here.", error=True)
            return
        self.console.navigator.close(self)
        await self._then[chosen]()

    def leave(self) -> None:
        super().leave()
        self._leave()


def about(title: str, where: str, kept: Kept, told: Sequence[tuple[str, str]], *, now: datetime, moved: bool) -> list[Line]:
    """What it is about. `told`: labels and texts; a text without a label belongs to what is above it. `moved`: the object has been
    changed since then."""
    lines: list[Line] = [
        line(f"{title}: unfinished", "title"),
        line(f"Typed {cells.since(kept.at, now)} for {where}, and never applied."),
        BLANK,
    ]
    for label, text in told[:MOST_TOLD]:
        shown = text if len(text) <= LONGEST_TOLD else f"{text[: LONGEST_TOLD - 1]}…"
        lines.append(((f"  {plain(label)}: " if label else "    ", "key"), (plain(shown), "")))
    if len(told) > MOST_TOLD:
        lines.append(line(f"  and {len(told) - MOST_TOLD} more", "dim"))
    if kept.typed.lacking:
        lines.append(line(f"  ▲ Secrets are never kept, so they are to be typed again: {', '.join(kept.typed.lacking)}.", "warn"))
    if moved:
        lines.append(line("  ▲ The object has been changed since then. The review lays yours over that, or says where it cannot.", "warn"))
    return lines
