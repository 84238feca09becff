"""Changes made by keyboard, found in the History, and taken back from there; the objects are compared after every step."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from driving import page, until
from telling import Story
from tests.changes.objects import by_other
from textual.pilot import Pilot

from modeltui.kube.apply import FIELD_MANAGER, Manifest, read, writable
from modeltui.kube.client import Client
from modeltui.kube.credentials import load
from modeltui.kube.resource import Resource
from modeltui.ledger.ledger import Ledger
from modeltui.options import ConsoleOptions
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.modelfs.types import MODELS, SOURCES
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.edit import EditScreen
from modeltui.ui.screens.history import HistoryScreen
from modeltui.ui.screens.history_entry import HistoryEntryScreen
from modeltui.ui.screens.history_revert import RevertScreen
from modeltui.ui.screens.review import ReviewScreen
from modeltui.ui.wizards.screen import WizardScreen

MARKER = "hf_marker_marker_marker"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MODELTUI_EDITOR", "KUBE_EDITOR", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("modeltui.ui.screens.review.BEFORE_DELETING", 0.05)


@pytest.fixture
async def client(kubeconfig: str, namespace: str) -> AsyncIterator[Client]:
    made = Client(load(kubeconfig, None))
    yield made
    for resource in (MODELS, SOURCES, SECRETS):
        await made.request("DELETE", resource.path(namespace), params={"labelSelector": "!keep"})
    await made.aclose()


def model(namespace: str, **spec: Any) -> Manifest:
    storage = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "10Gi"}}}
    versions = [{"name": "v1", "repo": "org/one", "state": "PRESENT", "storage": storage}]
    whole = {"sourceRef": "hub", "display": {"description": "first"}, "versions": versions, **spec}
    return {"apiVersion": MODELS.api_version, "kind": "Model", "metadata": {"name": "m", "namespace": namespace}, "spec": whole}


class Told(Story):
    """With the History."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[int], client: Client, namespace: str) -> None:
        super().__init__(app, pilot)
        self.client, self.namespace = client, namespace

    async def live(self, resource: Resource = MODELS, name: str = "m") -> Manifest | None:
        found = await read(self.client, resource, self.namespace, name)
        return None if found is None else writable(found)

    async def at(self, name: str) -> BrowseScreen:
        table: BrowseScreen = await self.screen(BrowseScreen)
        await until(self.pilot, lambda: table.table.row((self.namespace, name)) is not None)
        table.table.move_to((self.namespace, name))
        return table

    async def history(self, line: str = ":history") -> HistoryScreen:
        await self.type(line)
        await self.pilot.press("enter")
        screen: HistoryScreen = await self.screen(HistoryScreen)
        await until(self.pilot, lambda: not screen._looking and screen.table.counts.total == len(screen._feed or ()))
        return screen

    async def back_to(self, when: str) -> ReviewScreen:
        """From an entry, or the row of one."""
        await self.pilot.press("r")
        chosen = await self.screen(RevertScreen)
        chosen.table.move_to(("", "1" if when == "before" else "2"))
        await self.pilot.press("enter")
        return await self.reviewed()


async def told(pilot: Pilot[int], client: Client, namespace: str) -> Told:
    app: Any = pilot.app
    await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.bar().connection[1] == "live")
    return Told(app, pilot, client, namespace)


def console(kubeconfig: str, namespace: str, view: str = "models") -> ConsoleApp:
    options = ConsoleOptions(kubeconfig=kubeconfig, namespaces=(namespace,), view=view)
    return ConsoleApp(options, settings=Settings(), memory=Remembered())


