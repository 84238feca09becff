"""A marker in every place that can bear a secret, the whole console walked by keyboard, and everything written searched for it.

What is looked at: every screen as it is painted, as SVG and with what is scrolled away, messages, the clipboard, and every file
that the console leaves: crash files, its log, the ledger, what was typed, what is remembered, what was saved.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import planting
import pytest
import yaml
from aiohttp import web
from driving import page, said, typed, until
from planting import NAMESPACE, encoded, found_in, marker
from textual.widgets import Input
from walking import Walk

from modeltui import paths
from modeltui.demo.cluster import EmbeddedCluster
from modeltui.demo.errors import StatusError
from modeltui.options import ConsoleOptions
from modeltui.redaction import MASK
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.modelfs.types import SOURCES
from modeltui.ui import crash
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.connection_check import ConnectionScreen
from modeltui.ui.screens.dataset_detail import DatasetDetail
from modeltui.ui.screens.edit import EditScreen
from modeltui.ui.screens.history import HistoryScreen
from modeltui.ui.screens.history_entry import HistoryEntryScreen
from modeltui.ui.screens.log import LogScreen
from modeltui.ui.screens.model_detail import ModelDetail
from modeltui.ui.screens.review import ReviewScreen
from modeltui.ui.screens.source_detail import SourceDetail
from modeltui.ui.screens.start import StartScreen
from modeltui.ui.screens.text import TextScreen
from modeltui.ui.screens.yaml_view import YamlScreen
from modeltui.ui.widgets.line_view import LineView
from modeltui.ui.wizards.screen import WizardScreen

PAGES = (("models", "llama", ModelDetail), ("sources", "hub", SourceDetail), ("datasets", "mdl-llama-one", DatasetDetail))


@pytest.fixture
async def cluster() -> AsyncIterator[EmbeddedCluster]:
    async with EmbeddedCluster() as served:
        planting.plant(served.api)
        yield served


@pytest.fixture
def kubeconfig(cluster: EmbeddedCluster, tmp_path: Path) -> Path:
    path = tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump(planting.with_failing_contexts(yaml.safe_load(cluster.kubeconfig), folder=tmp_path)))
    return path


@pytest.fixture
def ring(tmp_path: Path) -> Iterator[crash.Ring]:
    """Of the log, with a file as MODELTUI_LOG names one."""
    logger = logging.getLogger("modeltui")
    before = (logger.handlers[:], logger.level, logger.propagate)
    yield crash.start_logging(file=str(tmp_path / "console.log"))
    logger.handlers[:], logger.level, logger.propagate = before


def read_everything(walk: Walk, folder: Path) -> None:
    """All that was left there, but for what the test itself put there."""
    for file in folder.rglob("*"):
        if file.is_file() and file.name not in ("kubeconfig", "plugin"):
            walk.judge(str(file.relative_to(folder)), file.read_bytes().decode("latin-1"))


Walking = Callable[[Walk], Awaitable[None]]


@pytest.fixture
def walk(cluster: EmbeddedCluster, kubeconfig: Path, ring: crash.Ring, tmp_path: Path) -> Callable[[Walking], Awaitable[Walk]]:
    """Walks, looks through all files afterwards, and gives the walk for more questions."""
    tokens = [user["user"]["token"] for user in yaml.safe_load(cluster.kubeconfig)["users"] if "token" in user["user"]]

    def find(written: str) -> set[str]:
        return found_in(written) | ({"a token in force"} if any(token in written for token in tokens) else set())

    async def walked(walking: Walking) -> Walk:
        app = ConsoleApp(ConsoleOptions(kubeconfig=str(kubeconfig), namespaces=(NAMESPACE,)), settings=Settings(), memory=Remembered())
        made: Walk | None = None
        try:
            async with app.run_test(size=(160, 48)) as pilot:
                made = Walk(app, pilot, find, find)
                await made.screen(BrowseScreen, lambda screen: screen.table.counts.total)
                await walking(made)
        except RuntimeError as error:
            if error is not app.failure:
                raise
            crash.write(error, ring.lines)
        assert made is not None
        read_everything(made, tmp_path)
        made.nothing_wrong()
        return made

    return walked


async def test_looking_at_everything(walk: Callable[[Walking], Awaitable[Walk]]) -> None:
    async def through(walk: Walk) -> None:
        pilot = walk.pilot
        for view, row, kind in PAGES:
            await walk.table(view, row)
            await walk.look(f"table of {view}")
            await pilot.press("ctrl+w", "c", "ctrl+s")
            await walk.look(f"wide table of {view}")
            await pilot.press("d")
            await walk.screen(kind, lambda screen: "fetch of https://" in "".join(page(view) for view in screen.query(LineView)))
            if view == "datasets":
                await until(pilot, lambda: "(x3)" in page(walk.app.screen.text), "no events")
            await pilot.press("x")
            await walk.look(f"page of {view}")
            await pilot.press("y")
            await walk.screen(YamlScreen, lambda screen: screen.text.display)
            await pilot.press("m", "c")
            await walk.look(f"YAML of {view}")
            await walk.back()
            await walk.back()
        for row in ("hub", "web", "bucket"):
            await walk.table("sources", row)
            await pilot.press("t")
            connections = await walk.screen(ConnectionScreen, lambda screen: screen.table.counts.total)
            await pilot.press("s", "r")
            await until(pilot, lambda screen=connections: screen.verdicts and not screen.running)
            await walk.look(f"connections of {row}")
            await pilot.press("c")
            await walk.look(f"connections of {row}")
            await walk.back()
            await walk.table("sources", row)
            await pilot.press("y")
            await walk.screen(YamlScreen, lambda screen: screen.text.display)
            await walk.look(f"YAML of {row}")
            await walk.back()
        await walk.table("datasets", "mdl-llama-one")
        await pilot.press("l")
        log = await walk.screen(LogScreen, lambda screen: "log ends here." in page(screen.text))
        assert MASK in page(log.text)
        await pilot.press("c")
        await walk.look("log")
        await walk.back()
        await walk.command(f"shares {NAMESPACE}")
        await walk.look("table of shares")
        for line in ("doctor", "history", "catalog", "help", "aliases", "messages", "ns", "ctx"):
            await walk.command(line)
            await pilot.pause(0.2)
            await walk.look(line)
            await walk.back()

    seen = await walk(through)
    for where in (
        "wide table of models",
        "page of models",
        "page of sources",
        "page of datasets",
        "YAML of web",
        "YAML of datasets",
        "log",
    ):
        assert where in seen.masked, f"{where}: nothing had to be hidden, so nothing was proven"


@pytest.mark.parametrize("context", planting.FAILING)
async def test_credentials_that_fail(context: str, walk: Callable[[Walking], Awaitable[Walk]]) -> None:
    async def through(walk: Walk) -> None:
        await walk.command(f"ctx {context}")
        await walk.look("connecting")
        await until(
            walk.pilot,
            lambda: (
                (isinstance(walk.app.screen, StartScreen) and walk.app.screen.pane.sight is not None and said(walk.app))
                or (not isinstance(walk.app.screen, StartScreen) and walk.app.bar.context == context)
            ),
        )
        await walk.pilot.pause(0.3)
        await walk.look("failed")
        await walk.command("messages")
        await walk.screen(TextScreen)
        await walk.look("messages")

    await walk(through)


def refusing(cluster: EmbeddedCluster, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A server that repeats the values that it refuses, as validation and webhooks do. Those paths that it refused."""
    refused: list[str] = []
    answered = cluster.server._answered

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.method not in ("POST", "PATCH") or not request.path.startswith((SOURCES.path(NAMESPACE), SECRETS.path(NAMESPACE))):
            return await answered(request)
        refused.append(request.path)
        secret = request.path.startswith(SECRETS.path(NAMESPACE))
        field, value = ("data.token", encoded(marker("typed"))) if secret else ("spec.config.api_key", marker("typedconfig"))
        causes = [{"reason": "FieldValueInvalid", "message": f'Invalid value: "{value}": too weak', "field": field}]
        told = f'x is invalid: {field}: Invalid value: "{value}": too weak; {planting.said("refusal")}'
        raise StatusError(422, "Invalid", told, details={"causes": causes})

    monkeypatch.setattr(cluster.server, "_answered", answer)
    return refused


