"""A namespace that does not exist: lists and watches of it are just empty, and say nothing when it is made."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from modeltui.kube.clock import Alarm, Clock

LOOK_EVERY: Final = 10.0
"""Seconds between two looks: one small GET each."""


class Absence:
    """Asks `exists` until it says yes, then calls `over`."""

    def __init__(self, exists: Callable[[], Awaitable[bool]], over: Callable[[], None], clock: Clock) -> None:
        self._exists = exists
        self._over = over
        self._alarm = Alarm(clock)
        self._looking: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """From now on; does nothing while it looks already."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look(), name="wait for the namespace")

    def look_now(self) -> None:
        self._alarm.ring()

    def end(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def _look(self) -> None:
        await self._alarm.sleep(LOOK_EVERY)
        while not await self._exists():
            await self._alarm.sleep(LOOK_EVERY)
        self._looking = None
        self._over()
