"""The models that forms offer by name, shipped and one's own, and what is wrong with one's own."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Final

import msgspec
from textual.binding import BindingType

from modeltui.catalog.entries import ModelEntry
from modeltui.catalog.merged import Catalogs, Found, load
from modeltui.catalog.rows import MODEL_COLUMNS, model_row, origin
from modeltui.document import BLANK, Line, line
from modeltui.kube.background import in_background
from modeltui.pages.yaml_lines import colour
from modeltui.redaction import redact_text
from modeltui.ui import keys
from modeltui.ui.screens.picker import PickerScreen
from modeltui.ui.screens.text import TextScreen
from modeltui.yaml_output import dump

MOST_TOLD: Final = 3
"""Problems of catalogs that are told above the table; `:messages` has all of them."""


class CatalogScreen(PickerScreen):
    heading = "Catalog"
    BINDINGS: ClassVar[list[BindingType]] = keys.CATALOG

    def __init__(self) -> None:
        super().__init__("catalog", MODEL_COLUMNS)
        self.catalogs = Catalogs()

    def on_mount(self) -> None:
        super().on_mount()
        self.explain([line("Reading the catalogs ...", "dim")])
        self.run_worker(self._load(), group="catalogs")

    async def _load(self) -> None:
        folders = tuple(map(Path, self.console.settings.catalogs))
        self.catalogs = await in_background(lambda: load(folders), name="read the catalogs")
        self.rows([model_row(found) for found in self.catalogs.models.values()])
        count = len(self.catalogs.models)
        self.explain(
            [
                line(f"{count:,} models. Enter deploys one, d shows all of it; docs/catalogs.md says how to add your own.", "dim"),
                *self._told(),
            ]
        )

    def _told(self) -> list[Line]:
        problems = self.catalogs.problems
        for problem in problems:
            self.console.note(problem, error=True)
        more = [line(f"▲ and {len(problems) - MOST_TOLD} more, which :messages has", "warn")] if len(problems) > MOST_TOLD else []
        return [*(line(f"▲ {redact_text(problem)}", "warn") for problem in problems[:MOST_TOLD]), *more]

    async def choose(self, names: tuple[str, ...]) -> None:
        """Into the form that deploys it."""
        if len(names) > 1:
            self.console.say("One model at a time: clear the marks with ctrl-\\.", error=True)
        elif names[0] not in self.catalogs.models:
            self.console.say(f"No catalog has {names[0]!r}.", error=True)
        else:
            await self.console.navigator.deploy(names[0])

    async def action_describe(self) -> None:
        if (key := self.table.cursor_key) is not None and (found := self.catalogs.models.get(key[1])) is not None:
            await self.app.push_screen(TextScreen("catalog entry", entry_lines(found)))


def entry_lines(found: Found[ModelEntry]) -> list[Line]:
    """All of an entry, as a catalog spells it."""
    entry = found.entry
    text = redact_text(dump(msgspec.to_builtins(entry)))
    return [line(entry.title or entry.id, "title"), line(f"From {origin(found)}", "dim"), BLANK, *map(colour, text.splitlines())]
