"""A server that does what a test tells it to, on a real socket: answers by function, and faults that no web framework would make."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import trustme
import yaml


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name.lower()), "")

    def every(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name.lower()]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """The answering half of one connection."""

    writer: asyncio.StreamWriter
    dropped: bool = False

    async def json(self, body: object, *, code: int = 200, headers: dict[str, str] | None = None) -> None:
        await self.send(json.dumps(body).encode(), code=code, headers={"Content-Type": "application/json", **(headers or {})})

    async def status(self, code: int, reason: str, message: str, **details: Any) -> None:
        await self.json(
            {"kind": "Status", "status": "Failure", "reason": reason, "message": message, "code": code, "details": details}, code=code
        )

    async def send(self, body: bytes, *, code: int = 200, headers: dict[str, str] | None = None) -> None:
        lines = [f"HTTP/1.1 {code} X", f"Content-Length: {len(body)}", *(f"{key}: {value}" for key, value in (headers or {}).items())]
        await self.raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    async def start_chunked(self, content_type: str = "application/json") -> None:
        await self.raw(f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())

    async def chunk(self, data: bytes) -> None:
        await self.raw(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def end(self) -> None:
        await self.raw(b"0\r\n\r\n")

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def drop(self) -> None:
        """Cut the connection without a goodbye."""
        self.dropped = True
        self.writer.transport.abort()


Handler = Callable[[Request, Reply], Awaitable[None]]


@dataclass
class Endless:
    """Answers with the same line again and again, until nobody reads any more."""

    line: bytes
    content_type: str = "application/json"
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: Request, reply: Reply) -> None:
        await reply.start_chunked(self.content_type)
        try:
            while True:
                await reply.chunk(self.line)
                await asyncio.sleep(0.01)
        finally:
            self.closed.set()


Connect = Callable[..., Any]
"""The fixture `connect`: `client, server = await connect(handler, user={...})`."""


@dataclass
class Server:
    url: str
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    async def asked(self, times: int) -> None:
        """Wait until that many requests have come."""
        async with asyncio.timeout(10):
            while len(self.requests) < times:  # noqa: ASYNC110 - polling keeps the server free of test logic
                await asyncio.sleep(0.005)

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]


@asynccontextmanager
async def serving(handler: Handler, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> AsyncIterator[Server]:
    """Serve until the block ends; open connections are cut then."""
    server = Server("")
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        server.connections += 1
        try:
            while (request := await _read(reader)) is not None:
                server.requests.append(request)
                reply = Reply(writer)
                await handler(request, reply)
                if reply.dropped or request.header("connection") == "close":
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            tasks.discard(task)
            writer.transport.abort()

    listener = await asyncio.start_server(connected, host, 0, ssl=tls)
    port = listener.sockets[0].getsockname()[1]
    server.url = f"{'https' if tls else 'http'}://{host}:{port}"
    try:
        yield server
    finally:
        listener.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Request | None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = [(key.strip().lower(), value.strip()) for key, _, value in (line.partition(":") for line in rest if line)]
    length = next((int(value) for key, value in headers if key == "content-length"), 0)
    url = urlsplit(target)
    query = {key: values[0] for key, values in parse_qs(url.query, keep_blank_values=True).items()}
    return Request(method, url.path, query, headers, await reader.readexactly(length) if length else b"")


class Authority:
    """A CA for one test, and the contexts and certificates that it vouches for."""

    def __init__(self) -> None:
        self.ca = trustme.CA()

    @property
    def pem(self) -> bytes:
        return self.ca.cert_pem.bytes()

    def server(self, *names: str, expired: bool = False, clients: Authority | None = None) -> ssl.SSLContext:
        """A server's context. With `clients` it demands a certificate of that CA."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        end = datetime.now(UTC) - timedelta(hours=1) if expired else None
        self.ca.issue_cert(*(names or ("127.0.0.1",)), not_after=end).configure_cert(context)
        if clients is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            clients.ca.configure_trust(context)
        return context

    def client(self, name: str, *, not_after: datetime | None = None) -> tuple[bytes, bytes]:
        """A client's certificate and key, PEM."""
        cert = self.ca.issue_cert(f"{name}@example.com", common_name=name, not_after=not_after)
        return b"".join(pem.bytes() for pem in cert.cert_chain_pems), cert.private_key_pem.bytes()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def write_kubeconfig(path: Path, server: str, *, user: dict[str, Any] | None = None, ca: bytes | None = None, **cluster: Any) -> str:
    """A kubeconfig with one context "test" (cluster "here", user "alice", namespace "team-a"). Returns its path."""
    about: dict[str, Any] = {"server": server, **{key.replace("_", "-"): value for key, value in cluster.items()}}
    if ca is not None:
        about["certificate-authority-data"] = b64(ca)
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "clusters": [{"name": "here", "cluster": about}],
        "users": [{"name": "alice", "user": user or {}}],
        "contexts": [{"name": "test", "context": {"cluster": "here", "user": "alice", "namespace": "team-a"}}],
    }
    path.write_text(yaml.safe_dump(document))
    return str(path)


@contextmanager
def handshaking(tls: ssl.SSLContext) -> Iterator[str]:
    """A server that does nothing but handshakes, and reads what comes after a failed one: asyncio would close at once, and
    the reset of the connection would now and then overtake the alert. Yields its URL.
    """
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            with tls.wrap_socket(plain, server_side=True, do_handshake_on_connect=False) as secured:
                secured.settimeout(5)
                with suppress(OSError):
                    try:
                        secured.do_handshake()
                    except ssl.SSLError:
                        secured.shutdown(socket.SHUT_WR)
                    while socket.socket.recv(secured, 65536):
                        pass

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)
