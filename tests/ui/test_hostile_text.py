"""Whatever stands in an object, on every screen it is text: see `hostile` for what that is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from driving import page, until
from hostile import fill, harm
from planting import NAMESPACE
from walking import Walk

from modeltui.demo.cluster import EmbeddedCluster
from modeltui.document import text_of
from modeltui.options import ConsoleOptions
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.dataset_detail import DatasetDetail
from modeltui.ui.screens.edit import EditScreen
from modeltui.ui.screens.history import HistoryScreen
from modeltui.ui.screens.history_entry import HistoryEntryScreen
from modeltui.ui.screens.log import LogScreen
from modeltui.ui.screens.model_detail import ModelDetail
from modeltui.ui.screens.source_detail import SourceDetail
from modeltui.ui.screens.yaml_view import YamlScreen
from modeltui.ui.widgets.line_view import LineView
from modeltui.ui.wizards.screen import WizardScreen


@pytest.fixture
async def cluster() -> AsyncIterator[EmbeddedCluster]:
    async with EmbeddedCluster() as served:
        fill(served.api)
        yield served


def links(app: ConsoleApp) -> set[str]:
    """What a text could do if it were taken for markup: links, and actions of a click."""
    segments = [segment for strip in app.screen._compositor.render_strips() for segment in strip]
    styles = [segment.style for segment in segments if segment.style is not None]
    return {style.link for style in styles if style.link} | {str(style.meta["@click"]) for style in styles if "@click" in style.meta}


@pytest.mark.usefixtures("at_once")
async def test_it_is_text_on_every_screen(cluster: EmbeddedCluster, tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    cluster.write_kubeconfig(kubeconfig)
    app = ConsoleApp(ConsoleOptions(kubeconfig=str(kubeconfig), namespaces=(NAMESPACE,)), settings=Settings(), memory=Remembered())
    async with app.run_test(size=(120, 40)) as pilot:
        walk = Hostile(app, pilot, harm, lambda written: set())
        await walk.screen(BrowseScreen, lambda screen: screen.table.counts.total)
        for view, row, kind in (("models", "hostile", ModelDetail), ("sources", "hub", SourceDetail), ("datasets", "data", DatasetDetail)):
            await walk.table(view, row)
            await walk.look(f"table of {view}")
            await pilot.press("ctrl+w", "ctrl+s")
            await walk.look(f"wide table of {view}")
            await pilot.press("d")
            await walk.screen(kind, lambda screen: "[bold red]loud" in text_of_views(screen))
            if view == "datasets":
                await until(pilot, lambda: "(x3)" in text_of_views(app.screen), "no events")
            await walk.look(f"page of {view}")
            await pilot.press("y")
            await walk.screen(YamlScreen, lambda screen: "[bold red]loud" in page(screen.text))
            await pilot.press("w", "m", "end")
            await walk.look(f"YAML of {view}")
            await walk.back()
            await walk.back()
        await pilot.press("l")
        await walk.screen(LogScreen, lambda screen: "log ends here." in page(screen.text))
        assert "[bold red]loud" in page(app.screen.text)
        await pilot.press("t", "m", "w")
        await walk.look("log")
        await walk.back()
        for line in ("doctor", "shares", "catalog", "messages", "ns"):
            await walk.command(line)
            await pilot.pause(0.2)
            await walk.look(line)
            await walk.back()

        await walk.table("models", "hostile")
        await pilot.press("E")
        wizard = await walk.screen(WizardScreen)
        for step in wizard.form.steps:
            await walk.look(f"form of a Model, {step.title}")
            await pilot.press("ctrl+n")
        await walk.back()
        await walk.back()
        await walk.command("new deployment")
        wizard = await walk.screen(WizardScreen)
        await until(pilot, lambda: wizard._row_in_focus() is not None)
        for _ in wizard.steps:
            await walk.look(f"form that deploys, {wizard.step.title}")
            await pilot.press("ctrl+n")
        await walk.back()
        await walk.table("sources", "hub")
        await pilot.press("e")
        editor = await walk.screen(EditScreen)
        await walk.look("editor")
        editor.text.text = editor.text.text.replace("loud", "louder", 1)
        await pilot.press("ctrl+n")
        review = await walk.reviewed("review")
        assert review.review is not None
        assert review.review.steps[0].conflicts
        await pilot.press("t")
        await walk.confirmed("review taken over")
        await walk.back()
        await walk.command("history")
        await walk.screen(HistoryScreen, lambda screen: screen.table.counts.total)
        await walk.look("history")
        await pilot.press("d")
        await walk.screen(HistoryEntryScreen, lambda screen: "louder" in page(screen.text))
        await walk.look("entry of history")
    walk.nothing_wrong()


class Hostile(Walk):
    async def look(self, where: str) -> None:
        await super().look(where)
        self.wrong |= {(where, f"markup that was obeyed: {what}") for what in links(self.app)}


def text_of_views(screen: Any) -> str:
    """Before it is wrapped."""
    return "\n".join(text_of(one) for view in screen.query(LineView) for one in view.whole)