async def test_a_change_and_a_deletion_are_taken_back(kubeconfig: str, namespace: str, client: Client) -> None:
    await by_other(client, MODELS, model(namespace), manager=FIELD_MANAGER)
    app = console(kubeconfig, namespace)
    async with app.run_test(size=(100, 30)) as pilot:
        story = await told(pilot, client, namespace)
        first = await story.live()
        await story.at("m")
        await pilot.press("e")
        edit = await story.screen(EditScreen)
        edit.text.text = edit.text.text.replace("description: first", "description: second\n    tags: [chat]").replace("10Gi", "20Gi")
        await pilot.press("ctrl+n")
        await story.confirm()
        second = await story.live()
        assert second != first
        await pilot.press("escape")

        # somebody else adds a field of their own meanwhile
        theirs = model(namespace)
        theirs["spec"] = {"display": {"logoURL": "https://example.com/l.png"}}
        await by_other(client, MODELS, theirs)

        await story.history()
        review = await story.back_to("before")
        text = story.told(review)
        assert '"second" → "first"' in text
        assert "spec.display.logoURL stays, owned by other" in text
        assert await story.live() != first, "nothing is written before it is confirmed"
        await story.confirm()
        assert first is not None
        with_theirs = {**first, "spec": {**first["spec"], "display": {"description": "first", "logoURL": "https://example.com/l.png"}}}
        assert await story.live() == with_theirs
        await pilot.press("escape")

        # the entry of the taking back is there, too, and can itself be taken back: to after the first change
        screen = await story.screen(HistoryScreen)
        await until(pilot, lambda: screen.table.counts.total == 2)
        screen.table.action_bottom()
        await story.back_to("after")
        await story.confirm()
        assert second is not None
        now = await story.live()
        assert now is not None
        assert now["spec"] == {**second["spec"], "display": {**second["spec"]["display"], "logoURL": "https://example.com/l.png"}}
        await pilot.press("escape", "escape")

        # deleted, and made anew
        await story.at("m")
        await pilot.press("ctrl+d")
        await story.confirm()
        await pilot.press("escape")
        assert await story.live() is None
        await story.history()
        await pilot.press("enter")
        entry = await story.screen(HistoryEntryScreen)
        await until(pilot, lambda: "delete Model" in page(entry.text))
        review = await story.back_to("before")
        assert "what hung on it and went with it does not come back" in story.told(review)
        await story.confirm()
        assert await story.live() == now
    verbs = [one.verb for one in reversed(Ledger.open().query().entries)]
    assert verbs == ["note", "apply", "apply", "apply", "delete", "create"]


async def test_what_was_made_is_deleted_again_and_a_secret_stays_untold(kubeconfig: str, namespace: str, client: Client) -> None:
    app = console(kubeconfig, namespace, "sources")
    async with app.run_test(size=(100, 30)) as pilot:
        story = await told(pilot, client, namespace)
        await story.act("New ModelSource")
        await story.screen(WizardScreen)
        await story.fill("hub")
        await pilot.press("ctrl+n", "ctrl+n", "left", "enter")
        await story.fill("hf", MARKER)
        await pilot.press("ctrl+n")
        await story.confirm()
        await pilot.press("escape")
        await story.screen(BrowseScreen)

        screen = await story.history()
        rows = {str(row.values[0]): row for key in list(screen.table.keys()) if (row := screen.table.row(key)) is not None}
        assert {row.values[1] for row in rows.values()} == {"╭", "╰"}, "both are of one change"
        screen.table.move_to(rows["hf"].key)
        await pilot.press("r")
        choice = await story.screen(RevertScreen)
        choice.table.move_to(("", "2"))
        await pilot.press("enter")
        await until(pilot, lambda: "keeps no secrets" in app.messages[-1][1].text)
        assert app.screen is choice
        await pilot.press("escape")

        screen.table.move_to(rows["hub"].key)
        review = await story.back_to("before")
        assert "Delete ModelSource" in story.told(review)
        await story.confirm()
        assert await story.live(SOURCES, "hub") is None
        assert await story.live(SECRETS, "hf") is not None
        await pilot.press("escape")
        await until(pilot, lambda: screen.table.counts.total == 3)
        screen.table.move_to(rows["hf"].key)
        await story.back_to("before")
        await story.confirm()
        assert await story.live(SECRETS, "hf") is None
        assert MARKER not in "".join(message.text + message.raw for _, message in app.messages)


async def test_what_others_changed_since_is_theirs_to_keep_or_ours_to_take(kubeconfig: str, namespace: str, client: Client) -> None:
    await by_other(client, MODELS, model(namespace), manager=FIELD_MANAGER)
    app = console(kubeconfig, namespace)
    async with app.run_test(size=(100, 30)) as pilot:
        story = await told(pilot, client, namespace)
        await story.at("m")
        await pilot.press("e")
        edit = await story.screen(EditScreen)
        edit.text.text = edit.text.text.replace("description: first", "description: second")
        await pilot.press("ctrl+n")
        await story.confirm()
        await pilot.press("escape")
        theirs = model(namespace)
        theirs["spec"] = {"display": {"description": "theirs"}}
        await by_other(client, MODELS, theirs)
        await story.history()
        review = await story.back_to("before")
        assert review.review is not None
        assert review.review.steps[0].conflicts == {"other": ("spec.display.description",)}
        await pilot.press("l")
        assert "so already" in str(review.sentence.content)
        await pilot.press("backspace", "t")
        await story.confirm()
        now = await story.live()
        assert now is not None
        assert now["spec"]["display"] == {"description": "first"}
