"""What a kube-apiserver is strict about: keys given twice, uids of what is not there, and options that cannot be."""

from __future__ import annotations

import json
from typing import Any

import pytest
from served import Serve

from modeltui.demo import duplicates

CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
MODELS = "/apis/model.samzong.dev/v1/namespaces/default/models"
UID = "11111111-2222-3333-4444-555555555555"
JSON = {"Content-Type": "application/json"}
APPLY = {"Content-Type": "application/apply-patch+yaml"}
DOUBLED = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"1","k":"2"}}'


def test_keys_given_twice_are_told_by_path() -> None:
    body = b'{"a": {"x": 1, "x": 2}, "l": [{}, {"y": 1, "y": 2}], "a2": {"x": 1}, "z": 1, "z": 2}'
    assert duplicates.in_json(body) == ['duplicate field "a.x"', 'duplicate field "l[1].y"', 'duplicate field "z"']
    assert duplicates.in_json(b'{"a": {"x": 1}, "b": {"x": 1}}') == []


def test_yaml_tells_the_line() -> None:
    told = duplicates.in_yaml(b"a: 1\nb:\n  - c: 1\n    c: 2\n")
    assert duplicates.unmarshal_errors(told) == 'yaml: unmarshal errors:\n  line 4: key "c" already set in map'
    assert duplicates.in_yaml(b"a: {x: 1}\nb: {x: 1}\n---\nc: 1\nc: 2\n") == []


@pytest.mark.parametrize(("mode", "code", "warned"), [("Strict", 400, False), ("Warn", 201, True), ("Ignore", 201, False)])
async def test_a_create_with_a_key_twice(serve: Serve, mode: str, code: int, warned: bool) -> None:
    caller = (await serve()).caller()
    async with caller.request("POST", f"{CONFIGMAPS}?fieldValidation={mode}", data=DOUBLED, headers=JSON) as response:
        body = await response.json(content_type=None)
        assert response.status == code
        assert (response.headers.get("Warning") == '299 - "duplicate field \\"data.k\\""') is warned
    assert ('strict decoding error: duplicate field "data.k"' in body.get("message", "")) is (code == 400)
    assert body.get("data", {"k": "2"}) == {"k": "2"}


async def test_patches_with_a_key_twice(serve: Serve) -> None:
    served = await serve()
    caller = served.caller()
    served.cluster.api.create("configmaps", {"metadata": {"name": "a", "namespace": "default"}}, manager="test")
    merge = {"Content-Type": "application/merge-patch+json"}
    strict = f"{CONFIGMAPS}/a?fieldManager=m&fieldValidation=Strict"
    code, told = await caller.json("PATCH", strict, data='{"data":{"k":"1","k":"2"}}', headers=merge)
    assert (code, told["reason"], told["details"]["causes"][0]["field"]) == (422, "Invalid", "patch")
    code, told = await caller.json("PATCH", strict, data=DOUBLED, headers=APPLY)
    assert (code, told["reason"]) == (400, "BadRequest")
    assert "data" not in served.cluster.api.get("configmaps", "a", namespace="default")


async def test_a_uid_of_what_is_not_there(serve: Serve) -> None:
    caller = (await serve()).caller()
    named = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "gone", "uid": UID}}
    code, told = await caller.json("PUT", f"{CONFIGMAPS}/gone", data=json.dumps(named), headers=JSON)
    assert (code, told["reason"]) == (404, "NotFound")
    code, told = await caller.json("PATCH", f"{CONFIGMAPS}/gone?fieldManager=m", data=json.dumps(named), headers=APPLY)
    assert (code, told["reason"]) == (409, "Conflict")
    assert UID in told["message"]


async def test_resource_version_0_is_none(serve: Serve) -> None:
    served = await serve()
    served.cluster.api.create("configmaps", {"metadata": {"name": "a", "namespace": "default"}}, manager="test")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "resourceVersion": "0"}, "data": {"k": "v"}}
    code, replaced = await served.caller().json("PUT", f"{CONFIGMAPS}/a", data=json.dumps(body), headers=JSON)
    assert (code, replaced["data"]) == (200, {"k": "v"})


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [("sendInitialEvents=true", 422, "sendInitialEvents"), ("timeoutSeconds=soon", 400, ""), ("limit=few", 400, "")],
)
async def test_options_that_no_list_takes(serve: Serve, query: str, code: int, field: str) -> None:
    got, told = await (await serve()).caller().json("GET", f"{MODELS}?{query}")
    causes: list[Any] = told.get("details", {}).get("causes", [])
    assert (got, [cause["field"] for cause in causes]) == (code, [field] if field else [])


async def test_a_list_is_no_single_metadata(serve: Serve) -> None:
    accept = {"Accept": "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"}
    code, told = await (await serve()).caller().json("GET", MODELS, headers=accept)
    assert (code, told["reason"]) == (406, "NotAcceptable")


async def test_a_json_patch_that_cannot_be_done_is_invalid_without_causes(serve: Serve) -> None:
    served = await serve()
    served.cluster.api.create("configmaps", {"metadata": {"name": "a", "namespace": "default"}}, manager="test")
    for step in ({"op": "nope", "path": "/data"}, {"op": "add", "value": 1}, {"op": "remove", "path": "/data/k"}):
        media = {"Content-Type": "application/json-patch+json"}
        code, told = await served.caller().json("PATCH", f"{CONFIGMAPS}/a", data=json.dumps([step]), headers=media)
        assert (code, told["reason"], told.get("details", {}).get("causes")) == (422, "Invalid", None)


async def test_a_bare_watch_in_the_query_is_a_watch(serve: Serve) -> None:
    caller = (await serve()).caller()
    async with caller.request("GET", f"{CONFIGMAPS}?watch=&timeoutSeconds=1&resourceVersion=0") as response:
        assert (response.status, await response.read()) == (200, b"")
