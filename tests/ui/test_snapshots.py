"""Every screen and every sight, at 80x24 and 120x40, with a fixed clock and data.

Look at the pictures of a failure in snapshot_report.html; accept new ones by `pytest tests/ui/test_snapshots.py --snapshot-update`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import world
from driving import Console, models, until
from fake import NOW, FakeConnector, FakeSession, forbidden
from textual.pilot import Pilot

from modeltui.kube.errors import Unreachable
from modeltui.kube.state import Sync, SyncState
from modeltui.settings import ContextSettings, Settings
from modeltui.systems.core.types import JOBS, NAMESPACES, PODS
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.dataset_detail import DatasetDetail
from modeltui.ui.screens.model_detail import ModelDetail
from modeltui.ui.screens.namespace import NamespaceScreen
from modeltui.ui.screens.source_detail import SourceDetail
from modeltui.ui.screens.start import StartScreen
from modeltui.ui.screens.yaml_view import YamlScreen

SIZES = [(80, 24), (120, 40)]
Walk = Callable[[Pilot[int]], Awaitable[None]]

sizes = pytest.mark.parametrize("size", SIZES, ids=[f"{width}x{height}" for width, height in SIZES])


async def settled(pilot: Pilot[int]) -> None:
    """Who we are is known, the keys are shown, and nothing waits to be painted."""
    app: Any = pilot.app
    await until(pilot, lambda: app.bar.identity == "alice@example.com" or app.cluster is None)
    await until(pilot, lambda: app.screen.bottom.hints._hints)
    await pilot.pause(0.3)


Step = tuple[tuple[str, ...], Callable[[Any], object]]
"""Keys, and what must be true before the next ones are pressed."""


def shows(*steps: Step, count: int = 4) -> Walk:
    """Waits for the models, then takes each step."""

    async def walk(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await models(pilot, app, count)
        await settled(pilot)
        for keys, then in steps:
            for key in keys:
                await pilot.press(key)
                await pilot.pause(0.05)
            await until(pilot, lambda then=then: then(app))
            await settled(pilot)

    return walk


def typed(line: str) -> tuple[str, ...]:
    return tuple({":": "colon", "/": "slash"}.get(char, char) for char in line)


def page(kind: type) -> Callable[[Any], object]:
    return lambda app: isinstance(app.screen, kind) and len(app.screen.text.lines) > 10


def table(count: int) -> Callable[[Any], object]:
    return lambda app: isinstance(app.screen, BrowseScreen) and app.screen.table.counts.total == count and app.screen.table.has_focus


def crumb(word: str) -> Callable[[Any], object]:
    return lambda app: app.screen.crumb == word


SOURCES: Step = ((*typed(":sources"), "enter"), table(2))
MODEL: Step = (
    ("down", "enter"),
    lambda app: isinstance(app.screen, ModelDetail) and app.screen.table.counts.total == 1 and app.screen.table.has_focus,
)
PLACES: dict[str, Walk] = {
    "models": shows(),
    "wide": shows((("ctrl+w",), table(4))),
    "marked": shows((("space", "down", "space"), table(4))),
    "filter": shows((typed("/qwen"), lambda app: app.screen.table.counts.shown == 1)),
    "command": shows((typed(":da"), lambda app: app.screen._prompt.field._suggestion)),
    "message": shows(((*typed(":modles"), "enter"), lambda app: app.messages)),
    "sources": shows(SOURCES),
    "model": shows(MODEL),
    "dataset": shows(MODEL, (("enter",), page(DatasetDetail))),
    "source": shows(SOURCES, (("down", "enter"), page(SourceDetail))),
    "yaml": shows((("y",), page(YamlScreen))),
    "help": shows((("question_mark",), crumb("help"))),
    "aliases": shows((("ctrl+a",), crumb("aliases"))),
    "contexts": shows(((*typed(":ctx"), "enter"), crumb("contexts"))),
    "messages": shows(((*typed(":modles"), "enter"), lambda app: app.messages), ((*typed(":messages"), "enter"), crumb("messages"))),
    "log": shows(
        ((*typed(":datasets"), "enter"), table(6)),
        (("l",), lambda app: crumb("log")(app) and "no pod" in str(app.screen.text.lines)),
    ),
}


@sizes
@pytest.mark.parametrize("place", PLACES)
def test_screen(place: str, size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    jobs = {"items": [{"metadata": {"name": "download-round-1"}}]}
    session = world.session(**{JOBS.path("team-a"): jobs, PODS.path("team-a"): {"items": []}})
    assert snap_compare(console(session), terminal_size=size, run_before=PLACES[place])


def state(sync: Sync, reason: str = "", *, received: int = 0, retry: bool = False) -> dict[str, SyncState]:
    return {"team-a": SyncState(sync, NOW, reason, NOW + timedelta(seconds=8) if retry else None, received)}


DENIED = 'models.model.samzong.dev is forbidden: User "alice" cannot list resource "models" in API group "model.samzong.dev"'
REFUSED = 'https://10.0.0.1:6443 does not accept the credentials of user "alice" (Unauthorized): log in again'
SIGHTS: dict[str, tuple[dict[str, SyncState], tuple[str, ...]]] = {
    "loading": (state(Sync.SYNCING, received=3500), ()),
    "denied": (state(Sync.DENIED, DENIED), ()),
    "unauthorized": (state(Sync.UNAUTHORIZED, REFUSED, retry=True), ()),
    "not_installed": (state(Sync.NOT_INSTALLED), ()),
    "stale": (state(Sync.STALE, "10.0.0.1:6443 refused the connection", retry=True), ()),
    "no_namespace": (state(Sync.NO_NAMESPACE), ()),
    "filtered": ({}, ("slash", "z", "z", "enter")),
}


@sizes
@pytest.mark.parametrize("kind", [*SIGHTS, "empty"])
def test_sight(kind: str, size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    async def walk(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))
        await settled(pilot)
        await pilot.press(*SIGHTS.get(kind, ({}, ()))[1])
        await settled(pilot)

    session = world.session(SIGHTS[kind][0]) if kind in SIGHTS else FakeSession(answers=world.session().answers)
    assert snap_compare(console(session), terminal_size=size, run_before=walk)


@sizes
def test_one_of_two_namespaces_denied(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    session = world.session({"team-b": SyncState(Sync.DENIED, NOW, DENIED)})
    assert snap_compare(console(session, namespaces=("team-a", "team-b")), terminal_size=size, run_before=shows())


@sizes
@pytest.mark.parametrize("allowed", [True, False], ids=["listed", "denied"])
def test_namespaces(allowed: bool, size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    async def walk(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await until(pilot, lambda: isinstance(app.screen, NamespaceScreen))
        await settled(pilot)
        wanted = "3 namespaces" if allowed else "no obstacle"
        await until(pilot, lambda: wanted in str(app.screen.intro.content))
        await settled(pilot)

    session = world.session()
    if not allowed:
        session.answers[NAMESPACES.path()] = forbidden("namespaces")
    assert snap_compare(console(session, namespaces=()), terminal_size=size, run_before=walk)


@sizes
def test_connecting(size: tuple[int, int], console: Console, snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(self: FakeConnector, **_: object) -> None:
        await asyncio.Event().wait()

    async def walk(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await until(pilot, lambda: isinstance(app.screen, StartScreen) and app.screen.bottom.hints._hints)
        await pilot.pause(0.3)

    monkeypatch.setattr(FakeConnector, "__call__", never)
    assert snap_compare(console(world.session(), context="staging"), terminal_size=size, run_before=walk)


@sizes
def test_start_failed(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    async def walk(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await until(pilot, lambda: isinstance(app.screen, StartScreen) and app.messages)
        await pilot.pause(0.3)

    error = Unreachable("10.0.0.1:6443 refused the connection: is the cluster up, and the VPN?")
    assert snap_compare(console(world.session(), error=error, context="staging"), terminal_size=size, run_before=walk)


@sizes
def test_read_only_production(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    settings = Settings(contexts={"staging": ContextSettings(theme="modeltui-danger", read_only=True)})
    assert snap_compare(console(world.session(), settings=settings), terminal_size=size, run_before=shows())


def test_too_small(console: Console, snap_compare: Any) -> None:
    assert snap_compare(console(world.session()), terminal_size=(50, 12), run_before=shows())
