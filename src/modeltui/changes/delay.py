"""The seconds before a destructive call in which it can still be called off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import ceil


class Delay:
    """`if await Delay(5).over(): delete()`; `cancel()` makes it False at once. For one use."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._cancelled = asyncio.Event()
        self._end: float | None = None

    def cancel(self) -> None:
        self._cancelled.set()

    @property
    def remaining(self) -> int:
        """Whole seconds left, rounded up; all of them before it has begun, 0 when it is over or called off."""
        if self._cancelled.is_set():
            return 0
        left = self.seconds if self._end is None else self._end - asyncio.get_running_loop().time()
        return max(0, ceil(left))

    async def over(self, tick: Callable[[int], None] = lambda seconds: None) -> bool:
        """Whether the time passed without being called off. `tick` is told the seconds left, at once and at each full second."""
        loop = asyncio.get_running_loop()
        self._end = loop.time() + self.seconds
        while (left := self._end - loop.time()) > 0 and not self._cancelled.is_set():
            tick(self.remaining)
            try:
                async with asyncio.timeout(left - (ceil(left) - 1)):
                    await self._cancelled.wait()
            except TimeoutError:
                continue
        return not self._cancelled.is_set()
