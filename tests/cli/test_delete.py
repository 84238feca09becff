"""`modeltui delete` as a user runs it: over real sockets, against an embedded cluster."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from tests.cli.changing import CONFIGMAPS, Terminal, live
from tests.cli.running import Run, create

from modeltui.kube import credentials
from modeltui.kube.client import Client
from modeltui.kube.resource import Resource
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import NAMESPACES
from modeltui.systems.modelfs.types import MODELS, SOURCES

SPACE = "cli-delete"
MARK = "s3cr3t-m4rk3r"


@pytest.fixture(scope="module")
def place(cluster: str) -> str:
    """The kubeconfig; a namespace with objects to delete."""
    asyncio.run(_fill(cluster))
    return cluster


async def _fill(kubeconfig: str) -> None:
    client = Client(credentials.load(kubeconfig, "admin"))
    await create(client, NAMESPACES, "", {"metadata": {"name": SPACE}})
    for name in ("once", "dry", "asked-y", "asked-n", "interrupted", "production", "denied"):
        await create(client, CONFIGMAPS, SPACE, {"metadata": {"name": name}, "data": {"k": "1"}})
    for name in ("background", "orphan"):
        owner = json.loads(
            await client.request(
                "POST", CONFIGMAPS.path(SPACE), body={"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"owner-{name}"}}
            )
        )
        reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": f"owner-{name}", "uid": owner["metadata"]["uid"]}
        await create(client, CONFIGMAPS, SPACE, {"metadata": {"name": f"owned-{name}", "ownerReferences": [reference]}})
    await create(client, SECRETS, SPACE, {"metadata": {"name": "secret"}, "stringData": {"token": MARK}})
    await create(client, SOURCES, SPACE, {"metadata": {"name": "hub"}, "spec": {"type": "HUGGING_FACE"}})
    spec: dict[str, Any] = {"sourceRef": "hub", "versions": [{"name": "v1", "repo": "org/x"}]}
    await create(client, MODELS, SPACE, {"metadata": {"name": "qwen"}, "spec": spec})
    await client.aclose()


def there(kubeconfig: str, name: str, resource: Resource = CONFIGMAPS) -> bool:
    return live(kubeconfig, resource, SPACE, name) is not None


def test_deleted_recorded_and_a_second_time_there_is_nothing_to_do(modeltui: Run, place: str) -> None:
    code, out, err = modeltui("delete", "configmap", "once", "-n", SPACE, "--yes", "--kubeconfig", place)
    assert (code, err) == (0, "")
    assert out == f"1. Delete ConfigMap {SPACE}/once\n  ✓ delete ConfigMap {SPACE}/once  done\n"
    assert not there(place, "once")
    code, out, err = modeltui("delete", "cm", "once", "-n", SPACE, "--kubeconfig", place)
    assert (code, out) == (0, f"1. Delete ConfigMap {SPACE}/once  is not there\n")
    assert err == "There is nothing to do: the cluster is so already.\n"
    _, out, _ = modeltui("history", "-o", "json", "-n", SPACE)
    (entry,) = json.loads(out)
    assert (entry["kind"], entry["name"], entry["verb"], entry["result"]) == ("ConfigMap", "once", "delete", "done")
    assert entry["before"]["data"] == {"k": "1"}, "so that it can be made anew"


def test_a_dry_run_deletes_nothing(modeltui: Run, place: str) -> None:
    assert modeltui("delete", "cm", "dry", "-n", SPACE, "--dry-run", "--kubeconfig", place)[0::2] == (
        *(0, "Nothing was written (--dry-run).\n"),
    )
    assert there(place, "dry")


def test_what_hangs_on_it_is_told_first_and_an_error_stops_it(modeltui: Run, place: str) -> None:
    code, out, err = modeltui("delete", "modelsource", "hub", "-n", SPACE, "--yes", "--kubeconfig", place)
    assert code == 1
    assert "  ✕ Model qwen refers to it" in out
    assert err == ("modeltui: a finding speaks against this; nothing was written. Correct what is marked, or give --override-findings\n")
    assert there(place, "hub", SOURCES)
    assert modeltui("delete", "models", "qwen", "-n", SPACE, "--yes", "--kubeconfig", place)[0] == 0
    assert modeltui("delete", "modelsources.model.samzong.dev", "hub", "-n", SPACE, "--yes", "--kubeconfig", place)[0] == 0
    assert not there(place, "hub", SOURCES)


def test_what_goes_with_a_namespace_or_a_crd_is_said(modeltui: Run, place: str) -> None:
    _, out, _ = modeltui("delete", "ns", SPACE, "--dry-run", "--kubeconfig", place)
    assert "  Everything in this namespace is deleted with it.\n" in out
    _, out, _ = modeltui("delete", "crd", "models.model.samzong.dev", "--dry-run", "--kubeconfig", place)
    assert "  Every Model in every namespace is deleted with it.\n" in out


@pytest.mark.parametrize(("cascade", "left"), [("background", False), ("orphan", True)])
def test_the_cascade_is_the_users_choice(modeltui: Run, place: str, cascade: str, left: bool) -> None:
    arguments = ("delete", "cm", f"owner-{cascade}", "-n", SPACE, "--cascade", cascade, "--yes", "--kubeconfig", place)
    assert modeltui(*arguments)[0] == 0
    assert not there(place, f"owner-{cascade}")
    found = live(place, CONFIGMAPS, SPACE, f"owned-{cascade}")
    assert (found is not None) is left
    if found is not None:
        assert "ownerReferences" not in found["metadata"]


def test_no_secret_is_told_or_kept(modeltui: Run, place: str, tmp_path: Path) -> None:
    said = ""
    for more in (("--dry-run", "-o", "json"), ("--dry-run",), ("--yes",)):
        code, out, err = modeltui("delete", "secret", "secret", "-n", SPACE, "--kubeconfig", place, *more)
        assert code == 0
        said += out + err
    written = b"".join(path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())
    assert written
    assert not there(place, "secret", SECRETS)
    for marker in (MARK, "czNjcjN0LW00cmszc"):
        assert marker not in said
        assert marker.encode() not in written


def test_a_read_only_console_deletes_nothing(modeltui: Run, place: str) -> None:
    code, _, err = modeltui("delete", "cm", "production", "-n", SPACE, "--yes", "--read-only", "--kubeconfig", place)
    assert (code, err) == (3, 'modeltui: nothing was written: context "admin" is read-only, since --read-only was given\n')
    assert there(place, "production")


def test_who_lacks_the_right_is_told_with_3(modeltui: Run, place: str) -> None:
    code, out, err = modeltui("delete", "cm", "denied", "-n", SPACE, "--yes", "--kubeconfig", place, "--context", "viewer")
    assert code == 3
    assert f"you may not delete configmaps in namespace {SPACE}" in out
    assert "nothing was written" in err
    assert there(place, "denied")


def test_what_cannot_be_meant(modeltui: Run, place: str) -> None:
    code, _, err = modeltui("delete", "gizmo", "x", "--yes", "--kubeconfig", place)
    assert code == 1
    assert 'the cluster does not serve "gizmo"' in err
    for arguments, sentence in (
        (("delete", "cm"), "arguments are required: NAME"),
        (("delete", "cm", "x", "-A"), "a change goes into one namespace"),
        (("delete", "cm", "x", "--cascade", "none"), "invalid choice: 'none'"),
    ):
        code, _, err = modeltui(*arguments, "--kubeconfig", place)
        assert code == 2
        assert sentence in err


def test_without_a_terminal_nothing_is_deleted(modeltui: Run, place: str) -> None:
    code, _, err = modeltui("delete", "cm", "dry", "-n", SPACE, "--kubeconfig", place)
    assert code == 2
    assert "standard input is no terminal to ask at" in err
    assert there(place, "dry")


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1)])
def test_at_a_terminal_it_is_asked_and_then_delayed(place: str, tmp_path: Path, answer: str, code: int) -> None:
    name = f"asked-{answer}"
    with Terminal(tmp_path, "delete", "cm", name, "-n", SPACE, "--kubeconfig", place) as terminal:
        terminal.wait("Delete this in context admin? [y/N]")
        terminal.send(f"{answer}\n".encode())
        if code == 0:
            terminal.wait("Deleting in 5 s; Ctrl-C stops it.")
            assert there(place, name)
        assert terminal.end() == code
    assert there(place, name) is (code != 0)


def test_ctrl_c_in_the_delay_stops_it(place: str, tmp_path: Path) -> None:
    with Terminal(tmp_path, "delete", "cm", "interrupted", "-n", SPACE, "--kubeconfig", place) as terminal:
        terminal.wait("[y/N]")
        terminal.send(b"y\n")
        terminal.wait("Deleting in 5 s")
        os.kill(terminal.process.pid, signal.SIGINT)
        assert terminal.end() == 130
        assert "Nothing was written." in terminal.text()
        assert "Traceback" not in terminal.text()
    assert there(place, "interrupted")
