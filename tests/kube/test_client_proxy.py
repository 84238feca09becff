"""Which proxy is taken, and a real tunnel through one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from scripted_server import Authority, Reply, Request, serving, write_kubeconfig

from modeltui.kube import errors
from modeltui.kube.client import Client
from modeltui.kube.credentials import load
from modeltui.kube.proxies import proxy_for

PROXY = "http://proxy:3128"


@pytest.mark.parametrize(
    ("server", "no_proxy", "expected"),
    [
        ("https://api.example.com:6443", "", PROXY),
        ("https://api.example.com:6443", "example.com", None),
        ("https://api.example.com:6443", ".example.com", None),
        ("https://example.com:6443", ".example.com", PROXY),
        ("https://api.example.com:6443", "*.example.com", None),
        ("https://notexample.com:6443", "example.com", PROXY),
        ("https://api.example.com:6443", "example.com:443", PROXY),
        ("https://api.example.com:6443", "example.com:6443", None),
        ("https://10.1.2.3:6443", "10.0.0.0/8", None),
        ("https://11.1.2.3:6443", "10.0.0.0/8,nonsense/99", PROXY),
        ("https://10.1.2.3:6443", "10.1.2.3", None),
        ("https://[fd00::1]:6443", "fd00::/8", None),
        ("https://api.example.com", "*", None),
        ("https://127.0.0.1:6443", "", None),
        ("https://[::1]:6443", "", None),
        ("https://localhost:6443", "", None),
        ("http://api.example.com", "", None),
    ],
)
def test_environment_by_kubectls_rules(server: str, no_proxy: str, expected: str | None) -> None:
    assert proxy_for(server, environ={"https_proxy": PROXY, "NO_PROXY": no_proxy}) == expected


def test_the_clusters_own_proxy_wins_and_has_no_exceptions() -> None:
    environ = {"HTTPS_PROXY": "http://other:1", "NO_PROXY": "*"}
    assert proxy_for("https://127.0.0.1:1", configured=PROXY, environ=environ) == PROXY
    assert proxy_for("https://a.example.com", environ={"HTTPS_PROXY": "proxy:3128"}) == PROXY


@pytest.mark.parametrize(
    ("url", "words"),
    [("socks5://me:s3cret@p:1080", "SOCKS needs the package socksio"), ("ftp://p", "not a URL such as"), ("proxy", "not a URL such as")],
)
def test_proxies_that_cannot_be_used(url: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modeltui.kube.proxies.find_spec", lambda name: None)
    with pytest.raises(errors.ConfigError, match=words) as caught:
        proxy_for("https://x", configured=url, cluster="here")
    assert "s3cret" not in str(caught.value)
    assert 'proxy-url of cluster "here"' in str(caught.value)


async def test_tunnel_with_tls_server_name(tmp_path: Path, authority: Authority) -> None:
    """httpx alone would check the URL's host behind a tunnel, whatever name it is told."""
    tunnelled: list[str] = []

    async def hello(request: Request, reply: Reply) -> None:
        await reply.json({"kind": "Hello"})

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        target = head.split()[1]
        tunnelled.append(head)
        host, port = target.split(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                sink.write(data)
            sink.close()

        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer), return_exceptions=True)

    listener = await asyncio.start_server(proxy, "127.0.0.1", 0)
    async with listener, serving(hello, tls=authority.server("api.example.com")) as server:
        url = f"http://me:s3cret@127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        path = write_kubeconfig(
            tmp_path / "c", server.url, ca=authority.pem, proxy_url=url, tls_server_name="api.example.com", user={"token": "t-0123456789"}
        )
        client = Client(load(path, None))
        assert b"Hello" in await client.request("GET", "/version")
        await client.aclose()
    assert "t-0123456789" not in tunnelled[0]


async def test_a_proxy_that_refuses(tmp_path: Path, authority: Authority) -> None:
    async def refuse(request: Request, reply: Reply) -> None:
        await reply.send(b"no", code=403)

    async with serving(refuse) as proxy:
        url = proxy.url.replace("http://", "http://me:s3cret@")
        client = Client(load(write_kubeconfig(tmp_path / "c", "https://10.255.0.1:6443", ca=authority.pem, proxy_url=url), None))
        with pytest.raises(errors.Unreachable, match=r"does not lead to https://10\.255\.0\.1:6443: 403") as caught:
            await client.request("GET", "/version")
        await client.aclose()
    assert "s3cret" not in str(caught.value)
