"""Requests over a real TLS socket: what is sent, and what comes of refusals."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from scripted_server import Authority, Connect, Reply, Request, b64

from modeltui import __version__
from modeltui.kube import errors
from modeltui.kube.client import Client, changes_cluster
from modeltui.kube.credentials import load


class Answer(msgspec.Struct):
    kind: str
    size: int = 0


async def hello(request: Request, reply: Reply) -> None:
    await reply.json({"kind": "Hello", "size": 3})


async def test_get_decodes_and_says_who_asks(connect: Connect) -> None:
    client, server = await connect(hello)
    assert await client.get("/api/v1/x", Answer, params={"limit": 5, "watch": False}) == Answer("Hello", 3)
    (request,) = server.requests
    assert request.header("authorization") == "Bearer s3cret-token"
    assert request.header("user-agent") == f"modeltui/{__version__}"
    assert request.header("accept") == "application/json"
    assert request.header("accept-encoding") == "gzip"
    assert request.query == {"limit": "5", "watch": "false"}


async def test_server_url_with_a_path_and_encoded_names(connect: Connect, authority: Authority) -> None:
    client, server = await connect(hello)
    object.__setattr__(client.connection, "server", server.url + "/k8s/clusters/c-1")
    await client.request("GET", "/api/v1/namespaces/a%2Fb")
    assert server.paths == ["/k8s/clusters/c-1/api/v1/namespaces/a%2Fb"]


async def test_bodies_are_json_or_bytes(connect: Connect) -> None:
    client, server = await connect(hello)
    await client.request("POST", "/a", body={"x": 1})
    await client.request("PATCH", "/a", body=b"spec: {}", content_type="application/apply-patch+yaml")
    await client.request("DELETE", "/a")
    first, second, third = server.requests
    assert (first.json, first.header("content-type")) == ({"x": 1}, "application/json")
    assert (second.body, second.header("content-type")) == (b"spec: {}", "application/apply-patch+yaml")
    assert (third.body, third.header("content-type")) == (b"", "")


async def test_connections_are_kept(connect: Connect) -> None:
    client, server = await connect(hello)
    for _ in range(5):
        await client.request("GET", "/a")
    assert server.connections == 1


async def test_a_kept_connection_that_the_server_closed_is_replaced(connect: Connect) -> None:
    async def handler(request: Request, reply: Reply) -> None:
        await reply.json({})
        reply.drop()

    client, server = await connect(handler)
    for number in (1, 2, 3):
        assert await client.request("GET", "/a") == b"{}"
        assert server.connections == number


async def test_gzip(connect: Connect) -> None:
    async def zipped(request: Request, reply: Reply) -> None:
        await reply.send(gzip.compress(b'{"kind":"Zipped"}'), headers={"Content-Encoding": "gzip"})

    client, _ = await connect(zipped)
    assert (await client.get("/a", Answer)).kind == "Zipped"


@pytest.mark.parametrize(
    ("body", "headers", "words"),
    [
        (b"<html>please log in</html>", {"Content-Type": "text/html"}, "a web page: is a proxy or a login page in between?"),
        (b'{"kind": 3}', {}, "cannot be read"),
        (b'{"kind"', {}, "cannot be read"),
        (b"not gzip", {"Content-Encoding": "gzip"}, "cannot be decompressed"),
    ],
)
async def test_success_that_is_no_answer(connect: Connect, body: bytes, headers: dict[str, str], words: str) -> None:
    async def handler(request: Request, reply: Reply) -> None:
        await reply.send(body, headers=headers)

    client, server = await connect(handler)
    with pytest.raises(errors.BadAnswer, match=words.replace("?", r"\?")) as caught:
        await client.get("/a", Answer)
    assert server.url in str(caught.value)


async def test_refusals_come_typed_with_headers(connect: Connect) -> None:
    async def handler(request: Request, reply: Reply) -> None:
        if request.path.endswith("pods"):
            await reply.status(403, "Forbidden", 'pods is forbidden: User "x" cannot list')
        else:
            await reply.send(b"slow", code=429, headers={"Retry-After": "4"})

    client, _ = await connect(handler)
    with pytest.raises(errors.Forbidden) as denied:
        await client.request("GET", "/api/v1/namespaces/a/pods")
    assert (denied.value.verb, denied.value.resource, denied.value.namespace) == ("list", "pods", "a")
    with pytest.raises(errors.TooManyRequests) as throttled:
        await client.request("GET", "/api/v1/nodes")
    assert throttled.value.retry_after == 4.0


def token_server(good: str, barrier: asyncio.Event | None = None) -> Any:
    async def handler(request: Request, reply: Reply) -> None:
        if request.header("authorization") == f"Bearer {good}":
            await reply.json({"kind": "Hello"})
        else:
            if barrier is not None:
                await barrier.wait()
            await reply.status(401, "Unauthorized", "Unauthorized")

    return handler


def plugin_user(tmp_path: Path, code: str) -> dict[str, Any]:
    """A user with a plugin: `count` is how often it has run."""
    script = tmp_path / "plugin.py"
    runs = str(tmp_path / "runs")
    script.write_text(
        f"import json, os, sys\nopen({runs!r}, 'a').write('x'); count = os.path.getsize({runs!r})\n"
        "def say(**s): print(json.dumps({'kind': 'ExecCredential', 'apiVersion': 'client.authentication.k8s.io/v1', 'status': s}))\n" + code
    )
    return {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": sys.executable, "args": [str(script)]}}


def runs(tmp_path: Path) -> int:
    return (tmp_path / "runs").stat().st_size


async def test_401_runs_the_plugin_again_and_repeats(connect: Connect, tmp_path: Path) -> None:
    client, server = await connect(token_server("t2"), user=plugin_user(tmp_path, "say(token=f't{count}')"))
    assert (await client.get("/a", Answer)).kind == "Hello"
    assert (runs(tmp_path), len(server.requests)) == (2, 2)
    await client.get("/a", Answer)
    assert (runs(tmp_path), len(server.requests)) == (2, 3)


async def test_fifty_refused_requests_run_the_plugin_once(connect: Connect, tmp_path: Path) -> None:
    barrier = asyncio.Event()
    client, server = await connect(token_server("t2", barrier), user=plugin_user(tmp_path, "say(token=f't{count}')"))
    asked = [asyncio.create_task(client.get("/a", Answer)) for _ in range(50)]
    await server.asked(50)
    barrier.set()
    assert len(await asyncio.gather(*asked)) == 50
    assert runs(tmp_path) == 2


async def test_401_that_stays_is_unauthorized_after_one_try(connect: Connect, tmp_path: Path) -> None:
    client, server = await connect(token_server("never"), user=plugin_user(tmp_path, "say(token=f't{count}')"))
    with pytest.raises(errors.Unauthorized) as caught:
        await client.get("/a", Answer)
    assert len(server.requests) == 2
    assert str(caught.value) == f'{server.url} does not accept the credentials of user "alice" (Unauthorized): log in again'
    assert caught.value.message == "Unauthorized"


async def test_a_refresh_that_fails_says_why_and_is_not_hammered(connect: Connect, tmp_path: Path) -> None:
    code = "say(token='t1') if count == 1 else sys.exit('session expired: run login')"
    client, server = await connect(token_server("never"), user=plugin_user(tmp_path, code))
    for _ in range(3):
        with pytest.raises(errors.Unauthorized, match="session expired: run login"):
            await client.get("/a", Answer)
    assert (runs(tmp_path), len(server.requests)) == (2, 3)


async def test_a_credential_that_says_it_has_ended_is_renewed_before_asking(connect: Connect, tmp_path: Path) -> None:
    end = "expirationTimestamp='2001-01-01T00:00:00Z'"
    client, server = await connect(
        token_server("t2"), user=plugin_user(tmp_path, f"say(token=f't{{count}}', **(dict({end}) if count == 1 else {{}}))")
    )
    assert (await client.get("/a", Answer)).kind == "Hello"
    assert [request.header("authorization") for request in server.requests] == ["Bearer t2"]


async def test_cancelling_one_does_not_cancel_the_refresh_of_others(connect: Connect, tmp_path: Path) -> None:
    slow = "import time\nif count > 1: time.sleep(0.5)\nsay(token=f't{count}')"
    client, server = await connect(token_server("t2"), user=plugin_user(tmp_path, slow))
    first, second = (asyncio.create_task(client.get("/a", Answer)) for _ in range(2))
    await server.asked(2)
    first.cancel()
    assert (await second).kind == "Hello"
    assert first.cancelled()
    assert runs(tmp_path) == 2


async def test_a_new_certificate_from_the_plugin_is_shown_at_once(connect: Connect, tmp_path: Path, authority: Authority) -> None:
    pairs = [[part.decode() for part in authority.client(name)] for name in ("first", "second")]

    async def handler(request: Request, reply: Reply) -> None:
        peer = reply.writer.get_extra_info("peercert")
        name = dict(item[0] for item in peer["subject"])["commonName"]
        if name == "second":
            await reply.json({"kind": name})
        else:
            await reply.status(401, "Unauthorized", "Unauthorized")

    code = f"cert, key = json.loads({json.dumps(pairs)!r})[count - 1]\nsay(clientCertificateData=cert, clientKeyData=key)"
    client, server = await connect(handler, user=plugin_user(tmp_path, code), tls=authority.server(clients=authority))
    assert (await client.get("/a", Answer)).kind == "second"
    assert server.connections == 2


async def test_groups_to_act_as_arrive_as_several_headers(connect: Connect) -> None:
    client, server = await connect(hello, user={"token": "t-0123456789", "as": "bob", "as-groups": ["a", "b"]})
    await client.request("GET", "/a")
    assert server.requests[0].header("impersonate-user") == "bob"
    assert server.requests[0].every("impersonate-group") == ["a", "b"]


class TestReadOnly:
    @pytest.mark.parametrize(
        ("method", "path", "params", "changes"),
        [
            ("GET", "/api/v1/pods", {}, False),
            ("POST", "/api/v1/namespaces/a/pods", {}, True),
            ("PATCH", "/api/v1/namespaces/a/pods/p", {"dryRun": "Some"}, True),
            ("PATCH", "/api/v1/namespaces/a/pods/p", {"dryRun": "All"}, False),
            ("DELETE", "/api/v1/namespaces/a/pods/p", {}, True),
            ("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {}, False),
            ("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, False),
            ("DELETE", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {}, True),
            ("POST", "/api/v1/namespaces/a/configmaps/x/selfsubjectreviews-not", {}, True),
            ("BREW", "/coffee", {}, True),
        ],
    )
    def test_what_changes_a_cluster(self, method: str, path: str, params: dict[str, Any], changes: bool) -> None:
        assert changes_cluster(method, path, params) is changes

    async def test_nothing_is_sent(self, connect: Connect) -> None:
        client, server = await connect(hello, read_only=True)
        with pytest.raises(errors.ReadOnly, match="read-only mode: DELETE /api/v1/namespaces/a was not sent"):
            await client.request("DELETE", "/api/v1/namespaces/a")
        assert server.connections == 0
        await client.request("PATCH", "/api/v1/namespaces/a", params={"dryRun": "All"}, body={})
        assert len(server.requests) == 1


async def test_after_closing_every_request_says_so(connect: Connect) -> None:
    client, server = await connect(hello)
    await client.request("GET", "/a")
    await client.aclose()
    await client.aclose()
    with pytest.raises(errors.Unreachable, match=f"the connection to {server.url} has been closed"):
        await client.request("GET", "/a")


async def test_401_of_a_context_without_user(connect: Connect, tmp_path: Path) -> None:
    client, _ = await connect(token_server("never"))
    config = tmp_path / "config"
    config.write_text(config.read_text().replace("    user: alice\n", ""))
    client = Client(load(str(config), None))
    with pytest.raises(errors.Unauthorized, match=r'wants to know who asks \(Unauthorized\), and context "test" names no user'):
        await client.request("GET", "/a")
    await client.aclose()


async def test_401_with_an_expired_client_certificate_says_since_when(connect: Connect, authority: Authority) -> None:
    """What a real API server does: it takes the handshake, and then knows nobody."""
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    certificate, key = authority.client("alice", not_after=end)
    user = {"client-certificate-data": b64(certificate), "client-key-data": b64(key), "token": "outlived-by-nothing"}
    client, _ = await connect(token_server("never"), user=user)
    with pytest.raises(errors.Unauthorized, match=f"the client certificate expired on {end:%Y-%m-%d %H:%M} UTC"):
        await client.request("GET", "/a")


def test_a_plugin_that_waits_does_not_hold_the_program_open() -> None:
    code = """
import asyncio, time
from modeltui.kube.background import in_background
async def main():
    task = asyncio.create_task(in_background(lambda: time.sleep(60), name="login"))
    await asyncio.sleep(0.1)
    task.cancel()
    assert await in_background(lambda: 7, name="seven") == 7
    try:
        await in_background(lambda: 1 / 0, name="fails")
    except ZeroDivisionError:
        print("ended")
asyncio.run(main())
"""
    ended = subprocess.run([sys.executable, "-c", code], timeout=20, check=True, capture_output=True, text=True)
    assert ended.stdout == "ended\n"


async def test_header_values_of_passwords(connect: Connect) -> None:
    client, server = await connect(hello, user={"username": "me", "password": "pässword"})
    await client.request("GET", "/a")
    assert server.requests[0].header("authorization") == "Basic " + b64("me:pässword".encode("latin-1"))
