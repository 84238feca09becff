"""What a container wrote, as one line that is safe to show: no escape codes, the last state of a progress bar, no secrets."""

from __future__ import annotations

import re
from typing import Final

from modeltui import characters
from modeltui.redaction import MASK, redact_text

_ESCAPES: Final = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movements
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC: titles, links, the clipboard
    r"|\x1b[PX^_][^\x1b]*(?:\x1b\\)?"  # DCS and the like
    r"|\x1b[ -/]*[0-~]"
    r"|\x9b[0-?]*[ -/]*[@-~]"
)
_KEY_BEGINS: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?!.*-----END)")
_KEY_LINE: Final = re.compile(r"\s*(?:[A-Za-z0-9+/=]+|[A-Za-z-]+: .*|)\s*")
_TAB: Final = 4


class Cleaner:
    """Of one container: a private key goes over many lines, so what came before counts."""

    def __init__(self) -> None:
        self._in_key = False

    def clean(self, raw: str) -> str:
        """`raw` is what stood before the newline, without the time."""
        text = raw if raw.isascii() and raw.isprintable() else printed(raw)
        if self._in_key:
            if "-----END" in text:
                self._in_key = False
                return MASK
            if _KEY_LINE.fullmatch(text):
                return MASK
            self._in_key = False
        if "-----BEGIN" in text and _KEY_BEGINS.search(text):
            self._in_key = True
        return redact_text(text)


def printed(raw: str) -> str:
    """What a terminal would show in the end, of characters that are safe."""
    text = _ESCAPES.sub("", raw) if "\x1b" in raw or "\x9b" in raw else raw
    if "\r" in text:
        text = next((state for state in reversed(text.split("\r")) if state), "")
    if "\b" in text:
        text = _without_backspaces(text)
    if "\t" in text:
        text = text.expandtabs(_TAB)
    return "".join(characters.printable(text[at : at + characters.LONGEST]) for at in range(0, len(text), characters.LONGEST))


def _without_backspaces(text: str) -> str:
    out: list[str] = []
    at = 0
    for character in text:
        if character == "\b":
            at = max(at - 1, 0)
        elif at < len(out):
            out[at] = character
            at += 1
        else:
            out.append(character)
            at += 1
    return "".join(out)
