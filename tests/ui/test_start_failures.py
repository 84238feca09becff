"""A kubeconfig or credentials that cannot be used: one clear sentence in the right place, a console that lives on, and the way back."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from benchmarks.cluster import Cluster
from driving import until
from kubeconfigs import (
    NAMESPACE,
    Kubeconfig,
    command,
    credential,
    intro,
    plugin,
    record,
    said,
    sees,
    shows,
)
from tests.kube.scripted_server import Authority, b64

from modeltui.ui import connection
from modeltui.ui.screens.context import ContextScreen
from modeltui.ui.screens.namespace import NamespaceScreen
from modeltui.ui.sight import Kind
from processes import alive

SIZE = (80, 24)


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


async def test_a_plugin_is_not_waited_for_for_ever(config: Kubeconfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "LONGEST_LOAD", 0.3)
    pid = tmp_path / "pid"
    config.add("slow", user=plugin("/bin/sh", "-c", f"echo $$ > {pid}.new; mv {pid}.new {pid}; sleep 600"))
    app = config.console("slow", NAMESPACE)
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, app, Kind.ERROR, "The credentials of context slow did not come within 0 s", "press ctrl-r")
        await until(pilot, lambda: not pid.exists() or not alive(int(pid.read_text())))


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


def script(path: Path, body: str) -> None:
    """An executable, put in place in one go."""
    new = path.with_name(path.name + ".new")
    new.write_text(f"#!/bin/sh\n{body}\n")
    new.chmod(new.stat().st_mode | stat.S_IXUSR)
    new.rename(path)
