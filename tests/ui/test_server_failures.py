"""A server that cannot be reached, cannot be trusted, or says no: one clear sentence, a console that lives on, and the way back."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
import trustme
from benchmarks import cluster as embedded
from benchmarks.cluster import Cluster
from driving import until
from kubeconfigs import (
    NAMESPACE,
    Kubeconfig,
    Tunnel,
    command,
    intro,
    make_model,
    make_namespace,
    plugin,
    record,
    sees,
    shows,
)
from tests.kube.scripted_server import Authority, b64, handshaking

from modeltui.kube import absence, client, remedy
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.namespace import NamespaceScreen
from modeltui.ui.sight import Kind

SIZE = (80, 24)
CRD = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


# ---- the way to the server


async def test_the_wrong_ca_is_told_and_corrected_on_disk(config: Kubeconfig) -> None:
    config.add("prod", certificate_authority_data=base64.b64encode(trustme.CA().cert_pem.bytes()).decode())
    app = config.console("prod", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, app, Kind.STALE, 'not signed by the certificate-authority of cluster "prod"', "correct the CA or the server")
        assert "not signed by" in record(app)
        config.add("prod")
        await shows(pilot, app, "phi")


async def test_a_server_whose_certificate_is_over(config: Kubeconfig) -> None:
    authority = Authority()
    with handshaking(authority.server(expired=True)) as url:
        config.add("prod", server=url, certificate_authority_data=b64(authority.pem))
        app = config.console("prod", NAMESPACE)
        async with app.run_test(size=SIZE) as pilot:
            await sees(pilot, app, Kind.STALE, "the server's certificate has expired: it must be renewed there")
            assert "certificate has expired" in record(app)
            await command(pilot, "ctx admin")
            await shows(pilot, app, "phi")


async def test_a_server_that_refuses_connections_and_comes_up(config: Kubeconfig, tunnel: Tunnel) -> None:
    config.add("prod", server=tunnel.url)
    app = config.console("prod", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, app, Kind.STALE, f"nothing listens on port {tunnel.port}", "by itself")
        assert f"nothing listens on port {tunnel.port}" in record(app)
        await tunnel.open()
        await shows(pilot, app, "phi")
        await until(pilot, lambda: app.screen.bar().connection[1] == "live")  # the lists of the other kinds come, too
        assert "live again" in record(app)


async def test_that_it_is_live_again_is_kept_by_whichever_screen_sees_it(config: Kubeconfig, tunnel: Tunnel) -> None:
    config.add("prod", server=tunnel.url)
    app = config.console("prod", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, app, Kind.STALE, f"nothing listens on port {tunnel.port}")
        await until(pilot, lambda: f"Models in {NAMESPACE}: disconnected." in record(app))
        await command(pilot, "datasets")
        await sees(pilot, app, Kind.STALE, f"nothing listens on port {tunnel.port}")
        await tunnel.open()
        await until(pilot, lambda: app.screen.bar().connection[1] == "live")
        assert "Models in" not in record(app).partition("disconnected.")[2], "nobody has looked at them since"
        await command(pilot, "models")
        await until(pilot, lambda: f"Models in {NAMESPACE}: live again." in record(app))


async def test_a_server_that_comes_up_while_a_namespace_is_chosen(config: Kubeconfig, tunnel: Tunnel) -> None:
    config.add("prod", server=tunnel.url)
    app = config.console("prod")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, NamespaceScreen) and "nothing listens on port" in intro(app))
        await until(pilot, lambda: app.bar.connection[1] == "unreachable")
        assert "nothing listens on port" in record(app)
        await tunnel.open()
        await until(pilot, lambda: app.screen.table.row(("", NAMESPACE)))
        await until(pilot, lambda: app.bar.identity == "admin" and app.bar.connection[1] == "connected")


async def test_a_server_that_swallows_connections(config: Kubeconfig, tunnel: Tunnel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "CONNECT_TIMEOUT", 0.3)
    tunnel.swallow()
    config.add("prod", server=tunnel.url)
    app = config.console("prod", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, app, Kind.LOADING, "nothing received yet")
        await sees(pilot, app, Kind.STALE, "did not accept a connection in time", "VPN or a firewall")
        await tunnel.close()
        await tunnel.open()
        await shows(pilot, app, "phi")


# ---- what the server says


async def test_who_may_nothing_is_told_whom_to_ask_and_goes_elsewhere(config: Kubeconfig) -> None:
    app = config.console("nobody", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        check = f"kubectl auth can-i list models.model.samzong.dev -n {NAMESPACE}"
        await sees(pilot, app, Kind.DENIED, "You may not list any models in team-a", 'User "nobody" cannot list', check)
        assert app.screen.bar().connection[1] == "denied"
        assert 'User "nobody" cannot list' in record(app)
        await command(pilot, "ctx admin")
        await shows(pilot, app, "phi")


@pytest.mark.parametrize("keys", [(), ("ctrl+r",)], ids=["by itself", "ctrl-r"])
async def test_a_namespace_that_is_made_later(
    config: Kubeconfig, cluster: Cluster, keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"later{'-asked' if keys else ''}"
    monkeypatch.setattr(absence, "LOOK_EVERY", 3600.0 if keys else 0.2)
    app = config.console("admin", name)
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, app, Kind.NO_NAMESPACE, f"Namespace {name} does not exist", "fills by itself", "the right cluster?")
        assert f'namespace "{name}" not found' in record(app)
        make_namespace(cluster, name)
        await pilot.press(*keys)
        await sees(pilot, app, Kind.EMPTY, f"No models in {name}")
        make_model(cluster, name, "newborn")
        await shows(pilot, app, "newborn")


@pytest.mark.parametrize("keys", [(), ("ctrl+r",)], ids=["by itself", "ctrl-r"])
async def test_a_crd_that_is_installed_later(keys: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remedy, "NOT_INSTALLED_RETRY", 3600.0 if keys else 0.3)
    with embedded.cluster("--empty") as bare:
        make_namespace(bare, NAMESPACE)
        found = bare.call("GET", f"{CRD}/models.model.samzong.dev")
        bare.call("DELETE", f"{CRD}/models.model.samzong.dev")
        for other in bare.call("GET", CRD)["items"]:
            if other["spec"]["group"] == "aim.eai.amd.com":  # which keeps models, too
                bare.call("DELETE", f"{CRD}/{other['metadata']['name']}")
        app = Kubeconfig(tmp_path / "bare", bare).console("admin", NAMESPACE)
        async with app.run_test(size=SIZE) as pilot:
            await sees(
                pilot,
                app,
                Kind.NOT_INSTALLED,
                "Model is not installed in this cluster",
                "kubectl get crd models.model.samzong.dev",
                "by itself",
            )
            assert app.screen.bar().connection[1] == "not installed"
            found["metadata"] = {"name": found["metadata"]["name"]}
            bare.call("POST", CRD, found)
            make_model(bare, NAMESPACE, "phi")
            await pilot.press(*keys)
            await shows(pilot, app, "phi")


# ---- the terminal


@pytest.mark.parametrize("context", ["admin", "broken"])
async def test_a_terminal_too_small_says_so_and_comes_back(config: Kubeconfig, context: str) -> None:
    config.add("broken", user=plugin("no-such-plugin"))
    app = config.console(context, NAMESPACE)
    async with app.run_test(size=(50, 12)) as pilot:
        await until(pilot, lambda: app.screen.query(".too-small"))
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) or record(app))
        words = "it has 50 columns and 12 lines, and needs 60 and 15"
        await until(pilot, lambda: any(words in str(one.content) for one in app.screen.query(".too-small")))
        await pilot.resize_terminal(*SIZE)
        await until(pilot, lambda: not app.screen.query(".too-small"))
        if context == "admin":
            await shows(pilot, app, "phi")
        else:
            await sees(pilot, app, Kind.ERROR, "no-such-plugin")
