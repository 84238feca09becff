"""One Dataset, and the log of its download."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from modeltui.domain import RowKey
from modeltui.kube.events import EVENTS, Event
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import CLAIMS, JOBS, Job, PersistentVolumeClaim
from modeltui.systems.dataset import explain
from modeltui.systems.dataset.types import DATASET_LABEL, LOADER_CONTAINER, Dataset
from modeltui.systems.protocol import ObjectType, View
from modeltui.ui.connection import Cluster
from modeltui.ui.pages import dataset as page
from modeltui.ui.screens.detail import DetailScreen
from modeltui.ui.widgets.line_view import LineView


class DatasetDetail(DetailScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "logs(False)", "Log of the download", show=True, id="logs"),
        Binding("p", "logs(True)", "Log of the container before", show=False, id="logs.previous"),
    ]
    beside: ClassVar[Mapping[Resource, ObjectType]] = {EVENTS: Event, CLAIMS: PersistentVolumeClaim, JOBS: Job}

    def __init__(self, cluster: Cluster, view: View, key: RowKey) -> None:
        super().__init__(cluster, view, key)
        self.text = LineView(wrapped=True, classes="page")

    def body(self) -> Iterable[Widget]:
        yield self.text
        yield self.pane

    def paint(self, obj: Any, now: datetime) -> None:
        assert isinstance(obj, Dataset)
        jobs = self.beside_all(JOBS, Job)
        own = None if jobs is None else [job for job in jobs if job.metadata.labels.get(DATASET_LABEL) == self.key[1]]
        claims = self.beside_all(CLAIMS, PersistentVolumeClaim) or []
        claim = next((one for one in claims if one.metadata.name == obj.status.pvc_name), None)
        self.text.show(
            page.page(obj, jobs=own, claim=claim, events=self.events(obj.metadata.uid), why_no_events=self.why_not(EVENTS), now=now)
        )
        if not self.prompt_open and self.focused is None:
            self.text.focus()

    def copyable_commands(self) -> list[tuple[str, str]]:
        obj = self.live.obj(self.key)
        return explain.snippets(obj) if isinstance(obj, Dataset) else []

    def action_logs(self, previous: bool) -> None:
        from modeltui.ui.screens.log import LogScreen

        selector = f"{DATASET_LABEL}={self.key[1]}"
        self.app.push_screen(
            LogScreen(self.cluster, self.key[0], selector, container=LOADER_CONTAINER, previous=previous, dataset=self.key[1])
        )
