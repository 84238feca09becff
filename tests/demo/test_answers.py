"""What the transport answers besides objects: discovery, OpenAPI, tables, negotiation, logs."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from served import Serve

TABLE = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"}
MODEL = {"metadata": {"name": "m", "namespace": "default"}, "spec": {"sourceRef": "hf", "versions": [{"name": "v1", "repo": "a/b"}]}}


async def test_discovery_is_the_same_in_both_forms(serve: Serve) -> None:
    served = await serve()
    caller = served.caller("nobody")
    plain: set[tuple[str, str]] = set()
    _, groups = await caller.json("GET", "/apis")
    versions = [v["groupVersion"] for group in groups["groups"] for v in group["versions"]]
    for path in ["/api/v1", *(f"/apis/{version}" for version in versions)]:
        _, listed = await caller.json("GET", path)
        plain |= {(listed["groupVersion"], each["name"]) for each in listed["resources"] if "/" not in each["name"]}
    aggregated: set[tuple[str, str]] = set()
    for path in ("/api", "/apis"):
        accept = {"Accept": "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"}
        async with caller.request("GET", path, headers=accept) as response:
            assert "as=APIGroupDiscoveryList" in response.headers["Content-Type"]
            told = await response.json(content_type=None)
        for group in told["items"]:
            for version in group["versions"]:
                name = group["metadata"].get("name", "")
                at = f"{name}/{version['version']}" if name else version["version"]
                aggregated |= {(at, each["resource"]) for each in version["resources"]}
    assert plain == aggregated
    assert ("model.samzong.dev/v1", "models") in plain


async def test_a_new_crd_changes_discovery_and_openapi(serve: Serve) -> None:
    served = await serve()
    caller = served.caller()
    _, before = await caller.json("GET", "/openapi/v3")
    served.cluster.api.delete("customresourcedefinitions.apiextensions.k8s.io", "datasets.dataset.baizeai.io")
    served.cluster.api.settle()
    _, after = await caller.json("GET", "/openapi/v3")
    assert "apis/dataset.baizeai.io/v1alpha1" in before["paths"]
    assert "apis/dataset.baizeai.io/v1alpha1" not in after["paths"]
    async with caller.request("GET", "/apis/dataset.baizeai.io/v1alpha1") as response:
        assert (response.status, await response.text()) == (404, "404 page not found\n")


async def test_tables_of_built_in_and_custom_kinds(serve: Serve) -> None:
    served = await serve()
    served.cluster.api.create("models.model.samzong.dev", MODEL, manager="test")
    _, table = await served.caller().json("GET", "/apis/model.samzong.dev/v1/models", headers=TABLE)
    names = [column["name"] for column in table["columnDefinitions"]]
    assert (table["kind"], names[0]) == ("Table", "Name")
    assert table["rows"][0]["cells"][names.index("Source")] == "hf"
    assert table["rows"][0]["object"]["kind"] == "PartialObjectMetadata"
    _, table = await served.caller().json("GET", "/api/v1/namespaces?includeObject=Object", headers=TABLE)
    assert table["rows"][0]["cells"][:2] == ["default", "Active"]
    assert table["rows"][0]["object"]["kind"] == "Namespace"


@pytest.mark.parametrize(
    "path",
    ["secrets", "configmaps", "pods", "services", "events", "persistentvolumes", "nodes", "persistentvolumeclaims", "serviceaccounts"],
)
async def test_every_row_has_a_cell_for_every_column(serve: Serve, path: str) -> None:
    served = await serve()
    objects: dict[str, dict[str, Any]] = {
        "pods": {"spec": {"containers": [{"name": "c", "image": "i"}]}},
        "services": {"spec": {"ports": [{"port": 80}]}},
        "events": {"involvedObject": {"kind": "Pod", "name": "p", "namespace": "default"}},
        "persistentvolumes": {"spec": {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "hostPath": {"path": "/x"}}},
        "persistentvolumeclaims": {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}},
    }
    scope = {} if path in ("persistentvolumes", "nodes") else {"namespace": "default"}
    served.cluster.api.create(path, {"metadata": {"name": "x", **scope}, **objects.get(path, {})}, manager="test")
    _, table = await served.caller().json("GET", f"/api/v1/{path}", headers=TABLE)
    assert table["rows"]
    assert {len(row["cells"]) for row in table["rows"]} == {len(table["columnDefinitions"])}


async def test_forms_and_media_types(serve: Serve) -> None:
    served = await serve()
    caller = served.caller()
    async with caller.request("GET", "/api/v1/namespaces/default", headers={"Accept": "application/yaml"}) as response:
        assert response.headers["Content-Type"] == "application/yaml"
        assert "kind: Namespace" in await response.text()
    partial = {"Accept": "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"}
    _, listed = await caller.json("GET", "/api/v1/namespaces", headers=partial)
    assert {item["kind"] for item in listed["items"]} == {"PartialObjectMetadata"}
    assert (await caller.json("GET", "/api/v1/pods", headers={"Accept": "text/html"}))[0] == 406
    text = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: made}\n"
    path = "/api/v1/namespaces/default/configmaps"
    assert (await caller.json("POST", path, data=text, headers={"Content-Type": "application/yaml"}))[0] == 201
    assert (await caller.json("POST", path, data=text, headers={"Content-Type": "text/plain"}))[0] == 415
    big = json.dumps({"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "z"}, "data": {"k": "x" * 4_000_000}})
    assert (await caller.json("POST", path, data=big, headers={"Content-Type": "application/json"}))[0] == 413


async def test_large_answers_are_compressed_when_asked(serve: Serve) -> None:
    served = await serve()
    for number in range(300):
        data = {"k": "x" * 1000}
        served.cluster.api.create("configmaps", {"metadata": {"name": f"c{number}", "namespace": "default"}, "data": data}, manager="test")
    caller = served.caller()
    async with caller.request("GET", "/api/v1/configmaps", headers={"Accept-Encoding": "gzip"}) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert len((await response.json())["items"]) == 300
    async with caller.request("GET", "/api/v1/configmaps", headers={"Accept-Encoding": "identity"}) as response:
        assert "Content-Encoding" not in response.headers


async def test_logs_are_read_and_followed(serve: Serve) -> None:
    served = await serve()
    api = served.cluster.api
    pod = {"metadata": {"name": "p", "namespace": "default"}, "spec": {"nodeName": "n", "containers": [{"name": "c", "image": "i"}]}}
    api.create("pods", pod, manager="test")
    for number in range(5):
        api.logs.append("default", "p", "c", f"line {number}")
    caller, path = served.caller(), "/api/v1/namespaces/default/pods/p/log"
    async with caller.request("GET", path, params={"tailLines": "2"}) as response:
        assert await response.text() == "line 3\nline 4\n"
    async with caller.request("GET", path, params={"follow": "true", "tailLines": "1"}) as response, asyncio.timeout(10):
        assert await response.content.readline() == b"line 4\n"
        api.logs.append("default", "p", "c", "line 5")
        assert await response.content.readline() == b"line 5\n"
        api.logs.end("default", "p", "c")
        assert await response.content.read() == b""
    code, status = await caller.json("GET", path, params={"previous": "true"})
    assert (code, status["message"]) == (400, 'previous terminated container "c" in pod "p" not found')


async def test_a_deprecated_version_warns(serve: Serve, shared: Any) -> None:
    served = await serve(crds=[shared / "crds" / "dynamo"])
    async with served.caller().request("GET", "/apis/nvidia.com/v1alpha1/dynamographdeployments") as response:
        assert "deprecated" in response.headers["Warning"]
    made = {"metadata": {"name": "d", "namespace": "default"}, "spec": {}}
    served.cluster.api.create("dynamographdeployments.v1beta1.nvidia.com", made, manager="test")
    for version in ("v1alpha1", "v1beta1"):
        _, found = await served.caller().json("GET", f"/apis/nvidia.com/{version}/namespaces/default/dynamographdeployments/d")
        assert found["apiVersion"] == f"nvidia.com/{version}"
