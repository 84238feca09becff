"""`--serve` as a process: ready when it says so, clean when it ends, one sentence when it cannot."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

BAD_RULE = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ts.g.example}
spec:
  group: g.example
  scope: Namespaced
  names: {kind: T, plural: ts}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-validations: [{rule: "self.x ==", message: m}]}}
"""


def serving(*options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "modeltui.demo", "--serve", "--empty", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def fails(*options: str) -> str:
    with serving(*options) as server:
        out, told = server.communicate(timeout=60)
    assert server.returncode == 1, out
    assert "Traceback" not in told
    assert len(told.splitlines()) == 1
    return told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    path = tmp_path / "kubeconfig"
    with serving("--write-kubeconfig", str(path)) as server:
        end = time.monotonic() + 60
        while not path.exists():
            assert server.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
        config = yaml.safe_load(path.read_text())
        server.send_signal(number)
        out, told = server.communicate(timeout=30)
    assert (server.returncode, told) == (0, "")
    assert str(path) in out
    assert config["clusters"][0]["cluster"]["server"] in out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [context["name"] for context in config["contexts"]][:4] == ["admin", "editor", "viewer", "nobody"]
    assert config["current-context"] == "admin"
    assert list(tmp_path.iterdir()) == [path]


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port} of 127.0.0.1 is in use" in fails("--port", str(port), "--write-kubeconfig", str(tmp_path / "kubeconfig"))
    assert not (tmp_path / "kubeconfig").exists()


def test_a_kubeconfig_that_cannot_be_written(tmp_path: Path) -> None:
    assert "is no directory" in fails("--write-kubeconfig", str(tmp_path / "no" / "such" / "file"))
    assert "is a directory" in fails("--write-kubeconfig", str(tmp_path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_without_the_right_to_write(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "cannot be written to" in fails("--write-kubeconfig", str(tmp_path / "kubeconfig"))


def test_crds_that_cannot_be_loaded(tmp_path: Path) -> None:
    assert "no YAML file" in fails("--crds", str(tmp_path))
    assert "check the path" in fails("--crds", str(tmp_path / "nowhere"))
    (tmp_path / "a.yaml").write_text("a: [1\n")
    assert "a.yaml, line 2: this is not YAML" in fails("--crds", str(tmp_path))
    (tmp_path / "a.yaml").write_text("kind: ConfigMap\n")
    assert "no CustomResourceDefinition" in fails("--crds", str(tmp_path))
    (tmp_path / "a.yaml").write_text("kind: CustomResourceDefinition\nmetadata: {name: x}\nspec: {group: g.example}\n")
    (tmp_path / "b.yaml").write_text(BAD_RULE)
    (tmp_path / "a.yaml").unlink()
    assert "x-kubernetes-validations[0].rule" in fails("--crds", str(tmp_path))
    (tmp_path / "b.yaml").unlink()
    (tmp_path / "a.yaml").write_text("kind: CustomResourceDefinition\nmetadata: {name: x}\nspec: {group: g.example}\n")
    assert "the CustomResourceDefinition x is invalid: metadata.name: Invalid value" in fails("--crds", str(tmp_path))
