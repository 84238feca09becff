"""A kubelet that cannot read a log says so in the middle of it: the answer has begun with 200 by then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

import pytest
from scripted_server import Connect, Reply, Request

from modeltui.kube import errors
from modeltui.kube.clock import SystemClock
from modeltui.kube.following import Follower
from modeltui.kube.log_stream import From
from modeltui.logs import node_words
from modeltui.logs.entries import Entry, LogTarget

TARGET = LogTarget("team-a", "web-1", "main")
GONE = "unable to retrieve container logs for containerd://50cc7a05523d"
NO_WATCHER = "failed to create fsnotify watcher: too many open files"
POD = {
    "metadata": {"name": "web-1", "namespace": "team-a", "uid": "u1"},
    "spec": {"containers": [{"name": "main"}], "nodeName": "n1"},
    "status": {"phase": "Running", "containerStatuses": [{"name": "main", "state": {"running": {"startedAt": "2026-07-01T00:00:00Z"}}}]},
}


class Fast(SystemClock):
    """Waits take a hundredth of their time."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        return super().call_later(seconds / 100, callback)


class Node:
    """Each answer has a line more than the one before, and then what the kubelet says."""

    def __init__(self, said: str, *, lines: int) -> None:
        self.said, self.lines, self.asked = said, lines, 0
        self.told = asyncio.Event()

    async def __call__(self, request: Request, reply: Reply) -> None:
        if not request.path.endswith("/log"):
            await reply.json(POD)
            return
        self.asked += 1
        self.told.set()
        since = request.query.get("sinceTime", "")
        await reply.start_chunked("text/plain")
        for number in range(min(self.asked, self.lines)):
            if (stamp := f"2026-07-01T00:00:0{number}.500000000Z") >= since:
                await reply.chunk(f"{stamp} line {number}\n".encode())
        await reply.chunk(self.said.encode())
        await reply.end()


async def followed(
    connect: Connect, node: Node, *, follow: bool, until: Callable[[list[Entry]], bool] = bool
) -> tuple[list[Entry], Follower]:
    client, _ = await connect(node)
    heard: list[Entry] = []
    news = asyncio.Event()

    def take(entries: list[Entry]) -> None:
        heard.extend(entries)
        news.set()

    node.told = news
    one = Follower(client, take, start=From(), follow=follow, clock=Fast(), rng=Random(1))
    one.follow([TARGET])
    async with asyncio.timeout(10):
        while not until(heard):
            news.clear()
            await news.wait()
    if not follow:
        await asyncio.wait_for(one.until_idle(), 10)
    await one.aclose()
    return heard, one


async def test_a_node_that_cannot_follow_is_told_once_and_asked_again_for_what_is_new(connect: Connect) -> None:
    node = Node(NO_WATCHER, lines=5)
    heard, _ = await followed(connect, node, follow=True, until=lambda heard: len([one for one in heard if not one.note]) == 5)
    assert [one.text for one in heard if not one.note] == [f"line {number}" for number in range(5)]
    assert [one.text for one in heard if one.note] == [
        f"The node cannot follow logs, so what is new is asked for every few seconds: {NO_WATCHER}"
    ]


async def test_a_log_that_is_not_on_its_node_is_told_once_however_often_it_is_asked_for(connect: Connect) -> None:
    node = Node(GONE, lines=0)
    heard, _ = await followed(connect, node, follow=True, until=lambda _: node.asked > 3)
    assert [(one.text, one.note) for one in heard] == [(f"The log is not on its node (any more): {GONE}", "warn")]


async def test_a_log_that_is_not_on_its_node_and_not_followed_has_failed(connect: Connect) -> None:
    heard, one = await followed(connect, Node(GONE, lines=0), follow=False)
    assert [entry.text for entry in heard] == [f"The log is not on its node (any more): {GONE}"]
    (failure,) = one.failures.values()
    assert isinstance(failure, errors.BadAnswer)
    assert failure.exit_code == 1


@pytest.mark.parametrize(
    "line", ["", "INFO ready", "Traceback (most recent call last):", f"the node said: {GONE}", "failed to load the model"]
)
def test_what_a_program_may_have_written_is_its_own(line: str) -> None:
    assert node_words.told(line) == ""
