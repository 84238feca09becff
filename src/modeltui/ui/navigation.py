"""Where the user is and has been: pure, so that `-`, `[` and `]` can be tested without a screen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Place:
    """One table as the user sees it; going back to a place brings all of it back."""

    view: str
    namespaces: tuple[str, ...] = ()
    """In the order chosen. Empty means all namespaces, which is never chosen for the user."""
    filter: str = ""
    selector: str = ""
    """A label selector that the server applies."""


@dataclass(slots=True)
class History:
    """Places in the order visited, with a position that `[` and `]` move, as in a browser."""

    limit: int = 100
    places: list[Place] = field(default_factory=list)
    position: int = -1

    @property
    def here(self) -> Place | None:
        return self.places[self.position] if self.places else None

    def visit(self, place: Place) -> None:
        """Go somewhere new: what lay ahead is forgotten. Visiting the same place again changes nothing."""
        if place == self.here:
            return
        del self.places[self.position + 1 :]
        self.places.append(place)
        del self.places[: -self.limit]
        self.position = len(self.places) - 1

    def amend(self, **changes: str) -> None:
        """The place changed under the user (a filter typed): the same entry, not a new one."""
        if self.places:
            self.places[self.position] = replace(self.places[self.position], **changes)  # type: ignore[arg-type]  # str fields only

    def back(self) -> Place | None:
        """One step back; None at the start."""
        return self._move(-1)

    def forward(self) -> Place | None:
        """One step forward; None at the end."""
        return self._move(+1)

    def last(self) -> Place | None:
        """The place before this one, which becomes the newest: pressing it twice returns here."""
        if self.position < 1:
            return None
        place = self.places[self.position - 1]
        self.visit(place)
        return place

    def _move(self, step: int) -> Place | None:
        target = self.position + step
        if not 0 <= target < len(self.places):
            return None
        self.position = target
        return self.places[target]


@dataclass(slots=True)
class Lines:
    """What was typed at a prompt, for the up and down keys; the line being typed is kept at the end."""

    limit: int = 200
    lines: list[str] = field(default_factory=list)
    _position: int | None = None
    _draft: str = ""

    def add(self, line: str) -> None:
        """Remember a line that was sent. A repeat moves to the end."""
        self._position = None
        self._draft = ""
        if not line.strip():
            return
        if line in self.lines:
            self.lines.remove(line)
        self.lines.append(line)
        del self.lines[: -self.limit]

    def older(self, current: str) -> str:
        """The line before; the oldest stays."""
        if not self.lines:
            return current
        if self._position is None:
            self._draft = current
            self._position = len(self.lines)
        self._position = max(0, self._position - 1)
        return self.lines[self._position]

    def newer(self, current: str) -> str:
        """The line after; past the newest comes back what was being typed."""
        if self._position is None:
            return current
        self._position += 1
        if self._position >= len(self.lines):
            self._position = None
            return self._draft
        return self.lines[self._position]
