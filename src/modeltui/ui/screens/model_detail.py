"""One Model: what it is, its versions, and the version under the cursor closely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final

from textual import events
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.widget import Widget

from modeltui.domain import RowKey
from modeltui.kube.errors import KubeError
from modeltui.kube.events import EVENTS, Event
from modeltui.kube.resource import Resource
from modeltui.pages import model as page
from modeltui.systems.core.types import CLAIMS, Namespace, PersistentVolumeClaim
from modeltui.systems.dataset.types import DATASETS
from modeltui.systems.modelfs import explain
from modeltui.systems.modelfs.explain import VersionDetail
from modeltui.systems.modelfs.types import Model
from modeltui.systems.protocol import ObjectType, View
from modeltui.ui import keys
from modeltui.ui.connection import Cluster
from modeltui.ui.screens.detail import DetailScreen
from modeltui.ui.table.messages import Opened
from modeltui.ui.widgets.line_view import LineView
from modeltui.ui.widgets.pane import Pane
from modeltui.ui.widgets.resource_table import ResourceTable

VERSIONS_SHARE: Final = 5
"""The versions table takes at most a fifth of the screen's lines, and four rows; it scrolls."""


class ModelDetail(DetailScreen):
    """What it is beside its versions where there is room, above them where there is not."""

    BINDINGS: ClassVar[list[BindingType]] = keys.MODEL
    beside: Mapping[Resource, ObjectType] = {EVENTS: Event, CLAIMS: PersistentVolumeClaim}

    def __init__(self, cluster: Cluster, view: View, key: RowKey, *, around: Sequence[str] | None = None) -> None:
        super().__init__(cluster, view, key, around=around)
        self.about = Pane("About", LineView(wrapped=True), key="tab", classes="about")
        self.table: ResourceTable
        self.version = Pane("Version", LineView(wrapped=True), key="tab", classes="version")
        self._namespaces: list[Namespace] | None = None
        self._details: dict[RowKey, VersionDetail] = {}

    def body(self) -> Iterable[Widget]:
        self.table = ResourceTable(page.VERSION_COLUMNS, sort="name", now=self.console.now)
        yield Container(self.about, Vertical(self.table, self.version, classes="versions"), classes="model page")
        yield self.pane

    def on_mount(self) -> None:
        super().on_mount()
        self.run_worker(self._learn_namespaces())

    async def _learn_namespaces(self) -> None:
        """For the share targets; without the right to list namespaces they stay unknown."""
        try:
            self._namespaces = await self.cluster.namespaces_with_labels()
        except KubeError:
            return
        self.repaint()

    def paint(self, obj: Any, now: datetime) -> None:
        assert isinstance(obj, Model)
        self.about.show("About", page.about(obj, self.live.facts, self._namespaces, now))
        details = explain.version_details(obj, self.live.facts, self._namespaces)
        rows = page.version_rows(self.key[0], details)
        self._details = {row.key: detail for row, detail in zip(rows, details, strict=True)}
        self.table.replace_all(rows)
        self._fit_table()
        self.paint_version(now)
        if not self.prompt_open and self.focused is None:
            self.set_focus(self.table, scroll_visible=False)

    def _fit_table(self) -> None:
        self.table.styles.height = 1 + min(max(len(self._details), 1), max(self.size.height // VERSIONS_SHARE, 4))

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self._fit_table()

    def paint_version(self, now: datetime) -> None:
        detail = self.selected
        if detail is None:
            return
        claims = self.beside_all(CLAIMS, PersistentVolumeClaim) or []
        claim = next((one for one in claims if one.metadata.name == detail.pvc), None)
        dataset = self.live.facts.get(DATASETS, self.key[0], detail.dataset)
        seen = self.events(dataset.metadata.uid if dataset is not None else "")
        lines = page.version(self.key[0], detail, events=seen, why_no_events=self.why_not(EVENTS), claim=claim, now=now)
        self.version.show(f"Version {detail.name}", lines)

    @property
    def selected(self) -> VersionDetail | None:
        key = self.table.cursor_key
        return self._details.get(key) if key else next(iter(self._details.values()), None)

    def on_resource_table_cursor_moved(self) -> None:
        self.paint_version(self.console.now())

    async def on_resource_table_opened(self, event: Opened) -> None:
        await self.action_open_dataset()

    async def action_open_dataset(self) -> None:
        view = self.cluster.view("datasets")
        if view is not None and (detail := self.selected) is not None:
            await self.console.navigator.open_detail(view, (self.key[0], detail.dataset))

    @property
    def part(self) -> str:
        return self.selected.name if self.selected else ""

    def copyable_commands(self) -> list[tuple[str, str]]:
        return explain.snippets(self.key[0], self.selected) if self.selected else []
