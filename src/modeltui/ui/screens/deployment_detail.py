"""One deployment: why it does not run if it does not, what it is, its pods, and the pod under the cursor closely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Final

from textual import events
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.widget import Widget

from modeltui.domain import Row, RowKey
from modeltui.kube.events import EVENTS
from modeltui.kube.resource import Resource
from modeltui.pages import deployment as page
from modeltui.systems import registry
from modeltui.systems.core.types import PODS, Pod
from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.facts import Chosen, FactTable
from modeltui.systems.merged import LiveMerged
from modeltui.systems.modelfs.types import MODELS, Model
from modeltui.systems.protocol import Facts, ObjectType, Serves, View
from modeltui.systems.serving import lineage, tails
from modeltui.systems.serving.explained import EVIDENCE, explained
from modeltui.systems.serving.pods import POD_COLUMNS, pod_row
from modeltui.systems.serving.rows import pods_of
from modeltui.systems.serving.versions import served
from modeltui.ui import keys
from modeltui.ui.connection import Cluster
from modeltui.ui.reaching import Reaches
from modeltui.ui.screens.detail import DetailScreen
from modeltui.ui.table.messages import Opened
from modeltui.ui.widgets.line_view import LineView
from modeltui.ui.widgets.pane import Pane
from modeltui.ui.widgets.resource_table import ResourceTable

PODS_SHARE: Final = 4
"""The table of pods takes at most a quarter of the screen's lines, and five rows; it scrolls."""
_BESIDE: Final[Mapping[Resource, ObjectType]] = {**EVIDENCE, DATASETS: Dataset, MODELS: Model}


