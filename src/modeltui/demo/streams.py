"""What is sent piece by piece: watches, and logs that are followed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from modeltui.demo import errors, tables
from modeltui.demo.core import object_at
from modeltui.demo.errors import Object
from modeltui.demo.faults import Fault
from modeltui.demo.negotiation import Accepted
from modeltui.demo.storage import encode, event_line
from modeltui.demo.watching import Delivery, Watch

INITIAL_END = "k8s.io/initial-events-end"
_BATCH = 256 * 1024
"""Bytes written at once: a watch that starts with 10,000 objects does not hold the loop for all of them."""


@dataclass(slots=True)
class WatchRequest:
    watch: Watch
    accepted: Accepted
    bookmarks: bool = False
    initial_end: bool = False
    """Send the bookmark that ends the initial events."""
    timeout: float | None = None
    bookmark_period: float = 60.0
    include: str = "Metadata"
    fault: Fault | None = None
    deprecation: str = ""
    refused: errors.StatusError | None = None
    """Told as the only event."""


@dataclass(slots=True)
class Streams:
    """The open streams of a server, so that it can end them when it stops."""

    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _begun: set[asyncio.Future[None]] = field(default_factory=set)

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """What goes on by itself until it is done, or the server stops."""
        task = asyncio.ensure_future(self.until_stopped(work, limit=None))
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)

    async def serve(self, request: web.Request, wanted: WatchRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json", "Cache-Control": "no-cache, private"})
        response.enable_chunked_encoding()
        if wanted.deprecation:
            response.headers["Warning"] = f'299 - "{wanted.deprecation}"'
        await response.prepare(request)
        stream = _Stream(request, response, wanted)
        try:
            await self.until_stopped(stream.run(), limit=wanted.timeout if wanted.timeout is not None else random.uniform(1800, 3600))
        finally:
            wanted.watch.close()
        if not stream.broken:
            await response.write_eof()
        return response

    async def until_stopped(self, work: Coroutine[Any, Any, None], *, limit: float | None) -> None:
        """Until it ends by itself, its time (seconds) is up, or the server stops. Its own errors come through."""
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self.stopping.wait())
        try:
            await asyncio.wait({task, stop}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in (task, stop):
                each.cancel()
            await asyncio.wait({task, stop})
        if not task.cancelled():
            task.result()


class _Stream:
    """One watch on the wire."""

    def __init__(self, request: web.Request, response: web.StreamResponse, wanted: WatchRequest) -> None:
        self.wanted = wanted
        self.broken = False
        self._request = request
        self._response = response
        self._sent = 0
        self._defined = False
        """Has a table said what its columns are?"""
        self._line = self._encoder()

    async def run(self) -> None:
        wanted, watch = self.wanted, self.wanted.watch
        loop = asyncio.get_running_loop()
        initial = wanted.initial_end
        next_bookmark = loop.time() + wanted.bookmark_period
        if wanted.fault is not None and await self._strike(wanted.fault):
            return
        if wanted.refused is not None:
            await self._response.write(event_line("ERROR", encode(wanted.refused.status())))
            return
        if wanted.accepted.rendering == "PartialObjectMetadataList":
            return  # an event is never a list; upstream, too, notices that only when the stream is open
        while not watch.gone:
            try:
                deliveries = watch.deliveries()
            except errors.StatusError as problem:
                await self._response.write(event_line("ERROR", encode(problem.status())))
                return
            if not await self._send([self._line(each) for each in deliveries]):
                return
            if initial:
                initial = False
                await self._response.write(self._bookmark({INITIAL_END: "true"}))
            try:
                async with asyncio.timeout_at(next_bookmark if wanted.bookmarks else None):
                    await watch.wait()
            except TimeoutError:
                next_bookmark = loop.time() + wanted.bookmark_period
                # A bookmark says that everything up to here was seen, so what is pending goes first.
                watch.seen = max(watch.seen, watch.core.storage.revision)
                await self._response.write(self._bookmark({}))

    async def _send(self, lines: list[bytes]) -> bool:
        """One flush per batch. False when a fault has ended the stream."""
        fault = self.wanted.fault
        if fault is not None and fault.kind in ("drop", "stall", "end"):
            room = fault.after - self._sent
            if len(lines) > room or (room <= 0 and fault.kind != "drop"):
                await self._write(lines[:room])
                rest = lines[room] if len(lines) > room else b'{"type":"MODIFIED","object":{"kind'
                return await self._break(fault, rest)
        self._sent += len(lines)
        await self._write(lines)
        return True

    async def _write(self, lines: list[bytes]) -> None:
        batch: list[bytes] = []
        size = 0
        for line in lines:
            batch.append(line)
            size += len(line)
            if size >= _BATCH:
                await self._response.write(b"".join(batch))
                batch, size = [], 0
        if batch:
            await self._response.write(b"".join(batch))

    async def _strike(self, fault: Fault) -> bool:
        """Faults that end the stream, or colour it, before any event. True when it is over."""
        match fault.kind:
            case "gone":
                told = errors.expired(f"too old resource version: {self.wanted.watch.seen} ({self.wanted.watch.core.storage.revision})")
                await self._response.write(event_line("ERROR", encode(told.status())))
                return True
            case "error-event":
                status = errors.StatusError(fault.code, "", "a fault on demand").status()
                if not fault.code:
                    del status["code"]
                elif fault.retry_after:
                    status["details"] = {"retryAfterSeconds": fault.retry_after}
                await self._response.write(event_line("ERROR", encode(status)))
                return True
            case "garbage":
                await self._response.write(b"<html>502 Bad Gateway</html>\n")
            case "drop" | "end" if fault.after == 0:
                return not await self._break(fault, b'{"type":"MODIFIED","object":{"kind')
        return False

    async def _break(self, fault: Fault, line: bytes) -> bool:
        match fault.kind:
            case "drop":
                await self._response.write(line[: max(1, len(line) // 2)])
                self.broken = True
                if self._request.transport is not None:
                    self._request.transport.abort()
            case "stall":
                await asyncio.Event().wait()
        return False

    def _encoder(self) -> Callable[[Delivery], bytes]:
        watch = self.wanted.watch
        if not self.wanted.accepted.rendering:
            return watch.line

        def rendered(delivery: Delivery) -> bytes:
            return event_line(delivery.type, encode(self._shown(object_at(watch.target, delivery.stored))))

        return rendered

    def _shown(self, obj: Object) -> Object:
        """In the rendering asked for. Only the first table of a stream defines its columns."""
        accepted = self.wanted.accepted
        if accepted.rendering != "Table":
            return tables.partial(obj, version=accepted.version)
        meta = {"resourceVersion": obj["metadata"]["resourceVersion"]}
        shown = tables.table(self.wanted.watch.target, [obj], meta=meta, include=self.wanted.include, version=accepted.version)
        if self._defined:
            shown["columnDefinitions"] = None
        self._defined = True
        return shown

    def _bookmark(self, annotations: dict[str, str]) -> bytes:
        watch = self.wanted.watch
        meta: Object = {"resourceVersion": str(max(watch.seen, 1))}
        if annotations:
            meta["annotations"] = annotations
        obj: Object = {"kind": watch.target.kind.kind, "apiVersion": watch.target.api_version, "metadata": meta}
        return event_line("BOOKMARK", encode(self._shown(obj) if self.wanted.accepted.rendering else obj))
