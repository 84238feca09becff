"""From context to context and back: the right cluster's rows each time, from every screen, and from the middle of connecting."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from benchmarks import cluster as embedded
from benchmarks.cluster import Cluster
from driving import until
from kubeconfigs import NAMESPACE, Kubeconfig, command, credential, make_model, make_namespace, plugin, record, sees, shows
from textual.pilot import Pilot

from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.context import ContextScreen
from modeltui.ui.screens.detail import DetailScreen
from modeltui.ui.screens.namespace import NamespaceScreen
from modeltui.ui.screens.start import StartScreen
from modeltui.ui.sight import Kind

SIZE = (100, 30)


def filled(*models: str) -> Iterator[Cluster]:
    with embedded.cluster("--empty") as served:
        for namespace in (NAMESPACE, "other"):
            make_namespace(served, namespace)
        for model in models:
            make_model(served, NAMESPACE, model)
        make_model(served, "other", f"other-{models[0]}")
        yield served


@pytest.fixture(scope="module")
def east() -> Iterator[Cluster]:
    yield from filled("east-llama", "shared")


@pytest.fixture(scope="module")
def west() -> Iterator[Cluster]:
    yield from filled("west-qwen", "shared")


@pytest.fixture
def config(east: Cluster, west: Cluster, tmp_path: Path) -> Kubeconfig:
    """Contexts east and west, in a kubeconfig whose current one is east."""
    made = Kubeconfig(tmp_path / "kubeconfig", east)
    made.add("east")
    made.add("west", **access(west))
    made.document["current-context"] = "east"
    made.write()
    return made


def access(cluster: Cluster) -> dict[str, Any]:
    """The user and cluster entries that lead to another cluster."""
    document = yaml.safe_load(cluster.kubeconfig.read_text())
    about = {key.replace("-", "_"): value for key, value in document["clusters"][0]["cluster"].items()}
    return {"user": {"token": cluster.token}, **about}


async def in_context(pilot: Pilot[int], app: ConsoleApp, name: str, *wanted: str) -> BrowseScreen:
    await until(pilot, lambda: app.cluster is not None and app.cluster.context == name)
    await shows(pilot, app, *wanted)
    screen = app.screen
    assert isinstance(screen, BrowseScreen)
    assert app.cluster is not None
    assert screen.cluster is app.cluster
    assert screen.bar().context == name
    assert len(app.screen_stack) == 2
    await until(pilot, lambda: screen.bar().connection[1] == "live" and screen.bar().identity == "admin")
    return screen


async def test_there_and_back_twice_with_a_table_open(config: Kubeconfig) -> None:
    app = config.console(None, NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await in_context(pilot, app, "east", "east-llama", "shared")
        left = []
        for name, rows in (("west", ("shared", "west-qwen")), ("east", ("east-llama", "shared"))) * 2:
            assert app.cluster is not None
            left.append(app.cluster)
            await command(pilot, f"ctx {name}")
            await in_context(pilot, app, name, *rows)
        await until(pilot, lambda: all(cluster.session.client._http.is_closed for cluster in left))
        assert not [cluster for cluster in left if cluster.session._shared]
        assert not [text for text in record(app).splitlines() if text]


async def test_there_and_back_twice_from_a_detail(config: Kubeconfig) -> None:
    app = config.console("east", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await in_context(pilot, app, "east", "east-llama", "shared")
        for name, rows in (("west", ("shared", "west-qwen")), ("east", ("east-llama", "shared"))) * 2:
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, DetailScreen))
            await command(pilot, f"ctx {name}")
            await in_context(pilot, app, name, *rows)


async def test_by_the_list_of_contexts(config: Kubeconfig) -> None:
    app = config.console("east", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await in_context(pilot, app, "east", "east-llama", "shared")
        await command(pilot, "ctx")
        await until(pilot, lambda: isinstance(app.screen, ContextScreen) and app.screen.table.cursor_key == ("", "east"))
        assert isinstance(app.screen, ContextScreen)
        app.screen.table.move_to(("", "west"))
        await pilot.press("enter")
        await in_context(pilot, app, "west", "shared", "west-qwen")


async def test_a_table_in_another_context(config: Kubeconfig) -> None:
    app = config.console("east", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await in_context(pilot, app, "east", "east-llama", "shared")
        await command(pilot, "models other @west")
        await in_context(pilot, app, "west", "other-west-qwen")


async def test_back_in_a_context_the_user_is_where_he_was(config: Kubeconfig) -> None:
    """The command line says where to begin; what was chosen since then is newer."""
    app = config.console("east", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await in_context(pilot, app, "east", "east-llama", "shared")
        await command(pilot, "ns other")
        await in_context(pilot, app, "east", "other-east-llama")
        await command(pilot, "ctx west")
        await in_context(pilot, app, "west", "shared", "west-qwen")
        await command(pilot, "ctx east")
        await in_context(pilot, app, "east", "other-east-llama")


async def test_the_view_of_the_command_line_is_the_first_and_not_that_of_every_return(config: Kubeconfig) -> None:
    app = config.console("east", NAMESPACE, view="sources")
    async with app.run_test(size=SIZE) as pilot:
        for name, view in (("east", "sources"), ("west", "sources"), ("east", "models")):
            await until(
                pilot,
                lambda name=name, view=view: (
                    isinstance(app.screen, BrowseScreen) and app.screen.place.view == view and app.bar.context == name
                ),
            )
            if name == "east":
                await command(pilot, "models")
                await shows(pilot, app, "east-llama", "shared")
            await command(pilot, f"ctx {'west' if name == 'east' else 'east'}")


async def test_while_connecting(config: Kubeconfig) -> None:
    config.add("slow", user=plugin("/bin/sh", "-c", "sleep 600"))
    app = config.console("slow", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        for name, rows in (("west", ("shared", "west-qwen")), ("east", ("east-llama", "shared"))):
            await sees(pilot, app, Kind.LOADING, "Connecting to slow", "/bin/sh")
            await command(pilot, f"ctx {name}")
            await in_context(pilot, app, name, *rows)
            await command(pilot, "ctx slow")
        await sees(pilot, app, Kind.LOADING, "Connecting to slow", "/bin/sh")
        assert app.cluster is None


async def test_the_last_of_two_quick_choices_holds(config: Kubeconfig) -> None:
    app = config.console("east", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await in_context(pilot, app, "east", "east-llama", "shared")
        app.use_context("west")
        app.use_context("east")
        app.use_context("west")
        await in_context(pilot, app, "west", "shared", "west-qwen")


async def test_a_context_added_to_the_kubeconfig_is_known_at_once(config: Kubeconfig, west: Cluster) -> None:
    app = config.console("east", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await in_context(pilot, app, "east", "east-llama", "shared")
        config.add("new", **access(west))
        await command(pilot, "ctx new")
        await in_context(pilot, app, "new", "shared", "west-qwen")
        config.add("newer", **access(west))
        await command(pilot, "ctx")
        await until(pilot, lambda: isinstance(app.screen, ContextScreen) and app.screen.table.row(("", "newer")))


async def test_a_context_that_cannot_be_used_leaves_the_way_back(config: Kubeconfig) -> None:
    config.add("broken", user=plugin("no-such-plugin"))
    app = config.console("east", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await in_context(pilot, app, "east", "east-llama", "shared")
        await command(pilot, "ctx broken")
        await sees(pilot, app, Kind.ERROR, "Cannot use context broken", "no-such-plugin")
        await command(pilot, "ns")
        await until(pilot, lambda: "no connection yet" in record(app))
        await pilot.press("left_square_bracket", "minus")
        await sees(pilot, app, Kind.ERROR, "no-such-plugin")
        await command(pilot, "ctx east")
        await in_context(pilot, app, "east", "east-llama", "shared")


async def test_a_connection_does_not_take_the_keys_of_a_prompt(config: Kubeconfig, east: Cluster) -> None:
    """A table that came up under somebody's fingers would take the rest of a name for keys."""
    config.add("broken", user=plugin("no-such-plugin"))
    app = config.console("broken", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, app, Kind.ERROR, "no-such-plugin")
        await pilot.press("colon", *"ctx we")
        config.add("broken", user=plugin("/bin/echo", credential(east.token)))
        await until(pilot, lambda: app.cluster is not None)
        await pilot.press(*"st")
        assert isinstance(app.screen, StartScreen)
        assert app.screen.prompt_open
        await pilot.press("enter")
        await in_context(pilot, app, "west", "shared", "west-qwen")


async def test_a_connection_waits_for_who_reads_the_help(config: Kubeconfig, east: Cluster) -> None:
    config.add("broken", user=plugin("no-such-plugin"))
    app = config.console("broken", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, app, Kind.ERROR, "no-such-plugin")
        await pilot.press("question_mark")
        await until(pilot, lambda: app.screen.crumb == "help")
        config.add("broken", user=plugin("/bin/echo", credential(east.token)))
        await until(pilot, lambda: app.bar.connection[1] == "connected")
        assert app.screen.crumb == "help"
        await pilot.press("escape")
        await in_context(pilot, app, "broken", "east-llama", "shared")


async def test_the_list_of_contexts_is_left_to_the_choice_of_namespaces(config: Kubeconfig) -> None:
    app = config.console("east")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, NamespaceScreen) and app.screen.table.row(("", NAMESPACE)))
        await command(pilot, "ctx")
        await until(pilot, lambda: isinstance(app.screen, ContextScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, NamespaceScreen))
        await pilot.press("escape")
        assert isinstance(app.screen, NamespaceScreen)
        await command(pilot, f"models {NAMESPACE}")
        await in_context(pilot, app, "east", "east-llama", "shared")
