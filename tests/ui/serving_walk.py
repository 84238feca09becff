"""The way through every table and page of what serves models, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import planting_serving
from driving import until
from planting import NAMESPACE
from walking import Walk

from modeltui.demo.cluster import EmbeddedCluster
from modeltui.options import ConsoleOptions
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.systems.kserve.types import SERVICES
from modeltui.systems.registry import deployments, serving
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.activate import ActivateScreen
from modeltui.ui.screens.activation import ActivationReview
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.detail import DetailScreen
from modeltui.ui.screens.log import LogScreen
from modeltui.ui.screens.prompt import PromptScreen
from modeltui.ui.screens.yaml_view import YamlScreen


def console(cluster: EmbeddedCluster, folder: Path) -> ConsoleApp:
    kubeconfig = folder / "kubeconfig"
    cluster.write_kubeconfig(kubeconfig)
    return ConsoleApp(ConsoleOptions(kubeconfig=str(kubeconfig), namespaces=(NAMESPACE,)), settings=Settings(), memory=Remembered())


TextPage = DetailScreen | YamlScreen
"""What `d` opens: kinds without a page of their own are shown as YAML."""


def shown(screen: TextPage) -> bool:
    return screen.text.display if isinstance(screen, YamlScreen) else not screen.pane.display


async def away(walk: Walk, there: Callable[[], bool]) -> None:
    """Back, until it is there."""
    for _ in range(5):
        if there():
            return
        await walk.back()
        await walk.pilot.pause(0.05)
    raise AssertionError(f"no way back from {walk.app.screen}")


async def through(walk: Walk, pod: str) -> None:
    """Every table and page of what serves."""
    pilot = walk.pilot
    for view, (namespace, name) in planting_serving.planted():
        await walk.table(view.name, name, namespace=namespace)
        await walk.look(f"table of {view.name}")
        await pilot.press("ctrl+w", "c", "ctrl+s")
        await walk.look(f"wide table of {view.name}")
        await pilot.press("d")
        page = await walk.screen(TextPage, shown)
        await walk.look(f"page of {view.name}")
        if isinstance(page, DetailScreen):
            await pilot.press("x", "y")
            await walk.screen(YamlScreen, shown)
        await pilot.press("m", "c")
        await walk.look(f"YAML of {view.name}")
        while not isinstance(walk.app.screen, BrowseScreen):
            await walk.back()
    await walk.table("pods", pod)
    await pilot.press("ctrl+w")
    await walk.look("table of pods")
    await pilot.press("d")
    await walk.screen(DetailScreen, shown)
    await walk.look("page of a pod")
    await pilot.press("l")
    await walk.screen(LogScreen)
    await walk.look("log of a pod")
    await walk.back()
    await walk.back()
    await walk.command(f"deployments {NAMESPACE}")
    table = await walk.screen(BrowseScreen, lambda screen: screen.of == deployments() and screen.table.counts.total == len(serving()))
    await pilot.press("X")
    for key in list(table.table.keys()):
        table.table.move_to(key)
        await pilot.press("d")
        page = await walk.screen(DetailScreen, shown)
        await walk.look(f"deployment {key}")
        if page.view.resource == SERVICES:
            await activated(walk, page)
        await pilot.press("P")
        await walk.screen(PromptScreen)
        await walk.look(f"prompt to {key}")
        await away(walk, lambda page=page: walk.app.screen is page)
        await pilot.press("F")
        await until(pilot, lambda page=page: page.prompt_open)
        told = len(walk.app.messages)
        await pilot.press("enter")
        await until(pilot, lambda told=told: len(walk.app.messages) > told)
        await walk.look(f"forward to {key}")
        await away(walk, lambda: walk.app.screen is table)
    for line in ("doctor", "forwards", "catalog", "messages"):
        await walk.command(line)
        await pilot.pause(0.2)
        await walk.look(line)
        await walk.back()


async def activated(walk: Walk, page: DetailScreen) -> None:
    """The models that there are to activate, and the review of one."""
    await walk.command("activate")
    chooser = await walk.screen(ActivateScreen, lambda screen: screen.table.counts.total)
    await walk.look("models to activate")
    chooser.table.move_to(("", "TinyLlama/TinyLlama-1.1B-Chat-v1.0"))
    await walk.pilot.press("enter")
    review = await walk.screen(ActivationReview, lambda screen: screen.review is not None)
    await walk.look("review of an activation")
    for _ in range(2):
        await walk.pilot.press("v")
        await walk.look("review of an activation")
    assert review.review is not None
    await away(walk, lambda: walk.app.screen is page)
