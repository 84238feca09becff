"""Getting credentials anew, once for all requests that were refused with the old ones."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final, Protocol

from modeltui.kube.background import in_background
from modeltui.kube.errors import ConfigError

PAUSE: Final = 5.0
"""Seconds for which a refresh that brought nothing is not tried again: fifty watches must not start fifty plugins."""


class Refreshable(Protocol):
    def refresh(self) -> bool: ...


class Refresher:
    """Runs `auth.refresh` in a thread, single flight. `generation` counts the refreshes that brought something new."""

    def __init__(self, auth: Refreshable, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._auth = auth
        self._clock = clock
        self._running: asyncio.Task[tuple[bool, str]] | None = None
        self._failed_at = -PAUSE
        self._failure = ""
        self.generation = 0

    async def renew(self, generation: int) -> tuple[bool, str]:
        """Whether there are newer credentials than those of `generation`, and when not, why (may be empty)."""
        if self.generation != generation:
            return True, ""
        if self._running is None:
            if self._clock() - self._failed_at < PAUSE:
                return False, self._failure
            self._running = asyncio.create_task(self._refresh(), name="refresh credentials")
        # Shielded: a caller that is cancelled must not take the others' refresh away.
        return await asyncio.shield(self._running)

    async def aclose(self) -> None:
        """Stop waiting. A plugin that runs in its thread ends by its own timeout."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _refresh(self) -> tuple[bool, str]:
        try:
            renewed, failure = await in_background(self._auth.refresh, name="refresh credentials"), ""
        except ConfigError as error:
            renewed, failure = False, str(error)
        finally:
            self._running = None
        if renewed:
            self.generation += 1
        else:
            self._failed_at, self._failure = self._clock(), failure
        return renewed, failure
