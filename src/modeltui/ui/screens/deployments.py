"""The deployments of every system in one table: what serves, is it well, how many GPUs does it hold."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from modeltui.ui import keys
from modeltui.ui.reaching import Reaches
from modeltui.ui.screens.merged import MergedScreen


class DeploymentsScreen(MergedScreen, Reaches):
    BINDINGS: ClassVar[list[BindingType]] = [*keys.DEPLOYMENTS, *keys.REACH]

    async def action_logs(self, previous: bool) -> None:
        """Of all pods of the row, or of the marked rows, followed together."""
        if (key := self._key()) is None:
            return
        chosen = self.table.target_keys
        if len({key[0] for key in chosen}) > 1:
            self.console.say("The marked rows are in several namespaces; logs are read in one at a time.", error=True)
            return
        from modeltui.systems.serving.log_sources import logs_of
        from modeltui.ui.screens.log import LogScreen

        title = f"Log of {self.view_of(key).resource.kind} {key[1]}" if len(chosen) == 1 else f"Logs of {len(chosen)} deployments"
        source = logs_of(chosen[0][0], [(self.view_of(one), one[1]) for one in chosen], self.live.facts)
        await self.app.push_screen(LogScreen(self.cluster, source, title=title, previous=previous))

    def reached(self) -> tuple[str, str] | None:
        key = self._key()
        return (key[0], f"{self.view_of(key).name}/{key[1]}") if key is not None else None
