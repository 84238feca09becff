"""What runs in a container: what it prints when, when it is ready, and when and how it ends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from modeltui.demo.controllers.model_server import ModelServer
from modeltui.demo.errors import Object

Lines = tuple[tuple[float, str], ...]
"""(seconds after the start, text), in order of time. A text may hold {%H:%M:%S} and the like: its own moment."""
_MOMENT: Final = re.compile(r"\{(%[^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Situation:
    """What a container starts in. `server` is None for whatever is no inference server."""

    pod: Object
    container: Object
    server: ModelServer | None
    env: Mapping[str, str]
    gpus: int
    card: float | None
    """Bytes of memory of one GPU of the node; None when unknown."""
    room: float | None = None
    """Bytes of the first claimed volume; None when there is none."""


@dataclass(frozen=True, slots=True)
class Ending:
    """`reason` as in the state: "Completed", "Error" or "OOMKilled"."""

    after: float
    code: int
    reason: str

    @property
    def good(self) -> bool:
        return self.code == 0


@dataclass(frozen=True, slots=True)
class Program:
    """`ready` None never gets ready. `stubborn`: SIGTERM alone does not end it. `talks`: a line now and then while it serves."""

    lines: Lines = ()
    ready: float | None = 0.0
    end: Ending | None = None
    stubborn: bool = False
    talks: bool = False


def stamped(text: str, moment: datetime) -> str:
    """The line with its time in it."""
    return _MOMENT.sub(lambda match: moment.strftime(match[1]), text)
