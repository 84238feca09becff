"""Which model an InferenceService shall serve: those of the catalogs, and weights that are in its namespace."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from modeltui.catalog.merged import Catalogs, load
from modeltui.catalog.rows import size
from modeltui.changes.operating import change_of
from modeltui.document import Line, line
from modeltui.domain import UNKNOWN, Column, ColumnKind, Row, RowKey
from modeltui.kube.apply import read
from modeltui.kube.background import in_background
from modeltui.kube.errors import KubeError
from modeltui.redaction import redact_text
from modeltui.systems import once
from modeltui.systems.kserve import activating
from modeltui.systems.kserve.activating import Choice
from modeltui.systems.kserve.model_manager import is_active
from modeltui.systems.kserve.types import SERVICES, InferenceService
from modeltui.systems.modelfs.types import MODELS, Model
from modeltui.systems.operations import NotPossible
from modeltui.ui.connection import Cluster, raw_words
from modeltui.ui.screens.activation import ActivationReview
from modeltui.ui.screens.picker import PickerScreen

_COLUMNS: Final = (
    Column("model", "MODEL", max_width=44),
    Column("note", "NOTE", max_width=12),
    Column("parameters", "SIZE", ColumnKind.NUMBER, help="Parameters."),
    Column("gpu", "GPU MEMORY", help="Of one card, at least; most are estimates, and say so."),
    Column("how", "BRINGS", max_width=12, help="settings: it says how it is run, so all of the model's container is replaced."),
    Column("from", "FROM", max_width=60),
    Column("title", "TITLE", max_width=40),
)
MOST_TOLD: Final = 3


class ActivateScreen(PickerScreen):
    heading = "Activate"

    def __init__(self, cluster: Cluster, service: InferenceService) -> None:
        super().__init__("activate", _COLUMNS)
        self._cluster = cluster
        self._service = service
        self._choices: dict[str, Choice] = {}
        self._problems: list[Line] = []

    @property
    def _key(self) -> RowKey:
        return self._service.metadata.key

    def on_mount(self) -> None:
        super().on_mount()
        self.explain([self._title, line("Reading the catalogs ...", "dim")])
        self.run_worker(self._load(), group="catalogs")

    @property
    def _title(self) -> Line:
        return line(f"Which model shall InferenceService {'/'.join(self._key)} serve?", "title")

    async def _load(self) -> None:
        folders = tuple(map(Path, self.console.settings.catalogs))
        catalogs = await in_background(lambda: load(folders), name="read the catalogs")
        known = await once.read(self._cluster.session.client, {MODELS: Model}, (self._key[0],))
        models = [one for one in known.facts.every(MODELS) if isinstance(one, Model)]
        found = activating.choices(catalogs, models)
        self._choices = {one.id: one for one in found}
        self.rows([_row(one, active=is_active(self._service, one.id)) for one in self._choices.values()])
        if (noted := self._service.metadata.annotations.model_id) in self._choices:
            self.table.move_to(("", noted))
        self._problems = self._told(catalogs)
        self._explain()

    def on_resource_table_cursor_moved(self) -> None:
        self._explain()

    def _explain(self) -> None:
        """With the whole name of the one under the cursor: a column cuts those of the versions of a model to the same letters."""
        chosen = self._choices.get(self.table.cursor_key[1]) if self.table.cursor_key is not None else None
        whole = redact_text(f"{chosen.id}, {chosen.title}" if chosen.title else chosen.id) if chosen is not None else ""
        self.explain([self._title, self._now(), *self._problems, line(whole, "accent")])

    def _now(self) -> Line:
        """What it serves, and what comes next."""
        noted = self._service.metadata.annotations.model_id
        active = f"{'Deactivated' if self._service.metadata.stop else 'Active'} now: {redact_text(noted)}. " if noted else ""
        return line(f"{active}Enter shows what would be changed; nothing is written before that is confirmed.", "dim")

    def _told(self, catalogs: Catalogs) -> list[Line]:
        for problem in catalogs.problems:
            self.console.note(problem, error=True)
        more = len(catalogs.problems) - MOST_TOLD
        rest = [line(f"▲ and {more} more, which :messages has", "warn")] if more > 0 else []
        return [*(line(f"▲ {redact_text(problem)}", "warn") for problem in catalogs.problems[:MOST_TOLD]), *rest]

    def read(self, text: str) -> tuple[str, ...] | str:
        try:
            return (activating.chosen(text, self._choices.values()).id,)
        except NotPossible as error:
            return str(error)

    async def choose(self, names: tuple[str, ...]) -> None:
        choice = self._choices.get(names[0])
        if len(names) > 1 or choice is None:
            self.console.say("One model at a time: clear the marks with ctrl-\\.", error=True)
            return
        client = self._cluster.session.client
        namespace, name = self._key
        try:
            live = await read(client, SERVICES, namespace, name)
            if live is None:
                self.console.say(f"InferenceService {namespace}/{name} is gone.", error=True)
                return
            change = change_of(activating.activation(choice, name=name, namespace=namespace), SERVICES, live)
        except NotPossible as error:
            self.console.say(str(error), error=True)
        except KubeError as error:
            self.console.say(str(error), error=True, raw=raw_words(error))
        else:
            self.console.navigator.close(self)
            await self.console.push_screen(ActivationReview(self._cluster, change))


def _row(choice: Choice, *, active: bool) -> Row:
    entry = choice.entry
    memory = entry.gpu_memory if entry is not None else None
    return Row(
        ("", choice.id),
        (
            choice.id,
            "active now" if active else "gated" if choice.gated else None,
            size(entry.parameters if entry is not None else None),
            UNKNOWN if memory is None else str(memory),
            "settings" if choice.how is not None else None,
            choice.origin,
            choice.title or None,
        ),
    )
