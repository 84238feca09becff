"""The choice of a context, from the kubeconfig alone: it works when no cluster answers."""

from __future__ import annotations

from typing import Final

from modeltui.document import line
from modeltui.domain import Column, Row
from modeltui.kube.kubeconfig import Contexts
from modeltui.ui.screens.picker import PickerScreen

_COLUMNS: Final = (
    Column("name", "Context", min_width=20),
    Column("cluster", "Cluster", min_width=16),
    Column("user", "User", min_width=12),
    Column("namespace", "Namespace", min_width=10),
    Column("in_use", "In use"),
)


class ContextScreen(PickerScreen):
    heading = "Contexts"

    def __init__(self, contexts: Contexts | None, *, current: str, why: str = "") -> None:
        super().__init__("contexts", _COLUMNS)
        self._why = why
        self._contexts = contexts
        self._current = current

    def on_mount(self) -> None:
        super().on_mount()
        known = self._contexts.all.values() if self._contexts else ()
        count = len(tuple(known))
        there = f"{count:,} in the kubeconfig." if count else "The kubeconfig names no contexts, or could not be read."
        self.explain([line("Choose a context.", "title"), line(self._why or there, "warn" if self._why else "")])
        self.rows(
            Row(("", one.name), (one.name, one.cluster, one.user, one.namespace or None, "yes" if one.name == self._current else None))
            for one in known
        )
        if self._current in self.console.connecting.names:
            self.call_after_refresh(self.table.move_to, ("", self._current))

    async def choose(self, names: tuple[str, ...]) -> None:
        if len(names) > 1:
            self.console.say("One context at a time: clear the marks with ctrl-\\.", error=True)
        elif names[0] not in self.console.connecting.names:
            self.console.say(f"The kubeconfig has no context {names[0]!r}.", error=True)
        else:
            self.console.use_context(names[0])
