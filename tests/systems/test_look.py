"""One reading of a cluster for the checks; Secrets by name, and nothing of them but their keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from tests.systems.traps import source, there

from modeltui.domain import Severity
from modeltui.kube.client import Client
from modeltui.kube.resource import Resource
from modeltui.systems import doctor
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.facts import FactTable
from modeltui.systems.layered import Layered
from modeltui.systems.modelfs.checks import check_source
from modeltui.systems.modelfs.types import MODELS, SOURCES

Create = Callable[..., Awaitable[None]]
"""Of (resource, name, **body): an object in the tests' namespace."""


@pytest.fixture
async def create(cluster: Client, namespace: str) -> AsyncIterator[Create]:
    made: list[str] = []

    async def one(resource: Resource, name: str, **body: Any) -> None:
        document = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": {"name": name}, **body}
        await cluster.request("POST", resource.path(namespace), body=document)
        made.append(resource.path(namespace, name))

    yield one
    for path in made:
        await cluster.request("DELETE", path)


def errors(manifest: Any, known: Any) -> list[str]:
    return [finding.reason for finding in check_source(manifest, known) if finding.severity is Severity.ERROR]


async def test_the_secrets_that_are_referred_to_are_known_by_their_keys(cluster: Client, namespace: str, create: Create) -> None:
    await create(SECRETS, "used", data={"token": "czNjcjN0"})
    await create(SECRETS, "other", data={"x": "czNjcjN0"})
    for name in ("used", "gone"):
        await create(SOURCES, f"of-{name}", spec={"type": "HUGGING_FACE", "secretRef": name})
    looked = await doctor.look(cluster, [namespace])
    assert [place for place, error in looked.unseen.items() if not doctor.is_absent(error)] == []
    used = looked.facts.get(SECRETS, namespace, "used")
    assert isinstance(used, Secret)
    assert used.keys == ("token",)
    assert "czNjcjN0" not in repr(used)
    assert looked.facts.get(SECRETS, namespace, "other") is None
    assert looked.facts.known(SECRETS, namespace)
    found = [entry for entry in doctor.diagnose(looked.facts, [namespace]) if entry.name.startswith("of-")]
    found = [entry for entry in found if entry.finding.severity is Severity.ERROR]
    assert [(entry.name, entry.finding.reason) for entry in found] == [("of-gone", f'There is no Secret "gone" in namespace {namespace}.')]


async def test_the_secret_of_what_is_not_there_yet_is_asked_for_too(cluster: Client, namespace: str, create: Create) -> None:
    await create(SECRETS, "mine", data={"token": "czNjcjN0"})
    manifest = source(secretRef="mine", name="new")
    manifest["metadata"]["namespace"] = namespace
    also = FactTable()
    also.put(SOURCES, there(manifest))
    looked = await doctor.look(cluster, [namespace], also=also)
    assert errors(manifest, Layered(also, looked.facts)) == []
    manifest["spec"]["secretRef"] = "not-there"
    also.put(SOURCES, there(manifest))
    looked = await doctor.look(cluster, [namespace], also=also)
    assert errors(manifest, Layered(also, looked.facts)) == [f'There is no Secret "not-there" in namespace {namespace}.']


async def test_nothing_is_known_of_secrets_that_nobody_asked_for(cluster: Client, namespace: str) -> None:
    looked = await doctor.look(cluster, [f"{namespace}-none"])
    assert not looked.facts.known(SECRETS, f"{namespace}-none")
    assert looked.facts.known(MODELS, f"{namespace}-none")
