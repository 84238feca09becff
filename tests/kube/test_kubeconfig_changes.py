"""A kubeconfig that is written to while we run (a new cluster at the old address, a login): no restart is needed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from scripted_server import Authority, Reply, Request, serving, write_kubeconfig

from modeltui.kube import errors, refresh
from modeltui.kube.client import Client
from modeltui.kube.credentials import load
from modeltui.kube.refresh import Refresher


async def hello(request: Request, reply: Reply) -> None:
    await reply.json({"authorization": request.header("authorization")})


class Machine:
    """A kubeconfig and the client that was made of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.client: Client

    def write(self, server: str, authority: Authority, token: str = "one", **cluster: Any) -> None:
        write_kubeconfig(self.path, server, ca=authority.pem, user={"token": token}, **cluster)

    def connect(self) -> Client:
        self.client = Client(load(str(self.path), None))
        return self.client

    async def token_seen(self, method: str = "GET") -> str:
        return (await self.client.request(method, "/a", timeout=5)).decode()


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    made = Machine(tmp_path / "config")
    yield made
    await made.client.aclose()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_new_authority_and_token_at_the_same_address(machine: Machine, method: str) -> None:
    """Nothing has been sent when a certificate is not trusted, so even a write may go to the server meant now."""
    old, new = Authority(), Authority()
    async with serving(hello, tls=new.server()) as server:
        machine.write(server.url, old)
        client = machine.connect()
        with pytest.raises(errors.Unreachable, match="not signed by") as caught:
            await machine.token_seen(method)
        assert "kubeconfig has changed" not in str(caught.value)
        machine.write(server.url, new, "two")
        assert "Bearer two" in await machine.token_seen(method)
        assert len(server.requests) == 1
        assert client.connection.server == server.url


async def test_a_new_address_for_a_server_that_is_gone(machine: Machine, authority: Authority) -> None:
    async with serving(hello, tls=authority.server()) as server:
        machine.write(server.url, authority)
        client = machine.connect()
        await machine.token_seen()
        gone = server.url
    async with serving(hello, tls=authority.server()) as other:
        machine.write(other.url, authority)
        assert "Bearer one" in await machine.token_seen()
        assert client.connection.server == other.url != gone


async def test_a_new_proxy(machine: Machine, authority: Authority) -> None:
    machine.write("https://127.0.0.1:1", authority, proxy_url="http://127.0.0.1:9")
    machine.connect()
    with pytest.raises(errors.Unreachable, match="through the proxy"):
        await machine.token_seen()
    async with serving(hello, tls=authority.server()) as server:
        machine.write(server.url, authority)
        assert "Bearer one" in await machine.token_seen()


async def test_an_authority_in_a_file_of_its_own(machine: Machine, tmp_path: Path) -> None:
    old, new = Authority(), Authority()
    (tmp_path / "ca.crt").write_bytes(old.pem)
    async with serving(hello, tls=new.server()) as server:
        write_kubeconfig(machine.path, server.url, user={"token": "one"}, certificate_authority="ca.crt")
        machine.connect()
        with pytest.raises(errors.Unreachable, match="not signed by"):
            await machine.token_seen()
        (tmp_path / "ca.crt").write_bytes(new.pem)
        assert "Bearer one" in await machine.token_seen()


