"""How often to paint lines that never stop coming: as often as the wire can take. Pure."""

from __future__ import annotations

from typing import Final

BUDGET: Final = 12_000
"""Bytes a second. With a screenful at once after a pause, 20 KB are not reached in any second."""
THIN_BUDGET: Final = 3_500
"""On a thin line (`--low-bandwidth`)."""
QUICKEST: Final = 0.1
"""Seconds between two frames, however small they are."""
MOVE: Final = 48
"""Bytes beside the text of a painted span: moving the cursor, two colours, and setting them back."""
SCREENFUL: Final = 5_000
"""Bytes, of a screen of 120x40, that may be written at once after a pause: the first line after a silence is never waited for."""


class Pace:
    """A bucket that fills with what may be written and that each frame empties. Times are monotonic seconds."""

    def __init__(self, budget: float = BUDGET) -> None:
        self._budget = budget
        self._room = float(SCREENFUL)
        self._at = 0.0

    def painted(self, now: float, size: int) -> None:
        """A frame of that many bytes was written."""
        self._fill(now)
        self._room -= size

    def wait(self, now: float) -> float:
        """Seconds until the next frame may begin."""
        self._fill(now)
        return max(-self._room / self._budget, QUICKEST)

    def _fill(self, now: float) -> None:
        self._room = min(self._room + (now - self._at) * self._budget, float(SCREENFUL)) if self._at else self._room
        self._at = now


def cost(spans: int, cells: int) -> int:
    """Bytes of that many painted spans with that many cells in all."""
    return spans * MOVE + cells
