"""One Dataset, and the log of its download."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from modeltui.domain import RowKey
from modeltui.kube.events import EVENTS, Event
from modeltui.kube.resource import Resource
from modeltui.pages import dataset as page
from modeltui.systems.core.types import CLAIMS, JOBS, Job, PersistentVolumeClaim
from modeltui.systems.dataset import explain
from modeltui.systems.dataset.types import DATASET_LABEL, LOADER_CONTAINER, Dataset
from modeltui.systems.protocol import ObjectType, View
from modeltui.ui.connection import Cluster
from modeltui.ui.screens.detail import DetailScreen
from modeltui.ui.widgets.line_view import LineView

if TYPE_CHECKING:
    from modeltui.ui.screens.log import LogScreen


class DatasetDetail(DetailScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "logs(False)", "Log of the download", show=True, id="logs"),
        Binding("p", "logs(True)", "Log of the container before", show=False, id="logs.previous"),
    ]
    beside: Mapping[Resource, ObjectType] = {EVENTS: Event, CLAIMS: PersistentVolumeClaim, JOBS: Job}

    def __init__(self, cluster: Cluster, view: View, key: RowKey, *, around: Sequence[str] | None = None) -> None:
        super().__init__(cluster, view, key, around=around)
        self.text = LineView(wrapped=True, classes="page")

    def body(self) -> Iterable[Widget]:
        yield self.text
        yield self.pane

    def paint(self, obj: Any, now: datetime) -> None:
        assert isinstance(obj, Dataset)
        jobs = self.beside_all(JOBS, Job)
        own = None if jobs is None else [job for job in jobs if job.metadata.labels.get(DATASET_LABEL) == self.key[1]]
        claims = self.beside_all(CLAIMS, PersistentVolumeClaim)
        why_no_claim = self.why_not(CLAIMS) if claims is None else ""
        claim = next((one for one in claims or () if one.metadata.name == obj.status.pvc_name), None)
        events, why_no_events = self.events(obj.metadata.uid), self.why_not(EVENTS)
        special = list(self.view.examine(obj, self.live.facts)) if self.view.shows is not None and self.view.examine is not None else []
        self.text.show(
            page.page(
                obj,
                jobs=own,
                claim=claim,
                why_no_claim=why_no_claim,
                events=events,
                why_no_events=why_no_events,
                special=special,
                now=now,
            )
        )
        if not self.prompt_open and self.focused is None:
            self.set_focus(self.text, scroll_visible=False)

    def copyable_commands(self) -> list[tuple[str, str]]:
        obj = self.live.obj(self.key)
        return explain.snippets(obj) if isinstance(obj, Dataset) else []

    async def action_logs(self, previous: bool) -> None:
        await self.app.push_screen(log_screen(self.cluster, self.key, previous=previous))


def log_screen(cluster: Cluster, key: RowKey, *, previous: bool) -> LogScreen:
    """The log of the newest download of that Dataset."""
    from modeltui.ui.screens.job_log import job_pods
    from modeltui.ui.screens.log import LogScreen

    namespace, name = key
    source = job_pods(namespace, f"{DATASET_LABEL}={name}")
    return LogScreen(cluster, source, title=f"Log of {name}", container=LOADER_CONTAINER, previous=previous)
