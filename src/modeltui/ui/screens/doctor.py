"""Every finding about what is in the namespaces shown, live, with the one under the cursor told in full."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual.binding import BindingType
from textual.widget import Widget

from modeltui.document import Line
from modeltui.pages import finding as page
from modeltui.systems import registry
from modeltui.systems.doctor import Diagnosis
from modeltui.systems.finding_rows import FINDINGS
from modeltui.systems.live_doctor import LiveDoctor
from modeltui.systems.serving.versions import served
from modeltui.ui import keys, sights
from modeltui.ui.bar import BarState, Counts
from modeltui.ui.connection import Cluster
from modeltui.ui.navigation import Place
from modeltui.ui.screens import doctor_sights
from modeltui.ui.screens.doctor_sights import Seen
from modeltui.ui.screens.table import TableScreen
from modeltui.ui.sight import GLYPHS, Kind
from modeltui.ui.table.messages import Opened
from modeltui.ui.widgets.line_view import LineView
from modeltui.ui.widgets.pane import Pane

if TYPE_CHECKING:
    from modeltui.ui.changing import Changing

BREATH: Final = 0.2
"""Seconds between two looks: a storm of events counts as one change of each object."""
MOST_NOTES: Final = 3


class DoctorScreen(TableScreen):
    BINDINGS: ClassVar[list[BindingType]] = keys.DOCTOR

    def __init__(self, cluster: Cluster, place: Place, **look: Any) -> None:
        """`look`: as `TableScreen` takes it."""
        super().__init__(FINDINGS, place, **look)
        self.cluster = cluster
        self.live = LiveDoctor(cluster.session, cluster.session.client, place.namespaces)
        self.told = Pane("Finding", LineView(wrapped=True), key="tab", classes="finding")
        self._on_top = asyncio.Event()
        """Clear while another screen lies over this one: nobody sees what would be found."""
        self._noted: set[str] = set()
        self._shown: Diagnosis | None = None

    def body(self) -> Iterable[Widget]:
        yield from super().body()
        self.told.display = False
        yield self.told

    def on_mount(self) -> None:
        super().on_mount()
        self.narrow(self.place.filter)
        self.run_worker(self._begin(), exclusive=True)

    async def _begin(self) -> None:
        """Which versions the cluster serves has to be known before anything can be watched."""
        session = self.cluster.session
        views = await served(session.discovery, registry.examined())
        self.live = LiveDoctor(session, session.client, self.place.namespaces, views)
        self.live.start()
        await self._follow()

    def on_unmount(self) -> None:
        self.live.close()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self.is_mounted:
            self.live.read_secrets_again()
        self._on_top.set()

    def on_screen_suspend(self) -> None:
        self._on_top.clear()

    def refresh_now(self) -> None:
        super().refresh_now()
        self.live.read_secrets_again()

    async def _follow(self) -> None:
        while True:
            await self.live.wait()
            await self._on_top.wait()
            changes = self.live.take()
            self.table.discard(changes.removed)
            self.table.upsert(changes.upserts)
            self.show_state()
            self._tell()
            await asyncio.sleep(0 if changes.more else BREATH)

    # ---- what is shown

    def bar(self) -> BarState:
        counts = self.table.counts if self.is_mounted else Counts(0)
        seen = self._seen()
        states = doctor_sights.merged(seen.examined.values())
        unseen = "still looking" if not seen.settled else "not all looked at" if doctor_sights.notes(seen) else ""
        return replace(
            self.console.bar,
            title=self.of.title,
            namespaces=self.place.namespaces,
            counts=Counts(counts.total if counts.total or seen.settled else None, counts.shown, counts.marked, unseen),
            filter=self.filter_words,
            connection=sights.connection(states, rows=bool(counts.total)),
        )

    def _seen(self) -> Seen:
        counts, states = self.table.counts, self.live.states
        return Seen(
            examined={resource: found for resource, found in states.items() if resource in self.live.views},
            evidence={resource: found for resource, found in states.items() if resource not in self.live.views},
            secrets=self.live.secrets_unread,
            objects=self.live.objects,
            settled=self.live.settled,
            total=counts.total,
            shown=counts.shown,
            filter=self.filter_words,
        )

    def show_state(self) -> None:
        seen = self._seen()
        if len(self.live) and not seen.total:
            return  # the table is about to count them
        found = doctor_sights.sight(seen)
        self.show_rows_or(found)
        self.told.display = found is None
        unseen = doctor_sights.notes(seen) if seen.settled else ()
        self._keep(note.text for note in unseen)
        said = [] if found is not None and found.kind is Kind.EMPTY else [*unseen[:MOST_NOTES]]
        lines: list[Line] = [((f" {GLYPHS[note.kind]} {note.text}", "bad" if note.kind is Kind.STALE else "warn"),) for note in said]
        if said and len(unseen) > MOST_NOTES:
            lines.append(((f"   and {len(unseen) - MOST_NOTES} more, in :messages", "dim"),))
        self.show_notes(lines)
        self.show_bar()

    def _keep(self, sentences: Iterable[str]) -> None:
        """For `:messages`: there is room here for a few of them only."""
        now = set(sentences)
        for sentence in sorted(now - self._noted):
            self.console.note(sentence)
        self._noted = now

    def on_resource_table_cursor_moved(self) -> None:
        self._tell()

    def _tell(self) -> None:
        found = self.live.diagnosis(key) if (key := self.table.cursor_key) is not None else None
        if found is not None and found != self._shown:
            self._shown = found
            self.told.show(page.title(found), page.page(found))
            self.told.text.scroll_home(animate=False)

    # ---- actions on the object that the finding is about

    def _found(self) -> Diagnosis | None:
        found = self.live.diagnosis(key) if self.table.display and (key := self.table.cursor_key) is not None else None
        if found is None:
            self.console.say("There is no row to act on.", error=True)
        return found

    async def on_resource_table_opened(self, event: Opened) -> None:
        await self.action_describe()

    async def action_describe(self) -> None:
        if (found := self._found()) is not None:
            await self.console.navigator.open_detail(self.live.view_of(found), (found.namespace, found.name))

    async def action_yaml(self) -> None:
        if (found := self._found()) is not None:
            await self.console.navigator.open_yaml(self.live.view_of(found).resource, (found.namespace, found.name))

    def action_copy(self, what: str) -> None:
        if self._found() is None:
            return
        targets = [found for key in self.table.target_keys if (found := self.live.diagnosis(key)) is not None]
        texts = list(dict.fromkeys(found.name if what == "name" else found.namespace for found in targets))
        self.console.copy("\n".join(texts), what=texts[0] if len(texts) == 1 else f"{len(texts):,} {what}s")

    @property
    def _changing(self) -> Changing:
        return self.console.changing(self.cluster)

    async def action_actions(self) -> None:
        """What can be done with the object that the finding is about."""
        from modeltui.ui.changing import Target

        if (found := self._found()) is not None:
            key = (found.namespace, found.name)
            await self._changing.menu(Target(self.live.view_of(found), [key], found.namespace, self.live.facts, self.live.obj(found)))

    async def action_edit(self) -> None:
        if (found := self._found()) is not None:
            await self._changing.edit_yaml(self.live.view_of(found).resource, (found.namespace, found.name))

    async def action_form(self) -> None:
        if (found := self._found()) is not None:
            await self._changing.edit(self.live.view_of(found).resource, (found.namespace, found.name))

    async def action_check_connection(self) -> None:
        if (found := self._found()) is None:
            return
        if self.live.view_of(found).detail == "source":
            await self.console.navigator.open_connections((found.namespace, found.name))
        else:
            self.console.say(f"A {found.kind} has no connections of its own; those of its ModelSource can be tested.", error=True)

    async def action_delete(self) -> None:
        """The object under the cursor; marked findings may be of several kinds."""
        if (found := self._found()) is not None:
            await self._changing.delete([(self.live.view_of(found).resource, (found.namespace, found.name))])

    async def action_history_of(self) -> None:
        if (found := self._found()) is not None:
            await self.console.navigator.open_history_of(self.live.view_of(found).resource, (found.namespace, found.name))

    async def action_warp(self) -> None:
        if (found := self._found()) is not None and found.namespace:
            await self.console.navigator.use_namespaces((found.namespace,))
