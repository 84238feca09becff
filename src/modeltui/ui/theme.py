"""The console's own themes, and what each tone of text looks like in whichever theme is in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.content import Content
from textual.theme import Theme

from modeltui.document import Line, Tone

DEFAULT: Final = "modeltui"
LIGHT: Final = "modeltui-light"
DANGER: Final = "modeltui-danger"
"""For contexts where a mistake is expensive: the frame turns red, the data keeps its colours."""


def _dark(name: str, *, primary: str, panel: str) -> Theme:
    return Theme(
        name=name,
        primary=primary,
        panel=panel,
        secondary="#8fa3bf",
        accent="#e0af68",
        foreground="#d5dae4",
        background="#10131a",
        surface="#151922",
        success="#7fcf8f",
        warning="#e6b450",
        error="#f2727f",
        dark=True,
    )


THEMES: Final = (
    _dark(DEFAULT, primary="#6cb6ff", panel="#1d2330"),
    _dark(DANGER, primary="#ff8f8f", panel="#4a1a22"),
    Theme(
        name=LIGHT,
        primary="#0b62c4",
        secondary="#52637a",
        accent="#9a5b00",
        foreground="#1d232e",
        background="#fbfbf9",
        surface="#f2f2ee",
        panel="#e4e6ea",
        success="#1c7a35",
        warning="#8a5a00",
        error="#b3202e",
        dark=False,
    ),
)

TONES: Final[Mapping[Tone, str]] = {
    "": "",
    "dim": "$foreground-muted",
    "label": "$secondary",
    "title": "bold $primary",
    "good": "$success",
    "bad": "bold $error",
    "warn": "$warning",
    "busy": "$primary",
    "accent": "bold $accent",
    "code": "$accent",
    "key": "$primary",
    "string": "$foreground",
    "number": "$accent",
    "comment": "$foreground-muted",
}


def content(line: Line) -> Content:
    """A line as textual paints it. Never through markup."""
    return Content.assemble(*((text, TONES[tone]) for text, tone in line))


def block(lines: list[Line]) -> Content:
    return Content("\n").join([content(line) for line in lines])
