"""What all detail screens share: one object, live, with what stands beside it; and which screen belongs to which view."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from textual.binding import BindingType

from modeltui.domain import RowKey
from modeltui.kube.events import EVENTS, Event, events_of
from modeltui.kube.objects import Object, Undecodable
from modeltui.kube.resource import Resource
from modeltui.kube.state import Sync, SyncState
from modeltui.kube.store import Store, Subscription
from modeltui.systems.live import LiveRows
from modeltui.systems.protocol import ObjectType, View
from modeltui.ui import keys, lineage, sights
from modeltui.ui.bar import BarState
from modeltui.ui.connection import Cluster
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.sight import Kind, Sight
from modeltui.ui.sights import Subject
from modeltui.ui.widgets.sight import SightPane

if TYPE_CHECKING:
    from modeltui.ui.changing import Changing

T = TypeVar("T", bound=Object)

SETTLE: Final = 0.25
"""Seconds between two paintings of a page while its objects keep changing; the first change is painted at once."""
_COMPLETE: Final = (Sync.LIVE, Sync.POLLING)
_OLD: Final = (Sync.STALE, Sync.UNAUTHORIZED)
"""What came before stays readable; when nothing came, nothing is known."""


class DetailScreen(ConsoleScreen):
    """Subclasses name what they watch besides (`beside`), and paint in `paint`."""

    BINDING_GROUP_TITLE = "Detail"
    BINDINGS: ClassVar[list[BindingType]] = keys.DETAIL
    beside: Mapping[Resource, ObjectType] = {EVENTS: Event}

    def __init__(self, cluster: Cluster, view: View, key: RowKey, *, around: Sequence[str] | None = None) -> None:
        """`around`: the namespaces to look at for what the view needs of elsewhere; none means all, None only the object's own."""
        super().__init__(key[1])
        self.heading = f"{view.resource.kind} {key[1]}"
        self.cluster = cluster
        self.view = view
        self.key = key
        shared = cluster.session.watched(view.resource, view.type)  # by the table that it is opened from
        self.live = LiveRows(cluster.session, view, () if shared else _looked_at(key[0], around))
        self.pane = SightPane()
        self._stores: dict[Resource, Store[Any]] = {}
        self._subscriptions: list[Subscription] = []
        self._news = asyncio.Event()
        self._seen = False

    def on_mount(self) -> None:
        super().on_mount()
        self.pane.show(Sight(Kind.LOADING, f"Loading {self.heading}"))
        self._show_page(False)
        self.live.start()
        namespaces = (self.key[0],) if self.key[0] else ()
        for resource, kind in self.beside.items():
            store: Store[Any] = self.cluster.session.watch(resource, kind, namespaces)
            self._stores[resource] = store
            subscription = store.subscribe()
            self._subscriptions.append(subscription)
            self.run_worker(self._listen(subscription), group="listen")
        self.run_worker(self._listen_rows(), group="listen")
        self.run_worker(self._paint_when_new(), group="paint")

    def on_unmount(self) -> None:
        self.live.close()
        for subscription in self._subscriptions:
            subscription.close()
        for store in self._stores.values():
            self.cluster.session.release(store)

    async def _listen_rows(self) -> None:
        while True:
            await self.live.wait()
            self.live.take()
            self._news.set()
            await asyncio.sleep(0)

    async def _listen(self, subscription: Subscription) -> None:
        while True:
            await subscription.wait()
            subscription.take()
            self._news.set()

    async def _paint_when_new(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            self.repaint()
            await asyncio.sleep(SETTLE)

    # ---- what is shown

    @property
    def _states(self) -> Mapping[str, SyncState]:
        """Of the list that the object is in."""
        return {namespace: state for namespace, state in self.live.states.items() if namespace in ("", self.key[0])}

    def bar(self) -> BarState:
        states = self._states if self._stores else {}
        return replace(super().bar(), namespaces=(self.key[0],), connection=sights.connection(states))

    def repaint(self) -> None:
        obj = self.live.obj(self.key)
        if obj is not None and not isinstance(obj, Undecodable):
            self._seen = True
            self._show_page(True)
            self.paint(obj, self.console.now())
        elif isinstance(obj, Undecodable):
            self._show_sight(Sight(Kind.ERROR, f"{self.heading} could not be read", (obj.problem,), (("y", "show it as YAML"),)))
        elif self._seen:
            self.console.say(f"{self.heading} was deleted; this is how it was.", error=True)
        else:
            self._show_sight(self._why_nothing())
        self.show_bar()

    def _why_nothing(self) -> Sight:
        states = self._states
        if any(state.sync in (Sync.LIVE, Sync.POLLING) for state in states.values()):
            where = f" in namespace {self.key[0]}" if self.key[0] else ""
            return Sight(Kind.EMPTY, f"{self.heading} does not exist{where}", ("It appears here when it is made.",), (("esc", "back"),))
        found = sights.sight(Subject(self.view.title, self.view.resource, 0, 0), states)
        return found or Sight(Kind.LOADING, f"Loading {self.heading}")

    def _show_sight(self, sight: Sight) -> None:
        self.pane.show(sight)
        self._show_page(False)

    def _show_page(self, visible: bool) -> None:
        """Either the page (what has the class "page") or the sight."""
        self.pane.display = not visible
        for widget in self.query(".page"):
            widget.display = visible

    def paint(self, obj: Any, now: datetime) -> None:
        raise NotImplementedError

    def copyable_commands(self) -> Sequence[tuple[str, str]]:
        return ()

    # ---- what stands beside it

    def beside_all(self, resource: Resource, kind: type[T]) -> list[T] | None:
        """Those that are known; None when they cannot be, which `why_not` explains."""
        store = self._stores.get(resource)
        if store is None:
            return None
        found = [obj for _, obj in store.items() if isinstance(obj, kind)]
        known = _COMPLETE + _OLD if found else _COMPLETE
        return found if any(state.sync in known for state in store.states.values()) else None

    def why_not(self, resource: Resource) -> str:
        """Why those are not known: denied, or still loading."""
        store = self._stores.get(resource)
        state = next(iter(store.states.values()), None) if store is not None else None
        if state is None or state.sync is Sync.SYNCING:
            return "Loading ..."
        return f"unknown: {state.sync}" + (f" ({state.reason})" if state.reason else "")

    def events(self, uid: str) -> list[Event] | None:
        if self.beside_all(EVENTS, Event) is None:
            return None
        return events_of(self._stores[EVENTS], uid) if uid else []

    # ---- actions

    @property
    def part(self) -> str:
        """The name of what the cursor is on within the object, such as a version of a Model; "" when it has no parts."""
        return ""

    @property
    def _changing(self) -> Changing:
        return self.console.changing(self.cluster)

    async def action_actions(self) -> None:
        from modeltui.ui.changing import Target

        obj = self.live.obj(self.key)
        await self._changing.menu(Target(self.view, [self.key], self.key[0], self.live.facts, obj, self.part, self.offers()))

    async def action_operate(self, word: str) -> None:
        from modeltui.ui.changing import Target

        obj = self.live.obj(self.key)
        await self._changing.operate(word, Target(self.view, [self.key], self.key[0], self.live.facts, obj))

    async def action_edit(self) -> None:
        await self._changing.edit_yaml(self.view.resource, self.key)

    async def action_form(self) -> None:
        await self._changing.edit(self.view.resource, self.key)

    async def action_check_connection(self) -> None:
        await self.console.navigator.open_connections(self.key)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a ModelSource has connections to check."""
        return super().check_action(action, parameters) and (action != "check_connection" or self.view.detail == "source")

    async def action_delete(self) -> None:
        await self._changing.delete([(self.view.resource, self.key)])

    async def action_yaml(self) -> None:
        await self.console.navigator.open_yaml(self.view.resource, self.key)

    def action_copy(self, what: str) -> None:
        if what == "command":
            found = self.copyable_commands()
            if found:
                self.console.copy(found[0][1], what=found[0][1])
            else:
                self.console.say("There is no command to copy here.")
            return
        text = self.key[1] if what == "name" else self.key[0]
        self.console.copy(text, what=text)

    async def action_owner(self) -> None:
        obj = self.live.obj(self.key)
        target = lineage.owner(self.view, obj) if obj is not None else None
        await lineage.jump(self.console, target, otherwise="The console knows nothing that owns this.")

    async def action_history_of(self) -> None:
        """What was changed of it from this machine."""
        await self.console.navigator.open_history_of(self.view.resource, self.key)

    async def action_used_by(self) -> None:
        obj = self.live.obj(self.key)
        target = lineage.used_by(self.view, obj) if obj is not None else None
        await lineage.jump(self.console, target, otherwise="The console knows nothing that uses this.")


def _looked_at(own: str, around: Sequence[str] | None) -> tuple[str, ...]:
    """Namespaces to watch; none means all."""
    if not own or (around is not None and not around):
        return ()
    return tuple(dict.fromkeys((own, *(around or ()))))


def screen_for(cluster: Cluster, view: View, key: RowKey, *, around: Sequence[str] | None = None) -> ConsoleScreen:
    """The detail screen of a view; the YAML of objects that have none. `around`: the namespaces of the table that it is opened from."""
    from modeltui.ui.screens.dataset_detail import DatasetDetail
    from modeltui.ui.screens.deployment_detail import DeploymentDetail
    from modeltui.ui.screens.model_detail import ModelDetail
    from modeltui.ui.screens.pod_detail import PodDetail
    from modeltui.ui.screens.source_detail import SourceDetail
    from modeltui.ui.screens.yaml_view import YamlScreen

    screens: dict[str, type[DetailScreen]] = {
        "model": ModelDetail,
        "source": SourceDetail,
        "dataset": DatasetDetail,
        "deployment": DeploymentDetail,
        "pod": PodDetail,
    }
    found = screens.get(view.detail)
    if found is None:
        return YamlScreen(cluster, view.resource, key)
    return found(cluster, view, key, around=around if view.elsewhere else None)
