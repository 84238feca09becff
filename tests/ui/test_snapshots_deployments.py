"""The table of deployments and one of them closely, at both sizes. After a look: pytest with --snapshot-update."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import serving_world
from driving import Console, until
from fake import NOW, FakeSession
from test_snapshots import settled, sizes, typed
from textual.pilot import Pilot

from modeltui.kube.state import Sync, SyncState
from modeltui.systems import registry
from modeltui.ui.screens.deployment_detail import DeploymentDetail
from modeltui.ui.screens.deployments import DeploymentsScreen

Walk = Callable[[Pilot[int]], Awaitable[None]]

ABSENT = SyncState(Sync.NOT_INSTALLED, NOW)


def walk(*keys: str, line: str = ":deployments", then: Callable[[Any], object] = lambda _: True) -> Walk:
    async def walked(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await until(pilot, lambda: app.cluster is not None and len(app.screen_stack) > 1)
        await settled(pilot)
        for key in (*typed(line), "enter"):
            await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, DeploymentsScreen))
        await until(pilot, lambda: app.screen.live.joined and app.screen.table.counts.total == len(app.screen.live.rows()))
        for key in keys:
            await pilot.press(key)
        await until(pilot, lambda: then(app))
        await settled(pilot)

    return walked


def rows(count: int) -> Callable[[Any], object]:
    return lambda app: app.screen.table.counts.total == count


@sizes
def test_deployments(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    assert snap_compare(console(serving_world.session()), terminal_size=size, run_before=walk(then=rows(4)))


@sizes
def test_unfolded(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    assert snap_compare(console(serving_world.session()), terminal_size=size, run_before=walk("X", then=rows(5)))


@sizes
def test_some_systems_are_denied_and_others_not_installed(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    session = serving_world.session(
        kaito_sh=ABSENT, nvidia_com=SyncState(Sync.DENIED, NOW, "dynamographdeployments.nvidia.com is forbidden")
    )
    assert snap_compare(console(session), terminal_size=size, run_before=walk(then=rows(3)))


@sizes
def test_no_system_is_installed(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    groups = {view.resource.group: ABSENT for view in registry.serving()}
    run = walk(then=lambda app: app.screen.pane.display)
    assert snap_compare(console(FakeSession(of_group=groups)), terminal_size=size, run_before=run)


@sizes
def test_none_is_there(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    session = FakeSession(of_group={"kaito.sh": ABSENT})
    assert snap_compare(console(session), terminal_size=size, run_before=walk(then=lambda app: app.screen.pane.display))


def closely(app: Any) -> bool:
    return isinstance(app.screen, DeploymentDetail) and app.screen.family is not None and app.screen.pod is not None


@sizes
def test_one_that_runs(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    assert snap_compare(console(serving_world.session()), terminal_size=size, run_before=walk("enter", then=closely))


@sizes
def test_one_that_finds_no_node(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    assert snap_compare(console(serving_world.session()), terminal_size=size, run_before=walk("down", "enter", then=closely))
