"""The world is whole: every phase and every trap is in it, it is the same each time, and it lives."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from town import CLAIMS, DATASETS, MODELS, SOURCES, version

from modeltui.demo import world
from modeltui.demo.api import Api
from modeltui.demo.world.people import tomorrow

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def api() -> Api:
    """Tests of the steady world only read it."""
    api = Api()
    world.populate(api, seed=7, now=NOW)
    return api


def everything(api: Api) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind in api.core.registry:
        if kind.stored:
            for obj in api.list(kind.resource):
                yield kind.resource, obj


def conditions(status: dict[str, Any]) -> set[str]:
    return {each["reason"] for each in status.get("conditions") or []}


def test_every_phase_is_there(api: Api) -> None:
    phases = Counter(each["status"]["phase"] for each in api.list(DATASETS))
    assert phases["READY"] > 20
    assert phases["FAILED"] >= 8
    assert phases["PROCESSING"] >= 3
    assert len(api.list(MODELS)) >= 35
    assert {"ModelSourceNotFound", "ModelSourceNotReady"} <= {r for each in api.list(MODELS) for r in conditions(each.get("status") or {})}
    assert {"Bound", "Pending"} <= {each["status"]["phase"] for each in api.list(CLAIMS)}


def test_every_type_of_source_and_state_of_credentials_is_there(api: Api) -> None:
    sources = api.list(SOURCES)
    types = {"GIT", "S3", "HTTP", "PVC", "NFS", "CONDA", "REFERENCE", "HUGGING_FACE", "MODEL_SCOPE"}
    assert {each["spec"]["type"] for each in sources} == types
    assert {r for each in sources for r in conditions(each["status"])} == {"SecretValid", "SecretInvalid", "NoSecretRequired"}


def test_nothing_is_from_the_future_and_most_is_old(api: Api) -> None:
    objects = [obj for resource, obj in everything(api) if resource in (MODELS, DATASETS)]
    made = [datetime.fromisoformat(obj["metadata"]["creationTimestamp"]) for obj in objects]
    assert max(made) <= NOW
    assert min(made) < NOW - timedelta(days=100)
    assert sum(each < NOW - timedelta(days=1) for each in made) > len(made) * 0.7


def test_every_object_passes_strict_validation(api: Api) -> None:
    for resource, obj in everything(api):
        if resource in (MODELS, SOURCES, DATASETS, "secrets", "configmaps", "nodes", CLAIMS, "deployments.apps"):
            api.update(resource, obj, manager="check", dry_run=True, validation="Strict")


def test_texts_that_try_to_be_more_are_there(api: Api) -> None:
    descriptions = [each["spec"]["display"]["description"] for each in api.list(MODELS)]
    assert any("[bold]" in each for each in descriptions)
    assert any("\x1b[31m" in each for each in descriptions)
    assert any("图" in each for each in descriptions)
    assert any(len(each["metadata"]["name"]) > 63 for each in api.list(MODELS))


def test_the_same_seed_makes_the_same_world(api: Api) -> None:
    again = Api()
    world.populate(again, seed=7, now=NOW)

    def shown(each: Api) -> list[Any]:
        found = [(o["metadata"]["namespace"], o["metadata"]["name"], o.get("status")) for o in each.list(MODELS)]
        pods = [(o["metadata"]["name"], o["status"]["phase"]) for o in each.list("pods")]
        return [found, pods]

    assert shown(again) == shown(api)


def test_many_models_are_quickly_there_and_as_good_as_others() -> None:
    api = Api()
    world.populate_many(api, 2_000, seed=3, now=NOW)
    models = api.list(MODELS, namespace="bulk")
    assert len({each["metadata"]["name"] for each in models}) == len({each["metadata"]["uid"] for each in models}) == 2_000
    for each in (models[0], models[999], models[-1]):
        api.update(MODELS, each, manager="check", dry_run=True, validation="Strict")
    assert {"READY", "FAILED", "PROCESSING", "PENDING"} == {each["status"]["syncedVersions"][0]["phase"] for each in models}
    assert all(each["metadata"]["managedFields"] for each in models)


async def test_the_world_lives() -> None:
    """A Model that a user makes gets ready in real time, and people add versions of their own."""
    api = Api()
    world.populate(api, seed=7)
    tasks = [asyncio.create_task(api.housekeeping.run()), asyncio.create_task(world.live(api, seed=7, pace=300.0))]
    try:
        spec = {"sourceRef": "huggingface", "versions": [version("v1", "HuggingFaceTB/SmolLM2-360M")]}
        api.create(MODELS, {"metadata": {"name": "mine", "namespace": "sandbox"}, "spec": spec}, manager="test", validation="Strict")
        watch = api.watch(MODELS)
        ready = nightly = False
        async with asyncio.timeout(60):
            async for event in watch:
                synced = (event.object.get("status") or {}).get("syncedVersions") or []
                ready = ready or (event.object["metadata"]["name"] == "mine" and any(each.get("phase") == "READY" for each in synced))
                nightly = nightly or any(each["name"].startswith("nightly-") for each in synced)
                if ready and nightly:
                    break
        watch.close()
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task


def test_nightlies_come_are_switched_off_and_go() -> None:
    model: dict[str, Any] = {"metadata": {"name": "m"}, "spec": {"versions": [version("v1")]}}
    for number in range(1, 5):
        model["spec"]["versions"] = tomorrow(model, number=number, datasets={"mdl-m-nightly-2"})
    names = [(each["name"], each.get("state")) for each in model["spec"]["versions"]]
    assert names == [("v1", None), ("nightly-2", "ABSENT"), ("nightly-3", "PRESENT"), ("nightly-4", "PRESENT")]
