"""A kept connection that the server closes in the moment it is used: reads and dry runs are repeated once, writes never."""

from __future__ import annotations

import pytest
from scripted_server import Connect, Reply, Request

from modeltui.kube import errors


class Closing:
    """Answers, and closes the connection on every request that is not the first on it, with the given last words."""

    def __init__(self, last_words: bytes = b"", *, always: bool = False) -> None:
        self.last_words = last_words
        self.always = always
        self.seen: set[object] = set()

    async def __call__(self, request: Request, reply: Reply) -> None:
        if self.always or reply.writer in self.seen:
            await reply.raw(self.last_words)
            reply.writer.close()
            reply.dropped = True
            return
        self.seen.add(reply.writer)
        await reply.json({})


async def test_a_read_is_sent_again_once(connect: Connect) -> None:
    client, server = await connect(Closing())
    assert await client.request("GET", "/a") == b"{}"
    assert await client.request("GET", "/b") == b"{}"
    assert server.paths == ["/a", "/b", "/b"]
    assert server.connections == 2


async def test_the_opening_of_a_stream_too(connect: Connect) -> None:
    client, server = await connect(Closing())
    await client.request("GET", "/a")
    async with client.stream("/watch", text=True) as lines:
        assert [line async for line in lines] == [b"{}"]
    assert server.paths == ["/a", "/watch", "/watch"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_write_is_not(connect: Connect, method: str) -> None:
    client, server = await connect(Closing())
    await client.request("GET", "/a")
    with pytest.raises(errors.Unreachable, match="connection lost"):
        await client.request(method, "/b", body={})
    assert server.paths == ["/a", "/b"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_a_dry_run_of_one_is(connect: Connect, method: str) -> None:
    """A review asks for several in a row, after the user has read for minutes, over a connection that a proxy has closed meanwhile."""
    client, server = await connect(Closing())
    await client.request("GET", "/a")
    assert await client.request(method, "/b", params={"dryRun": "All"}, body={}) == b"{}"
    assert [path.partition("?")[0] for path in server.paths] == ["/a", "/b", "/b"]


async def test_a_delete_is_not_even_as_a_dry_run(connect: Connect) -> None:
    """With options in its body it would not be one."""
    client, server = await connect(Closing())
    await client.request("GET", "/a")
    with pytest.raises(errors.Unreachable, match="connection lost"):
        await client.request("DELETE", "/b", params={"dryRun": "All"}, body={})
    assert len(server.paths) == 2


async def test_nor_is_a_read_over_a_new_connection(connect: Connect) -> None:
    client, server = await connect(Closing(always=True))
    with pytest.raises(errors.Unreachable, match="connection lost"):
        await client.request("GET", "/a")
    assert server.paths == ["/a"]


async def test_nor_is_one_whose_answer_had_begun(connect: Connect) -> None:
    client, server = await connect(Closing(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"))
    await client.request("GET", "/a")
    with pytest.raises(errors.Unreachable, match="connection lost"):
        await client.request("GET", "/b")
    assert server.paths == ["/a", "/b"]
