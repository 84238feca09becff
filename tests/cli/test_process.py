"""The command as a process of its own: what it imports, how it is interrupted, how its embedded cluster ends."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.running import Change, Run, create

from modeltui import __version__, embedded, paths
from modeltui.kube import credentials
from modeltui.kube.client import Client
from modeltui.options import ConsoleOptions
from modeltui.systems.modelfs.types import MODELS
from processes import alive

COMMAND = [sys.executable, "-m", "modeltui"]
WITHIN = 60.0
"""Seconds that anything may take on a busy machine."""


def until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {WITHIN:.0f} s"
        time.sleep(0.05)


def test_the_version_costs_no_heavy_import() -> None:
    code = (
        "import sys; from modeltui.cli import main; main(['--version'])\n"
        "heavy = {'textual', 'rich', 'httpx', 'kubernetes', 'msgspec', 'yaml', 'asyncio', 'ssl', 'aiohttp'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=WITHIN)
    assert done.stdout == f"modeltui {__version__}\n[]\n"


def test_get_brings_neither_the_screen_nor_the_embedded_cluster() -> None:
    code = (
        "import sys; from modeltui.cli import main; main(['get', 'models', '--kubeconfig', '/nowhere'])\n"
        "print(sorted({'textual', 'aiohttp', 'modeltui.ui', 'modeltui.demo'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=WITHIN)
    assert done.stdout == "[]\n"


@contextlib.contextmanager
def watching(*argv: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([*COMMAND, *argv], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def write(kubeconfig: str, *, create_name: str = "", delete_name: str = "", namespace: str = "cli-empty") -> None:
    async def change() -> None:
        client = Client(credentials.load(kubeconfig, "admin"))
        if create_name:
            spec = {"sourceRef": "hf", "versions": [{"name": "v1", "repo": "a/b"}]}
            await create(client, MODELS, namespace, {"metadata": {"name": create_name}, "spec": spec})
        if delete_name:
            await client.request("DELETE", MODELS.path(namespace, delete_name))
        await client.aclose()

    asyncio.run(change())


def test_watch_prints_each_change_as_a_line_of_json_until_interrupted(cluster: str) -> None:
    write(cluster, create_name="before")
    with watching("get", "models", "-n", "cli-empty", "-o", "json", "--watch", "--kubeconfig", cluster) as process:
        assert process.stdout is not None

        def event() -> tuple[str, str]:
            found: dict[str, Any] = json.loads(process.stdout.readline())  # type: ignore[union-attr]  # it is a pipe
            assert found["object"]["kind"] == "Model"
            return found["type"], found["object"]["name"]

        assert event() == ("ADDED", "before")
        write(cluster, create_name="during")
        assert event() == ("ADDED", "during")
        write(cluster, delete_name="during")
        assert event() == ("DELETED", "during")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=WITHIN)
        assert (process.returncode, err) == (130, "")
    write(cluster, delete_name="before")


def test_ctrl_c_many_times_ends_a_watch_as_once_does(cluster: str) -> None:
    """`timeout` sends it twice, and so do people: neither a traceback nor a loop that spins for ever."""
    write(cluster, create_name="pressed")
    with watching("get", "models", "-n", "cli-empty", "-o", "json", "--watch", "--kubeconfig", cluster) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["object"]["name"] == "pressed"
        for _ in range(50):
            process.send_signal(signal.SIGINT)
            time.sleep(0.002)  # apart: the same signal is not queued twice
        _, err = process.communicate(timeout=WITHIN)
        assert (process.returncode, err) == (130, "")
    write(cluster, delete_name="pressed")


def test_without_a_terminal_there_is_no_console(cluster: str) -> None:
    """Escape codes in a log help nobody."""
    command = [*COMMAND, "--kubeconfig", cluster, "-n", "cli-empty"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WITHIN, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "modeltui: the console needs a terminal, and standard input is none; `modeltui get models` prints without one\n"


def test_a_reader_that_goes_away_is_no_error(cluster: str) -> None:
    reader, writer = os.pipe()
    process = subprocess.Popen([*COMMAND, "get", "models", "-A", "--kubeconfig", cluster], stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(reader)
    os.close(writer)
    _, err = process.communicate(timeout=WITHIN)
    assert (process.returncode, err) == (0, "")


# ---- info -------------------------------------------------------------------------------------------------------


def test_info_names_paths_context_and_what_is_wrong_with_the_settings(modeltui: Run, cluster: str, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text("them = 'x'\ntheme = 'nord'")
    code, out, err = modeltui("info", "-o", "json", "--kubeconfig", cluster, "--context", "viewer", "--read-only")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert found["modeltui"]["version"] == __version__
    assert found["connection"]["context"] == "viewer"
    assert found["connection"]["server"].startswith("https://127.0.0.1:")
    assert found["paths"]["settings"] == str(tmp_path / "config" / "config.toml")
    assert found["settings"]["theme"] == "nord"
    assert found["settings"]["read_only"] is True
    assert found["settings"]["warnings"] == [f"{tmp_path}/config/config.toml: them is not a setting of modeltui; it is ignored."]


def test_info_says_which_context_is_read_only_and_why(modeltui: Run, changed: Callable[[Change], str]) -> None:
    def name_it(config: dict[str, Any]) -> None:
        config["contexts"][0]["name"] = config["current-context"] = "prod-eu"

    path = changed(name_it)

    def told(*options: str) -> tuple[bool, str]:
        code, out, err = modeltui("info", "-o", "json", "--kubeconfig", path, *options)
        assert (code, err) == (0, "")
        return json.loads(out)["settings"]["read_only"], json.loads(out)["settings"]["read_only_why"]

    assert told() == (True, 'its name matches "*prod*" (read_only_contexts in the settings)')
    assert told("--context", "viewer") == (False, "")
    assert told("--context", "prod-eu", "--read-write") == (False, "--read-write was given")
    assert told("--context", "viewer", "--read-only") == (True, "--read-only was given")


def test_read_write_must_name_its_context(modeltui: Run) -> None:
    assert modeltui("info", "--read-write") == (2, "", "modeltui: --read-write needs --context NAME: say which cluster may be changed\n")
    code, _, err = modeltui("info", "--read-write", "--read-only", "--context", "x")
    assert (code, err) == (2, "modeltui: --read-only and --read-write contradict each other; give one of them\n")


def test_info_works_without_a_kubeconfig_and_shows_no_secret(modeltui: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:hunter22@proxy.example:3128")
    code, out, _ = modeltui("info")
    assert code == 0
    assert "no kubeconfig found" in out
    assert "proxy.example:3128" in out
    assert "hunter22" not in out


# ---- the embedded cluster ---------------------------------------------------------------------------------------


KEEPER = """
import sys
from modeltui import embedded
with embedded.server(["--empty"]) as kubeconfig:
    print(kubeconfig, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def keeper() -> Iterator[subprocess.Popen[str]]:
    """A process that holds an embedded cluster as the console does, until it is sent a line."""
    process = subprocess.Popen([sys.executable, "-c", KEEPER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    yield process
    process.kill()
    process.communicate()


def child_of(pid: int) -> int:
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                return int(entry.name)
    raise AssertionError(f"{pid} has no child")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at /proc")
@pytest.mark.parametrize("end", ["politely", "kill -9"])
def test_the_server_ends_with_who_started_it(keeper: subprocess.Popen[str], modeltui: Run, end: str) -> None:
    assert keeper.stdout is not None
    assert keeper.stdin is not None
    kubeconfig = keeper.stdout.readline().strip()
    server = child_of(keeper.pid)
    code, _, err = modeltui("get", "models", "-A", "--kubeconfig", kubeconfig)
    assert (code, err) == (0, "No models found.\n")
    if end == "politely":
        keeper.stdin.write("\n")
        keeper.stdin.flush()
        keeper.wait(WITHIN)
        assert not Path(kubeconfig).exists()
    else:
        keeper.kill()
    until(lambda: not alive(server), "the server's end")


def test_a_server_that_cannot_start_says_why(modeltui: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _, err = modeltui("demo", "--write-kubeconfig", str(tmp_path / "no" / "such" / "file"))
    assert code == 1
    doing, failed = err.splitlines()
    assert doing.startswith("Starting the embedded cluster")
    assert failed.startswith("modeltui: the embedded cluster did not start: ")
    assert "is no directory" in failed


def test_serve_writes_its_kubeconfig_and_ends_cleanly_on_a_signal(tmp_path: Path, modeltui: Run) -> None:
    path = tmp_path / "served"
    with watching("demo", "--serve", "--empty", "--write-kubeconfig", str(path)) as process:
        until(path.exists, "the kubeconfig")
        assert modeltui("get", "models", "-A", "--kubeconfig", str(path))[0] == 0
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=WITHIN)
        assert (process.returncode, err) == (0, "")


@pytest.fixture
def opened(cluster: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[ConsoleOptions, Path]]:
    """With what, and with which memory, consoles were opened over an embedded cluster."""
    seen: list[tuple[ConsoleOptions, Path]] = []

    def console(options: ConsoleOptions) -> int:
        seen.append((options, paths.state_file()))
        return 0

    @contextlib.contextmanager
    def running(given: object, *, kubeconfig: Path | None = None) -> Iterator[Path]:
        yield Path(cluster)

    monkeypatch.setattr("modeltui.ui.app.run", console)
    monkeypatch.setattr(embedded, "server", running)
    return seen


def test_the_demo_remembers_nothing_for_real_clusters(cluster: str, opened: list[tuple[ConsoleOptions, Path]], modeltui: Run) -> None:
    before = paths.state_file()
    assert modeltui("demo", "--read-only", "-n", "team-nlp")[0] == 0
    ((options, state),) = opened
    assert (options.kubeconfig, options.context, options.read_only, options.namespaces) == (cluster, "admin", True, ("team-nlp",))
    assert state != before
    assert state.is_relative_to(before.parent)


@pytest.mark.parametrize(
    ("arguments", "namespaces"),
    [
        ([], (embedded.LIVELY,)),
        (["--objects", "5"], (embedded.BULK,)),
        (["--empty"], ()),
        (["-n", "staging"], ("staging",)),
        (["-A"], ()),
    ],
)
def test_the_demo_begins_with_rows(
    arguments: list[str], namespaces: tuple[str, ...], opened: list[tuple[ConsoleOptions, Path]], modeltui: Run
) -> None:
    assert modeltui("demo", *arguments)[0] == 0
    ((options, _),) = opened
    assert options.namespaces == namespaces


def test_the_namespaces_that_the_demo_begins_with_are_those_of_its_world() -> None:
    from modeltui.demo.identities import EDITOR_NAMESPACE
    from modeltui.demo.world import populate_many

    assert embedded.LIVELY == EDITOR_NAMESPACE
    assert inspect.signature(populate_many).parameters["namespace"].default == embedded.BULK
