"""One key at a time: the next is delivered when everything that the one before began has been carried out.

Textual hands each key to whatever has the focus when it arrives. Keys of one packet (a slow SSH line, a paste, a fast typist)
arrive together, so all of them would go to what had the focus before the first of them opened a prompt or a screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from textual.app import App
from textual.events import Key, Paste
from textual.message_pump import MessagePump

LONGEST: Final = 2.0
"""Seconds that one key is waited for: whatever hangs, the keyboard does not."""
LOOK_AGAIN: Final = 0.02
"""Seconds between two looks whether what is waited for still lives."""
ROUNDS: Final = 5
"""Times that messages which messages cause are followed."""

Deliver = Callable[[Key | Paste], Awaitable[None]]


class Keyboard:
    """Holds what was typed. `deliver` is Textual's own way of handing an event to what has the focus."""

    def __init__(self, app: App[int], deliver: Deliver) -> None:
        self._app = app
        self._deliver = deliver
        self._typed: asyncio.Queue[Key | Paste] = asyncio.Queue()

    def take(self, event: Key | Paste) -> None:
        self._typed.put_nowait(event)

    async def carried_out(self) -> None:
        """Until everything that was taken has been delivered, and what it began is there."""
        await self._typed.join()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            event = await self._typed.get()
            await self._settle()
            await self._deliver(event)
            await self._settle()
            self._typed.task_done()

    async def _settle(self) -> None:
        """Until what has the focus, everything around it, the screen and the app have read their messages."""
        try:
            async with asyncio.timeout(LONGEST):
                for _ in range(ROUNDS):
                    path = self._path()
                    for pump in path:
                        await _read(pump)
                    if path == self._path() and not any(pump.message_queue_size for pump in path):
                        return
        except TimeoutError:
            return

    def _path(self) -> list[MessagePump]:
        target = self._app.focused or self._app.screen
        return [node for node in target.ancestors_with_self if isinstance(node, MessagePump)]


async def _read(pump: MessagePump) -> None:
    """Until the messages that `pump` has now are read; one that is still being mounted is waited for."""
    done = asyncio.Event()
    if not pump.call_later(done.set):
        return
    ran = False
    while not done.is_set():
        if ran and not pump.is_running:  # taken away in between: nobody reads it any more
            return
        ran = ran or pump.is_running
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AGAIN):
                await done.wait()
