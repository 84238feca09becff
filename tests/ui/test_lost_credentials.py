"""Credentials that run out while rows are on the screen: the rows stay, marked; a login brings them back to life."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from benchmarks import cluster as embedded
from benchmarks.cluster import Cluster
from driving import until
from kubeconfigs import NAMESPACE, Kubeconfig, Tunnel, command, credential, make_model, make_namespace, plugin, record, rows, shows
from textual.pilot import Pilot

from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.browse import BrowseScreen
from processes import alive

SIZE = (100, 24)


@pytest.fixture(scope="module")
def served() -> Iterator[Cluster]:
    with embedded.cluster("--empty") as made:
        make_namespace(made, NAMESPACE)
        for name in ("phi", "qwen"):
            make_model(made, NAMESPACE, name)
        yield made


@pytest.fixture
def cluster(served: Cluster) -> Iterator[Cluster]:
    """Without the faults of the test before."""
    yield served
    served.call("DELETE", "/-/faults")


@pytest.fixture
async def tunnel(cluster: Cluster) -> AsyncIterator[Tunnel]:
    made = Tunnel(cluster)
    await made.open()
    yield made
    await made.close()


def viewer(config: Kubeconfig) -> str:
    """The viewer's token."""
    token: str = next(user["user"]["token"] for user in config.document["users"] if user["name"] == "viewer")
    return token


async def run_out(cluster: Cluster, tunnel: Tunnel) -> None:
    """From now on the viewer's token is refused, and the open watch is gone."""
    cluster.call("POST", "/-/faults", {"kind": "expired-token", "user": "viewer", "count": 0})
    await tunnel.close()
    await tunnel.open()


def notes(app: ConsoleApp) -> str:
    assert isinstance(app.screen, BrowseScreen)
    return str(app.screen.notes.content) if app.screen.notes.display else ""


def connection(app: ConsoleApp) -> str:
    return app.screen.bar().connection[1] if isinstance(app.screen, BrowseScreen) else ""


async def seen_as_viewer(pilot: Pilot[int], app: ConsoleApp) -> None:
    await shows(pilot, app, "phi", "qwen")
    await until(pilot, lambda: connection(app) == "live" and app.bar.identity == "viewer")


async def test_a_token_that_runs_out_leaves_the_rows_and_a_new_one_on_disk_is_noticed(
    config: Kubeconfig, cluster: Cluster, tunnel: Tunnel
) -> None:
    config.add("shift", server=tunnel.url, user={"token": viewer(config)})
    app = config.console("shift", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await seen_as_viewer(pilot, app)
        await run_out(cluster, tunnel)
        await until(pilot, lambda: connection(app).startswith("unauthorized, data from "))
        assert rows(app) == ["phi", "qwen"]
        assert "not fresh, data from" in notes(app)
        assert 'does not accept the credentials of user "shift"' in notes(app)
        assert "Models in team-a: unauthorized." in record(app)
        config.add("shift", server=tunnel.url)
        await until(pilot, lambda: connection(app) == "live" and not notes(app))
        await until(pilot, lambda: app.bar.identity == "admin")
        make_model(cluster, NAMESPACE, "afterwards")
        await shows(pilot, app, "afterwards", "phi", "qwen")
        cluster.call("DELETE", f"/apis/model.samzong.dev/v1/namespaces/{NAMESPACE}/models/afterwards")


async def test_a_plugin_that_hangs_when_it_is_asked_again_holds_up_nothing(
    config: Kubeconfig, cluster: Cluster, tunnel: Tunnel, tmp_path: Path
) -> None:
    given, pid = tmp_path / "given", tmp_path / "pid"
    hang = f"echo $$ > {pid}.new; mv {pid}.new {pid}; sleep 600"
    body = f"if test -f {given}; then {hang}; fi; touch {given}; echo '{credential(viewer(config))}'"
    config.add("cloud", server=tunnel.url, user=plugin("/bin/sh", "-c", body))
    app = config.console("cloud", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await seen_as_viewer(pilot, app)
        await run_out(cluster, tunnel)
        await until(pilot, pid.exists)
        await until(pilot, lambda: connection(app).startswith("disconnected, data from"))
        assert rows(app) == ["phi", "qwen"]
        await pilot.press("slash", *"qwen", "enter")
        await shows(pilot, app, "qwen")
        await command(pilot, "ctx admin")
        await shows(pilot, app, "phi", "qwen")
        await until(pilot, lambda: not alive(int(pid.read_text())))
