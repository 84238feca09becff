"""Conversations recorded from a real kube-apiserver, held against the embedded one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


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
