"""Which keys begin or carry out a change: those that a read-only console does not bind. Pure."""

from __future__ import annotations

from typing import Final

WRITE_KEYS: Final = frozenset(
    {
        *("actions", "edit", "edit.form", "delete", "kill", "history.revert", "operate.scale", "operate.restart"),
        *("review.apply", "review.take_over", "review.leave", "review.override", "review.replace", "review.undo"),
    }
)
"""Binding ids. A review may still be looked at, so that dry runs are possible; nothing in it can be confirmed."""
WRITE_ACTIONS: Final = frozenset(
    {"actions", "operate", "edit", "form", "delete", "apply", "decide", "override", "replace", "undo", "revert"}
)
"""What those keys carry out: a command or the palette does not get past the console either."""


def writes(binding_id: str | None) -> bool:
    return binding_id in WRITE_KEYS