async def test_open_streams_go_when_the_server_is_another(machine: Machine) -> None:
    """A stream over the old certificates may hang for ever: reflectors reconnect when it ends."""
    old, new = Authority(), Authority()

    async def watched(request: Request, reply: Reply) -> None:
        await reply.start_chunked()
        await reply.chunk(b"{}\n")
        await asyncio.sleep(60)

    async with serving(watched, tls=old.server()) as server, serving(hello, tls=new.server()) as other:
        machine.write(server.url, old)
        client = machine.connect()
        async with asyncio.timeout(10), client.stream("/watch") as lines:
            assert await anext(lines) == b"{}"
            object.__setattr__(client.connection, "server", other.url)
            machine.write(other.url, new)
            assert "Bearer one" in await machine.token_seen()
            with pytest.raises(errors.Unreachable, match="connection lost"):
                await anext(lines)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("clusters: [", "is not valid YAML"),
        ("", "names no current context|there is no context"),
        ("contexts: []\nclusters: []\nusers: []\ncurrent-context: other\n", 'there is no context "test"'),
        (None, "does not exist"),
    ],
)
async def test_a_file_that_is_of_no_use_is_a_hint_and_the_old_connection_stays(
    machine: Machine, authority: Authority, text: str | None, words: str
) -> None:
    stranger = Authority()
    async with serving(hello, tls=stranger.server()) as server, serving(hello, tls=authority.server()) as good:
        machine.write(server.url, authority)
        client = machine.connect()
        before = client.connection
        if text is None:
            machine.path.unlink()
        else:
            machine.path.write_text(text)
        with pytest.raises(errors.Unreachable, match=r"not signed by .*; the kubeconfig has changed, but cannot be used: ") as caught:
            await machine.token_seen()
        with pytest.raises(errors.Unreachable, match=words):
            await machine.token_seen()
        assert "\n" not in str(caught.value)
        assert client.connection is before
        client.retry_now()  # else a few seconds would have to pass
        machine.write(good.url, authority)
        assert "Bearer one" in await machine.token_seen()


async def test_nothing_is_read_while_all_is_well(machine: Machine, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(hello, tls=authority.server()) as server:
        machine.write(server.url, authority)
        machine.connect()
        machine.write(server.url, authority, "two")
        assert "Bearer one" in await machine.token_seen()


async def test_a_write_that_may_have_arrived_is_not_repeated(machine: Machine, authority: Authority) -> None:
    async def cut(request: Request, reply: Reply) -> None:
        machine.write(server.url, authority, "two")
        reply.drop()

    async with serving(cut, tls=authority.server()) as server:
        machine.write(server.url, authority)
        machine.connect()
        with pytest.raises(errors.Unreachable, match="connection lost"):
            await machine.token_seen("POST")
        assert len(server.requests) == 1


class Files:
    """A source of connections that counts, and a clock."""

    def __init__(self, tmp_path: Path, authority: Authority) -> None:
        self.path = tmp_path / "config"
        self.now = 0.0
        self.tokens = 0
        self.authority = authority
        self.write()

    def write(self) -> None:
        self.tokens += 1
        write_kubeconfig(self.path, "https://127.0.0.1:1", ca=self.authority.pem, user={"token": f"token-{self.tokens:04}"})

    def refresher(self) -> tuple[Refresher, list[str]]:
        seen: list[str] = []

        async def replaced(connection: Any) -> None:
            seen.append(connection.auth.authorization)

        return Refresher(load(str(self.path), None), replaced=replaced, clock=lambda: self.now), seen


async def test_many_who_fail_at_once_read_it_once_and_not_again_too_soon(tmp_path: Path, authority: Authority) -> None:
    files = Files(tmp_path, authority)
    refresher, seen = files.refresher()
    assert await refresher.follow(0) == (False, "")
    files.write()
    assert await asyncio.gather(*(refresher.follow(0) for _ in range(50))) == [(True, "")] * 50
    assert seen == ["Bearer token-0002"]
    files.write()
    assert await refresher.follow(1) == (False, "")
    files.now += refresh.PAUSE
    assert await refresher.follow(1) == (True, "")
    assert seen == ["Bearer token-0002", "Bearer token-0003"]


async def test_renewals_that_do_not_help_become_rare(tmp_path: Path, authority: Authority) -> None:
    files = Files(tmp_path, authority)
    refresher, _ = files.refresher()
    renewals: list[float] = []
    while files.now < 600:
        generation = refresher.generation
        files.write()
        if (await refresher.renew(generation))[0]:
            renewals.append(files.now)
        files.now += 1.0
    gaps = [later - earlier for earlier, later in pairwise(renewals)]
    assert gaps[:4] == [5, 10, 20, 30]
    assert set(gaps[3:]) == {30}
    refresher.worked()
    files.now = renewals[-1] + refresh.PAUSE
    files.write()
    assert (await refresher.renew(refresher.generation))[0]


async def test_a_file_that_was_only_touched_is_no_news(tmp_path: Path, authority: Authority) -> None:
    files = Files(tmp_path, authority)
    refresher, seen = files.refresher()
    files.path.touch()
    assert await refresher.follow(0) == (False, "")
    assert (refresher.generation, seen) == (0, [])
