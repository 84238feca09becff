"""SIGTERM, and SIGHUP when an SSH session is closed: the console ends as if it were quit, and gives the terminal back."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from typing import Final

ENDS: Final = (signal.SIGTERM, signal.SIGHUP)
ENDS_WITHIN: Final = 3.0
"""Seconds; a terminal that is gone may refuse every write, and then there is nothing to give back."""


def install(end: Callable[[int], object]) -> None:
    """Call `end` with the exit code that the shell's convention asks for (128 + signal). Needs the main thread's running loop."""
    loop = asyncio.get_running_loop()
    for one in ENDS:
        loop.add_signal_handler(one, _ending, end, 128 + one)


def remove() -> None:
    """Back to what they do by default."""
    loop = asyncio.get_running_loop()
    for one in ENDS:
        loop.remove_signal_handler(one)


def _ending(end: Callable[[int], object], code: int) -> None:
    last = threading.Timer(ENDS_WITHIN, os._exit, (code,))
    last.daemon = True
    last.start()
    end(code)
