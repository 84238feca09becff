"""What is waited for from outside: a login that changes files, a namespace that is made, a plugin that nobody wants any more."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scripted_server import write_kubeconfig

from modeltui.kube import absence, exec_plugin, relogin
from modeltui.kube.absence import Absence
from modeltui.kube.background import in_background
from modeltui.kube.clock import SystemClock
from modeltui.kube.errors import ConfigError
from modeltui.kube.exec_plugin import Leash
from modeltui.kube.origin import origin
from modeltui.kube.relogin import Relogin
from modeltui.kube.stamps import stamps

SERVER = "https://127.0.0.1:6443"


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  # processes and files have no event
            await asyncio.sleep(0.005)


def plugin(command: str, *arguments: str) -> dict[str, Any]:
    return {"apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never", "command": command, "args": list(arguments)}


class TestOrigin:
    def test_without_a_kubeconfig_its_place_is_looked_at(self, tmp_path: Path) -> None:
        path = tmp_path / "config"
        found = origin(str(path), None)
        assert (list(found.seen), found.plugin, found.changed()) == ([path], "", False)
        write_kubeconfig(path, SERVER)
        assert found.changed()

    @pytest.mark.parametrize("text", ["users: [", "just words", "{}"])
    def test_a_broken_one_too(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "config"
        path.write_text(text)
        found = origin(str(path), "prod")
        assert not found.changed()
        path.unlink()
        assert found.changed()

    def test_the_files_that_it_names(self, tmp_path: Path) -> None:
        token, ca = tmp_path / "token", tmp_path / "ca.pem"
        path = write_kubeconfig(tmp_path / "config", SERVER, user={"tokenFile": str(token)}, certificate_authority=str(ca))
        for file in (token, ca):
            found = origin(path, None)
            assert {token, ca} < set(found.seen)
            file.write_text("new")
            assert found.changed()

    def test_a_plugin_is_named_and_looked_for_in_path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", f"{tmp_path}/one:{tmp_path}/two")
        (tmp_path / "two").mkdir()
        path = write_kubeconfig(tmp_path / "config", SERVER, user={"exec": plugin("cloud-login")})
        found = origin(path, None)
        assert found.plugin == "cloud-login"
        assert not found.changed()
        (tmp_path / "two" / "cloud-login").write_text("#!/bin/sh")
        assert found.changed()

    def test_a_plugin_beside_the_kubeconfig(self, tmp_path: Path) -> None:
        path = write_kubeconfig(tmp_path / "config", SERVER, user={"exec": plugin("./login")})
        found = origin(path, "test")
        assert Path(found.plugin) == tmp_path / "login"
        assert tmp_path / "login" in found.seen

    def test_a_plugin_that_a_token_spares(self, tmp_path: Path) -> None:
        path = write_kubeconfig(tmp_path / "config", SERVER, user={"token": "x", "exec": plugin("cloud-login")})
        assert origin(path, None).plugin == ""


class TestLeash:
    def run(self, leash: Leash, tmp_path: Path, pid: Path) -> None:
        exec_plugin.run(
            plugin("/bin/sh", "-c", f"echo $$ > {pid}; sleep 600"),
            user="alice",
            cluster={},
            folder=tmp_path,
            interactive=False,
            leash=leash,
            timeout=30,
        )

    async def test_who_stops_waiting_ends_the_plugin(self, tmp_path: Path) -> None:
        pid, leash, ended = tmp_path / "pid", Leash(), threading.Event()

        def work() -> None:
            try:
                self.run(leash, tmp_path, pid)
            finally:
                ended.set()

        task = asyncio.create_task(in_background(work, name="login", abandon=leash.cut))
        await until(lambda: pid.exists() and pid.read_text())
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(ended.is_set)

    def test_what_is_cut_before_it_began_ends_at_once(self, tmp_path: Path) -> None:
        leash = Leash()
        leash.cut()
        started = time.monotonic()
        with pytest.raises(ConfigError, match="was ended by signal 9"):
            self.run(leash, tmp_path, tmp_path / "pid")
        assert time.monotonic() - started < 20

    def test_what_a_failed_plugin_said_is_kept_whole_but_for_secrets(self, tmp_path: Path) -> None:
        said = "one\\ntwo\\nBearer abcdefghijkl\\nfour\\nfive"
        with pytest.raises(ConfigError, match=r"exit code 3: Bearer <masked>; four; five") as caught:
            exec_plugin.run(
                plugin("/bin/sh", "-c", f"printf '{said}' >&2; exit 3"), user="alice", cluster={}, folder=tmp_path, interactive=False
            )
        assert caught.value.raw.splitlines() == ["one", "two", "Bearer <masked>", "four", "five"]


class TestRelogin:
    async def test_each_change_is_told_once_and_only_while_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(relogin, "LOOK_EVERY", 0.01)
        token = tmp_path / "token"
        seen, told = stamps([token]), []
        looking = Relogin(lambda: seen, lambda: told.append(token.read_text()), SystemClock())
        token.write_text("one")
        await asyncio.sleep(0)
        assert not told
        looking.refused()
        looking.refused()
        await until(lambda: told == ["one"])
        token.write_text("second")
        await until(lambda: told == ["one", "second"])
        looking.accepted()
        assert not [task for task in asyncio.all_tasks() if task.get_name() == "wait for a login" and not task.cancelling()]
        await looking.aclose()


class TestAbsence:
    async def test_it_asks_until_it_is_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(absence, "LOOK_EVERY", 0.01)
        answers, over = iter([False, False, True]), asyncio.Event()

        async def exists() -> bool:
            return next(answers)

        looking = Absence(exists, over.set, SystemClock())
        looking.begin()
        looking.begin()
        async with asyncio.timeout(10):
            await over.wait()
        assert next(answers, None) is None
        looking.end()

    async def test_it_can_be_told_to_look_now_and_to_stop(self) -> None:
        asked = 0

        async def exists() -> bool:
            nonlocal asked
            asked += 1
            return False

        looking = Absence(exists, lambda: None, SystemClock())
        looking.begin()
        for wanted in (1, 2):
            await asyncio.sleep(0)
            await until(lambda: looking._alarm.sleeping)
            looking.look_now()
            await until(lambda wanted=wanted: asked == wanted)
        looking.end()
        await until(lambda: not [task for task in asyncio.all_tasks() if task.get_name() == "wait for the namespace"])
