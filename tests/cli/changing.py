"""Words that the tests of `apply` and `delete` share."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from benchmarks.pty_screen import PtyScreen

from modeltui.kube import apply, credentials
from modeltui.kube.apply import Manifest
from modeltui.kube.client import Client
from modeltui.kube.resource import Resource

CONFIGMAPS = Resource("", "v1", "configmaps", "ConfigMap")


def live(kubeconfig: str, resource: Resource, namespace: str, name: str) -> Manifest | None:
    """The object as it is now; None when it is not there."""

    async def look() -> Manifest | None:
        client = Client(credentials.load(kubeconfig, "admin"))
        try:
            return await apply.read(client, resource, namespace, name)
        finally:
            await client.aclose()

    return asyncio.run(look())


class Terminal(PtyScreen):
    """`modeltui` in a pseudo-terminal of its own."""

    def __init__(self, tmp_path: Path, *arguments: str) -> None:
        own = {"MODELTUI_CONFIG_DIR": str(tmp_path / "config"), "MODELTUI_STATE_DIR": str(tmp_path / "state")}
        super().__init__([sys.executable, "-m", "modeltui", *arguments], columns=120, lines=40, environment=own)

    def end(self) -> int:
        """Waits for it: the exit code."""
        while self.process.poll() is None:
            self.pump(0.05)
        self.pump(0.1)
        return int(self.process.returncode)
