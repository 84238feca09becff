"""How serious a line says it is, in the ways of the loggers around models: Python's, klog's, zap's, logfmt, JSON, Rust's."""

from __future__ import annotations

import re
from typing import Final

from modeltui.logs.entries import Level

LOOKED_AT: Final = 160
"""Characters: the level stands near the beginning."""

_KLOG: Final = re.compile(r"[IWEF]\d{4} \d\d:\d\d:\d\d\.")
_NAMED: Final = re.compile(
    r"""(?<![\w.-])(?:(?:"?(?:level|severity|lvl)"?\s*[=:]\s*)"?(\w+)|(TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL|PANIC)(?![\w-]))"""
)
_LEVELS: Final[dict[str, Level]] = {
    "trace": "debug",
    "debug": "debug",
    "info": "info",
    "information": "info",
    "warn": "warn",
    "warning": "warn",
    "error": "error",
    "err": "error",
    "fatal": "error",
    "critical": "error",
    "panic": "error",
}
_LETTERS: Final[dict[str, Level]] = {"I": "info", "W": "warn", "E": "error", "F": "error"}


def level_of(text: str) -> Level:
    """Empty when the line does not say."""
    head = text[:LOOKED_AT]
    if _KLOG.match(head):
        return _LETTERS[head[0]]
    if (found := _NAMED.search(head)) is not None:
        return _LEVELS.get((found[1] or found[2]).lower(), "")
    if head.startswith(("Traceback (most recent call last)", "panic: ", "thread '")):
        return "error"
    return ""
