"""Deletion: finalizers, owners, namespaces, claims."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui.demo import errors
from modeltui.demo.api import Api


@pytest.fixture
def api() -> Api:
    return Api()


def make(api: Api, name: str, *, owners: list[dict[str, Any]] | None = None, namespace: str = "default", **meta: Any) -> dict[str, Any]:
    references = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": o["metadata"]["name"], "uid": o["metadata"]["uid"], "blockOwnerDeletion": True}
        for o in owners or []
    ]
    obj = {"metadata": {"name": name, "namespace": namespace, **meta, **({"ownerReferences": references} if references else {})}}
    return api.create("configmaps", obj, manager="test")


def find(api: Api, name: str) -> dict[str, Any] | None:
    return api.find("configmaps", name, namespace="default")


def test_what_is_owned_goes_in_the_background(api: Api) -> None:
    owner = make(api, "owner")
    child = make(api, "child", owners=[owner])
    make(api, "grandchild", owners=[child])
    assert api.delete("configmaps", "owner", namespace="default") is None
    assert find(api, "child") is not None
    api.settle()
    assert find(api, "child") is None
    assert find(api, "grandchild") is None


def test_one_of_two_owners_is_enough(api: Api) -> None:
    one, two = make(api, "one"), make(api, "two")
    make(api, "child", owners=[one, two])
    api.delete("configmaps", "one", namespace="default")
    api.settle()
    child = find(api, "child")
    assert child is not None
    assert [owner["name"] for owner in child["metadata"]["ownerReferences"]] == ["two"]


def test_orphans_lose_their_owner_and_stay(api: Api) -> None:
    owner = make(api, "owner")
    make(api, "child", owners=[owner])
    held = api.delete("configmaps", "owner", namespace="default", propagation="Orphan")
    assert held is not None
    assert held["metadata"]["finalizers"] == ["orphan"]
    api.settle()
    assert find(api, "owner") is None
    child = find(api, "child")
    assert child is not None
    assert "ownerReferences" not in child["metadata"]


def test_in_the_foreground_the_owner_goes_last(api: Api) -> None:
    owner = make(api, "owner")
    make(api, "child", owners=[owner], finalizers=["example.com/hold"])
    held = api.delete("configmaps", "owner", namespace="default", propagation="Foreground")
    assert held is not None
    assert held["metadata"]["finalizers"] == ["foregroundDeletion"]
    api.settle()
    assert find(api, "owner") is not None
    api.patch("configmaps", "child", {"metadata": {"finalizers": None}}, namespace="default", manager="test")
    api.settle()
    assert find(api, "child") is None
    assert find(api, "owner") is None


def test_a_created_child_of_a_missing_owner_is_collected(api: Api) -> None:
    owner = make(api, "owner")
    api.delete("configmaps", "owner", namespace="default")
    make(api, "child", owners=[owner])
    api.settle()
    assert find(api, "child") is None


def test_a_namespace_is_emptied_before_it_goes(api: Api) -> None:
    api.create("namespaces", {"metadata": {"name": "n"}}, manager="test")
    make(api, "a", namespace="n")
    make(api, "held", namespace="n", finalizers=["example.com/hold"])
    going = api.delete("namespaces", "n")
    assert going is not None
    assert going["status"]["phase"] == "Terminating"
    api.settle()
    assert api.find("configmaps", "a", namespace="n") is None
    with pytest.raises(errors.StatusError) as refused:
        make(api, "late", namespace="n")
    assert refused.value.code == 403
    assert refused.value.details["causes"][0]["reason"] == "NamespaceTerminating"
    api.patch("configmaps", "held", {"metadata": {"finalizers": None}}, namespace="n", manager="test")
    api.settle()
    assert api.find("namespaces", "n") is None


def test_a_claim_in_use_waits_for_its_pod(api: Api) -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    api.create("persistentvolumeclaims", {"metadata": {"name": "c", "namespace": "default"}, "spec": spec}, manager="test")
    volumes = [{"name": "v", "persistentVolumeClaim": {"claimName": "c"}}]
    pod_spec = {"containers": [{"name": "c", "image": "i"}], "volumes": volumes}
    api.create("pods", {"metadata": {"name": "p", "namespace": "default"}, "spec": pod_spec}, manager="test")
    api.delete("persistentvolumeclaims", "c", namespace="default")
    api.settle()
    assert api.find("persistentvolumeclaims", "c", namespace="default") is not None
    api.delete("pods", "p", namespace="default")
    api.settle()
    assert api.find("persistentvolumeclaims", "c", namespace="default") is None


def test_a_running_pod_gets_its_grace(api: Api) -> None:
    spec = {"containers": [{"name": "c", "image": "i"}], "nodeName": "node-1"}
    api.create("pods", {"metadata": {"name": "p", "namespace": "default"}, "spec": spec}, manager="test")
    held = api.delete("pods", "p", namespace="default")
    assert held is not None
    assert held["metadata"]["deletionGracePeriodSeconds"] == 30
    assert api.delete("pods", "p", namespace="default", grace=0) is None


def test_preconditions(api: Api) -> None:
    made = make(api, "a")
    for wrong in ({"uid": "other"}, {"resource_version": "1"}):
        with pytest.raises(errors.StatusError) as refused:
            api.delete("configmaps", "a", namespace="default", **wrong)
        assert refused.value.code == 409
    assert api.delete("configmaps", "a", namespace="default", uid=made["metadata"]["uid"]) is None


def test_a_crd_takes_its_objects_along(api: Api) -> None:
    model = {"metadata": {"name": "m", "namespace": "default"}, "spec": {"sourceRef": "s", "versions": [{"name": "v", "repo": "r"}]}}
    api.create("models.model.samzong.dev", model, manager="test")
    watch = api.watch("models.model.samzong.dev")
    assert [event.type for event in watch.take()] == ["ADDED"]
    api.delete("customresourcedefinitions.apiextensions.k8s.io", "models.model.samzong.dev")
    api.settle()
    assert [event.type for event in watch.take()] == ["DELETED"]
    assert watch.gone
    assert not api.served("models.model.samzong.dev")
    with pytest.raises(errors.StatusError) as refused:
        api.list("models.model.samzong.dev")
    assert refused.value.code == 404
