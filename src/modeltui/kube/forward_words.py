"""What a kubelet says of a connection into a pod that failed, in plain words. Pure.

Its own words name sandboxes and network namespaces, which nobody can look up: they are kept beside the sentence, for who asks the node.
The causes are the operating system's, and stand in the text of every container runtime.
"""

from __future__ import annotations

import re
from typing import Final

_CAUSES: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (
        re.compile(r"connection refused", re.IGNORECASE),
        "nothing listens at port {port} in the pod: its server has not started yet, or listens at another port",
    ),
    (re.compile(r"connection reset by peer|broken pipe", re.IGNORECASE), "the server in the pod reset the connection"),
    (
        re.compile(r"sandbox\b.*(?:not found|is not running)|container not running|pod does not exist"),
        "the pod runs no more: its node has ended it",
    ),
    (re.compile(r"i/o timeout|no route to host|network is unreachable"), "the pod's network cannot be reached from its node"),
)


def plainly(said: str, port: int) -> str:
    """One sentence; what is of no known cause, as it was said."""
    return next((sentence.format(port=port) for pattern, sentence in _CAUSES if pattern.search(said)), said)
