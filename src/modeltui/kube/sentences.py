"""Text from outside made fit for an error message: one line, bounded, no escape codes, no credentials."""

from __future__ import annotations

import re
from typing import Final

LIMIT: Final = 2000
"""Characters. A 422 with many causes may be this long; nobody reads more."""

_CREDENTIALS: Final = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), r"\1 ***"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"), "***"),  # a JWT: base64 of '{"'
    (re.compile(r"(?<=://)[^/@\s]+@"), "***@"),
    (
        re.compile(r"""(?i)\b((?:access|id|refresh)[_-]?token|client[_-]?secret|password)(["']?\s*[:=]\s*["']?)[^\s"',;&}]+"""),
        r"\1\2***",
    ),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)", re.DOTALL), "***"),
)


def sentence(text: str, *, limit: int = LIMIT) -> str:
    """`text` as one printable line of at most `limit` characters, with whatever looks like a credential masked."""
    text = text[: limit * 4]
    for pattern, mask in _CREDENTIALS:
        text = pattern.sub(mask, text)
    line = one_line(text)
    return line if len(line) <= limit else line[: limit - 1] + "…"


def one_line(text: str) -> str:
    """`text` with everything unprintable, line ends and escape codes included, made single spaces."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
