"""What the ledger writes down about itself. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from modeltui.ledger.chain import Witness
from modeltui.ledger.records import Record, State


def begun(before: Witness, reasons: Sequence[str]) -> Record:
    """The first entry of every ledger; `before` is the last entry of the one that was here earlier."""
    said = ["this ledger was begun"]
    if before.id:
        said.append(f"the one before it reached entry {before.id}, whose hash is {before.hash}")
    return _note("; ".join([*said, *reasons]))


def unreadable(lines: int, kept: Path) -> Record:
    return _note(f"{lines} line{'s' if lines != 1 else ''} of the side file could not be read; the whole file is kept as {kept.name}")


def changes(count: int) -> str:
    return "1 change is" if count == 1 else f"{count} changes are"


def _note(sentence: str) -> Record:
    return Record(
        user="", context="", server="", namespace="", api_version="", kind="", name="", verb="note", result=f"{State.NOTE}: {sentence}"
    )
