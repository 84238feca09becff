"""Fields to type in, for text that may come from a cluster: a character that steers a terminal is shown as a mark, and stays what it is."""

from __future__ import annotations

from rich.highlighter import Highlighter
from rich.text import Text
from textual.widgets import TextArea

from modeltui.characters import harmless


class Harmless(Highlighter):
    """For an Input, whose value it shows."""

    def __call__(self, text: str | Text) -> Text:
        shown = text.copy() if isinstance(text, Text) else Text(text)
        self.highlight(shown)
        return shown

    def highlight(self, text: Text) -> None:
        text.plain = harmless(text.plain)


class TextField(TextArea):
    """Several lines."""

    def get_line(self, line_index: int) -> Text:
        line = super().get_line(line_index)
        line.plain = "\t".join(map(harmless, line.plain.split("\t")))  # tabs are spaces by the time they are drawn
        return line
