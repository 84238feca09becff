"""Watches over HTTP: what comes, in which order, and how the stream ends."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
from served import Caller, Serve

MAPS = "/api/v1/namespaces/default/configmaps"


def config_map(name: str, **labels: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "default", "labels": labels}}


class Stream:
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(10):
            line = await self.response.content.readline()
        assert line.endswith(b"\n"), line
        event: dict[str, Any] = json.loads(line)
        return event

    async def rest(self) -> list[dict[str, Any]]:
        """Until the stream ends as it should."""
        async with asyncio.timeout(10):
            return [json.loads(line) for line in (await self.response.read()).splitlines()]


async def open_watch(caller: Caller, path: str = MAPS, *, headers: dict[str, str] | None = None, **params: str) -> Stream:
    response = await caller.request("GET", path, params={"watch": "1", **params}, headers=headers)
    assert response.status == 200, await response.text()
    return Stream(response)


def told(event: dict[str, Any]) -> tuple[str, str]:
    return event["type"], event["object"]["metadata"].get("name", "")


async def test_events_come_as_they_happen(serve: Serve) -> None:
    served = await serve()
    stream = await open_watch(served.caller(), resourceVersion="0")
    api = served.cluster.api
    api.create("configmaps", config_map("a"), manager="test")
    assert told(await stream.next()) == ("ADDED", "a")
    api.patch("configmaps", "a", {"data": {"k": "v"}}, namespace="default", manager="test")
    changed = await stream.next()
    assert told(changed) == ("MODIFIED", "a")
    assert changed["object"]["data"] == {"k": "v"}
    api.delete("configmaps", "a", namespace="default")
    assert told(await stream.next()) == ("DELETED", "a")


async def test_two_watchers_see_the_same_bytes(serve: Serve) -> None:
    served = await serve()
    streams = [await open_watch(served.caller(), resourceVersion="0") for _ in range(2)]
    served.cluster.api.create("configmaps", config_map("a"), manager="test")
    assert await streams[0].next() == await streams[1].next()


async def test_a_selector_adds_and_deletes(serve: Serve) -> None:
    served = await serve()
    api = served.cluster.api
    api.create("configmaps", config_map("a", x="1"), manager="test")
    stream = await open_watch(served.caller(), labelSelector="x=1", resourceVersion="0")
    assert told(await stream.next()) == ("ADDED", "a")
    api.patch("configmaps", "a", {"metadata": {"labels": {"x": "2"}}}, namespace="default", manager="test")
    left = await stream.next()
    assert told(left) == ("DELETED", "a")
    assert left["object"]["metadata"]["labels"] == {"x": "1"}
    api.patch("configmaps", "a", {"metadata": {"labels": {"x": "1"}}}, namespace="default", manager="test")
    assert told(await stream.next()) == ("ADDED", "a")


async def test_initial_events_end_with_their_bookmark(serve: Serve) -> None:
    served = await serve()
    served.cluster.api.create("configmaps", config_map("a"), manager="test")
    options = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}
    stream = await open_watch(served.caller(), **options)
    assert told(await stream.next()) == ("ADDED", "a")
    end = await stream.next()
    assert end["type"] == "BOOKMARK"
    assert end["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert end["object"]["metadata"]["resourceVersion"] == str(served.cluster.api.core.storage.revision)


async def test_bookmarks_come_when_nothing_happens(serve: Serve) -> None:
    served = await serve(bookmark_period=0.05)
    stream = await open_watch(served.caller(), resourceVersion="0", allowWatchBookmarks="true")
    served.cluster.api.create("secrets", config_map("elsewhere"), manager="test")
    newest = str(served.cluster.api.core.storage.revision)
    async with asyncio.timeout(10):
        while (mark := await stream.next())["object"]["metadata"]["resourceVersion"] != newest:
            assert mark["type"] == "BOOKMARK"


async def test_an_old_version_gets_an_error_event(serve: Serve) -> None:
    served = await serve()
    api = served.cluster.api
    api.create("configmaps", config_map("a"), manager="test")
    then = str(api.core.storage.revision)
    api.create("configmaps", config_map("b"), manager="test")
    api.core.storage.compact()
    stream = await open_watch(served.caller(), resourceVersion=then)
    event = await stream.next()
    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")
    assert await stream.rest() == []


async def test_a_timeout_ends_the_stream_cleanly(serve: Serve) -> None:
    served = await serve()
    stream = await open_watch(served.caller(), resourceVersion="0", timeoutSeconds="1")
    assert await stream.rest() == []


async def test_stopping_the_server_ends_the_stream_cleanly(serve: Serve) -> None:
    served = await serve()
    stream = await open_watch(served.caller(), resourceVersion="0")
    served.cluster.server.stop()
    assert await stream.rest() == []


async def test_deleting_the_crd_ends_the_stream(serve: Serve) -> None:
    served = await serve()
    stream = await open_watch(served.caller(), "/apis/model.samzong.dev/v1/models", resourceVersion="0")
    served.cluster.api.delete("customresourcedefinitions.apiextensions.k8s.io", "models.model.samzong.dev")
    assert await stream.rest() == []


async def test_a_table_watch_sends_rows(serve: Serve) -> None:
    served = await serve()
    served.cluster.api.create("configmaps", config_map("a"), manager="test")
    accept = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"}
    stream = await open_watch(served.caller(), headers=accept, resourceVersion="0")
    event = await stream.next()
    assert event["object"]["kind"] == "Table"
    assert event["object"]["rows"][0]["cells"][:2] == ["a", 0]


async def test_a_closed_watch_leaves_nothing_behind(serve: Serve) -> None:
    served = await serve()
    bucket = served.cluster.api.core.storage.bucket("configmaps")
    stream = await open_watch(served.caller(), resourceVersion="0")
    assert len(bucket.waiting) == 1
    stream.response.close()
    async with asyncio.timeout(10):
        while bucket.waiting:  # noqa: ASYNC110  the server tells nobody that it let go
            await asyncio.sleep(0.01)


async def test_a_storm_arrives_whole_and_in_order(serve: Serve) -> None:
    served = await serve()
    stream = await open_watch(served.caller(), resourceVersion="0")
    for number in range(2000):
        served.cluster.api.create("configmaps", config_map(f"c{number:04}"), manager="test")
    versions = [int((await stream.next())["object"]["metadata"]["resourceVersion"]) for _ in range(2000)]
    assert versions == sorted(set(versions))


async def test_a_watcher_that_falls_behind_the_history_is_told(serve: Serve) -> None:
    served = await serve(history=100)
    api = served.cluster.api
    stream = await open_watch(served.caller(), resourceVersion=str(api.core.storage.revision))
    for number in range(1000):
        api.create("configmaps", config_map(f"c{number:04}"), manager="test")
    event = await stream.next()
    assert (event["type"], event["object"]["code"]) == ("ERROR", 410)
