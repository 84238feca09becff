"""Faults on demand: each does what it says, to whom it should, as often as it should."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import pytest
from served import Serve

MAPS = "/api/v1/namespaces/default/configmaps"


async def watch(caller: Any) -> aiohttp.ClientResponse:
    response: aiohttp.ClientResponse = await caller.request("GET", MAPS, params={"watch": "1", "resourceVersion": "0"})
    return response


async def test_a_status_with_retry_after_strikes_as_often_as_told(serve: Serve) -> None:
    served = await serve()
    caller = served.caller()
    fault = {"kind": "status", "code": 429, "retry_after": 3, "path": MAPS, "count": 2}
    code, listed = await caller.json("POST", "/-/faults", json=fault)
    assert (code, listed[0]["struck"]) == (200, 0)
    for _ in range(2):
        async with caller.request("GET", MAPS) as response:
            assert (response.status, response.headers["Retry-After"]) == (429, "3")
            assert (await response.json())["reason"] == "TooManyRequests"
    assert (await caller.json("GET", "/api/v1/namespaces"))[0] == 200
    assert (await caller.json("GET", MAPS))[0] == 200


async def test_only_the_admin_may_break_things(serve: Serve) -> None:
    served = await serve()
    code, status = await served.caller("viewer").json("POST", "/-/faults", json={"kind": "close"})
    assert (code, status["message"]) == (403, 'forbidden: User "viewer" cannot post path "/-/faults"')
    assert list(served.cluster.faults) == []


@pytest.mark.parametrize("fault", [{"kind": "nonsense"}, {"kind": "drop", "often": 1}, [], {"kind": "status", "code": "x", "colour": 1}])
async def test_a_fault_that_cannot_be_is_refused(serve: Serve, fault: Any) -> None:
    served = await serve()
    code, status = await served.caller().json("POST", "/-/faults", json=fault)
    assert (code, status["reason"]) == (400, "BadRequest")


async def test_an_expired_token(serve: Serve) -> None:
    served = await serve()
    caller = served.caller("viewer")
    await served.caller().json("POST", "/-/faults", json={"kind": "expired-token", "user": "viewer"})
    assert (await served.caller().json("GET", MAPS))[0] == 200
    assert (await caller.json("GET", MAPS))[0] == 401
    assert (await caller.json("GET", MAPS))[0] == 200


async def test_a_connection_closed_without_an_answer(serve: Serve) -> None:
    served = await serve()
    await served.caller().json("POST", "/-/faults", json={"kind": "close", "count": 0})
    with pytest.raises(aiohttp.ClientError):
        await served.caller().json("GET", MAPS)


async def test_a_slow_answer(serve: Serve) -> None:
    served = await serve()
    await served.caller().json("POST", "/-/faults", json={"kind": "delay", "seconds": 0.3})
    start = time.monotonic()
    assert (await served.caller().json("GET", MAPS))[0] == 200
    assert time.monotonic() - start >= 0.3


async def test_a_list_that_breaks_off(serve: Serve) -> None:
    served = await serve()
    await served.caller().json("POST", "/-/faults", json={"kind": "drop"})
    with pytest.raises(aiohttp.ClientError):
        await served.caller().json("GET", MAPS)


async def test_a_watch_that_breaks_off_in_the_middle_of_a_line(serve: Serve) -> None:
    served = await serve()
    served.cluster.api.create("configmaps", {"metadata": {"name": "a", "namespace": "default"}}, manager="test")
    await served.caller().json("POST", "/-/faults", json={"kind": "drop", "after": 1, "watch": True})
    response = await watch(served.caller())
    assert (await response.content.readline()).endswith(b"\n")
    served.cluster.api.create("configmaps", {"metadata": {"name": "b", "namespace": "default"}}, manager="test")
    received, problem = await read_until_broken(response)
    assert isinstance(problem, aiohttp.ClientPayloadError)
    assert received.startswith(b'{"type"')
    assert not received.endswith(b"\n")


async def read_until_broken(response: aiohttp.ClientResponse) -> tuple[bytes, Exception | None]:
    received = b""
    try:
        async for part in response.content.iter_any():
            received += part
    except aiohttp.ClientError as problem:
        return received, problem
    return received, None


async def test_a_watch_that_stalls(serve: Serve) -> None:
    served = await serve()
    await served.caller().json("POST", "/-/faults", json={"kind": "stall", "watch": True})
    response = await watch(served.caller())
    served.cluster.api.create("configmaps", {"metadata": {"name": "a", "namespace": "default"}}, manager="test")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await response.content.readline()


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": "end"}, b""),
        ({"kind": "gone"}, b'"code":410'),
        ({"kind": "error-event", "code": 500}, b'"code":500'),
        ({"kind": "error-event", "code": 429, "retry_after": 2}, b'"retryAfterSeconds":2'),
    ],
)
async def test_a_watch_that_ends(serve: Serve, fault: dict[str, Any], expected: bytes) -> None:
    served = await serve()
    await served.caller().json("POST", "/-/faults", json={**fault, "watch": True})
    response = await watch(served.caller())
    async with asyncio.timeout(10):
        text = await response.read()
    assert expected in text
    assert bool(text) is bool(expected)


async def test_an_error_event_without_a_code_and_garbage(serve: Serve) -> None:
    served = await serve()
    await served.caller().json("POST", "/-/faults", json={"kind": "error-event", "code": 0})
    text = await (await watch(served.caller())).read()
    assert b'"ERROR"' in text
    assert b'"code"' not in text
    await served.caller().json("POST", "/-/faults", json={"kind": "garbage"})
    assert (await (await watch(served.caller())).content.readline()).startswith(b"<html>")


async def test_a_list_that_is_gone_and_a_compaction(serve: Serve) -> None:
    served = await serve()
    await served.caller().json("POST", "/-/faults", json={"kind": "gone", "watch": False})
    assert (await served.caller().json("GET", MAPS))[0] == 410
    await served.caller().json("POST", "/-/compact")
    code, status = await served.caller().json("GET", MAPS, params={"resourceVersion": "1", "resourceVersionMatch": "Exact"})
    assert (code, status["reason"]) == (410, "Expired")
    await served.caller().json("POST", "/-/faults", json={"kind": "close", "count": 0, "path": "/nowhere"})
    assert await served.caller().json("DELETE", "/-/faults") == (200, [])
