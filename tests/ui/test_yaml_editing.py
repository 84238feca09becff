"""The built-in editor, by keyboard."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from driving import until

from modeltui.kube.apply import apply
from modeltui.kube.client import Client
from modeltui.kube.credentials import load
from modeltui.options import ConsoleOptions
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.systems.modelfs.types import MODELS
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.edit import EditScreen
from modeltui.ui.wizards.unfinished import UnfinishedScreen


@pytest_asyncio.fixture
async def model(kubeconfig: str, namespace: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The name of one that is there, and no editor but our own."""
    for name in ("MODELTUI_EDITOR", "KUBE_EDITOR", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    manifest = {
        "apiVersion": MODELS.api_version,
        "kind": "Model",
        "metadata": {"name": "edited", "namespace": namespace},
        "spec": {"sourceRef": "none", "versions": [{"name": "v1", "repo": "a/b"}]},
    }
    client = Client(load(kubeconfig, None))
    await apply(client, MODELS, manifest, dry_run=False)
    yield "edited"
    await client.request("DELETE", MODELS.path(namespace, "edited"))
    await client.aclose()


def console(kubeconfig: str, namespace: str, context: str | None = None) -> ConsoleApp:
    options = ConsoleOptions(kubeconfig=kubeconfig, namespaces=(namespace,), context=context)
    return ConsoleApp(options, settings=Settings(), memory=Remembered())


async def test_escape_leaves_and_what_was_typed_is_offered_again(kubeconfig: str, namespace: str, model: str) -> None:
    app = console(kubeconfig, namespace)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.table.counts.total > 0)
        browse = app.screen
        assert isinstance(browse, BrowseScreen)
        browse.table.move_to((namespace, model))

        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, EditScreen))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is browse)

        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, EditScreen))
        await pilot.press("x", "tab", "escape")
        await until(pilot, lambda: app.screen is browse)

        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, UnfinishedScreen))


async def test_who_may_only_look_is_told_before_the_first_change(kubeconfig: str, namespace: str, model: str) -> None:
    app = console(kubeconfig, namespace, "viewer")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.table.counts.total > 0)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, EditScreen) and "edited, but not applied" in str(app.screen.sentence.content))
        assert isinstance(app.screen, EditScreen)
        assert "patch" in str(app.screen.sentence.content)
