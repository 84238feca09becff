"""The console on a cluster without a server. Nothing here reads the user's own files."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from driving import Console
from fake import NOW, FakeConnector, FakeSession

from modeltui.kube.errors import KubeError
from modeltui.options import ConsoleOptions
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.ui.console import ConsoleApp


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name in ("MODELTUI_CONFIG_DIR", "MODELTUI_STATE_DIR", "SSH_CONNECTION", "NO_COLOR", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def console() -> Console:
    def make(
        session: FakeSession,
        *,
        namespaces: tuple[str, ...] = ("team-a",),
        settings: Settings | None = None,
        memory: Remembered | None = None,
        error: KubeError | None = None,
        default_namespace: str = "",
        **options: object,
    ) -> ConsoleApp:
        return ConsoleApp(
            ConsoleOptions(namespaces=namespaces, **options),  # type: ignore[arg-type]
            settings=settings or Settings(),
            memory=memory or Remembered(),
            connector=FakeConnector(session, error=error, default_namespace=default_namespace),
            now=lambda: NOW,
        )

    return make
