"""Conversations recorded from a real kube-apiserver, held against the embedded one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from recorded_cases import Servers, load, run

SERVING = Path(__file__).parent / "recorded_serving" / "kinds-that-serve.json"


def test_answers_as_a_real_api_server_did(shared: Path, reference_kubeconfig: Path) -> None:
    cases = shared / "reference" / "apiserver" / "cases.json"
    command = [
        sys.executable,
        str(shared / "tools" / "replay.py"),
        "--kubeconfig",
        str(reference_kubeconfig),
        "--context",
        "admin",
        str(cases),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert done.stdout.splitlines()[-1] == "68 cases, 0 differ", done.stdout + done.stderr


def test_kinds_that_serve_are_answered_as_a_real_api_server_did(reference_kubeconfig: Path) -> None:
    """With the definitions as their projects publish them: defaults, owners of fields, scale, status and refusals."""
    servers = Servers(reference_kubeconfig)
    try:
        differ = {case["name"]: found for case in load(SERVING) if (found := run(case, servers))}
    finally:
        servers.close()
    assert not differ, "\n".join(f"{name}: {line}" for name, found in differ.items() for line in found)
