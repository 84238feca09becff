"""The ports of this machine that lead into the cluster: where to, how they are, and stopping them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.widget import Widget

from modeltui.kube.forward import Forward
from modeltui.pages import forwards as page
from modeltui.ui import keys
from modeltui.ui.connection import Cluster
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.table.messages import Opened
from modeltui.ui.widgets.bottombar import Hint
from modeltui.ui.widgets.line_view import LineView
from modeltui.ui.widgets.pane import Pane
from modeltui.ui.widgets.resource_table import ResourceTable

BYTES_EVERY: Final = 2.0
"""Seconds between two looks at how many bytes went through, while any connection is open: nothing tells of them."""


class ForwardsScreen(ConsoleScreen):
    BINDING_GROUP_TITLE = "Forwards"
    BINDINGS: ClassVar[list[BindingType]] = keys.FORWARDS
    heading = "Port-forwards"

    def __init__(self, cluster: Cluster) -> None:
        super().__init__("forwards")
        self.cluster = cluster
        self.table: ResourceTable
        self.told = Pane("Forward", LineView(wrapped=True), key="tab", classes="finding")

    def body(self) -> Iterable[Widget]:
        self.table = ResourceTable(page.COLUMNS, sort="local", now=self.console.now)
        yield self.table
        yield self.told

    def on_mount(self) -> None:
        super().on_mount()
        self.set_focus(self.table, scroll_visible=False)
        self.run_worker(self._follow(), group="forwards")
        self.set_interval(BYTES_EVERY, self._count)

    async def _follow(self) -> None:
        """Told of every change, so nothing is asked for while nothing happens."""
        while True:
            changed = self.cluster.forwards.changed
            self._show()
            await changed.wait()
            await asyncio.sleep(0.1)  # what happens together is shown together

    def _count(self) -> None:
        if any(forward.connections for forward in self.cluster.forwards):
            self._show()

    def _show(self) -> None:
        rows = [page.row(forward) for forward in self.cluster.forwards]
        there = {row.key for row in rows}
        self.table.discard(set(self.table.keys()) - there)
        self.table.upsert(rows)
        self._tell()

    def _tell(self) -> None:
        forward = self.forward
        if forward is None:
            self.told.show("Forward", page.nothing())
        else:
            self.told.show(f"{forward.address} to {forward.target.title}", page.told(forward))

    @property
    def forward(self) -> Forward | None:
        """Under the cursor."""
        key = self.table.cursor_key or next(iter(self.table.keys()), None)
        return next((forward for forward in self.cluster.forwards if page.key(forward) == key), None)

    def on_resource_table_cursor_moved(self) -> None:
        self._tell()

    def hints(self) -> list[Hint]:
        return [(key, "prompt through it" if key == "enter" else does) for key, does in super().hints()]

    # ---- actions

    async def on_resource_table_opened(self, event: Opened) -> None:
        event.stop()
        await self.action_prompt()

    async def action_prompt(self) -> None:
        """A prompt through this very forward."""
        from modeltui.ui.screens.prompt import PromptScreen

        if (forward := self._one()) is not None:
            await self.app.push_screen(PromptScreen.through(self.cluster, forward))

    async def action_stop(self) -> None:
        if (forward := self._one()) is not None:
            await self.cluster.forwards.stop(forward)
            self.console.say(f"Stopped: nothing listens at {forward.address} any more.")

    def action_copy(self, what: str) -> None:
        if (forward := self._one()) is not None:
            self.console.copy(f"http://{forward.address}", what=f"http://{forward.address}")

    def _one(self) -> Forward | None:
        if self.forward is None:
            self.console.say("No port is forwarded; shift-f on a deployment opens one.", error=True)
        return self.forward
