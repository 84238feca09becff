"""Why there is no answer: each cause is one sentence of its own that names the server."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from scripted_server import Authority, Reply, Request, b64, handshaking, serving, write_kubeconfig

from modeltui.kube import errors
from modeltui.kube.client import Client
from modeltui.kube.credentials import load


async def hello(request: Request, reply: Reply) -> None:
    await reply.json({"kind": "Hello"})


@asynccontextmanager
async def client_of(tmp_path: Path, url: str, **config: Any) -> AsyncIterator[Client]:
    client = Client(load(write_kubeconfig(tmp_path / "config", url, **config), None))
    try:
        yield client
    finally:
        await client.aclose()


async def failure(tmp_path: Path, url: str, *, timeout: float = 5.0, **config: Any) -> errors.KubeError:
    async with client_of(tmp_path, url, **config) as client:
        with pytest.raises(errors.KubeError) as caught:
            await client.request("GET", "/version", timeout=timeout)
    assert url in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


class TestTls:
    async def test_expired_server_certificate(self, tmp_path: Path, authority: Authority) -> None:
        async with serving(hello, tls=authority.server(expired=True)) as server:
            error = await failure(tmp_path, server.url, ca=authority.pem)
        assert "the server's certificate has expired" in str(error)
        assert error.exit_code == 4

    async def test_wrong_authority(self, tmp_path: Path, authority: Authority) -> None:
        async with serving(hello, tls=Authority().server()) as server:
            error = await failure(tmp_path, server.url, ca=authority.pem)
            assert 'not signed by the certificate-authority of cluster "here"' in str(error)
            async with client_of(tmp_path, server.url, insecure_skip_tls_verify=True) as client:
                await client.request("GET", "/version")
            async with client_of(tmp_path, server.url, ca=authority.pem, insecure_skip_tls_verify=True) as client:
                await client.request("GET", "/version")

    async def test_wrong_name_and_tls_server_name(self, tmp_path: Path, authority: Authority) -> None:
        async with serving(hello, tls=authority.server("api.example.com")) as server:
            error = await failure(tmp_path, server.url, ca=authority.pem)
            assert "certificate is for other names than 127.0.0.1" in str(error)
            async with client_of(tmp_path, server.url, ca=authority.pem, tls_server_name="api.example.com") as client:
                assert b"Hello" in await client.request("GET", "/version")
            error = await failure(tmp_path, server.url, ca=authority.pem, tls_server_name="else.example.com")
            assert "certificate is for other names" in str(error)

    async def test_client_certificate_reaches_the_server(self, tmp_path: Path, authority: Authority) -> None:
        seen: list[Any] = []

        async def who(request: Request, reply: Reply) -> None:
            seen.append(reply.writer.get_extra_info("peercert")["subject"])
            await reply.json({})

        certificate, key = authority.client("alice")
        user = {"client-certificate-data": b64(certificate), "client-key-data": b64(key)}
        async with (
            serving(who, tls=authority.server(clients=authority)) as server,
            client_of(tmp_path, server.url, ca=authority.pem, user=user) as client,
        ):
            await client.request("GET", "/version")
        assert (("commonName", "alice"),) in seen[0]

    async def test_client_certificate_that_ended_after_the_start(self, tmp_path: Path, authority: Authority) -> None:
        """The server's alert comes after the handshake (TLS 1.3), through another door of httpx."""
        end = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
        certificate, key = authority.client("alice", not_after=end)
        user = {"client-certificate-data": b64(certificate), "client-key-data": b64(key), "token": "so that load lets it pass"}
        with handshaking(authority.server(clients=authority)) as url:
            error = await failure(tmp_path, url, ca=authority.pem, user=user)
        assert f'refuses the client certificate of user "alice" as expired (valid until {end:%Y-%m-%d %H:%M} UTC)' in str(error)

    async def test_client_certificate_of_another_authority(self, tmp_path: Path, authority: Authority) -> None:
        certificate, key = Authority().client("alice")
        user = {"client-certificate-data": b64(certificate), "client-key-data": b64(key)}
        with handshaking(authority.server(clients=authority)) as url:
            error = await failure(tmp_path, url, ca=authority.pem, user=user)
        assert 'does not accept the client certificate of user "alice"' in str(error)

    async def test_client_certificate_wanted_but_none(self, tmp_path: Path, authority: Authority) -> None:
        with handshaking(authority.server(clients=authority)) as url:
            error = await failure(tmp_path, url, ca=authority.pem)
        assert 'wants a client certificate, and user "alice" has none' in str(error)

    async def test_a_drop_is_blamed_on_an_expired_certificate(self, tmp_path: Path, authority: Authority) -> None:
        """The alert is lost where the server resets the connection before it is read."""
        certificate, key = authority.client("alice", not_after=datetime.now(UTC) - timedelta(minutes=1))
        user = {"client-certificate-data": b64(certificate), "client-key-data": b64(key), "token": "lets load pass"}

        async def drop(request: Request, reply: Reply) -> None:
            reply.drop()

        async with serving(drop, tls=authority.server()) as server:
            error = await failure(tmp_path, server.url, ca=authority.pem, user=user)
        assert "perhaps since the client certificate expired on" in str(error)

    async def test_plain_http_on_that_port(self, tmp_path: Path, authority: Authority) -> None:
        async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(10)
            writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            await reader.read()
            writer.close()

        async with await asyncio.start_server(plain, "127.0.0.1", 0) as listener:
            error = await failure(tmp_path, f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}", ca=authority.pem)
        assert "does not speak TLS on that port" in str(error)

    async def test_closed_during_the_handshake(self, tmp_path: Path, authority: Authority) -> None:
        async def slam(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(10)
            writer.close()

        listener = await asyncio.start_server(slam, "127.0.0.1", 0)
        async with listener:
            url = f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
            error = await failure(tmp_path, url, ca=authority.pem)
        assert isinstance(error, errors.Unreachable)
        assert "closed the connection at once" in str(error)

    async def test_old_tls_only(self, tmp_path: Path, authority: Authority) -> None:
        context = authority.server()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256")
        async with serving(hello, tls=context) as server, client_of(tmp_path, server.url, ca=authority.pem) as client:
            await client.request("GET", "/version")


class TestNetwork:
    async def test_refused(self, tmp_path: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # bound, not listening
            port = taken.getsockname()[1]
            error = await failure(tmp_path, f"https://127.0.0.1:{port}")
        assert isinstance(error, errors.Unreachable)
        assert f"the connection was refused, nothing listens on port {port}" in str(error)

    async def test_unknown_host(self, tmp_path: Path) -> None:
        error = await failure(tmp_path, "https://no-such-host.invalid:6443", timeout=20)
        assert isinstance(error, errors.Unreachable)
        assert "no address is known for no-such-host.invalid" in str(error)

    async def test_no_connection_in_time(self, tmp_path: Path) -> None:
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            address = full.getsockname()
            waiting = []
            for _ in range(4):  # the backlog takes a few, and then Linux drops the SYNs
                filler = socket.socket()
                filler.setblocking(False)
                filler.connect_ex(address)
                waiting.append(filler)
            error = await failure(tmp_path, f"https://127.0.0.1:{address[1]}", timeout=0.5)
            for filler in waiting:
                filler.close()
        assert isinstance(error, errors.Timeout)
        assert "did not accept a connection in time" in str(error)

    async def test_silence(self, tmp_path: Path, authority: Authority) -> None:
        async def silent(request: Request, reply: Reply) -> None:
            await asyncio.sleep(60)

        async with serving(silent, tls=authority.server()) as server:
            error = await failure(tmp_path, server.url, ca=authority.pem, timeout=0.3)
        assert isinstance(error, errors.Timeout)
        assert "did not answer in time (GET /version)" in str(error)

    @pytest.mark.parametrize("part", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"])
    async def test_dropped_before_the_answer_is_whole(self, tmp_path: Path, authority: Authority, part: bytes) -> None:
        async def drop(request: Request, reply: Reply) -> None:
            if part:
                await reply.raw(part)
            reply.drop()

        async with serving(drop, tls=authority.server()) as server:
            error = await failure(tmp_path, server.url, ca=authority.pem)
        assert isinstance(error, errors.Unreachable)
        assert "connection lost" in str(error)

    async def test_something_else_than_http(self, tmp_path: Path, authority: Authority) -> None:
        async def ssh(request: Request, reply: Reply) -> None:
            await reply.raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")

        async with serving(ssh, tls=authority.server()) as server:
            error = await failure(tmp_path, server.url, ca=authority.pem)
        assert "does not speak HTTP" in str(error)
