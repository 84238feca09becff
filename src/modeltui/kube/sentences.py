"""Text from outside made fit for an error message: one line, bounded, no escape codes, no credentials."""

from __future__ import annotations

from typing import Final

LIMIT: Final = 2000
"""Characters. A 422 with many causes may be this long; nobody reads more."""


def sentence(text: str, *, limit: int = LIMIT) -> str:
    """`text` as one printable line of at most `limit` characters, with whatever looks like a credential masked."""
    from modeltui.redaction import redact_text  # its patterns cost 5 ms, and the first frame does not wait for them

    line = one_line(redact_text(text[: limit * 4]))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def one_line(text: str) -> str:
    """`text` with everything unprintable, line ends and escape codes included, made single spaces."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
