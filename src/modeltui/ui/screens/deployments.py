"""Tables of what serves, with the keys to operate it and to reach it: of every system together, of one kind, and of pods."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from modeltui.systems.protocol import View
from modeltui.ui import keys
from modeltui.ui.reaching import Reaches
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.kind import KindScreen
from modeltui.ui.screens.merged import MergedScreen


class ServingScreen(BrowseScreen, Reaches):
    """What the rows of deployments have, whichever table they are in."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.OPERATIONS, *keys.REACH]

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


class DeploymentsScreen(MergedScreen, ServingScreen):
    """Every system's: what serves, is it well, how many GPUs does it hold."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.DEPLOYMENTS, *keys.REACH]


class ServingKindScreen(KindScreen, ServingScreen):
    """One kind's, such as InferenceServices."""


class PodsScreen(KindScreen, Reaches):
    BINDINGS: ClassVar[list[BindingType]] = keys.REACH

    def reached(self) -> tuple[str, str] | None:
        key = self._key()
        return (key[0], f"pod/{key[1]}") if key is not None else None


def table_of(view: View) -> type[KindScreen]:
    """The screen on which a table of that kind is shown."""
    return {"deployment": ServingKindScreen, "pod": PodsScreen}.get(view.detail, KindScreen)
