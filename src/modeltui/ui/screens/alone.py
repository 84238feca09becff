"""The main kind of a table of several, alone: how such a table looks where the cluster has none of the others."""

from __future__ import annotations

from typing import Any, Final

from textual.timer import Timer

from modeltui.kube.errors import KubeError
from modeltui.systems import beside
from modeltui.systems.protocol import Merged, View
from modeltui.ui.connection import Cluster
from modeltui.ui.navigation import Place
from modeltui.ui.screens.kind import KindScreen

IN_USE: Final = 0.25
"""Seconds between two looks whether nobody is typing here, or looking at something that was opened from here."""


class AloneScreen(KindScreen):
    """It gives way to the whole table as soon as it is heard that there are others."""

    def __init__(self, cluster: Cluster, main: View, merged: Merged, place: Place, **look: Any) -> None:
        """`main`: the view of that kind, with its own columns."""
        super().__init__(cluster, main, place, **look)
        self.merged = merged
        self._waiting: Timer | None = None

    async def _begin(self) -> None:
        self.run_worker(self._others())
        await super()._begin()

    async def _others(self) -> None:
        session = self.cluster.session
        while True:
            chance = session.chance
            try:
                if await beside.asked(session.discovery, self.merged):
                    break
            except KubeError:
                pass  # the rows have the same trouble, and say so
            await chance.wait()
        self._waiting = self.set_interval(IN_USE, self._give_way)
        self._give_way()

    def _give_way(self) -> None:
        if self.app.screen is self and not self.prompt_open and not self.table.marked_keys:
            if self._waiting is not None:
                self._waiting.stop()
            self.app.run_worker(self.console.navigator.widen(self))  # not of this screen, which goes
