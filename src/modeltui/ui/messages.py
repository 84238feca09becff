"""What screens tell the app."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class Said(Message):
    """One sentence for the user. `raw` is what a server or library said, kept for `:messages`."""

    text: str
    error: bool = False
    raw: str = ""
