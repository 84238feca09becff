"""Logs of containers, line by line."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime

import pytest
from scripted_server import Connect, Endless, Reply, Request

from modeltui.kube import errors
from modeltui.kube.logs import pod_log


async def test_lines_with_their_escape_codes_and_broken_utf8(connect: Connect) -> None:
    async def handler(request: Request, reply: Reply) -> None:
        await reply.start_chunked("text/plain")
        await reply.chunk("\x1b[31mfehlgeschlagen: grö".encode()[:-1])
        await reply.chunk("ö".encode()[1:] + b"\r\n\nbad: \xff\nno newline at the end")
        await reply.end()

    client, server = await connect(handler)
    found = [line async for line in pod_log(client, "team-a", "p-1")]
    assert found == ["\x1b[31mfehlgeschlagen: grö", "", "bad: �", "no newline at the end"]
    assert server.paths == ["/api/v1/namespaces/team-a/pods/p-1/log"]
    assert server.requests[0].query == {}


async def test_options(connect: Connect) -> None:
    async def handler(request: Request, reply: Reply) -> None:
        await reply.send(b"")

    client, server = await connect(handler)
    since = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert [
        line async for line in pod_log(client, "a", "p", container="c", previous=True, follow=True, tail=0, since=since, timestamps=True)
    ] == []
    assert [line async for line in pod_log(client, "a", "p", since=60)] == []
    expected = {
        "container": "c",
        "previous": "true",
        "follow": "true",
        "tailLines": "0",
        "sinceTime": "2026-01-02T03:04:05Z",
        "timestamps": "true",
    }
    assert [request.query for request in server.requests] == [expected, {"sinceSeconds": "60"}]


@pytest.mark.parametrize(
    ("code", "reason", "message", "kind"),
    [
        (400, "BadRequest", 'container "main" in pod "p" is waiting to start: ContainerCreating', errors.BadRequest),
        (404, "NotFound", 'pods "p" not found', errors.NotFound),
        (403, "Forbidden", "pods is forbidden", errors.Forbidden),
    ],
)
async def test_the_servers_sentence_is_kept(connect: Connect, code: int, reason: str, message: str, kind: type[errors.ApiError]) -> None:
    async def handler(request: Request, reply: Reply) -> None:
        await reply.status(code, reason, message)

    client, _ = await connect(handler)
    with pytest.raises(kind) as caught:
        await anext(pod_log(client, "a", "p"))
    assert str(caught.value) == message


async def test_following_comes_live_and_leaving_closes(connect: Connect) -> None:
    endless = Endless(b"tick\n", "text/plain")
    client, _ = await connect(endless)
    async with asyncio.timeout(10), aclosing(pod_log(client, "a", "p", follow=True)) as lines:
        assert await anext(lines) == "tick"
        assert await anext(lines) == "tick"
    await asyncio.wait_for(endless.closed.wait(), 10)


async def test_a_progress_bar_without_newlines_does_not_fill_the_memory(connect: Connect) -> None:
    async def handler(request: Request, reply: Reply) -> None:
        await reply.start_chunked("text/plain")
        for _ in range(20):
            await reply.chunk(b"Fetching 50%|#####     |\r" * 4000)
        await reply.end()

    client, _ = await connect(handler)
    lengths = [len(line) async for line in pod_log(client, "a", "p")]
    assert sum(lengths) >= 20 * 4000 * 25 - len(lengths)
    assert max(lengths) < 512 * 1024
