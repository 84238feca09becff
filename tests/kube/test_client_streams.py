"""Streams over a real TLS socket: how they end, and what is told apart."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest
from scripted_server import Connect, Endless, Reply, Request
from test_client_requests import plugin_user, runs, token_server

from modeltui.kube import errors
from modeltui.kube.client import Client


async def lines_of(client: Client, *, read_timeout: float = 10.0, text: bool = False) -> list[bytes]:
    async with client.stream("/watch", params={"watch": True}, read_timeout=read_timeout, text=text) as lines:
        return [line async for line in lines]


async def test_lines_come_as_they_are_written(connect: Connect) -> None:
    read_first = asyncio.Event()

    async def handler(request: Request, reply: Reply) -> None:
        await reply.start_chunked()
        await reply.chunk(b'{"a":1}\n{"b"')
        await read_first.wait()
        await reply.chunk(b":2}\n")
        await reply.end()

    client, server = await connect(handler)
    async with asyncio.timeout(10), client.stream("/watch", params={"watch": True}) as lines:
        assert await anext(lines) == b'{"a":1}'
        read_first.set()
        assert [line async for line in lines] == [b'{"b":2}']
    assert server.requests[0].query == {"watch": "true"}
    assert server.requests[0].header("accept-encoding") == "identity"


async def test_a_polite_end_is_no_error_and_keeps_the_connection(connect: Connect) -> None:
    async def handler(request: Request, reply: Reply) -> None:
        await reply.start_chunked()
        await reply.end()

    client, server = await connect(handler)
    assert await lines_of(client) == []
    assert await lines_of(client) == []
    assert server.connections == 1


@pytest.mark.parametrize("politely", [True, False])
async def test_an_end_inside_a_line_is_a_lost_connection(connect: Connect, politely: bool) -> None:
    async def handler(request: Request, reply: Reply) -> None:
        await reply.start_chunked()
        await reply.chunk(b'{"a":1}\n{"b":')
        if politely:
            await reply.end()
        else:
            reply.writer.close()

    client, _ = await connect(handler)
    async with client.stream("/watch") as lines:
        assert await anext(lines) == b'{"a":1}'
        with pytest.raises(errors.Unreachable, match="connection lost"):
            await anext(lines)


async def test_a_drop_between_lines_is_a_lost_connection_too(connect: Connect) -> None:
    async def handler(request: Request, reply: Reply) -> None:
        await reply.start_chunked()
        await reply.chunk(b'{"a":1}\n')
        reply.drop()

    client, server = await connect(handler)
    with pytest.raises(errors.Unreachable, match="connection lost") as caught:
        await lines_of(client)
    assert server.url in str(caught.value)
    assert not isinstance(caught.value, errors.Timeout)


async def test_silence_is_a_timeout(connect: Connect) -> None:
    async def handler(request: Request, reply: Reply) -> None:
        await reply.start_chunked()
        await reply.chunk(b'{"a":1}\n')
        await asyncio.sleep(60)

    client, _ = await connect(handler)
    with pytest.raises(errors.Timeout, match=r"did not answer in time \(GET /watch\)"):
        await lines_of(client, read_timeout=0.3)


async def test_cancelling_the_reader_closes_the_connection(connect: Connect) -> None:
    endless = Endless(b"{}\n")
    client, server = await connect(endless)
    reader = asyncio.create_task(lines_of(client))
    await server.asked(1)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    await asyncio.wait_for(endless.closed.wait(), 10)


async def test_leaving_early_closes_the_connection(connect: Connect) -> None:
    endless = Endless(b"{}\n")
    client, _ = await connect(endless)
    async with client.stream("/watch") as lines:
        await anext(lines)
    await asyncio.wait_for(endless.closed.wait(), 10)


async def test_opening_that_is_refused(connect: Connect) -> None:
    async def handler(request: Request, reply: Reply) -> None:
        await reply.status(410, "Expired", "too old resource version: 1 (2)")

    client, _ = await connect(handler)
    with pytest.raises(errors.Gone, match="too old resource version"):
        await lines_of(client)


async def test_opening_refreshes_credentials(connect: Connect, tmp_path: Path) -> None:
    client, _ = await connect(token_server("t2"), user=plugin_user(tmp_path, "say(token=f't{count}')"))
    with pytest.raises(errors.Unreachable, match="middle of a line"):  # the answer has no newline
        await lines_of(client)
    assert runs(tmp_path) == 2


async def test_a_line_of_five_megabytes(connect: Connect) -> None:
    big = json.dumps({"type": "ADDED", "object": {"data": "x" * 5_000_000}}).encode()

    async def handler(request: Request, reply: Reply) -> None:
        await reply.start_chunked()
        await reply.chunk(b"{}\n" + big + b"\n{}\n")
        await reply.end()

    client, _ = await connect(handler)
    started = time.process_time()
    assert await lines_of(client) == [b"{}", big, b"{}"]
    assert time.process_time() - started < 3


async def test_closing_the_client_ends_open_streams(connect: Connect) -> None:
    async def handler(request: Request, reply: Reply) -> None:
        await reply.start_chunked()
        await reply.chunk(b"{}\n")
        await asyncio.sleep(60)

    client, _ = await connect(handler)
    async with asyncio.timeout(10), client.stream("/watch") as lines:
        await anext(lines)
        await client.aclose()
        with pytest.raises(errors.Unreachable):
            await anext(lines)


async def test_many_streams_at_once_with_requests_between(connect: Connect) -> None:
    async def handler(request: Request, reply: Reply) -> None:
        if request.path != "/watch":
            await reply.json({})
            return
        await reply.start_chunked()
        await reply.chunk(b"{}\n")
        await asyncio.sleep(60)

    client, server = await connect(handler)
    opened = asyncio.Semaphore(0)

    async def watch() -> None:
        async with client.stream("/watch") as lines:
            await anext(lines)
            opened.release()
            await anext(lines)

    async with asyncio.timeout(30):
        watches = [asyncio.create_task(watch()) for _ in range(60)]
        for _ in watches:
            await opened.acquire()
        await client.request("GET", "/version")
    assert server.connections == 61
    for task in watches:
        task.cancel()
    await asyncio.gather(*watches, return_exceptions=True)
