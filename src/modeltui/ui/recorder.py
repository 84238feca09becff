"""What is changed from the console goes into the ledger of this machine. Opened when the first change is confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from modeltui.changes.difference import FieldChange
from modeltui.changes.plan import Step
from modeltui.changes.recording import Begun, LedgerRecorder
from modeltui.kube.errors import KubeError
from modeltui.ledger.ledger import Ledger
from modeltui.ui.connection import Cluster

if TYPE_CHECKING:
    from modeltui.ui.console import ConsoleApp


class ConsoleRecorder:
    """For one change. What cannot be kept is said, and stops nothing."""

    def __init__(self, console: ConsoleApp, cluster: Cluster) -> None:
        self._console = console
        self._cluster = cluster
        self._ledger: LedgerRecorder | None = None
        self._told = 0

    async def begin(self, step: Step, difference: Sequence[FieldChange]) -> Begun:
        if self._ledger is None:
            self._ledger = await self._opened()
        token = await self._ledger.begin(step, difference)
        self._tell(self._ledger)
        return token

    async def end(self, token: Begun, result: str) -> None:
        if self._ledger is not None:
            await self._ledger.end(token, result)
            self._tell(self._ledger)

    async def _opened(self) -> LedgerRecorder:
        ledger = await self._console.ledger()
        session = self._cluster.session
        try:
            return await LedgerRecorder.of(ledger, session.client, session.access)
        except KubeError:  # the write itself will say what is wrong
            return LedgerRecorder(ledger, user=self._cluster.user, context=self._cluster.context, server=self._cluster.server)

    def _tell(self, recorder: LedgerRecorder) -> None:
        for problem in recorder.problems[self._told :]:
            self._console.say(problem, error=True)
        self._told = len(recorder.problems)


async def open_ledger(console: ConsoleApp) -> Ledger:
    """May wait for another console, or for the disk. Never raises: what is wrong is said."""
    ledger = await asyncio.to_thread(Ledger.open)
    tell_notices(console, ledger)
    return ledger


def tell_notices(console: ConsoleApp, ledger: Ledger) -> None:
    """Once each."""
    for notice in ledger.notices:
        console.say(notice)
    ledger.notices.clear()