@pytest.mark.usefixtures("at_once")
async def test_changing_what_holds_secrets(
    cluster: EmbeddedCluster, monkeypatch: pytest.MonkeyPatch, walk: Callable[[Walking], Awaitable[Walk]]
) -> None:
    async def through(walk: Walk) -> None:
        pilot = walk.pilot
        await walk.act("New ModelSource")
        wizard = await walk.screen(WizardScreen)
        await typed(pilot, "new")
        await pilot.press("ctrl+n")
        wizard.answers = wizard.answers.with_answer("settings", "more", f"api_key={marker('typedconfig')}")
        await pilot.press("ctrl+n", "left", "enter", *"hf-new", "enter")
        walk.app.screen.query_one("Input:focus", Input).value = marker("typed")
        await walk.look("wizard, its secret")
        with monkeypatch.context() as patch:
            refused = refusing(cluster, patch)
            await pilot.press("ctrl+n")
            await walk.reviewed("refused review")
            assert {path.rpartition("/")[2] for path in refused} >= {"hf-new"}, refused
            await walk.back()
            await walk.screen(WizardScreen)
            assert wizard._refused
            walk.judge("complaints beside the fields", "\n".join(wizard._refused.values()))
            while wizard.at < 2:  # it has gone back to what was refused first, a field that shows what is typed
                await pilot.press("ctrl+n")
            await walk.look("wizard after the refusal")
        await pilot.press("ctrl+n")
        await walk.confirmed("review of a new source")
        made = cluster.api.get("modelsources.model.samzong.dev", "new", namespace=NAMESPACE)
        assert made["spec"]["config"]["api_key"] == marker("typedconfig")
        assert cluster.api.get("secrets", "hf-new", namespace=NAMESPACE)["data"] == {"token": encoded(marker("typed"))}
        await walk.back()

        await walk.table("sources", "hub")
        for key, steps in (("E", 3), ("e", 0)):
            await pilot.press(key)
            await walk.screen(EditScreen if key == "e" else WizardScreen)
            for step in range(steps):
                await walk.look(f"form of hub, step {step}")
                await pilot.press("ctrl+n")
            if key == "E":
                await walk.reviewed("review of nothing changed")
                await walk.back()
                await walk.screen(WizardScreen)
                await walk.back()
        editor = await walk.screen(EditScreen)
        await walk.look("editor")
        assert MASK in editor.text.text
        editor.text.text = editor.text.text.replace(f"api_key: {MASK}", f"api_key: {marker('edited')}")
        await pilot.press("ctrl+n")
        review = await walk.reviewed("review with a conflict")
        assert review.review is not None
        assert set(review.review.steps[0].conflicts) == {planting.MANAGER}
        await pilot.press("t")
        await walk.confirmed("review of an edit")
        await pilot.press("u")
        await until(pilot, lambda: isinstance(walk.app.screen, ReviewScreen) and walk.app.screen.heading != "", "no undo")
        await walk.reviewed("undo")
        await walk.back()
        await walk.back()
        source = cluster.api.get("modelsources.model.samzong.dev", "hub", namespace=NAMESPACE)
        assert source["spec"]["config"]["api_key"] == marker("edited")

        await walk.table("models", "llama")
        await pilot.press("E")
        await walk.screen(WizardScreen)
        for step in range(3):
            await walk.look(f"form of a model, step {step}")
            await pilot.press("ctrl+n")
        await walk.back()
        await walk.back()
        await walk.table("datasets", "mdl-llama-one")
        await pilot.press("ctrl+d")
        await walk.confirmed("deletion")
        await walk.back()

        await walk.command("history")
        history = await walk.screen(HistoryScreen, lambda screen: screen.table.counts.total >= 4)
        for _ in range(history.table.counts.total):
            await walk.look("history")
            await pilot.press("d")
            await walk.screen(HistoryEntryScreen)
            await walk.look("entry of history")
            await pilot.press("c")
            await walk.look("entry, copied")
            await walk.back()
            await pilot.press("down")
        await pilot.press("ctrl+s", "r")
        await walk.look("bringing back")

    seen = await walk(through)
    seen.proves("editor", "review with a conflict, difference", "entry of history", "review of a new source, manifest")


async def test_a_crash_in_the_middle_of_a_form(walk: Callable[[Walking], Awaitable[Walk]]) -> None:
    async def through(walk: Walk) -> None:
        await walk.act("New ModelSource")
        wizard = await walk.screen(WizardScreen)
        await typed(walk.pilot, "new")
        await walk.pilot.press("ctrl+n")
        wizard.answers = wizard.answers.with_answer("settings", "more", f"api_key={marker('typedconfig')}")
        await walk.pilot.press("ctrl+n", "left", "enter", *"hf-new", "enter")
        walk.app.screen.query_one("Input:focus", Input).value = marker("typed")
        await until(walk.pilot, lambda: list(paths.state_dir().glob("drafts/*")))

        def broken() -> None:
            token = marker("local")
            raise RuntimeError(planting.said("crash") + token[:0])

        walk.app.call_later(broken)
        await until(walk.pilot, lambda: walk.app.failure is not None)

    await walk(through)
    (report,) = paths.crash_dir().iterdir()
    assert "RuntimeError" in report.read_text()
