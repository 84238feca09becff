"""Noticing a login elsewhere: while the server refuses the credentials, the files that they come from are looked at.

A refused watch waits ever longer between two tries. A new token on disk is worth a try at once, and looking costs the server nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from modeltui.kube.background import in_background
from modeltui.kube.clock import Alarm, Clock
from modeltui.kube.stamps import Stamp, stamps

LOOK_EVERY: Final = 1.0
"""Seconds."""


class Relogin:
    """`seen` gives the files as they were when the credentials were read; `written` is called when one has changed since."""

    def __init__(self, seen: Callable[[], Mapping[Path, Stamp]], written: Callable[[], None], clock: Clock) -> None:
        self._seen = seen
        self._written = written
        self._alarm = Alarm(clock)
        self._looking: asyncio.Task[None] | None = None

    def refused(self) -> None:
        """A request was answered with 401."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look(), name="wait for a login")

    def accepted(self) -> None:
        """A request succeeded."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def aclose(self) -> None:
        looking = self._looking
        self.accepted()
        if looking is not None:
            await asyncio.gather(looking, return_exceptions=True)

    async def _look(self) -> None:
        seen = self._seen()
        while True:
            now = await in_background(partial(stamps, seen), name="look for a login")
            if now != seen:
                seen = now
                self._written()
            await self._alarm.sleep(LOOK_EVERY)
