"""`modeltui doctor --connections` as a user runs it: an embedded cluster, and a hub on this machine."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.cli.running import Run, create

from modeltui.kube import credentials
from modeltui.kube.client import Client
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import NAMESPACES
from modeltui.systems.modelfs.types import MODELS, SOURCES

MARK = "hf_s3cr3tm4rk3rs3cr3tm4rk3r"
NAMESPACE = "doctor-connected"


class Hub(BaseHTTPRequestHandler):
    """Knows org/known for everybody, and org/private for whoever has the token."""

    authorizations: list[str] = []

    def do_HEAD(self) -> None:
        self._answer(200, {})

    def do_GET(self) -> None:
        token = self.headers.get("Authorization", "")
        self.authorizations.append(token)
        if self.path.endswith("/org/known") or (self.path.endswith("/org/private") and token == f"Bearer {MARK}"):
            self._answer(200, {"private": self.path.endswith("private"), "gated": False})
        else:
            self._answer(401, {"error": f"who is {token}?"})

    def _answer(self, code: int, body: Any) -> None:
        text = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def connected(cluster: str, hub: str) -> str:
    asyncio.run(_fill(cluster, hub))
    return cluster


async def _fill(kubeconfig: str, hub: str) -> None:
    client = Client(credentials.load(kubeconfig, "admin"))
    await create(client, NAMESPACES, "", {"metadata": {"name": NAMESPACE}})
    data = {"token": base64.b64encode(MARK.encode()).decode()}
    await create(client, SECRETS, NAMESPACE, {"metadata": {"name": "hf"}, "data": data})
    spec = {"type": "HUGGING_FACE", "secretRef": "hf", "config": {"endpoint": hub}}
    await create(client, SOURCES, NAMESPACE, {"metadata": {"name": "hub"}, "spec": spec})
    spec = {"type": "NFS", "config": {"server": "nas.storage.svc.cluster.local"}}
    await create(client, SOURCES, NAMESPACE, {"metadata": {"name": "nas"}, "spec": spec})
    versions = [{"name": name, "repo": f"org/{name}"} for name in ("known", "private")]
    await create(client, MODELS, NAMESPACE, {"metadata": {"name": "qwen"}, "spec": {"sourceRef": "hub", "versions": versions}})
    await client.aclose()


def asked(out: str) -> dict[str, str]:
    return {entry["check"]: entry["answer"] for entry in json.loads(out) if "check" in entry}


def test_nothing_is_asked_without_the_option(modeltui: Run, connected: str) -> None:
    Hub.authorizations.clear()
    _, out, _ = modeltui("doctor", "-n", NAMESPACE, "--kubeconfig", connected, "-o", "json")
    assert asked(out) == {}
    assert Hub.authorizations == []


def test_the_answers_stand_beside_the_findings(modeltui: Run, connected: str, hub: str) -> None:
    _, plain, _ = modeltui("doctor", "-n", NAMESPACE, "--kubeconfig", connected, "-o", "json")
    code, out, err = modeltui("doctor", "-n", NAMESPACE, "--kubeconfig", connected, "-o", "json", "--connections")
    assert asked(out) == {
        "Secret hf": "yes",
        f"Endpoint {hub}": "yes",
        "Repository org/known": "yes",
        "Repository org/private": "no",
        "NFS server nas.storage.svc.cluster.local": "unknown",
    }
    assert [entry for entry in json.loads(out) if "check" not in entry] == json.loads(plain)
    assert {entry["severity"] for entry in json.loads(out) if "check" in entry} == {"info", "warning"}
    assert code == 1, "the findings have an error (a version without storage); an answer never is one"
    assert "Connections: 3 yes, 1 no, 1 cannot be told from here." in err
    assert set(Hub.authorizations) == {""}


def test_credentials_are_sent_when_told_to_and_never_printed(modeltui: Run, connected: str) -> None:
    for output in ("table", "json", "yaml"):
        Hub.authorizations.clear()
        _, out, err = modeltui("doctor", "-n", NAMESPACE, "--kubeconfig", connected, "-o", output, "--connections", "--use-credentials")
        assert f"Bearer {MARK}" in Hub.authorizations
        assert MARK not in out + err
        if output == "json":
            assert asked(out)["Repository org/private"] == "yes"


def test_a_table_is_for_people(modeltui: Run, connected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = modeltui("doctor", "-n", NAMESPACE, "--kubeconfig", connected, "--connections")
    _, _, answers = out.partition("\nConnections, asked from this machine:\n")
    assert "  yes      Repository org/known\n           It is there, and public.\n" in answers
    assert "  unknown  NFS server nas.storage.svc.cluster.local\n           Cannot be checked from here:" in answers
    assert max(map(len, answers.splitlines())) <= 80


def test_who_may_not_read_secrets_is_told_so(modeltui: Run, connected: str) -> None:
    arguments = ("--kubeconfig", connected, "--context", "viewer", "--connections", "--use-credentials", "-o", "json")
    _, out, err = modeltui("doctor", "-n", NAMESPACE, *arguments)
    assert asked(out)["Secret hf"] == "unknown"
    assert f"ModelSource {NAMESPACE}/hub: its Secret's keys cannot be used" in err


def test_credentials_without_connections_are_wrong_usage(modeltui: Run, connected: str) -> None:
    code, _, err = modeltui("doctor", "--kubeconfig", connected, "--use-credentials")
    assert (code, err) == (2, "modeltui: --use-credentials is about --connections; give both, or neither\n")
