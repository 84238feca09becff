"""Whatever is wrong on the way to the rows: one clear sentence in the right place, a console that lives on, and the way back.

What stands in the way is real: sockets, certificates, processes and files.
"""

from __future__ import annotations

import base64
import stat
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from benchmarks import cluster as embedded
from benchmarks.cluster import Cluster
from driving import until
from kubeconfigs import Kubeconfig, Tunnel, alive, command, credential, make_model, make_namespace, plugin, record, said, sees, shows
from tests.kube.scripted_server import Authority, b64, handshaking

from modeltui.kube import absence, client, remedy
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.context import ContextScreen
from modeltui.ui.screens.namespace import NamespaceScreen
from modeltui.ui.sights import Kind

NAMESPACE = "team-a"
SIZE = (80, 24)
CRD = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with embedded.cluster("--empty") as served:
        make_namespace(served, NAMESPACE)
        make_model(served, NAMESPACE, "phi")
        yield served


@pytest.fixture
def config(cluster: Cluster, tmp_path: Path) -> Kubeconfig:
    return Kubeconfig(tmp_path / "kubeconfig", cluster)


@pytest.fixture
async def tunnel(cluster: Cluster) -> AsyncIterator[Tunnel]:
    made = Tunnel(cluster)
    yield made
    await made.close()


def intro(app: ConsoleApp) -> str:
    """What the choice of namespaces says."""
    assert isinstance(app.screen, NamespaceScreen)
    return str(app.screen.intro.content)


# ---- the kubeconfig


@pytest.mark.parametrize(
    ("text", "context", "words"),
    [
        (None, None, "does not exist"),
        ("users: [", None, "is not valid YAML"),
        ("just words", None, "not a mapping"),
        ("{}", None, "names no current context"),
        ("", "prodd", 'there is no context "prodd" in '),
    ],
)
async def test_without_any_choice_the_console_ends_with_one_sentence(
    config: Kubeconfig, text: str | None, context: str | None, words: str
) -> None:
    if text is None:
        config.path.unlink()
    elif text:
        config.write(text)
    app = config.console(context)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.failed_sentence)
    assert words in app.failed_sentence
    assert str(config.path) in app.failed_sentence
    assert "\n" not in app.failed_sentence
    assert app.return_value == 1


async def test_no_kubeconfig_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Kubeconfig) -> None:
    for name in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    app = config.console()
    app.options = type(app.options)()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.failed_sentence)
    assert app.failed_sentence.startswith(f"no kubeconfig found: tried {tmp_path}/home/.kube/config; set KUBECONFIG")
    assert app.return_value == 1


async def test_a_kubeconfig_that_breaks_later_is_a_sight_and_mends_by_itself(config: Kubeconfig) -> None:
    app = config.console("admin", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, app, "phi")
        await command(pilot, "ctx prodd")
        await until(pilot, lambda: "prodd" in record(app))
        assert "The kubeconfig has no context 'prodd'." in record(app)
        await shows(pilot, app, "phi")
        config.write("users: [")
        await command(pilot, "ctx viewer")
        await sees(pilot, app, Kind.ERROR, "Cannot use context viewer", f"Kubeconfig {config.path}, line 2 is not valid YAML", "by itself")
        assert app.bar.connection[1] == "not connected"
        config.path.unlink()
        await sees(pilot, app, Kind.ERROR, f"Kubeconfig {config.path} does not exist")
        config.write()
        await shows(pilot, app, "phi")
        assert app.bar.context == "viewer"


@pytest.mark.parametrize("current", ["", "gone"])
async def test_a_kubeconfig_without_a_current_context_asks_for_one(config: Kubeconfig, current: str) -> None:
    config.document["current-context"] = current
    config.write()
    app = config.console(None, NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ContextScreen) and app.screen.table.row(("", "viewer")))
        assert isinstance(app.screen, ContextScreen)
        why = str(app.screen.intro.content)
        assert ('there is no context "gone"' if current else "names no current context") in why
        app.screen.table.move_to(("", "viewer"))
        await pilot.press("enter")
        await shows(pilot, app, "phi")
        assert app.bar.context == "viewer"


# ---- credentials


async def test_a_client_certificate_that_has_expired_is_replaced_on_disk(config: Kubeconfig) -> None:
    over, key = Authority().client("me", not_after=datetime(2025, 1, 1, tzinfo=UTC))
    config.add("old", user={"client-certificate-data": b64(over), "client-key-data": b64(key)})
    app = config.console("old", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, app, Kind.ERROR, 'client certificate of user "old" expired on 2025-01-01', "get a new one")
        config.add("old")
        await shows(pilot, app, "phi")


