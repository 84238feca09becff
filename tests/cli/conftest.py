"""The command line as a user runs it: in process for speed, against an embedded cluster in another process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from tests.cli.running import Change, Run, create

from modeltui.cli import main
from modeltui.kube import credentials
from modeltui.kube.client import Client
from modeltui.systems.core.types import NAMESPACES
from modeltui.systems.modelfs.types import MODELS, SOURCES


@pytest.fixture(autouse=True)
def own_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's user is read or written."""
    for name in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST", "HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MODELTUI_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("MODELTUI_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
def modeltui(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*argv: str) -> tuple[int, str, str]:
        code = main(argv)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest, kubeconfig: str) -> Iterator[str]:
    """A kubeconfig of an embedded cluster with a few objects in two namespaces, and a third without any."""
    if request.config.getoption("--kubeconfig"):
        pytest.skip("needs the identities of the embedded cluster")
    asyncio.run(_fill(kubeconfig))
    return kubeconfig


async def _fill(kubeconfig: str) -> None:
    client = Client(credentials.load(kubeconfig, "admin"))
    for name in ("cli-a", "cli-b", "cli-empty", "team-nlp"):
        await create(client, NAMESPACES, "", {"metadata": {"name": name}})
    await create(
        client, SOURCES, "cli-a", {"metadata": {"name": "hf"}, "spec": {"type": "HUGGING_FACE", "config": {"api_key": "s3cr3tvalue"}}}
    )
    for namespace, name in (("cli-a", "qwen"), ("cli-a", "llama"), ("cli-b", "phi"), ("team-nlp", "mine")):
        spec = {"sourceRef": "hf", "versions": [{"name": "v1", "repo": f"org/{name}"}], "display": {"tags": ["chat", "small"]}}
        await create(client, MODELS, namespace, {"metadata": {"name": name, "labels": {"size": name}}, "spec": spec})
    await client.aclose()


@pytest.fixture
def changed(cluster: str, tmp_path: Path) -> Callable[[Change], str]:
    """A copy of the kubeconfig in which a test has broken something: `changed(lambda config: ...)`."""

    def make(change: Change) -> str:
        config = yaml.safe_load(Path(cluster).read_text())
        change(config)
        path = tmp_path / "changed"
        path.write_text(json.dumps(config))
        return str(path)

    return make
