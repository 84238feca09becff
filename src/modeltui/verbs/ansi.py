"""Toned lines as text for a terminal, or as plain text. Pure.

The sixteen colours that every terminal has, as its user has set them; nothing that says a thing says it by colour alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Final, TextIO

from modeltui.document import Line, Tone, text_of

_CODES: Final[Mapping[Tone, str]] = {
    "": "",
    "dim": "2",
    "label": "2",
    "title": "1",
    "good": "32",
    "bad": "31",
    "warn": "33",
    "busy": "36",
    "accent": "1",
    "code": "36",
    "key": "36",
    "string": "",
    "number": "",
    "comment": "2",
}
"""Select Graphic Rendition parameters (ECMA-48)."""


def coloured(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether colours may go there: only to a terminal that has them, and whose user has not said no."""
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM", "") not in ("", "dumb")


def text(lines: Iterable[Line], *, colours: bool) -> str:
    return "\n".join(_painted(one) if colours else text_of(one).rstrip() for one in lines)


def _painted(one: Line) -> str:
    return "".join(f"\x1b[{code}m{part}\x1b[0m" if (code := _CODES[tone]) and part.strip() else part for part, tone in one).rstrip()
