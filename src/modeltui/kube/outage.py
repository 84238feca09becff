"""Noticing soon that a server is back: one small request a second, for all who wait for it.

A watch that cannot connect waits ever longer, so that many do not storm a server that starts. Left to itself it would be seen
up to half a minute late; asking for all of them together costs less than letting each try more often.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from modeltui.kube import errors
from modeltui.kube.clock import Alarm, Clock

PROBE_EVERY: Final = 1.0
"""Seconds after each failure to connect. A restarted API server is ready after three to five."""


class Outage:
    """Whether the server can be reached at all. `ask` makes a request, `over` is called when it can be reached again."""

    def __init__(self, ask: Callable[[], Awaitable[object]], over: Callable[[], None], clock: Clock) -> None:
        self._ask = ask
        self._over = over
        self._alarm = Alarm(clock)
        self._down = False
        self._probing: asyncio.Task[None] | None = None

    def reached(self, well: bool) -> None:
        """A request got an answer, or no connection to send it over."""
        if well and self._down:
            self._down = False
            self._alarm.ring()
            self._over()
        elif not well:
            self._down = True
            if self._probing is None:
                self._probing = asyncio.create_task(self._probe(), name="wait for the server")
                self._probing.add_done_callback(self._probed)

    async def aclose(self) -> None:
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)

    async def _probe(self) -> None:
        await self._alarm.sleep(PROBE_EVERY)
        while self._down:
            try:
                await self._ask()
                self.reached(True)
            except errors.ServerError:
                pass  # it starts
            except errors.ApiError as error:
                self.reached(error.status != 429)
            except errors.KubeError:
                pass
            if self._down:
                await self._alarm.sleep(PROBE_EVERY)

    def _probed(self, task: asyncio.Task[None]) -> None:
        self._probing = None
