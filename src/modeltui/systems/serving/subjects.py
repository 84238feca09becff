"""What a pod, a check of the spec and a system's own word may all speak of, each in words of its own. Pure."""

from __future__ import annotations

import re
from typing import Final

from modeltui.domain import Subject

NO_TOKEN: Final[Subject] = ("token", "")
"""The model is gated, and what fetches it has no token that may."""
BARE_WORD: Final[Subject] = ("word", "")
"""A system says that it failed, and not why: a consequence wherever a cause is known."""

_KUBELET: Final = re.compile(r'secret "(?P<name>[a-z0-9][a-z0-9.-]*)" not found')


def no_secret(name: str) -> Subject:
    return "secret", name


def no_room(number: int, resource: str) -> Subject:
    """No node has as many accelerators of that name as one pod asks for."""
    return "room", f"{number} {resource}"


def of_words(said: str) -> Subject | None:
    """Of what the kubelet says, which systems hand on in their conditions."""
    found = _KUBELET.search(said)
    return no_secret(found["name"]) if found is not None else None
