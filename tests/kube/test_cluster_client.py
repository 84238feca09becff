"""The client against a whole API server: the embedded one, or any given by --kubeconfig, in a namespace of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from modeltui.kube import errors
from modeltui.kube.access import Access
from modeltui.kube.client import Client
from modeltui.kube.credentials import contexts, load
from modeltui.kube.discovery import Discovery
from modeltui.kube.events import EVENTS, Event, events_of
from modeltui.kube.logs import pod_log
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.kube.status_errors import Status, error_from_status

CONFIGMAPS = Resource("", "v1", "configmaps", "ConfigMap")
SECRETS = Resource("", "v1", "secrets", "Secret")
PODS = Resource("", "v1", "pods", "Pod")
APPLY = "application/apply-patch+yaml"


class ListMeta(msgspec.Struct, rename="camel"):
    resource_version: str = ""
    continue_: str = msgspec.field(default="", name="continue")


class ConfigMap(Object, frozen=True, kw_only=True):
    data: dict[str, str] = {}


class ConfigMaps(msgspec.Struct):
    metadata: ListMeta
    items: list[ConfigMap]


class Events(msgspec.Struct):
    items: list[Event]


def config_map(name: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


@pytest.fixture(autouse=True)
async def _clean(cluster: Client, namespace: str) -> AsyncIterator[None]:
    yield
    await cluster.request("DELETE", CONFIGMAPS.path(namespace), params={"labelSelector": "!kubernetes.io/cluster-root"})


async def create(cluster: Client, namespace: str, name: str, **data: str) -> ConfigMap:
    answer = await cluster.request("POST", CONFIGMAPS.path(namespace), body=config_map(name, **data))
    return msgspec.json.decode(answer, type=ConfigMap)


async def apply(cluster: Client, namespace: str, name: str, manager: str, *, force: bool = False, **data: str) -> ConfigMap:
    params: dict[str, str | int | bool] = {"fieldManager": manager, "force": force}
    path = CONFIGMAPS.path(namespace, name)
    return msgspec.json.decode(
        await cluster.request("PATCH", path, params=params, body=config_map(name, **data), content_type=APPLY), type=ConfigMap
    )


async def test_create_get_replace_delete(cluster: Client, namespace: str) -> None:
    made = await create(cluster, namespace, "a", k="1")
    found = await cluster.get(CONFIGMAPS.path(namespace, "a"), ConfigMap)
    assert found == made
    assert (found.metadata.key, found.data) == ((namespace, "a"), {"k": "1"})
    assert found.metadata.uid
    assert found.metadata.creation_timestamp is not None
    with pytest.raises(errors.AlreadyExists, match='configmaps "a" already exists'):
        await create(cluster, namespace, "a")
    await cluster.request("DELETE", CONFIGMAPS.path(namespace, "a"))
    with pytest.raises(errors.NotFound, match='configmaps "a" not found') as missing:
        await cluster.get(CONFIGMAPS.path(namespace, "a"), ConfigMap)
    assert missing.value.missing_resource is False


async def test_a_stale_replace_is_a_conflict(cluster: Client, namespace: str) -> None:
    made = await create(cluster, namespace, "a", k="1")
    stale = config_map("a", k="2")
    stale["metadata"]["resourceVersion"] = made.metadata.resource_version
    await cluster.request("PUT", CONFIGMAPS.path(namespace, "a"), body=stale)
    with pytest.raises(errors.Conflict, match="the object has been modified") as conflict:
        await cluster.request("PUT", CONFIGMAPS.path(namespace, "a"), body=stale)
    assert conflict.value.managers == {}


async def test_an_apply_conflict_names_manager_and_field(cluster: Client, namespace: str) -> None:
    await apply(cluster, namespace, "a", "one", k="1", other="x")
    with pytest.raises(errors.Conflict) as conflict:
        await apply(cluster, namespace, "a", "two", k="2")
    assert conflict.value.managers == {"one": (".data.k",)}
    assert (await apply(cluster, namespace, "a", "two", force=True, k="2")).data == {"k": "2", "other": "x"}


async def test_invalid_names_the_field(cluster: Client, namespace: str) -> None:
    with pytest.raises(errors.Invalid) as invalid:
        await create(cluster, namespace, "Bad_Name")
    assert [cause.field for cause in invalid.value.causes] == ["metadata.name"]


async def test_strict_validation_is_a_bad_request(cluster: Client, namespace: str) -> None:
    body = {**config_map("a"), "dat": {}}
    with pytest.raises(errors.BadRequest, match='unknown field "dat"'):
        await cluster.request("POST", CONFIGMAPS.path(namespace), params={"fieldValidation": "Strict"}, body=body)


async def test_a_missing_kind_is_told_from_a_missing_object(cluster: Client, namespace: str) -> None:
    for path in ("/apis/nothing.example.com/v1/things", f"/api/v1/namespaces/{namespace}/nothings"):
        with pytest.raises(errors.NotFound) as missing:
            await cluster.request("GET", path)
        assert missing.value.missing_resource is True


async def test_dry_run_stores_nothing_and_passes_read_only(kubeconfig: str, cluster: Client, namespace: str) -> None:
    careful = Client(load(kubeconfig, None), read_only=True)
    try:
        await careful.request("POST", CONFIGMAPS.path(namespace), params={"dryRun": "All"}, body=config_map("a"))
        with pytest.raises(errors.ReadOnly):
            await careful.request("POST", CONFIGMAPS.path(namespace), body=config_map("a"))
    finally:
        await careful.aclose()
    with pytest.raises(errors.NotFound):
        await cluster.get(CONFIGMAPS.path(namespace, "a"), ConfigMap)


async def test_pages(cluster: Client, namespace: str) -> None:
    for number in range(5):
        await create(cluster, namespace, f"page-{number}")
    params: dict[str, str | int | bool] = {"limit": 2}
    names: list[str] = []
    while True:
        page = await cluster.get(CONFIGMAPS.path(namespace), ConfigMaps, params=params)
        assert len(page.items) <= 2
        names += [item.metadata.name for item in page.items if item.metadata.name.startswith("page-")]
        if not page.metadata.continue_:
            break
        params["continue"] = page.metadata.continue_
    assert names == [f"page-{number}" for number in range(5)]


async def test_watch_shows_what_happens_and_ends_by_its_timeout(cluster: Client, namespace: str) -> None:
    version = (await cluster.get(CONFIGMAPS.path(namespace), ConfigMaps)).metadata.resource_version
    params: dict[str, str | int | bool] = {"watch": True, "resourceVersion": version, "timeoutSeconds": 3}
    seen: list[tuple[str, str]] = []
    async with asyncio.timeout(30), cluster.stream(CONFIGMAPS.path(namespace), params=params, read_timeout=20) as lines:
        await create(cluster, namespace, "w", k="1")
        await apply(cluster, namespace, "w", "one", l="2")
        await cluster.request("DELETE", CONFIGMAPS.path(namespace, "w"))
        async for line in lines:
            event = json.loads(line)
            if event["object"]["metadata"]["name"] == "w":
                seen.append((event["type"], event["object"]["metadata"]["namespace"]))
    assert seen == [("ADDED", namespace), ("MODIFIED", namespace), ("DELETED", namespace)]


async def test_a_watch_from_a_version_that_is_none_is_an_error_that_we_know(cluster: Client, namespace: str) -> None:
    params: dict[str, str | int | bool] = {"watch": True, "resourceVersion": "not-a-version"}
    with pytest.raises(errors.ApiError, match="not-a-version") as refused:
        await first_line(cluster, CONFIGMAPS.path(namespace), params)
    assert refused.value.status in {400, 422, 500}  # a watch cache answers with an ERROR event of code 500


async def first_line(cluster: Client, path: str, params: dict[str, str | int | bool]) -> dict[str, Any]:
    """The first event of a watch; an ERROR event as the error that it means."""
    async with cluster.stream(path, params=params, read_timeout=20) as lines:
        event: dict[str, Any] = json.loads(await anext(lines))
        if event["type"] == "ERROR":
            raise error_from_status(msgspec.convert(event["object"], Status, strict=False))
        return event


async def test_discovery(cluster: Client) -> None:
    discovery = Discovery(cluster)
    found = await discovery.find("cm")
    assert found is not None
    assert (found.resource, found.resource.namespaced) == (CONFIGMAPS, True)
    assert {"get", "list", "watch", "create", "patch", "delete"} <= found.verbs
    pods = await discovery.find("pods")
    assert pods is not None
    assert "log" in pods.subresources
    nodes = await discovery.find_kind("", "Node")
    assert nodes is not None
    assert nodes.resource.namespaced is False


async def test_rights_and_identity(cluster: Client, namespace: str) -> None:
    access = Access(cluster)
    assert (await access.allowed("create", CONFIGMAPS, namespace)).allowed is True
    identity = await access.whoami()
    assert identity.name
    assert identity.certain is False or "system:authenticated" in identity.groups


async def test_events(cluster: Client, namespace: str) -> None:
    made = await create(cluster, namespace, "a")
    about = {"kind": "ConfigMap", "apiVersion": "v1", "namespace": namespace, "name": "a", "uid": made.metadata.uid}
    for number in (1, 2):
        body = {
            "metadata": {"generateName": "a."},
            "involvedObject": about,
            "type": "Warning",
            "reason": "Tested",
            "message": f"for the {number}. time",
            "lastTimestamp": f"2026-01-01T00:0{number}:00Z",
        }
        await cluster.request("POST", EVENTS.path(namespace), body=body)
    found = await cluster.get(EVENTS.path(namespace), Events)

    class Listed:
        def items(self) -> Any:
            return [(item.metadata.key, item) for item in found.items]

    messages = [event.message for event in events_of(Listed(), made.metadata.uid)]
    assert messages == sorted(messages, reverse=True)
    assert {"for the 1. time", "for the 2. time"} == set(messages)


async def test_the_log_of_no_pod(cluster: Client, namespace: str) -> None:
    with pytest.raises(errors.NotFound, match='pods "nobody" not found'):
        await anext(pod_log(cluster, namespace, "nobody"))


async def test_a_token_that_nobody_gave(kubeconfig: str, namespace: str) -> None:
    ours = load(kubeconfig, None)
    if ours.auth.certificate_expires is not None:
        pytest.skip("a client certificate speaks for us, whatever the token says")
    forged = replace(ours, auth=replace(ours.auth, authorization="Bearer nobody-gave-this-one"), source=lambda: forged)
    stranger = Client(forged)
    try:
        with pytest.raises(errors.Unauthorized, match="does not accept the credentials of user"):
            await stranger.request("GET", SECRETS.path(namespace))
    finally:
        await stranger.aclose()


async def test_an_identity_without_rights_is_denied_in_rbacs_words(kubeconfig: str, namespace: str) -> None:
    if "nobody" not in contexts(kubeconfig).names:
        pytest.skip('the kubeconfig has no context "nobody"')
    client = Client(load(kubeconfig, "nobody"))
    try:
        with pytest.raises(errors.Forbidden) as denied:
            await client.request("GET", SECRETS.path(namespace))
        assert (denied.value.verb, denied.value.resource, denied.value.namespace) == ("list", "secrets", namespace)
        verdict = await Access(client).allowed("list", SECRETS, namespace)
        assert verdict.allowed in {False, None}
        assert verdict.reason
        assert await Discovery(client).find("pods") is not None
    finally:
        await client.aclose()
