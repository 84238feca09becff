"""An API server on a real socket that does exactly what a test scripts: right answers, wrong ones, and none at all.

Plain HTTP/1.1 on asyncio streams, nothing of the client or of the embedded cluster: each request takes the next step of
its script. A step is a coroutine that answers on the wire.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]


def thing(name: str, version: str | int = "1", *, uid: str = "", namespace: str = "ns", **spec: Any) -> Json:
    metadata = {"name": name, "namespace": namespace, "uid": uid or f"uid-{name}", "resourceVersion": str(version)}
    return {"apiVersion": "example.dev/v1", "kind": "Thing", "metadata": metadata, "spec": spec}


def event(kind: str, obj: Json) -> bytes:
    return json.dumps({"type": kind, "object": obj}).encode() + b"\n"


def bookmark(version: str | int, *, end: bool = False) -> bytes:
    metadata: Json = {"resourceVersion": str(version)}
    if end:
        metadata["annotations"] = {"k8s.io/initial-events-end": "true"}
    return event("BOOKMARK", {"kind": "Thing", "apiVersion": "example.dev/v1", "metadata": metadata})


def status(code: int, reason: str = "", message: str = "", **details: Any) -> Json:
    body: Json = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": message}
    return body | ({"details": details} if details else {})


def error(code: int, reason: str = "", message: str = "it failed", **details: Any) -> bytes:
    return event("ERROR", status(code, reason, message, **details))


@dataclass
class Request:
    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    at: float

    @property
    def watch(self) -> bool:
        return self.params.get("watch") == "1"

    @property
    def version(self) -> str | None:
        return self.params.get("resourceVersion")


@dataclass(eq=False)
class Wire:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    keep: bool = True
    """Whether the connection may take another request."""

    async def answer(self, code: int, body: Any, headers: dict[str, str] | None = None) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = [f"HTTP/1.1 {code} X", "Content-Type: application/json", f"Content-Length: {len(data)}"]
        lines += [f"{key}: {value}" for key, value in (headers or {}).items()]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + data)
        await self.writer.drain()

    async def begin(self) -> None:
        self.writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        await self.writer.drain()

    async def chunk(self, data: bytes) -> None:
        self.writer.write(b"%x\r\n%s\r\n" % (len(data), data))
        await self.writer.drain()

    async def end(self) -> None:
        self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()

    def drop(self) -> None:
        self.keep = False
        self.writer.transport.abort()


Step = Callable[[Request, Wire], Awaitable[None]]


def answer(code: int, body: Any, headers: dict[str, str] | None = None) -> Step:
    async def step(request: Request, wire: Wire) -> None:
        await wire.answer(code, body, headers)

    return step


def listing(*items: Json, version: str | int = 10, token: str = "") -> Step:
    metadata = {"resourceVersion": str(version)} | ({"continue": token} if token else {})
    return answer(200, {"kind": "ThingList", "apiVersion": "example.dev/v1", "metadata": metadata, "items": list(items)})


def failure(code: int, reason: str = "", message: str = "no", *, headers: dict[str, str] | None = None, **details: Any) -> Step:
    return answer(code, status(code, reason, message, **details), headers)


async def drop(request: Request, wire: Wire) -> None:
    """Close the connection without a word."""
    wire.drop()


class Stream:
    """A watch that the test feeds: `opened` and `closed` (by the client) can be awaited; it stays open until told."""

    def __init__(self, *lines: bytes) -> None:
        self._queue: asyncio.Queue[bytes | str] = asyncio.Queue()
        self.send(*lines)
        self.opened = asyncio.Event()
        self.closed = asyncio.Event()

    def send(self, *lines: bytes) -> Stream:
        """Whole lines, or what a test likes to send in their place."""
        for line in lines:
            self._queue.put_nowait(line)
        return self

    def end(self) -> Stream:
        """End the answer politely."""
        self._queue.put_nowait("end")
        return self

    def drop(self) -> Stream:
        """Cut the connection."""
        self._queue.put_nowait("drop")
        return self

    async def __call__(self, request: Request, wire: Wire) -> None:
        wire.keep = False
        await wire.begin()
        self.opened.set()
        gone = asyncio.create_task(wire.reader.read())
        try:
            while True:
                item = asyncio.create_task(self._queue.get())
                await asyncio.wait({item, gone}, return_when=asyncio.FIRST_COMPLETED)
                if not item.done():
                    item.cancel()
                    return
                match item.result():
                    case "end":
                        await wire.end()
                        return
                    case "drop":
                        wire.drop()
                        return
                    case bytes() as data:
                        await wire.chunk(data)
        finally:
            gone.cancel()
            self.closed.set()


def watch(*lines: bytes) -> Step:
    """A watch that sends `lines` and ends politely at once."""
    return Stream(*lines).end()


@dataclass
class Script:
    """The steps of one kind of request; the last one of `forever` answers whatever comes after them."""

    steps: deque[Step] = field(default_factory=deque)
    forever: Step | None = None

    def then(self, *steps: Step) -> Script:
        self.steps.extend(steps)
        return self

    def always(self, step: Step) -> Script:
        self.forever = step
        return self

    def next(self) -> Step:
        if self.steps:
            return self.steps.popleft()
        return self.forever or answer(500, status(500, "InternalError", "not in the script"))


class Misbehaving:
    """The server. `lists` and `watches` are its scripts; `requests` is what it was asked, in order."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.requests: list[Request] = []
        self.lists = Script()
        self.watches = Script()
        self.namespaces = Script(forever=failure(403, "Forbidden", "namespaces is forbidden"))
        self.by_namespace: dict[str, tuple[Script, Script]] = {}
        self._server: asyncio.Server | None = None
        self._wires: list[Wire] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def asked(self, *, watch: bool) -> list[Request]:
        return [request for request in self.requests if request.watch == watch and "/things" in request.path]

    async def start(self) -> None:
        """Listen; the same port again after `stop`."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=2**16)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse from now on, and cut what is open."""
        if self._server is not None:
            self._server.close()
            for wire in list(self._wires):
                wire.drop()
            await self._server.wait_closed()
            self._server = None

    def _script(self, request: Request) -> Script:
        if "/things" not in request.path:
            return self.namespaces
        for namespace, scripts in self.by_namespace.items():
            if f"/namespaces/{namespace}/" in request.path:
                return scripts[request.watch]
        return self.watches if request.watch else self.lists

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = Wire(reader, writer)
        self._wires.append(wire)
        try:
            while wire.keep:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                first, *rest = head.split("\r\n")
                method, target, _ = first.split(" ")
                headers = {key.lower(): value for key, _, value in (line.partition(": ") for line in rest if line)}
                url = urlsplit(target)
                params = {key: values[-1] for key, values in parse_qs(url.query, keep_blank_values=True).items()}
                request = Request(method, url.path, params, headers, self._now())
                self.requests.append(request)
                await self._script(request).next()(request, wire)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._wires.remove(wire)
            writer.close()
