"""An embedded cluster in a process of its own, so that its work is not counted as the console's."""

from __future__ import annotations

import base64
import json
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

MODELS = "/apis/model.samzong.dev/v1/namespaces/{namespace}/models"
START_LIMIT = 60.0
"""Seconds until the cluster must have written its kubeconfig."""


@dataclass(frozen=True, slots=True)
class Cluster:
    kubeconfig: Path
    server: str
    token: str
    tls: ssl.SSLContext

    def call(self, method: str, path: str, body: object = None, *, kind: str = "application/json") -> Any:
        """One request as admin; the decoded answer. Raises urllib.error.HTTPError."""
        request = urllib.request.Request(  # the URL is that of the cluster just started
            self.server + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": kind},
        )
        with urllib.request.urlopen(request, context=self.tls, timeout=30) as answer:
            return json.load(answer)


def of_kubeconfig(path: Path) -> Cluster:
    """The admin's access, read from the kubeconfig that the cluster wrote."""
    config = yaml.safe_load(path.read_text())
    cluster = config["clusters"][0]["cluster"]
    token = next(user["user"]["token"] for user in config["users"] if user["name"] == "admin")
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    return Cluster(path, cluster["server"], token, ssl.create_default_context(cadata=authority))


@contextmanager
def cluster(*arguments: str, program: str = "modeltui") -> Iterator[Cluster]:
    """`modeltui demo --serve` with `arguments`, or another `program` that takes them; ended on leaving.

    Raises TimeoutError when it does not get ready."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kubeconfig"
        command = [sys.executable, "-m", program, "demo", "--serve", "--port", "0", "--write-kubeconfig", str(path), *arguments]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            end = time.monotonic() + START_LIMIT
            while not path.exists():
                if server.poll() is not None or time.monotonic() > end:
                    raise TimeoutError(f"the embedded cluster is not ready: {' '.join(command)}")
                time.sleep(0.05)
            yield of_kubeconfig(path)
        finally:
            server.terminate()
            server.wait()
