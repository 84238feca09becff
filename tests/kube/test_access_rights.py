"""Rights: asked once, remembered, and honest about what the server would not say."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from scripted_server import Connect, Reply, Request

from modeltui.kube import errors
from modeltui.kube.access import CAPACITY, LIFETIME, UNKNOWN_LIFETIME, Access, Identity, Verdict
from modeltui.kube.resource import Resource

PODS = Resource("", "v1", "pods", "Pod")
MODELS = Resource("model.samzong.dev", "v1alpha1", "models", "Model")
NODES = Resource("", "v1", "nodes", "Node", namespaced=False)


def answering(**status: Any) -> Any:
    async def handler(request: Request, reply: Reply) -> None:
        await reply.json({"kind": "SelfSubjectAccessReview", "status": status}, code=201)

    return handler


async def test_the_question_is_rbacs(connect: Connect) -> None:
    client, server = await connect(answering(allowed=True), read_only=True)
    assert await Access(client).allowed("get", PODS, "team-a", "p1", "log") == Verdict(True)
    (request,) = server.requests
    assert request.path == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    expected = {"verb": "get", "version": "v1", "resource": "pods", "namespace": "team-a", "name": "p1", "subresource": "log"}
    assert request.json["spec"] == {"resourceAttributes": expected}


@pytest.mark.parametrize(
    ("resource", "namespace", "subresource", "status", "reason"),
    [
        (MODELS, "team-a", "", {"allowed": False}, "no role lets you patch models.model.samzong.dev in namespace team-a"),
        (MODELS, None, "status", {"allowed": False}, "no role lets you patch models.model.samzong.dev/status in all namespaces"),
        (NODES, None, "", {"allowed": False}, "no role lets you patch nodes"),
        (NODES, None, "", {"allowed": False, "denied": True, "reason": "frozen for the release"}, "frozen for the release"),
        (NODES, None, "", {"allowed": False, "evaluationError": "webhook is down"}, "webhook is down"),
    ],
)
async def test_a_no_has_a_reason(
    connect: Connect, resource: Resource, namespace: str | None, subresource: str, status: dict[str, Any], reason: str
) -> None:
    client, _ = await connect(answering(**status))
    assert await Access(client).allowed("patch", resource, namespace, subresource=subresource) == Verdict(False, reason)


async def test_asked_once_in_five_minutes_however_many_ask(connect: Connect) -> None:
    client, server = await connect(answering(allowed=True))
    now = 0.0
    access = Access(client, clock=lambda: now)
    assert set(await asyncio.gather(*(access.allowed("list", PODS, "a") for _ in range(20)))) == {Verdict(True)}
    now = LIFETIME - 1
    await access.allowed("list", PODS, "a")
    assert len(server.requests) == 1
    now = LIFETIME
    await access.allowed("list", PODS, "a")
    assert len(server.requests) == 2
    access.forget()
    await access.allowed("list", PODS, "a")
    assert len(server.requests) == 3


async def test_the_least_recently_used_are_forgotten(connect: Connect) -> None:
    client, server = await connect(answering(allowed=True))
    access = Access(client)
    await access.allowed("list", PODS, "kept")
    for number in range(CAPACITY - 1):
        await access.allowed("list", PODS, f"n{number}")
    await access.allowed("list", PODS, "kept")
    await access.allowed("list", PODS, "one more")
    asked = len(server.requests)
    await access.allowed("list", PODS, "kept")
    assert len(server.requests) == asked
    await access.allowed("list", PODS, "n0")
    assert len(server.requests) == asked + 1


async def test_a_server_that_denies_even_the_question_leaves_it_open(connect: Connect) -> None:
    async def handler(request: Request, reply: Reply) -> None:
        await reply.status(403, "Forbidden", "selfsubjectaccessreviews is forbidden")

    client, server = await connect(handler)
    now = 0.0
    access = Access(client, clock=lambda: now)
    verdict = await access.allowed("list", PODS, "a")
    assert verdict.allowed is None
    assert verdict.reason == "the server does not say whether this is allowed: selfsubjectaccessreviews is forbidden"
    await access.allowed("list", PODS, "a")
    assert len(server.requests) == 1
    now = UNKNOWN_LIFETIME
    await access.allowed("list", PODS, "a")
    assert len(server.requests) == 2


async def test_no_answer_is_no_verdict_and_is_not_remembered(connect: Connect) -> None:
    async def handler(request: Request, reply: Reply) -> None:
        reply.drop()

    client, server = await connect(handler)
    access = Access(client)
    for _ in range(2):
        with pytest.raises(errors.Unreachable):
            await access.allowed("list", PODS, "a")
    assert len(server.requests) == 2


def subjects(served: str) -> Any:
    async def handler(request: Request, reply: Reply) -> None:
        assert request.json["kind"] == "SelfSubjectReview"
        if f"/{served}/" in request.path:
            await reply.json({"status": {"userInfo": {"username": "oidc:alice", "groups": ["dev", "system:authenticated"]}}}, code=201)
        else:
            await reply.send(b"404 page not found\n", code=404)

    return handler


@pytest.mark.parametrize(("served", "requests"), [("v1", 1), ("v1beta1", 2)])
async def test_whoami(connect: Connect, served: str, requests: int) -> None:
    client, server = await connect(subjects(served), read_only=True)
    assert await Access(client).whoami() == Identity("oidc:alice", ("dev", "system:authenticated"))
    assert len(server.requests) == requests


async def test_whoami_of_an_old_server_is_the_kubeconfigs_word(connect: Connect) -> None:
    client, _ = await connect(subjects("never"))
    assert await Access(client).whoami() == Identity("alice", certain=False)
