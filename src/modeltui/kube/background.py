"""Blocking work that must not keep the program from ending."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def in_background(work: Callable[[], T], *, name: str, abandon: Callable[[], None] | None = None) -> T:
    """The result of `work`, run in a thread of its own.

    Unlike with `asyncio.to_thread`, neither the loop nor the interpreter waits for the thread at the end: a credential plugin
    that waits for a login in a browser would hold the console open for two minutes. Cancelling leaves the thread to itself;
    `abandon` is called then, to tell it to end.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]  # None only where T is None

    def run() -> None:
        result, problem = None, None
        try:
            result = work()
        except BaseException as error:
            problem = error
        with suppress(RuntimeError):  # the loop has been closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, problem)

    threading.Thread(target=run, name=name, daemon=True).start()
    try:
        return await done
    except asyncio.CancelledError:
        if abandon is not None:
            abandon()
        raise
