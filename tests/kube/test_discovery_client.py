"""Discovery against servers of every age."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from scripted_server import Connect, Reply, Request

from modeltui.kube import errors
from modeltui.kube.discovery import MIN_INTERVAL, Discovery
from modeltui.kube.resource import Resource

MODELS = Resource("model.samzong.dev", "v1alpha1", "models", "Model")


def aggregated_kind(plural: str, kind: str, **extra: Any) -> dict[str, Any]:
    return {
        "resource": plural,
        "responseKind": {"group": "", "version": "", "kind": kind},
        "scope": "Namespaced",
        "singularResource": kind.lower(),
        "verbs": ["get", "list", "watch"],
        **extra,
    }


AGGREGATED: dict[str, Any] = {
    "/api": [
        {
            "metadata": {"creationTimestamp": None},
            "versions": [
                {
                    "version": "v1",
                    "freshness": "Current",
                    "resources": [
                        aggregated_kind(
                            "pods", "Pod", shortNames=["po"], categories=["all"], subresources=[{"subresource": "log", "verbs": ["get"]}]
                        ),
                        aggregated_kind("nodes", "Node", scope="Cluster"),
                    ],
                }
            ],
        }
    ],
    "/apis": [
        {
            "metadata": {"name": "model.samzong.dev"},
            "versions": [
                {"version": "v1alpha1", "freshness": "Current", "resources": [aggregated_kind("models", "Model", shortNames=["mdl"])]},
            ],
        },
        {
            "metadata": {"name": "nvidia.com"},
            "versions": [
                {"version": "v1beta1", "resources": [aggregated_kind("graphs", "Graph")]},
                {"version": "v1alpha1", "resources": [aggregated_kind("graphs", "Graph"), aggregated_kind("olds", "Old")]},
            ],
        },
        {"metadata": {"name": "metrics.k8s.io"}, "versions": [{"version": "v1beta1", "freshness": "Stale"}]},
    ],
}

PLAIN: dict[str, Any] = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {
        "kind": "APIGroupList",
        "groups": [
            {
                "name": "nvidia.com",
                "versions": [
                    {"groupVersion": "nvidia.com/v1alpha1", "version": "v1alpha1"},
                    {"groupVersion": "nvidia.com/v1beta1", "version": "v1beta1"},
                ],
                "preferredVersion": {"groupVersion": "nvidia.com/v1beta1", "version": "v1beta1"},
            },
            {"name": "metrics.k8s.io", "versions": [{"groupVersion": "metrics.k8s.io/v1beta1", "version": "v1beta1"}]},
        ],
    },
    "/api/v1": {
        "kind": "APIResourceList",
        "groupVersion": "v1",
        "resources": [
            {
                "name": "pods",
                "singularName": "pod",
                "namespaced": True,
                "kind": "Pod",
                "verbs": ["list"],
                "shortNames": ["po"],
                "categories": ["all"],
            },
            {"name": "pods/log", "singularName": "", "namespaced": True, "kind": "Pod", "verbs": ["get"]},
            {"name": "nodes", "singularName": "", "namespaced": False, "kind": "Node", "verbs": ["list"]},
        ],
    },
    "/apis/nvidia.com/v1beta1": {
        "groupVersion": "nvidia.com/v1beta1",
        "resources": [{"name": "graphs", "kind": "Graph", "namespaced": True, "verbs": []}],
    },
    "/apis/nvidia.com/v1alpha1": {
        "groupVersion": "nvidia.com/v1alpha1",
        "resources": [{"name": "graphs", "kind": "Graph", "namespaced": True, "verbs": []}],
    },
}


def aggregating(version: str, documents: dict[str, Any] = AGGREGATED) -> Any:
    async def handler(request: Request, reply: Reply) -> None:
        wanted = f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"
        assert wanted in request.header("accept").split(",")
        await reply.json(
            {"kind": "APIGroupDiscoveryList", "apiVersion": f"apidiscovery.k8s.io/{version}", "items": documents[request.path]}
        )

    return handler


async def plain(request: Request, reply: Reply) -> None:
    if request.path in PLAIN:
        await reply.json(PLAIN[request.path])
    else:
        await reply.status(503, "ServiceUnavailable", "the server is currently unable to handle the request")


@pytest.mark.parametrize("version", ["v2", "v2beta1"])
async def test_aggregated_in_two_requests(connect: Connect, version: str) -> None:
    client, server = await connect(aggregating(version))
    discovery = Discovery(client)
    pods = await discovery.find("po")
    assert pods is not None
    assert pods.resource == Resource("", "v1", "pods", "Pod")
    assert (pods.verbs, pods.categories, pods.subresources) == (frozenset({"get", "list", "watch"}), ("all",), frozenset({"log"}))
    nodes = await discovery.find("Node")
    assert nodes is not None
    assert nodes.resource.namespaced is False
    assert sorted(server.paths) == ["/api", "/apis"]


@pytest.mark.parametrize(
    "word", ["models", "model", "Model", "mdl", "models.model.samzong.dev", "model.model.samzong.dev", "models.v1alpha1.model.samzong.dev"]
)
async def test_every_word_that_kubectl_takes(connect: Connect, word: str) -> None:
    client, _ = await connect(aggregating("v2"))
    found = await Discovery(client).find(word)
    assert found is not None
    assert found.resource == MODELS


async def test_what_is_not_served_is_none(connect: Connect) -> None:
    client, _ = await connect(aggregating("v2"))
    discovery = Discovery(client)
    assert await discovery.find("wodels") is None
    assert await discovery.find_kind("other.group", "Model") is None


@pytest.mark.parametrize("handler", [aggregating("v2"), plain])
async def test_the_servers_favourite_version_is_preferred_and_a_broken_group_hides_no_other(connect: Connect, handler: Any) -> None:
    client, _ = await connect(handler)
    discovery = Discovery(client)
    served = await discovery.find_kind("nvidia.com", "Graph")
    assert served is not None
    assert served.resource.version == "v1beta1"
    assert [(item.resource.version, item.preferred) for item in await discovery.versions("nvidia.com", "graphs")] == [
        ("v1beta1", True),
        ("v1alpha1", False),
    ]
    assert list(discovery.broken) == ["metrics.k8s.io/v1beta1"]


async def test_a_kind_left_in_an_old_version_only_is_found_there(connect: Connect) -> None:
    client, _ = await connect(aggregating("v2"))
    old = await Discovery(client).find("olds")
    assert old is not None
    assert (old.resource.version, old.preferred) == ("v1alpha1", True)


async def test_plain_lists_say_the_same(connect: Connect) -> None:
    client, _ = await connect(plain)
    discovery = Discovery(client)
    pods = await discovery.find("pod")
    assert pods is not None
    assert (pods.short_names, pods.categories, pods.subresources, pods.verbs) == (
        ("po",),
        ("all",),
        frozenset({"log"}),
        frozenset({"list"}),
    )
    nodes = await discovery.find("nodes")
    assert nodes is not None
    assert (nodes.resource.namespaced, nodes.singular) == (False, "node")
    assert "unable to handle" in discovery.broken["metrics.k8s.io/v1beta1"]


async def test_refresh_is_single_flight_and_not_too_often(connect: Connect) -> None:
    documents = {"/api": AGGREGATED["/api"], "/apis": []}
    client, server = await connect(aggregating("v2", documents))
    now = 100.0
    discovery = Discovery(client, clock=lambda: now)
    await asyncio.gather(*(discovery.all() for _ in range(20)), discovery.refresh())
    assert len(server.requests) == 2
    assert await discovery.find("models") is None
    documents["/apis"] = AGGREGATED["/apis"]
    await discovery.refresh()
    assert len(server.requests) == 2
    now += MIN_INTERVAL
    await asyncio.gather(*(discovery.refresh() for _ in range(20)))
    assert len(server.requests) == 4
    assert await discovery.find("models") is not None


async def test_what_was_known_survives_a_server_that_fails(connect: Connect) -> None:
    failing = False

    async def handler(request: Request, reply: Reply) -> None:
        if failing:
            await reply.status(500, "InternalError", "etcd is gone")
        else:
            await aggregating("v2")(request, reply)

    client, _ = await connect(handler)
    now = 0.0
    discovery = Discovery(client, clock=lambda: now)
    failing = True
    with pytest.raises(errors.ServerError, match="etcd is gone"):
        await discovery.all()
    failing = False
    before = await discovery.all()
    failing, now = True, 100.0
    assert await discovery.refresh() == before


async def test_one_who_leaves_does_not_cancel_it_for_others(connect: Connect) -> None:
    client, server = await connect(aggregating("v2"))
    discovery = Discovery(client)
    first, second = asyncio.create_task(discovery.all()), asyncio.create_task(discovery.all())
    await asyncio.sleep(0)
    first.cancel()
    assert await second
    assert len(server.requests) == 2


async def test_whether_a_group_is_served_is_asked_of_that_group_alone(connect: Connect) -> None:
    now, there = 100.0, False

    async def group(request: Request, reply: Reply) -> None:
        if there:
            await reply.json({"kind": "APIGroup"})
        else:
            await reply.status(404, "NotFound", "the server could not find the requested resource")

    client, server = await connect(group)
    discovery = Discovery(client, clock=lambda: now)
    assert discovery.heard("aim.eai.amd.com") is None
    assert await discovery.serves("aim.eai.amd.com") is False
    there = True
    assert await discovery.serves("aim.eai.amd.com") is False, "not again so soon"
    now += MIN_INTERVAL
    assert await discovery.serves("aim.eai.amd.com") is True
    assert (await discovery.serves("aim.eai.amd.com"), discovery.heard("aim.eai.amd.com")) == (True, True)
    assert server.paths == ["/apis/aim.eai.amd.com"] * 2
