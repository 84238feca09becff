"""What `modeltui apply` says and leaves behind when something happens while it writes; over real sockets, as a process of its own."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml
from tests.changes.mortal import Death, Mortal, mortal
from tests.cli.changing import CONFIGMAPS
from tests.kube.scripted_server import Request

from modeltui.kube.apply import read
from modeltui.kube.client import Client
from modeltui.kube.credentials import load

NAMES = ("one", "two", "three")


@pytest.fixture
async def dying(kubeconfig: str, tmp_path: Path) -> AsyncIterator[Mortal]:
    async with mortal(kubeconfig, tmp_path) as proxy:
        yield proxy


def writes(proxy: Mortal) -> list[Request]:
    """Of objects; the question who we are is a POST, too."""
    return [request for request in proxy.writes if request.method == "PATCH"]


class Started:
    """`modeltui apply` of three objects, through the proxy."""

    def __init__(self, tmp_path: Path, namespace: str, prefix: str) -> None:
        self.file = tmp_path / "three.yaml"
        self.names = tuple(f"{prefix}-{name}" for name in NAMES)
        objects = [
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": {"k": name}}
            for name in self.names
        ]
        self.file.write_text("\n---\n".join(map(yaml.safe_dump, objects)))
        self._tmp_path = tmp_path
        self.process: asyncio.subprocess.Process | None = None

    async def run(self) -> tuple[int, str, str]:
        kubeconfig = str(self._tmp_path / "mortal.kubeconfig")
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "modeltui", "apply", "-f", str(self.file), "--yes", "--kubeconfig", kubeconfig),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(self.process.communicate(), 60)
        assert self.process.returncode is not None
        return self.process.returncode, out.decode(), err.decode()


async def existing(kubeconfig: str, namespace: str, names: tuple[str, ...]) -> list[bool]:
    client = Client(load(kubeconfig, None))
    try:
        return [await read(client, CONFIGMAPS, namespace, name) is not None for name in names]
    finally:
        await client.aclose()


@pytest.mark.parametrize("death", [Death.BEFORE, Death.AFTER])
async def test_the_server_dies_at_the_second_write(dying: Mortal, kubeconfig: str, namespace: str, tmp_path: Path, death: Death) -> None:
    """Whatever was done is told right, and the same command again does the rest, without duplicates."""
    started = Started(tmp_path, namespace, f"cli-{death.name.lower()}")

    def strikes(number: int, request: Request) -> Death | None:
        return death if request in writes(dying) and len(writes(dying)) == 2 else None

    dying.strikes = strikes
    dying.stays_dead = True
    code, out, err = await started.run()
    assert code == 1
    account = [line for line in out.splitlines() if line.startswith(("  ✓ ", "  ✗ ", "  ? ", "  □ "))]
    one, two, three = started.names
    assert account[0] == f"  ✓ apply ConfigMap {namespace}/{one}  done"
    assert account[1].startswith(("  ✗ ", "  ? "))
    assert two in account[1]
    assert account[2] == f"  □ apply ConfigMap {namespace}/{three}  not done"
    assert "the same command again" in err
    done = await existing(kubeconfig, namespace, started.names)
    assert done == [True, death is Death.AFTER, False]
    if death is Death.AFTER:
        assert account[1].endswith("unknown"), "it may have been done, and nobody could be asked"

    dying.revive()
    code, out, err = await started.run()
    assert (code, err) == (0, "")
    assert f"  = apply ConfigMap {namespace}/{one}  already so" in out
    assert f"  ✓ apply ConfigMap {namespace}/{three}  done" in out
    assert await existing(kubeconfig, namespace, started.names) == [True, True, True]
    assert len(writes(dying)) == (1 if death is Death.AFTER else 2)


async def test_ctrl_c_while_it_is_written_does_not_leave_it_half_known(
    dying: Mortal, kubeconfig: str, namespace: str, tmp_path: Path
) -> None:
    started = Started(tmp_path, namespace, "cli-interrupted")

    async def interrupt(request: Request) -> None:
        if request in writes(dying) and len(writes(dying)) == 1 and started.process is not None:
            started.process.send_signal(signal.SIGINT)

    dying.meanwhile = interrupt
    code, out, err = await started.run()
    assert "It is being written; the account comes in a moment." in err
    assert "Traceback" not in err
    assert code == 0
    assert out.count("  done\n") == 3
    assert await existing(kubeconfig, namespace, started.names) == [True, True, True]
