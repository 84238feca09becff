"""A verb that waits for the network: run to its end, or to the first Ctrl-C."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Coroutine
from types import FrameType
from typing import Any, Final

ENDS_WITHIN: Final = 3.0
"""Seconds that the closing of connections may take after Ctrl-C."""
INTERRUPTED: Final = 130


def run(work: Coroutine[Any, Any, int]) -> int:
    """The exit code of `work`. Raises KeyboardInterrupt when it was interrupted.

    `asyncio.run` raises at the second Ctrl-C wherever the loop happens to be, which leaves tasks that never end and a loop that
    spins; a hasty user presses it twice, and `timeout` sends it twice. Here the first one cancels, and the others change nothing.
    """
    before = signal.getsignal(signal.SIGINT)
    interrupted = False
    # what a shell has put into the background, or nohup, hears no Ctrl-C; and Python lets the main thread alone hear signals
    hears = before is not signal.SIG_IGN and threading.current_thread() is threading.main_thread()

    async def until_interrupted() -> int:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def interrupt(_number: int, _frame: FrameType | None) -> None:
            nonlocal interrupted
            if not interrupted:
                interrupted = True
                last = threading.Timer(ENDS_WITHIN, os._exit, (INTERRUPTED,))
                last.daemon = True
                last.start()
                loop.call_soon_threadsafe(task.cancel)

        if hears:
            signal.signal(signal.SIGINT, interrupt)
        return await work

    try:
        return asyncio.run(until_interrupted())
    except asyncio.CancelledError:
        if not interrupted:
            raise
        raise KeyboardInterrupt from None
    finally:
        if hears and not interrupted:
            signal.signal(signal.SIGINT, before)
