"""What kube-apiserver 1.36.1 answered, held against the embedded server: every conversation in recorded/."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from recorded_cases import FOLDER, KINDS, Servers, load, run

FILES = sorted(FOLDER.glob("*.json"))


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("recorded")
    kubeconfig = folder / "kubeconfig"
    command = [sys.executable, "-m", "modeltui.demo", "--serve", "--empty", "--write-kubeconfig", str(kubeconfig), "--crds", str(KINDS)]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            end = time.monotonic() + 60
            while not kubeconfig.exists() or not kubeconfig.read_text():
                if server.poll() is not None or time.monotonic() > end:
                    pytest.fail(f"the embedded cluster does not start: {(folder / 'log').read_text()}")
                time.sleep(0.05)
            asked = Servers(kubeconfig)
            yield asked
            asked.close()
        finally:
            server.terminate()
            server.wait(20)
    assert "Traceback" not in (folder / "log").read_text()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_answers_as_recorded(path: Path, servers: Servers) -> None:
    differ = {case["name"]: found for case in load(path) if (found := run(case, servers))}
    assert not differ, "\n".join(f"{name}: {line}" for name, found in differ.items() for line in found)
