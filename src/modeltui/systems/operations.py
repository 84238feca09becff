"""What can be done with an object beyond editing and deleting it, as data: a system lists it, the console asks, reviews and begins.

Nothing here writes or asks anybody. An operation says what the live object shall become; how that is written is for `changes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from modeltui.systems.manifest import Manifest

Become = Callable[[Mapping[str, Any]], Manifest]
"""The live object -> the whole object as it shall become. Raises NotPossible when it is not such any more that this makes sense."""


class NotPossible(Exception):
    """`str(error)` is one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be done with one object."""

    title: str
    """As a menu lists it: "Pause version one (removes its weights)"."""
    change: str
    """Title of the change that comes of it, which ends in the object's kind and name: "Pause version one of"."""
    become: Become
    why_not: str = ""
    """Why it is of no use on this object, as a menu shows it beside the title; "" when it is."""
