"""One pod: its containers, what became of them, and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from modeltui.domain import RowKey
from modeltui.kube.events import EVENTS, Event
from modeltui.kube.log_targets import one_pod
from modeltui.kube.resource import Resource
from modeltui.pages import deployment as page
from modeltui.systems.core.types import CLAIMS, PersistentVolumeClaim, Pod
from modeltui.systems.protocol import ObjectType, View
from modeltui.systems.serving import tails, why
from modeltui.ui import keys
from modeltui.ui.connection import Cluster
from modeltui.ui.reaching import Reaches
from modeltui.ui.screens.detail import DetailScreen
from modeltui.ui.widgets.line_view import LineView


class PodDetail(DetailScreen, Reaches):
    BINDINGS: ClassVar[list[BindingType]] = [*keys.POD, *keys.REACH]
    beside: Mapping[Resource, ObjectType] = {EVENTS: Event, CLAIMS: PersistentVolumeClaim}

    def __init__(self, cluster: Cluster, view: View, key: RowKey, *, around: Sequence[str] | None = None) -> None:
        super().__init__(cluster, view, key, around=around)
        self.text = LineView(wrapped=True, classes="page")
        self._tails = tails.Tails(cluster.session.client, learned=self._learned)

    def body(self) -> Iterable[Widget]:
        yield self.text
        yield self.pane

    def on_unmount(self) -> None:
        self._tails.close()
        super().on_unmount()

    def _learned(self, pod: Pod) -> None:
        if self.is_attached:
            self.repaint()

    def paint(self, obj: Any, now: datetime) -> None:
        assert isinstance(obj, Pod)
        self._tails.want([obj])
        claims = self.beside_all(CLAIMS, PersistentVolumeClaim)
        found = why.why(
            why.Evidence(
                pods=[obj],
                events=self.beside_all(EVENTS, Event),
                claims=None if claims is None else {one.metadata.name: one for one in claims},
                tails=self._tails.of(self.key[0]),
            )
        )
        events = self.events(obj.metadata.uid)
        self.text.show(page.whole_pod(obj, found, events=events, why_no_events=self.why_not(EVENTS), now=now))
        if not self.prompt_open and self.focused is None:
            self.set_focus(self.text, scroll_visible=False)

    async def action_logs(self, previous: bool) -> None:
        from modeltui.ui.screens.log import LogScreen

        source = one_pod(*self.key[:2])
        await self.app.push_screen(LogScreen(self.cluster, source, title=f"Log of {self.heading}", previous=previous))

    def reached(self) -> tuple[str, str]:
        return self.key[0], f"pod/{self.key[1]}"

    def copyable_commands(self) -> list[tuple[str, str]]:
        return page.commands(self.view.resource, self.key, None)
