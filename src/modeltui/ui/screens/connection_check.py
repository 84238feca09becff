"""Whether what a ModelSource names can be reached from this machine: a list of questions, each asked when the user says so."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Static

from modeltui.document import Line, line, plain
from modeltui.domain import RowKey
from modeltui.kube.errors import KubeError
from modeltui.kube.state import Sync
from modeltui.pages import connections as page
from modeltui.reach import credentials
from modeltui.reach.asking import Asker
from modeltui.reach.plan import Plan, plan
from modeltui.reach.verdict import Check, Verdict
from modeltui.reach.web import Web
from modeltui.systems.live import LiveRows
from modeltui.systems.modelfs.rows import source_of
from modeltui.systems.modelfs.types import MODELS, Model, ModelSource
from modeltui.systems.modelfs.views import SOURCES_VIEW
from modeltui.systems.secret_value import SecretValue
from modeltui.ui import keys
from modeltui.ui.connection import Cluster, raw_words
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.table.messages import Opened
from modeltui.ui.theme import block
from modeltui.ui.widgets.bottombar import Hint
from modeltui.ui.widgets.line_view import LineView
from modeltui.ui.widgets.pane import Pane
from modeltui.ui.widgets.resource_table import ResourceTable

AT_ONCE: Final = 4
_RUN: Final = "asking"
_LOOK: Final = "looking"


class ConnectionScreen(ConsoleScreen):
    BINDING_GROUP_TITLE = "Connection checks"
    BINDINGS: ClassVar[list[BindingType]] = keys.CONNECTIONS

    def __init__(
        self, cluster: Cluster, key: RowKey, *, unsaved: ModelSource | None = None, typed: Mapping[str, SecretValue] | None = None
    ) -> None:
        """`unsaved`: as a form has it; otherwise the one in the cluster. `typed`: keys of its Secret that are not written yet."""
        super().__init__("connections")
        self._unsaved, self._typed = unsaved, typed
        self.heading = f"Connections of ModelSource {key[1]}"
        self.cluster, self.key = cluster, key
        self.intro = Static(markup=False, classes="asked-from")
        self.table = ResourceTable(page.COLUMNS, sort="number")
        self.told = Pane("Answer", LineView(wrapped=True), key="tab", classes="finding")
        self.live = LiveRows(cluster.session, SOURCES_VIEW, (key[0],))
        self.allowed = False
        """Whether keys of the Secret may be sent to the services that they are for."""
        self.verdicts: dict[int, Verdict] = {}
        """By number of the check."""
        self.running: set[int] = set()
        self.plan = Plan(())
        self._secret = ""
        self._models_unknown = False

    def body(self) -> Iterable[Widget]:
        yield self.intro
        yield self.table
        yield self.told

    def on_mount(self) -> None:
        super().on_mount()
        self.set_focus(self.table, scroll_visible=False)
        self.intro.update(block([line("Looking up what there is to ask ...", "dim")]))
        self.live.start()
        self.run_worker(self._look(), group=_LOOK)

    def on_unmount(self) -> None:
        self.live.close()

    async def _look(self) -> None:
        """What there is to ask, as of now: a list that changes while it is asked would be no list."""
        while True:
            self.live.take()
            source = self._unsaved or self.live.obj(self.key)
            if source is not None and self.live.joined:
                break
            if all(state.sync is not Sync.SYNCING for state in self.live.states.values()) and source is None:
                self.intro.update(block([line(f"ModelSource {self.key[1]} is not there, or cannot be read: nothing to ask.", "warn")]))
                return
            await self.live.wait()
            await asyncio.sleep(0.05)
        if not isinstance(source, ModelSource):
            self.intro.update(block([line(f"ModelSource {self.key[1]} could not be read; on its row y shows it as YAML.", "warn")]))
            return
        self._models_unknown = not self.live.facts.known(MODELS, self.key[0])
        models = self.live.facts.where(MODELS, self.key[0], source_of, self.key[1])
        self._secret = source.spec.secret_ref
        self.plan = plan(source, (model for model in models if isinstance(model, Model)), secret_is_there=self._typed is None)
        self._show()

    # ---- what is shown

    def _show(self) -> None:
        self.intro.update(block(self._intro()))
        self.table.upsert(page.row(number, check, self._verdict(number)) for number, check in enumerate(self.plan.checks))
        self._tell()

    def _verdict(self, number: int) -> Verdict | page.Unasked:
        if number in self.running:
            return page.Unasked.ASKING
        return self.verdicts.get(number, page.Unasked.NOT_ASKED)

    def _intro(self) -> list[Line]:
        here = plain(socket.gethostname())
        lines = [line(f"Asked from this machine ({here}), not from the cluster: networks differ.")]
        if self.plan.hosts:
            to = ", ".join(self.plan.hosts)
            used = f"Credentials are sent to {to} and nowhere else; s forbids it."
            unused = f"Credentials are not used; s allows to send them to {to}."
            lines.append(line(used, "warn") if self.allowed else line(unused, "dim"))
        if self._models_unknown:
            lines.append(line("Models cannot be listed here, so what they fetch is not among the questions.", "warn"))
        if self.plan.left_out:
            lines.append(line(f"{self.plan.left_out:,} more addresses are left out.", "warn"))
        return lines

    def on_resource_table_cursor_moved(self) -> None:
        self._tell()

    def _tell(self) -> None:
        if (number := self._number()) is not None:
            check = self.plan.checks[number]
            self.told.show(check.title, page.answer(check, self._verdict(number), allowed=self.allowed))

    def _number(self) -> int | None:
        key = self.table.cursor_key or next(iter(self.table.keys()), None)
        return int(key[1]) if key is not None and int(key[1]) < len(self.plan.checks) else None

    def hints(self) -> list[Hint]:
        return [(key, "ask" if key == "enter" else does) for key, does in super().hints()]

    # ---- asking

    async def on_resource_table_opened(self, event: Opened) -> None:
        event.stop()
        self.action_ask()

    def action_ask(self) -> None:
        if (number := self._number()) is not None:
            self._run([number])

    def action_ask_all(self) -> None:
        self._run(range(len(self.plan.checks)))

    def refresh_now(self) -> None:
        self.action_ask_all()

    def action_allow(self) -> None:
        if not self.plan.hosts:
            self.console.say("Nothing here is asked with credentials.")
            return
        self.allowed = not self.allowed
        self._show()

    def _run(self, numbers: Sequence[int]) -> None:
        fresh = [number for number in numbers if number not in self.running]
        if fresh:
            self.running.update(fresh)
            self._show()
            self.run_worker(self._ask(fresh), group=_RUN)

    async def _ask(self, numbers: Sequence[int]) -> None:
        try:
            asker = Asker(self.cluster.session.client, self.key[0], Web(), await self._keys(numbers), allowed=self.allowed)
            gate = asyncio.Semaphore(AT_ONCE)

            async def one(number: int, check: Check) -> None:
                async with gate:
                    self.verdicts[number] = await asker.verdict(check)
                self.running.discard(number)
                self._show()

            await asyncio.gather(*(one(number, self.plan.checks[number]) for number in numbers))
        finally:
            self.running.difference_update(numbers)
            self._show()
        if len(numbers) > 1:
            counts = Counter(self.verdicts[number].answer for number in numbers)
            self.console.say(page.summary(counts))

    async def _keys(self, numbers: Sequence[int]) -> dict[str, SecretValue]:
        """Fetched for this run only, and only when one of its questions uses them."""
        if not (self.allowed and self._secret and any(self.plan.checks[number].sends_to for number in numbers)):
            return {}
        if self._typed is not None:
            return {key: value for key, value in self._typed.items() if value}
        try:
            return await credentials.read(self.cluster.session.client, self.key[0], self._secret)
        except KubeError as error:
            self.console.say(f"The Secret's keys cannot be used: {error}", error=True, raw=raw_words(error))
            return {}

    def action_back(self) -> None:
        """What runs is stopped first."""
        if self.running:
            self.workers.cancel_group(self, _RUN)
            self.console.say("Stopped.")
        else:
            super().action_back()

    def action_copy(self, what: str) -> None:
        text = page.text(self.heading, [(check, self._verdict(number)) for number, check in enumerate(self.plan.checks)])
        self.console.copy(text, what=f"{len(self.plan.checks)} answers")
