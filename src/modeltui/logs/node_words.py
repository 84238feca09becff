"""What a kubelet writes into the answer when it cannot read a log (on): it has begun with 200 by then, so its error stands among the lines.

Such a line has no time before it, which every line of a container has; its words are those of the kubelet's log reader and of the
container runtime behind it. Pure.
"""

from __future__ import annotations

import re
from typing import Final

_NOT_THERE: Final = "The log is not on its node (any more)"
_CANNOT_FOLLOW: Final = "The node cannot follow logs, so what is new is asked for every few seconds"
_BROKE: Final = "The node could not read on in the log"

_WORDS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"unable to retrieve container logs for |failed to try resolving symlinks in path |failed to open log file "), _NOT_THERE),
    (re.compile(r"failed to create fsnotify watcher|failed to watch directory "), _CANNOT_FOLLOW),
    (re.compile(r"failed to (?:read|tail|seek|reset seek|get parse function)\b|rpc error: code = "), _BROKE),
)


def told(line: str) -> str:
    """The sentence for a line without a time; "" when a program may have written it."""
    return next((f"{sentence}: {line}" for pattern, sentence in _WORDS if pattern.match(line)), "")
