"""Keeps what is being typed on disk, a moment after it was typed, so that nothing ends it: no crash, no lost line, no mistake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual.timer import Timer

from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.wizards import saved

AFTER: Final = 1.0
"""Seconds after the first key that is not on disk yet: who types without a rest loses no more than that."""


class Keeper:
    """For one screen. `content`: what there is to keep; None when nothing of it may be written now, and what was kept stays."""

    def __init__(self, screen: ConsoleScreen, place: saved.Place, content: Callable[[], saved.Typed | None]) -> None:
        self.kept = saved.kept(place)
        """Of before; None once it was answered what becomes of it."""
        self.touched = False
        """Whether something was typed here."""
        self._screen = screen
        self._place = place
        self._content = content
        self._timer: Timer | None = None

    def typed(self) -> None:
        self.touched = True
        if self._timer is None:
            self._timer = self._screen.set_timer(AFTER, self.now)

    def now(self) -> None:
        """What waits is written at once."""
        if self._timer is None:
            return
        self._stop()
        content = self._content()
        try:
            if content is not None:
                saved.keep(self._place, content)
        except OSError as error:
            self._screen.console.say(f"What you typed cannot be kept on disk: {error.strerror or error}.", error=True)

    def forget(self) -> None:
        self._stop()
        self.kept = None
        saved.forget(self._place)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