async def test_a_plugin_that_is_missing_and_then_installed(
    config: Kubeconfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: Cluster
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    config.add("cloud", user=plugin("cloud-login", installHint="Get it from https://cloud.example."))
    app = config.console("cloud", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await sees(
            pilot, app, Kind.ERROR, 'credential plugin "cloud-login" of user "cloud" is not installed', "https://cloud.example", "ctrl-r"
        )
        assert "cloud-login" in record(app)
        script(folder / "cloud-login", f"echo '{credential(cluster.token)}'")
        await shows(pilot, app, "phi")


async def test_a_plugin_that_fails_until_somebody_logs_in(config: Kubeconfig, tmp_path: Path, cluster: Cluster) -> None:
    login = tmp_path / "login"
    words = "echo 'loading the profile prod' >&2; echo 'one more' >&2; echo 'two more' >&2; echo 'The SSO session has expired' >&2"
    body = f"if test -f {login}; then cat {login}; else {words}; exit 255; fi"
    config.add("cloud", user=plugin("/bin/sh", "-c", body))
    app = config.console("cloud", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, app, Kind.ERROR, "failed with exit code 255: one more; two more; The SSO session has expired", "press ctrl-r")
        assert "loading the profile prod\none more\ntwo more\nThe SSO session has expired" in record(app)
        login.write_text(credential(cluster.token))
        await pilot.press("ctrl+r")
        await shows(pilot, app, "phi")


async def test_a_plugin_mended_in_the_kubeconfig(config: Kubeconfig, cluster: Cluster) -> None:
    config.add("cloud", user=plugin("/bin/sh", "-c", "exit 7"))
    app = config.console("cloud", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, app, Kind.ERROR, "failed with exit code 7: it did not say why")
        config.add("cloud", user=plugin("/bin/echo", credential(cluster.token)))
        await shows(pilot, app, "phi")


async def test_a_plugin_that_hangs_is_named_and_ends_when_it_is_left(config: Kubeconfig, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    config.add("slow", user=plugin("/bin/sh", "-c", f"echo $$ >> {pids}; sleep 600"))
    app = config.console("slow", NAMESPACE)

    def started(count: int) -> list[int]:
        found = pids.read_text().split() if pids.exists() else []
        return [int(pid) for pid in found] if len(found) == count else []

    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, app, Kind.LOADING, "Connecting to slow", "credential plugin /bin/sh runs since", "login")
        await until(pilot, lambda: started(1))
        await command(pilot, "help")
        await until(pilot, lambda: app.screen.crumb == "help")
        await pilot.press("escape")
        await sees(pilot, app, Kind.LOADING, "Connecting to slow")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: started(2))
        await until(pilot, lambda: not alive(started(2)[0]))
        await command(pilot, "ctx admin")
        await shows(pilot, app, "phi")
        await until(pilot, lambda: not alive(started(2)[1]))


async def test_401_until_the_token_file_is_renewed(config: Kubeconfig, tmp_path: Path, cluster: Cluster) -> None:
    token = tmp_path / "token"
    token.write_text("wrong-token")
    config.add("shift", user={"tokenFile": str(token)})
    app = config.console("shift", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await sees(
            pilot,
            app,
            Kind.DENIED,
            "The server does not accept your credentials",
            'does not accept the credentials of user "shift"',
            "A login in another terminal",
        )
        assert "kubectl auth can-i" not in said(app)
        assert app.screen.bar().connection == ("⊘", "unauthorized", "bad")
        assert "(Unauthorized)" in record(app)
        assert "wrong-token" not in record(app) + said(app)
        token.write_text(cluster.token)
        await shows(pilot, app, "phi")
        await until(pilot, lambda: app.bar.identity == "admin")
        assert "live again" in record(app)


async def test_401_without_a_namespace_is_told_in_the_choice_of_namespaces(config: Kubeconfig) -> None:
    config.add("shift", user={"token": "wrong-token"})
    app = config.console("shift")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, NamespaceScreen) and "does not accept the credentials" in intro(app))
        assert "You may not list" not in intro(app)
        await until(pilot, lambda: app.bar.connection[1] == "unauthorized")
        config.add("shift")
        await until(pilot, lambda: app.screen.table.row(("", NAMESPACE)))
        await until(pilot, lambda: app.bar.connection[1] == "connected" and app.bar.identity == "admin")


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
        assert app.screen.bar().connection[1] == "live"
        assert "live again" in record(app)


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
        await sees(pilot, app, Kind.DENIED, "You may not list models.model.samzong.dev", 'User "nobody" cannot list', check)
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


def script(path: Path, body: str) -> None:
    """An executable, put in place in one go."""
    new = path.with_name(path.name + ".new")
    new.write_text(f"#!/bin/sh\n{body}\n")
    new.chmod(new.stat().st_mode | stat.S_IXUSR)
    new.rename(path)
