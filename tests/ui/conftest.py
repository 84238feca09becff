"""The console on a cluster without a server. Nothing here reads the user's own files."""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from benchmarks import cluster as embedded
from benchmarks.cluster import Cluster
from driving import Console
from fake import NOW, FakeConnector, FakeSession
from kubeconfigs import NAMESPACE, Kubeconfig, Tunnel, make_model, make_namespace

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


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A real one, embedded, with one namespace and one model: for tests that break the way to it."""
    with embedded.cluster("--empty") as served:
        make_namespace(served, NAMESPACE)
        make_model(served, NAMESPACE, "phi")
        yield served


@pytest.fixture
def config(cluster: Cluster, tmp_path: Path) -> Kubeconfig:
    return Kubeconfig(tmp_path / "kubeconfig", cluster)


@pytest.fixture
async def tunnel(cluster: Cluster) -> AsyncIterator[Tunnel]:
    """A port on the way to `cluster`, closed at first."""
    made = Tunnel(cluster)
    yield made
    await made.close()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No editor of the user's, and no seconds before a deletion."""
    for name in ("MODELTUI_EDITOR", "KUBE_EDITOR", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("modeltui.ui.screens.review.BEFORE_DELETING", 0.1)
