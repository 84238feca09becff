"""The full-pane message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.widgets import Static

from modeltui.document import BLANK, Line, Tone, plain
from modeltui.ui.sight import GLYPHS, Kind, Sight
from modeltui.ui.theme import block

_TONES: Final[Mapping[Kind, Tone]] = {
    Kind.LOADING: "busy",
    Kind.EMPTY: "dim",
    Kind.FILTERED: "warn",
    Kind.NO_NAMESPACE: "warn",
    Kind.NOT_INSTALLED: "warn",
}


LONGEST: Final = 400
"""Characters of one sentence: two of them fit on 80x24 beside the rest."""


class SightPane(Static):
    """Shows one `Sight`. Nothing in it moves: an animated spinner costs 147 KB/s over SSH."""

    can_focus = False

    def __init__(self, sight: Sight | None = None) -> None:
        super().__init__(markup=False)
        self.sight = sight

    def on_mount(self) -> None:
        if self.sight is not None:
            self._paint(self.sight)

    def show(self, sight: Sight) -> None:
        if sight != self.sight:
            self.sight = sight
            self._paint(sight)

    def _paint(self, sight: Sight) -> None:
        self.update(block(lines(sight)))


def lines(sight: Sight) -> list[Line]:
    """Glyph and title, the sentences, then the keys that help."""
    tone = _TONES.get(sight.kind, "bad")
    out: list[Line] = [((f"{GLYPHS[sight.kind]}  ", tone), (plain(sight.title), "title"))]
    if sight.lines:
        out.append(BLANK)
        out += [((_fitting(plain(text)), ""),) for text in sight.lines]
    if sight.keys:
        out.append(BLANK)
        width = max(6, *(len(key) for key, _ in sight.keys)) + 2
        out += [((f"{key:<{width}}", "accent"), (does, "dim")) for key, does in sight.keys]
    return out


def _fitting(text: str) -> str:
    """The pane does not scroll; whatever a server says at such length is in the messages as well."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… (:messages has the rest)"
