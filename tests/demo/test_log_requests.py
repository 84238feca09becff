"""Which part of a container's log is given out, in whose words it is refused, and what is followed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from served import Caller, Serve, Served

from modeltui.demo.faults import Fault

BEGIN = datetime(2026, 7, 1, 12, 0, 0, 250_000, tzinfo=UTC)
LOG = "/api/v1/namespaces/default/pods/p/log"


def pod(*names: str, init: tuple[str, ...] = (), node: str = "n", name: str = "p") -> dict[str, Any]:
    containers = [{"name": each, "image": "i"} for each in names or ("c",)]
    spec: dict[str, Any] = {"containers": containers, "initContainers": [{"name": each, "image": "i"} for each in init]}
    return {"metadata": {"name": name, "namespace": "default"}, "spec": spec | ({"nodeName": node} if node else {})}


async def with_lines(serve: Serve, count: int = 5) -> tuple[Served, Caller]:
    served = await serve()
    served.cluster.api.create("pods", pod(), manager="test")
    for number in range(count):
        served.cluster.api.logs.append("default", "p", "c", f"line {number}", at=BEGIN + timedelta(seconds=number))
    return served, served.caller()


async def text(caller: Caller, **params: str) -> str:
    async with caller.request("GET", LOG, params=params) as response:
        assert response.headers["Content-Type"].startswith("text/plain")
        return str(await response.text())


async def test_parts_of_a_log(serve: Serve) -> None:
    served, caller = await with_lines(serve)
    assert await text(caller) == "".join(f"line {number}\n" for number in range(5))
    assert await text(caller, tailLines="2") == "line 3\nline 4\n"
    assert await text(caller, tailLines="0") == ""
    assert await text(caller, limitBytes="10") == "line 0\nlin"
    assert await text(caller, tailLines="1", timestamps="true") == "2026-07-01T12:00:04.250000004Z line 4\n"
    assert await text(caller, sinceTime="2026-07-01T12:00:03Z") == "line 3\nline 4\n"
    assert await text(caller, sinceTime="2026-07-01T12:00:03.900Z") == "line 3\nline 4\n", "the fraction of a second is dropped"
    assert await text(caller, sinceTime="2026-07-01T14:00:04+02:00") == "line 4\n"
    served.cluster.api.logs.append("default", "p", "c", "just now")
    assert await text(caller, sinceSeconds="60") == "just now\n"


@pytest.mark.parametrize(
    ("params", "code", "message"),
    [
        ({"tailLines": "-1"}, 422, 'PodLogOptions "p" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0'),
        ({"limitBytes": "0"}, 422, 'PodLogOptions "p" is invalid: limitBytes: Invalid value: 0: must be greater than 0'),
        ({"sinceSeconds": "0"}, 422, 'PodLogOptions "p" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0'),
        ({"tailLines": "many"}, 400, 'strconv.ParseInt: parsing "many": invalid syntax'),
        ({"container": "nope"}, 400, "container nope is not valid for pod p"),
        ({"previous": "true"}, 400, 'previous terminated container "c" in pod "p" not found'),
    ],
)
async def test_what_is_refused(serve: Serve, params: dict[str, str], code: int, message: str) -> None:
    _, caller = await with_lines(serve)
    for follow in ({}, {"follow": "true"}):
        got, status = await caller.json("GET", LOG, params=params | follow)
        assert (got, status["message"]) == (code, message)


async def test_both_kinds_of_since_and_a_moment_that_is_none(serve: Serve) -> None:
    _, caller = await with_lines(serve)
    code, status = await caller.json("GET", LOG, params={"sinceSeconds": "5", "sinceTime": "2026-07-01T12:00:03Z"})
    assert code == 422
    assert "at most one of `sinceTime` or `sinceSeconds` may be specified" in status["message"]
    code, status = await caller.json("GET", LOG, params={"sinceTime": "yesterday"})
    assert (code, status["message"].startswith('parsing time "yesterday"')) == (400, True)


async def test_a_pod_of_several_containers_wants_one_named(serve: Serve) -> None:
    served = await serve()
    served.cluster.api.create("pods", pod("a", "b", init=("fetch",)), manager="test")
    code, status = await served.caller().json("GET", LOG)
    assert (code, status["message"]) == (400, "a container name must be specified for pod p, choose one of: [fetch a b]")
    code, status = await served.caller().json("GET", LOG.replace("/p/", "/gone/"))
    assert (code, status["message"]) == (404, 'pods "gone" not found')


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("ContainerCreating", "ContainerCreating"),
        ("ImagePullBackOff", "trying and failing to pull image"),
        ("ErrImagePull", "image can't be pulled"),
    ],
)
async def test_a_container_that_waits_says_why(serve: Serve, reason: str, said: str) -> None:
    served = await serve()
    api = served.cluster.api
    api.create("pods", pod(), manager="test")
    made = api.get("pods", "p", namespace="default")
    made["status"] = {
        "containerStatuses": [
            {"name": "c", "image": "i", "imageID": "", "ready": False, "restartCount": 0, "state": {"waiting": {"reason": reason}}}
        ]
    }
    api.update("pods", made, manager="kubelet", subresource="status")
    code, status = await served.caller().json("GET", LOG, params={"follow": "true"})
    assert (code, status["message"]) == (400, f'container "c" in pod "p" is waiting to start: {said}')


async def test_a_pod_without_a_node_has_an_empty_log(serve: Serve) -> None:
    served = await serve()
    served.cluster.api.create("pods", pod(node=""), manager="test")
    caller = served.caller()
    assert await text(caller) == ""
    assert await text(caller, follow="true") == ""


async def test_a_restart_ends_who_follows_and_leaves_the_log_before(serve: Serve) -> None:
    served, caller = await with_lines(serve, 2)
    logs = served.cluster.api.logs
    async with caller.request("GET", LOG, params={"follow": "true"}) as response, asyncio.timeout(10):
        assert await response.content.readline() == b"line 0\n"
        logs.restart("default", "p", "c")
        assert await response.content.read() == b"line 1\n"
    logs.append("default", "p", "c", "second life")
    assert await text(caller) == "second life\n"
    assert await text(caller, previous="true", follow="true") == "line 0\nline 1\n"


async def test_nothing_written_while_a_follower_begins_is_lost(serve: Serve) -> None:
    served, caller = await with_lines(serve, 0)
    logs = served.cluster.api.logs

    async def write() -> None:
        for number in range(2000):
            logs.append("default", "p", "c", str(number))
            if number % 50 == 0:
                await asyncio.sleep(0)
        logs.end("default", "p", "c")

    writing = asyncio.create_task(write())
    got = await asyncio.wait_for(text(caller, follow="true"), 10)
    await writing
    assert got.split() == [str(number) for number in range(2000)]


async def test_a_limit_of_bytes_ends_a_followed_log(serve: Serve) -> None:
    _, caller = await with_lines(serve)
    assert await asyncio.wait_for(text(caller, follow="true", limitBytes="9"), 10) == "line 0\nli"


async def test_a_followed_log_breaks_on_demand(serve: Serve) -> None:
    served, caller = await with_lines(serve)
    served.cluster.server.faults.add(Fault("end", path=LOG, after=2))
    assert await asyncio.wait_for(text(caller, follow="true"), 10) == "line 0\nline 1\n"
    served.cluster.server.faults.add(Fault("drop", path=LOG, after=1))
    async with caller.request("GET", LOG, params={"follow": "true"}) as response:
        assert await response.content.readline() == b"line 0\n"
        with pytest.raises(Exception, match=r"(?i)payload|connection|closed"):
            await response.content.read()


async def test_lines_on_demand(serve: Serve) -> None:
    _, caller = await with_lines(serve, 0)
    wanted = {"namespace": "default", "pod": "p", "container": "c", "perSecond": 500, "seconds": 0.2, "width": 90}
    code, _ = await caller.json("POST", "/-/logs", json=wanted)
    assert code == 200
    async with caller.request("GET", LOG, params={"follow": "true"}) as response, asyncio.timeout(10):
        lines = [(await response.content.readline()).decode().rstrip("\n") for _ in range(100)]
    assert (await text(caller)).splitlines() == lines
    assert {len(line) for line in lines} == {90}
    assert len(set(lines)) == 100
    for wrong in ({"namespace": "x"}, {**wanted, "perSecond": "fast"}, {**wanted, "color": 1}, []):
        code, status = await caller.json("POST", "/-/logs", json=wrong)
        assert code == 400
        assert status["message"]
