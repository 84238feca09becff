"""The line at the bottom that `:` and `/` open: ghost text, history, and a cursor that does not blink (3.1 KB/s over SSH)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static

from modeltui.document import plain
from modeltui.ui.navigation import Lines

if TYPE_CHECKING:
    from modeltui.ui.screens.base import ConsoleScreen

Mode = Literal[":", "/", ">"]
"""A command, a filter, the answer to a question."""


class _Ghost(Suggester):
    """The rest of the word, from a pure function; not cached, since what can be typed changes."""

    def __init__(self, suggest: Callable[[str], str | None]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._suggest = suggest

    async def get_suggestion(self, value: str) -> str | None:
        return self._suggest(value)


class _Field(Input):
    BINDING_GROUP_TITLE = "Typing"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "recall(1)", "older line", show=False, id="prompt.older"),
        Binding("down", "recall(-1)", "newer line", show=False, id="prompt.newer"),
        Binding("tab", "cursor_right", "take the suggestion", show=False, id="prompt.take"),
        Binding("escape", "cancel", "leave", show=False, id="prompt.cancel"),
    ]

    def __init__(self, mode: Mode, value: str, *, history: Lines, suggest: Callable[[str], str | None], proposed: bool) -> None:
        super().__init__(value, suggester=_Ghost(suggest), select_on_focus=proposed, compact=True)
        self.cursor_blink = False
        self._mode = mode
        self._history = history

    @property
    def _owner(self) -> ConsoleScreen:
        return self.screen  # type: ignore[return-value]  # prompts are opened by console screens only

    def action_recall(self, step: int) -> None:
        self.value = self._history.older(self.value) if step > 0 else self._history.newer(self.value)
        self.cursor_position = len(self.value)

    # Both are carried out before the next key is taken: a message would come after it.

    async def action_submit(self) -> None:
        self._history.add(self.value)
        await self._owner.prompt_sent(self._mode, self.value)

    async def action_cancel(self) -> None:
        await self._owner.prompt_left(self._mode)


class Prompt(Horizontal):
    """One line of input, in place of the crumbs."""

    DEFAULT_CSS = """
    Prompt {
        height: 1;
        background: $panel;
        Static { width: auto; max-width: 75%; padding-right: 1; color: $accent; text-style: bold; text-wrap: nowrap;
                 text-overflow: ellipsis; }
        Input { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
    }
    """

    @dataclass
    class Changed(Message):
        """Typed, not sent: a filter is shown at work while it is typed."""

        prompt: Prompt
        value: str

    def __init__(
        self, mode: Mode, *, value: str, history: Lines, suggest: Callable[[str], str | None], question: str = "", proposed: bool = False
    ) -> None:
        """`proposed`: the value is an answer of its own, which the first letter typed replaces."""
        super().__init__()
        self.mode = mode
        self.field = _Field(mode, value, history=history, suggest=suggest, proposed=proposed)
        self.question = question

    def compose(self) -> ComposeResult:
        yield Static(f" {self.mode} {plain(self.question)}".rstrip(), markup=False)
        yield self.field

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self, event.value))
