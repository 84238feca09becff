"""Words of commands that are shown to be copied: an object's status may name anything, and what is pasted is run. Pure."""

from __future__ import annotations

from shlex import quote

from modeltui.characters import printable


def word(text: str) -> str:
    """One word to a shell, whatever stands in it, without line ends and escape codes; a name stays as it is."""
    return quote(printable(text))
