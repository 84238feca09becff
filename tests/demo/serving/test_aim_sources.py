"""AIMClusterModelSources: what of a registry becomes AIMClusterModels."""

from typing import Any

import pytest
from yard import Obj, Yard

SOURCES, MODELS = "aimclustermodelsources.aim.eai.amd.com", "aimclustermodels.aim.eai.amd.com"
ALL = "amdenterpriseai/aim-*"


@pytest.fixture(autouse=True)
def nothing_before(yard: Yard) -> None:
    """They belong to the cluster, so that those of the last test are taken away."""
    for resource in (SOURCES, MODELS):
        for each in yard.api.list(resource):
            yard.api.delete(resource, each["metadata"]["name"])
    yard.passes(seconds=1)


def look(yard: Yard, *filters: Obj, **spec: Any) -> Obj:
    yard.make(SOURCES, "amd", namespace="", spec={"filters": list(filters), **spec})
    yard.passes(seconds=1)
    return dict(yard.api.get(SOURCES, "amd")["status"])


def images(yard: Yard) -> set[str]:
    return {each["spec"]["image"] for each in yard.api.list(MODELS)}


def told(yard: Yard) -> dict[str, tuple[str, str]]:
    return {each["type"]: (each["status"], each["reason"]) for each in yard.api.get(SOURCES, "amd")["status"]["conditions"]}


def test_every_image_that_matches_becomes_a_model_and_goes_with_the_source(yard: Yard) -> None:
    status = look(yard, {"image": ALL, "exclude": ["amdenterpriseai/aim-dummy"]}, versions=[">=0.9"])
    assert (status["status"], status["discoveredModels"]) == ("Ready", 6)
    assert told(yard)["Ready"] == ("True", "ModelsDiscovered")
    assert told(yard)["RegistryReachable"] == ("True", "Connected")
    assert told(yard)["Syncing"] == ("True", "CreatingModels")
    assert "amdenterpriseai/aim-qwen-qwen3-32b:0.9.0" in images(yard)
    assert not any(each.endswith(("0.8.4", "latest", "0.9")) for each in images(yard)), "tags that are no version do not pass"
    made = yard.api.list(MODELS)[0]["metadata"]
    assert made["labels"]["aim.eai.amd.com/model-source"] == "amd"
    assert not made["ownerReferences"][0].get("controller")
    yard.passes(hours=1)
    assert told(yard)["Syncing"] == ("False", "SyncComplete")
    yard.api.delete(SOURCES, "amd")
    yard.passes(seconds=5)
    assert images(yard) == set()


def test_filters_that_name_an_image_need_no_registry(yard: Yard) -> None:
    status = look(yard, {"image": "amdenterpriseai/aim-base:0.9"}, registry="registry.invalid")
    assert status["status"] == "Ready"
    assert images(yard) == {"registry.invalid/amdenterpriseai/aim-base:0.9"}


def test_filters_only_add(yard: Yard) -> None:
    look(yard, {"image": "amdenterpriseai/aim-base:0.9"})
    yard.api.patch(SOURCES, "amd", {"spec": {"filters": [{"image": "amdenterpriseai/aim-base:0.9.0"}]}}, manager="test")
    yard.passes(seconds=1)
    assert images(yard) == {"amdenterpriseai/aim-base:0.9", "amdenterpriseai/aim-base:0.9.0"}


def test_no_match_and_as_many_as_may_be(yard: Yard) -> None:
    status = look(yard, {"image": "amdenterpriseai/nothing-*"})
    assert status["status"] == "Pending"
    assert told(yard)["Ready"] == ("False", "NoMatches")
    yard.api.patch(SOURCES, "amd", {"spec": {"filters": [{"image": ALL}], "maxModels": 3}}, manager="test")
    yard.passes(seconds=1)
    assert len(images(yard)) == 3
    assert yard.api.get(SOURCES, "amd")["status"]["modelsLimitReached"] is True


@pytest.mark.parametrize(("registry", "why"), [("registry.invalid", "no such host"), ("ghcr.io", "UNAUTHORIZED")])
def test_a_registry_that_does_not_answer(yard: Yard, registry: str, why: str) -> None:
    status = look(yard, {"image": ALL}, registry=registry)
    assert status["status"] == "Failed"
    assert told(yard)["RegistryReachable"] == ("False", "ConnectionFailed")
    assert any(why in each["message"] for each in status["conditions"])
    assert "lastSyncTime" not in status
