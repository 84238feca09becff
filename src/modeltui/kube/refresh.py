"""Keeping the connection up to date: made anew, once for all requests that failed with the old one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from modeltui.kube.background import in_background
from modeltui.kube.credentials import Connection
from modeltui.kube.errors import ConfigError

PAUSE: Final = 5.0
"""Seconds between two renewals: fifty watches that are refused must not start fifty plugins."""
LONGEST_PAUSE: Final = 30.0
"""Seconds up to which the pause doubles while nothing works: a plugin may open a browser each time it runs."""


class Refresher:
    """Runs `Connection.renewed` in a thread, single flight.

    `generation` counts the renewals that brought another connection; each is handed to `replaced` before anyone goes on.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        replaced: Callable[[Connection], Awaitable[None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = connection
        self._replaced = replaced
        self._clock = clock
        self._running: asyncio.Task[tuple[bool, str]] | None = None
        self._ended_at = float("-inf")
        self._pause = 0.0
        self._failure = ""
        self.generation = 0

    async def renew(self, generation: int) -> tuple[bool, str]:
        """The credentials of `generation` were refused: whether there are newer ones now, and when not, why (may be empty)."""
        return await self._renewed_since(generation, pause=self._pause)

    async def follow(self, generation: int) -> tuple[bool, str]:
        """The server of `generation` cannot be reached: as `renew`, but only when the kubeconfig has been written to since."""
        if self.generation == generation and not await in_background(self._connection.outdated, name="look at the kubeconfig"):
            return False, ""
        return await self._renewed_since(generation, pause=min(self._pause, PAUSE))

    def worked(self) -> None:
        """A request succeeded: the next refusal is a new one."""
        self._pause = min(self._pause, PAUSE)

    def retry_now(self) -> None:
        """The next renewal need not wait."""
        self._pause = 0.0

    async def aclose(self) -> None:
        """Stop waiting. A plugin that runs ends by its own timeout, or with the program."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _renewed_since(self, generation: int, *, pause: float) -> tuple[bool, str]:
        if self.generation != generation:
            return True, ""
        if self._running is None:
            if self._clock() - self._ended_at < pause:
                return False, self._failure
            self._running = asyncio.create_task(self._renew(), name="renew the connection")
        # Shielded: a caller that is cancelled must not take the others' renewal away.
        return await asyncio.shield(self._running)

    async def _renew(self) -> tuple[bool, str]:
        old, self._failure = self._connection, ""
        try:
            self._connection = await in_background(old.renewed, name="renew the connection")
        except ConfigError as error:
            self._failure = str(error)
        finally:
            self._running, self._ended_at = None, self._clock()
            self._pause = min(max(PAUSE, 2 * self._pause), LONGEST_PAUSE)
        if self._connection == old:
            return False, self._failure
        self.generation += 1
        await self._replaced(self._connection)
        return True, ""
