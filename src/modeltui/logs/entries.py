"""What a log is made of: whose it is, and its lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Note = Literal["", "dim", "warn", "bad", "accent"]
"""What kind of news a line of the console's own is; "" is the container's."""
Level = Literal["", "debug", "info", "warn", "error"]


@dataclass(frozen=True, slots=True)
class LogTarget:
    """One container, or that one before its last restart."""

    namespace: str
    pod: str
    container: str
    """Empty: the only one that the pod has."""
    previous: bool = False

    @property
    def name(self) -> str:
        """As kubectl puts it before a line."""
        return f"{self.pod}/{self.container}" if self.container else self.pod


class Entry(NamedTuple):
    """One line, harmless and without secrets."""

    target: LogTarget | None
    """None: a line about all of them."""
    stamp: int
    """Nanoseconds since 1970, as the container runtime noted them; 0 when it did not."""
    text: str
    level: Level = ""
    note: Note = ""

    @property
    def size(self) -> int:
        """About the bytes that it takes in memory."""
        return 150 + len(self.text)
