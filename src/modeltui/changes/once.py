"""Something that is done once, however often it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """The first call begins the work; every call gets its result. Giving up waiting does not stop the work."""

    def __init__(self) -> None:
        self._task: asyncio.Task[T] | None = None

    @property
    def begun(self) -> bool:
        return self._task is not None

    async def run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        if self._task is None:
            self._task = asyncio.create_task(work())
        return await asyncio.shield(self._task)