class DeploymentDetail(DetailScreen, Reaches):
    """What it is beside its pods where there is room, above them where there is not."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.DEPLOYMENT, *keys.REACH]

    def __init__(self, cluster: Cluster, view: View, key: RowKey, *, around: Sequence[str] | None = None) -> None:
        super().__init__(cluster, view, key, around=around)
        self.beside = {resource: kind for resource, kind in {**_BESIDE, **view.evidence}.items() if resource not in view.joins}
        self.about = Pane("About", LineView(wrapped=True), key="tab", classes="about")
        self.table: ResourceTable
        self.pod_pane = Pane("Pod", LineView(wrapped=True), key="tab", classes="version")
        self.family: LiveMerged | None = None
        self._tails = tails.Tails(cluster.session.client, learned=self._learned)
        self._pods: dict[RowKey, Pod] = {}

    @property
    def serves(self) -> Serves:
        assert self.view.serves is not None
        return self.view.serves

    def body(self) -> Iterable[Widget]:
        columns = [column for column in POD_COLUMNS if column.key not in ("namespace", "deployment")]
        self.table = ResourceTable(columns, sort="name", now=self.console.now)
        yield Container(self.about, Vertical(self.table, self.pod_pane, classes="versions"), classes="model deployment page")
        yield self.pane

    def on_mount(self) -> None:
        super().on_mount()
        self.run_worker(self._follow_family(), group="family")

    def on_unmount(self) -> None:
        if self.family is not None:
            self.family.close()
        self._tails.close()
        super().on_unmount()

    async def _follow_family(self) -> None:
        """What made it, and what it made."""
        views = await served(self.cluster.session.discovery, registry.deployments().parts)
        family = LiveMerged(self.cluster.session, replace(registry.deployments(), parts=views), (self.key[0],))
        self.family = family
        family.start()
        while True:
            await family.wait()
            if family.take(limit=None).upserts:
                self.repaint()

    def _learned(self, pod: Pod) -> None:
        if self.is_attached:
            self.repaint()

    # ---- what is shown

    @property
    def known(self) -> Facts:
        """The view's own facts, and what stands beside it."""
        special: dict[Resource, Facts] = {}
        for resource, kind in self.beside.items():
            found = self.beside_all(resource, kind)
            table = FactTable.of({resource: found}) if found is not None else FactTable()
            special[resource] = table
        return Chosen(special, self.live.facts)

    def paint(self, obj: Any, now: datetime) -> None:
        facts = self.known
        deployment = self.serves.read(obj, facts)
        pods = pods_of(self.live.facts, self.serves.pods, obj, self.serves.made(obj, self.live.facts))
        self._tails.want(pods or [])
        told = explained(self.view, obj, facts, tails=self._tails.of(self.key[0]))
        shown = page.Shown(
            obj=obj,
            kind=self.view.resource.kind,
            system=registry.system_of(self.view).name,
            serves=self.serves,
            deployment=deployment,
            pods=pods,
            causes=told.causes,
            others=told.others,
            events=self.events(obj.metadata.uid),
            why_no_events=self.why_not(EVENTS),
            tree=lineage.tree(
                obj, self.view.resource, deployment, ancestors=self._ancestors, children=self._children, pods=pods, facts=facts
            ),
            commands=self.copyable_commands(),
        )
        self.about.show("About", page.about(shown, now))
        columns = {column.key: place for place, column in enumerate(POD_COLUMNS)}
        dropped = {columns["namespace"], columns["deployment"]}
        rows = [pod_row(pod) for pod in pods or []]
        rows = [replace(row, values=tuple(value for place, value in enumerate(row.values) if place not in dropped)) for row in rows]
        self._pods = {pod.metadata.key: pod for pod in pods or []}
        self.table.replace_all(rows)
        self._fit_table()
        self.paint_pod(now)
        if not self.prompt_open and self.focused is None:
            self.set_focus(self.table if rows else self.about.text, scroll_visible=False)

    @property
    def _ancestors(self) -> Sequence[Row]:
        return self.family.ancestors(self.family.key_of(self.view, self.key)) if self.family is not None else ()

    @property
    def _children(self) -> Sequence[Row]:
        return self.family.children(self.family.key_of(self.view, self.key)) if self.family is not None else ()

    def _fit_table(self) -> None:
        self.table.styles.height = 1 + min(max(len(self._pods), 1), max(self.size.height // PODS_SHARE, 5))

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self._fit_table()

    def paint_pod(self, now: datetime) -> None:
        pod = self.pod
        if pod is None:
            known = pods_known(self.live.facts, self.key[0])
            self.pod_pane.show("Pod", page.no_pods(known=known, why_not=self._why_no_pods()))
            return
        lines = page.pod_page(pod, events=self.events(pod.metadata.uid), why_no_events=self.why_not(EVENTS), now=now)
        self.pod_pane.show(f"Pod {pod.metadata.name}", lines)

    def _why_no_pods(self) -> str:
        state = next(iter(self.live.states_of(PODS).values()), None)
        return f"{state.sync}" + (f": {state.reason}" if state.reason else "") if state is not None else ""

    @property
    def pod(self) -> Pod | None:
        """Under the cursor."""
        key = self.table.cursor_key
        return self._pods.get(key) if key else next(iter(self._pods.values()), None)

    def on_resource_table_cursor_moved(self) -> None:
        self.paint_pod(self.console.now())

    async def action_logs(self, previous: bool) -> None:
        """Of the pod under the cursor."""
        from modeltui.kube.log_targets import one_pod
        from modeltui.ui.screens.log import LogScreen

        if self.pod is None:
            self.console.say("There is no pod, and so no log.", error=True)
            return
        name = self.pod.metadata.name
        source = one_pod(self.key[0], name)
        await self.app.push_screen(LogScreen(self.cluster, source, title=f"Log of pod {name}", previous=previous))

    async def action_all_logs(self) -> None:
        """Of all its pods, followed together."""
        from modeltui.systems.serving.log_sources import logs_of
        from modeltui.ui.screens.log import LogScreen

        source = logs_of(self.key[0], [(self.view, self.key[1])], self.live.facts)
        await self.app.push_screen(LogScreen(self.cluster, source, title=f"Log of {self.heading}"))

    async def on_resource_table_opened(self, event: Opened) -> None:
        await self.action_logs(False)

    def reached(self) -> tuple[str, str]:
        return self.key[0], f"{self.view.name}/{self.key[1]}"

    def copyable_commands(self) -> list[tuple[str, str]]:
        return page.commands(self.view.resource, self.key, self.pod)


def pods_known(facts: Facts, namespace: str) -> bool:
    return facts.known(PODS, namespace)
