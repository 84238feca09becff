"""Which namespaces a share reaches is told while one types, and while the cluster changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from driving import Console, models, until
from fake import NOW
from test_snapshots_changes import namespace, session
from textual.pilot import Pilot

from modeltui.kube.state import Sync, SyncState
from modeltui.systems.core.types import NAMESPACES
from modeltui.ui.wizards.model import ModelWizard
from modeltui.ui.wizards.rows import GroupRows


class Shares:
    """The step with the versions, and what it says of the first."""

    def __init__(self, app: Any, pilot: Pilot[int], wizard: ModelWizard) -> None:
        self.app, self.pilot, self.wizard = app, pilot, wizard

    def told(self, version: int = 0) -> str:
        (group,) = self.wizard.query(GroupRows)
        if group.number != version:
            return f"version {group.number} is open"
        about = group._about
        return " ".join(str(about.content).split()) if about.display else ""

    async def says(self, text: str, version: int = 0) -> None:
        await until(self.pilot, lambda: self.told(version) == text, f"{self.told(version)!r} is not {text!r}")

    def becomes(self, name: str, **labels: str) -> None:
        self.app.cluster.session.change(NAMESPACES, namespace(name, **labels) | {"metadata": self._newer(name, labels)})

    def _newer(self, name: str, labels: dict[str, str]) -> dict[str, Any]:
        return {"name": name, "uid": f"uid-{name}", "resourceVersion": f"{len(labels)}-{labels}", "labels": labels}


@asynccontextmanager
async def shares(console: Console, state: SyncState | None = None) -> AsyncIterator[Shares]:
    made = session()
    if state is not None:
        made.states[""] = state
    app = console(made)
    async with app.run_test(size=(80, 24)) as pilot:
        await models(pilot, app)
        wizard = ModelWizard(app.cluster, "team-a")
        wizard.answers = wizard.answers.with_answer("versions", "share", "yes")
        await app.push_screen(wizard)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: wizard.at == 1 and wizard.query(GroupRows))
        await wizard._show_step(field="selector")
        yield Shares(app, pilot, wizard)


async def test_as_one_types(console: Console) -> None:
    async with shares(console) as one:
        await one.says("Reaches 2 namespaces now: team-b, team-c.")
        await one.pilot.press(*"team", "equals_sign", *"vision")
        await one.says("Reaches 1 namespace now: team-c.")
        await one.pilot.press("x")
        await one.says("▲ No other namespace matches now.")
        await one.pilot.press("ctrl+u", *"team", "space", *"in", "space", "left_parenthesis")
        await one.says("")  # half a selector means nothing
        row = one.wizard._row_in_focus()
        assert row is not None
        assert row.sentence
        await one.pilot.press(*"nlp,", *"vision", "right_parenthesis", "down", *"share-me")
        await one.says("▲ No other namespace matches now.")


async def test_as_the_cluster_changes(console: Console) -> None:
    async with shares(console) as one:
        await one.pilot.press(*"team", "equals_sign", *"nlp")
        await one.says("Reaches 1 namespace now: team-b.")
        one.becomes("team-c", team="nlp")
        await one.says("Reaches 2 namespaces now: team-b, team-c.")
        one.becomes("team-b", team="other")
        await one.says("Reaches 1 namespace now: team-c.")
        one.becomes("team-a", team="nlp")  # its own never counts
        one.becomes("team-d", team="nlp")
        await one.says("Reaches 2 namespaces now: team-c, team-d.")
        assert one.wizard.answers.answer("versions", "selector") == "team=nlp"
        row = one.wizard._row_in_focus()
        assert row is not None
        assert row.field.key == "selector", "what changes outside takes the cursor nowhere"


async def test_each_version_has_its_own(console: Console) -> None:
    async with shares(console) as one:
        await one.pilot.press(*"team", "equals_sign", *"nlp", "ctrl+t")
        await one.says("Reaches 1 namespace now: team-b.", version=1)
        await one.wizard._show_step(group=1, field="selector")
        await one.pilot.press("ctrl+u", *"team", "equals_sign", *"vision")
        await one.says("Reaches 1 namespace now: team-c.", version=1)
        one.becomes("team-b", team="vision")
        await one.says("Reaches 2 namespaces now: team-b, team-c.", version=1)
        await one.wizard._show_step(group=0, field="share")
        await one.says("▲ No other namespace matches now.", version=0)
        await one.pilot.press("space")
        await one.says("", version=0)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (SyncState(Sync.DENIED, NOW, "no"), "Which namespaces that reaches is unknown: they may not be listed."),
        (SyncState(Sync.SYNCING, NOW), "Which namespaces that reaches is unknown: they are being listed."),
        (SyncState(Sync.UNAUTHORIZED, NOW, "no"), "Which namespaces that reaches is unknown: they cannot be listed now."),
        (SyncState(Sync.STALE, NOW, "gone"), "Reaches 2 namespaces as of 14:02:07 UTC: team-b, team-c."),
    ],
    ids=["denied", "loading", "unauthorized", "stale"],
)
async def test_what_is_not_known_is_not_zero(console: Console, state: SyncState, told: str) -> None:
    async with shares(console, state) as one:
        await one.says(told)


async def test_rights_that_come_later(console: Console) -> None:
    async with shares(console, SyncState(Sync.DENIED, NOW, "no")) as one:
        await one.says("Which namespaces that reaches is unknown: they may not be listed.")
        one.becomes("team-b", team="nlp")
        one.app.cluster.session.become("", SyncState(Sync.LIVE, NOW))
        await one.says("Reaches 1 namespace now: team-b.")


async def test_many_are_counted(console: Console) -> None:
    async with shares(console) as one:
        for number in range(10):
            one.becomes(f"x-{number}", team="many")
        await one.pilot.press(*"team", "equals_sign", *"many")
        await one.says("Reaches 10 namespaces now: x-0, x-1, x-2, x-3, x-4, x-5 and 4 more.")
