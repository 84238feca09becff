"""Following a container's log over real sockets, from a server that misbehaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

import pytest
from scripted_server import Connect, Reply, Request

from modeltui.kube import errors, log_stream
from modeltui.kube.clock import SystemClock
from modeltui.kube.following import Follower
from modeltui.kube.log_stream import Doing, From
from modeltui.logs.entries import Entry, LogTarget
from modeltui.logs.stamps import SECOND, split, whole

TARGET = LogTarget("team-a", "web-1", "main")
WHOLE = From()
BEGIN = 1_782_993_600 * SECOND


class Fast(SystemClock):
    """Waits take a twentieth of their time."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        return super().call_later(seconds / 20, callback)


class Kubelet:
    """A pod and its log, as the API server hands it out; `cut` is asked before each line whether the connection breaks in its middle."""

    def __init__(self) -> None:
        self.log: list[tuple[int, str]] = []
        self.pod: dict[str, object] | None = pod()
        self.cuts: list[int] = []
        """After so many lines of a request the connection breaks in the middle of the next; one for each request."""
        self.refusals: list[tuple[int, str, str]] = []
        self.ends_after_all = True
        self.written = asyncio.Event()

    def write(self, *texts: str, at: int | None = None) -> None:
        for text in texts:
            stamp = at if at is not None else BEGIN + len(self.log) * SECOND // 10
            self.log.append((stamp, text))
        self.written.set()
        self.written = asyncio.Event()

    async def __call__(self, request: Request, reply: Reply) -> None:
        if not request.path.endswith("/log"):
            if self.pod is None:
                await reply.status(404, "NotFound", 'pods "web-1" not found', name="web-1", kind="pods")
            else:
                await reply.json(self.pod)
            return
        if self.refusals:
            await reply.status(*self.refusals.pop(0), name="web-1", kind="pods")
            return
        since = split(request.query.get("sinceTime", "1970-01-01T00:00:00Z"))[0]
        tail = int(request.query.get("tailLines", 10**9))
        sent, end = 0, self.cuts.pop(0) if self.cuts else None
        start = max(len(self.log) - tail, 0)
        await reply.start_chunked("text/plain")
        at = start
        while True:
            written = self.written
            while at < len(self.log):
                stamp, text = self.log[at]
                at += 1
                if stamp < since:
                    continue
                line = f"{whole(stamp)} {text}\n".encode()
                if sent == end:
                    await reply.chunk(line[: len(line) // 2])
                    reply.drop()
                    return
                await reply.chunk(line)
                sent += 1
            if self.ends_after_all or request.query.get("follow") != "true":
                await reply.end()
                return
            await written.wait()


def pod(
    state: dict[str, object] | None = None, *, restarts: int = 0, policy: str = "Never", last: dict[str, object] | None = None
) -> dict[str, object]:
    status = {
        "name": "main",
        "restartCount": restarts,
        "state": state or {"terminated": {"exitCode": 0, "reason": "Completed"}},
        "lastState": last or {},
    }
    return {
        "metadata": {"name": "web-1", "namespace": "team-a", "uid": "u1"},
        "spec": {"containers": [{"name": "main"}], "restartPolicy": policy, "nodeName": "n1"},
        "status": {"phase": "Running", "containerStatuses": [status]},
    }


RUNNING: dict[str, object] = {"running": {"startedAt": "2026-07-01T00:00:00Z"}}


class Heard:
    """What a follower hands over."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.news = asyncio.Event()

    def __call__(self, entries: list[Entry]) -> None:
        self.entries += entries
        self.news.set()

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.entries if not one.note]

    @property
    def notes(self) -> list[str]:
        return [one.text for one in self.entries if one.note]

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():
                self.news.clear()
                await self.news.wait()


def follower(client: object, heard: Heard, *, start: From = WHOLE, follow: bool = True) -> Follower:
    return Follower(client, heard, start=start, follow=follow, clock=Fast(), rng=Random(1))  # type: ignore[arg-type]  # of the fixture


async def followed(
    connect: Connect, kubelet: Kubelet, *, start: From = WHOLE, follow: bool = True, target: LogTarget = TARGET
) -> tuple[Heard, Follower]:
    """To the end of the log."""
    client, _ = await connect(kubelet)
    heard = Heard()
    one = follower(client, heard, start=start, follow=follow)
    one.follow([target])
    await asyncio.wait_for(one.until_idle(), 20)
    await one.aclose()
    return heard, one


async def test_a_log_that_is_cut_in_the_middle_of_lines_again_and_again(connect: Connect) -> None:
    kubelet = Kubelet()
    kubelet.write(*(f"line {number}" for number in range(200)))
    kubelet.cuts = [0, 7, 33, 34, 50, 3, 90]
    heard, _ = await followed(connect, kubelet)
    assert heard.texts == [f"line {number}" for number in range(200)]
    assert [note for note in heard.notes if "missing" in note] == []
    assert heard.notes[-1] == "The container has ended with exit code 0 (Completed); the log ends here."
    assert any("trying again" in note for note in heard.notes)


async def test_a_thousand_lines_of_the_same_nanosecond(connect: Connect) -> None:
    kubelet = Kubelet()
    kubelet.write(*(f"same {number % 3}" for number in range(1000)), at=BEGIN)
    kubelet.cuts = [400, 700, 999]
    heard, _ = await followed(connect, kubelet)
    assert heard.texts == [f"same {number % 3}" for number in range(1000)]


async def test_the_tail_is_asked_for_once_and_nothing_before_it_comes_later(connect: Connect) -> None:
    kubelet = Kubelet()
    kubelet.write(*(f"line {number}" for number in range(100)))
    kubelet.cuts = [2]
    heard, _ = await followed(connect, kubelet, start=From(tail=5))
    assert heard.texts == [f"line {number}" for number in range(95, 100)]


async def test_a_stream_that_ends_politely_while_the_container_runs_is_asked_for_again(connect: Connect) -> None:
    kubelet = Kubelet()
    kubelet.pod = pod(RUNNING)
    kubelet.write("one", "two")
    client, server = await connect(kubelet)
    heard = Heard()
    one = follower(client, heard)
    one.follow([TARGET])
    await heard.until(lambda: len(heard.texts) == 2)
    await server.asked(4)
    kubelet.write("three")
    await heard.until(lambda: len(heard.texts) == 3)
    kubelet.pod = pod()
    await asyncio.wait_for(one.until_idle(), 10)
    await one.aclose()
    assert heard.texts == ["one", "two", "three"]
    assert heard.notes == ["The container has ended with exit code 0 (Completed); the log ends here."]


async def test_a_container_that_has_not_started_is_waited_for_and_that_is_said_once(connect: Connect) -> None:
    kubelet = Kubelet()
    kubelet.write("started")
    waiting = (400, "BadRequest", 'container "main" in pod "web-1" is waiting to start: ContainerCreating')
    kubelet.refusals = [waiting] * 4
    heard, _ = await followed(connect, kubelet)
    assert heard.texts == ["started"]
    assert heard.notes[0] == "waiting to start: ContainerCreating"
    assert len(heard.notes) == 2


async def test_a_restart_is_told_and_is_no_gap(connect: Connect) -> None:
    kubelet = Kubelet()
    kubelet.write("first life")
    crash = {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}
    kubelet.pod = pod({"waiting": {"reason": "CrashLoopBackOff"}}, policy="Always", last=crash)
    client, server = await connect(kubelet)
    heard = Heard()
    one = follower(client, heard)
    one.follow([TARGET])
    await heard.until(lambda: any("waiting for it to start again" in note for note in heard.notes))
    await server.asked(5)
    kubelet.log = [(BEGIN + 100 * SECOND, "second life")]
    kubelet.pod = pod(RUNNING, restarts=1, policy="Always", last=crash)
    await heard.until(lambda: "second life" in heard.texts)
    await one.aclose()
    assert heard.texts == ["first life", "second life"]
    assert heard.notes == [
        "the container has ended with exit code 137 (OOMKilled); waiting for it to start again",
        "the container was started again (restart 1)",
    ]


async def test_what_a_rotation_took_is_told(connect: Connect) -> None:
    kubelet = Kubelet()
    kubelet.write("one", "two", "three")
    kubelet.cuts = [2]
    client, _ = await connect(kubelet)
    heard = Heard()
    one = follower(client, heard)
    one.follow([TARGET])
    await heard.until(lambda: bool(heard.notes))
    kubelet.log = [(BEGIN + 500 * SECOND, "of the new file")]
    await asyncio.wait_for(one.until_idle(), 10)
    await one.aclose()
    assert heard.texts == ["one", "two", "of the new file"]
    place = [entry.text for entry in heard.entries].index("of the new file")
    assert heard.entries[place - 1].text.startswith("Lines may be missing here")


@pytest.mark.parametrize(
    ("code", "reason", "message"),
    [
        (500, "InternalError", "boom"),
        (503, "ServiceUnavailable", "no kubelet"),
        (429, "TooManyRequests", "slow down"),
        (410, "Expired", "gone"),
    ],
)
async def test_failures_that_pass_are_told_once_and_tried_again(connect: Connect, code: int, reason: str, message: str) -> None:
    kubelet = Kubelet()
    kubelet.write("at last")
    kubelet.refusals = [(code, reason, message)] * 3
    heard, _ = await followed(connect, kubelet)
    assert heard.texts == ["at last"]
    assert heard.notes[0] == f"{message}; trying again"
    assert heard.notes[1:] == ["connected again", "The container has ended with exit code 0 (Completed); the log ends here."]


async def test_who_may_not_read_logs_is_told_the_right_that_lacks(connect: Connect) -> None:
    kubelet = Kubelet()
    refusal = 'pods "web-1" is forbidden: User "alice" cannot get resource "pods/log" in API group "" in the namespace "team-a"'
    kubelet.refusals = [(403, "Forbidden", refusal)]
    heard, one = await followed(connect, kubelet)
    assert heard.notes == [f"You may not read logs in namespace team-a: that takes the right to get pods/log there ({refusal})."]
    assert heard.entries[0].note == "bad"
    assert isinstance(one.failures[TARGET], errors.Forbidden)
    assert one.doing[TARGET] is Doing.FAILED


async def test_a_pod_that_is_gone(connect: Connect) -> None:
    kubelet = Kubelet()
    kubelet.write("last words")
    kubelet.pod = None
    heard, _ = await followed(connect, kubelet)
    assert heard.texts == ["last words"]
    assert heard.notes == ["The pod web-1 is gone from namespace team-a, and its log with it."]
    assert heard.entries[-1].note == "dim"


async def test_the_log_before_a_restart(connect: Connect) -> None:
    kubelet = Kubelet()
    kubelet.write("died here")
    before = LogTarget("team-a", "web-1", "main", previous=True)
    heard, _ = await followed(connect, kubelet, target=before)
    assert heard.texts == ["died here"]
    assert heard.notes == ["The log of the container before its restart ends here."]
    kubelet.refusals = [(400, "BadRequest", 'previous terminated container "main" in pod "web-1" not found')]
    heard, _ = await followed(connect, kubelet, target=before)
    assert heard.notes == [
        "The container has not been restarted, or the log from before is gone: "
        'previous terminated container "main" in pod "web-1" not found'
    ]


async def test_a_log_that_is_not_followed_fails_at_once_but_survives_a_cut(connect: Connect) -> None:
    kubelet = Kubelet()
    kubelet.write("a", "b", "c")
    kubelet.cuts = [1]
    heard, one = await followed(connect, kubelet, follow=False)
    assert heard.texts == ["a", "b", "c"]
    assert not one.failures
    kubelet.refusals = [(500, "InternalError", "boom")]
    heard, one = await followed(connect, kubelet, follow=False)
    assert heard.texts == []
    assert isinstance(one.failures[TARGET], errors.ServerError)


async def test_a_silent_connection_is_doubted_without_a_word(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_stream, "SILENCE", 0.2)
    kubelet = Kubelet()
    kubelet.ends_after_all = False
    kubelet.write("one")
    client, server = await connect(kubelet)
    heard = Heard()
    one = follower(client, heard)
    one.follow([TARGET])
    await server.asked(3)
    kubelet.log.append((BEGIN + 60 * SECOND, "written while nobody told us"))
    await heard.until(lambda: len(heard.texts) == 2)
    await one.aclose()
    assert heard.texts == ["one", "written while nobody told us"]
    assert heard.notes == []


async def test_an_overlong_line_comes_in_pieces_that_say_so(connect: Connect) -> None:
    kubelet = Kubelet()
    kubelet.write("x" * 600_000, "short")
    heard, _ = await followed(connect, kubelet)
    assert heard.texts[-1] == "short"
    assert [text[:2] for text in heard.texts[1:-1]] == ["… "] * (len(heard.texts) - 2)
    assert sum(len(text.removeprefix("… ")) for text in heard.texts[:-1]) == 600_000
    assert len(heard.texts) > 2


async def test_containers_come_and_go_and_lines_are_in_the_order_of_time(connect: Connect) -> None:
    logs = {name: Kubelet() for name in ("web-1", "web-2", "web-3")}
    for kubelet in logs.values():
        kubelet.ends_after_all = False
        kubelet.pod = pod(RUNNING)
    for number in range(30):
        logs[("web-1", "web-2")[number % 2]].write(f"line {number}", at=BEGIN + number * SECOND)

    async def serve(request: Request, reply: Reply) -> None:
        await logs[request.path.split("/")[6]](request, reply)

    one, two, three = (LogTarget("team-a", name, "main") for name in logs)
    client, _ = await connect(serve)
    heard = Heard()
    many = follower(client, heard)
    many.follow([one, two])
    await heard.until(lambda: len(heard.texts) == 30)
    assert heard.texts == [f"line {number}" for number in range(30)]
    logs["web-3"].write("from its beginning", "on", at=BEGIN + 60 * SECOND)
    many.follow([two, three])
    await heard.until(lambda: len(heard.texts) == 32)
    await heard.until(lambda: "The pod is gone; its log ends here." in heard.notes)
    assert {entry.target for entry in heard.entries[-3:]} == {one, three}
    assert set(many.doing) == {two, three}
    logs["web-2"].write("still here", at=BEGIN + 90 * SECOND)
    await heard.until(lambda: heard.texts[-1] == "still here")
    await many.aclose()


async def test_no_more_than_so_many_are_followed_and_the_rest_is_counted(connect: Connect) -> None:
    kubelet = Kubelet()
    client, server = await connect(kubelet)
    many = Follower(client, Heard(), start=From(), most=3, clock=Fast(), rng=Random(1))
    many.follow(LogTarget("team-a", f"web-{number}", "main") for number in range(5))
    assert many.too_many == 2
    await asyncio.wait_for(many.until_idle(), 10)
    await many.aclose()
    assert len({path for path in server.paths if path.endswith("/log")}) == 3


async def test_the_moment_asked_for_is_a_whole_second_before_the_newest_line(connect: Connect) -> None:
    kubelet = Kubelet()
    kubelet.write("one", at=BEGIN + 5 * SECOND + 123)
    kubelet.cuts = [1]
    kubelet.log.append((BEGIN + 6 * SECOND, "two"))
    client, server = await connect(kubelet)
    heard = Heard()
    one = follower(client, heard, start=From(seconds=60))
    one.follow([TARGET])
    await asyncio.wait_for(one.until_idle(), 10)
    await one.aclose()
    asked = [request.query for request in server.requests if request.path.endswith("/log")]
    assert asked[0] == {"container": "main", "follow": "true", "sinceSeconds": "60", "timestamps": "true"}
    moment = datetime.fromtimestamp(BEGIN // SECOND + 4, UTC).isoformat().replace("+00:00", "Z")
    assert asked[1] == {"container": "main", "follow": "true", "sinceTime": moment, "tailLines": "10000", "timestamps": "true"}
    assert heard.texts == ["one", "two"]
