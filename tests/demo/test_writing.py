"""Writes in process: what is kept, what is put back, what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from modeltui.demo import clock, errors
from modeltui.demo.api import Api

MODELS = "models.model.samzong.dev"


@pytest.fixture(scope="module")
def api() -> Api:
    return Api()


def model(name: str, **meta: Any) -> dict[str, Any]:
    spec = {"sourceRef": "hf", "versions": [{"name": "v1", "repo": "a/b"}]}
    return {"metadata": {"name": name, "namespace": "default", **meta}, "spec": spec}


def refused(call: Any, *words: Any, **named: Any) -> errors.StatusError:
    with pytest.raises(errors.StatusError) as caught:
        call(*words, **named)
    return caught.value


def test_the_server_sets_what_is_the_servers(api: Api) -> None:
    sent = model("own", uid="mine", generation=7, creationTimestamp="2001-01-01T00:00:00Z")
    made = api.create(MODELS, {**sent, "status": {"observedStorage": "1Gi"}}, manager="test")
    assert made["metadata"]["uid"] != "mine"
    assert made["metadata"]["generation"] == 1
    assert "status" not in made
    assert sent["metadata"]["uid"] == "mine"


def test_a_past_can_be_made(api: Api) -> None:
    with clock.at(datetime(2020, 1, 2, tzinfo=UTC)):
        made = api.create(MODELS, {**model("old"), "status": {"observedVersionHash": "x"}}, manager="test", with_status=True)
    assert made["metadata"]["creationTimestamp"] == "2020-01-02T00:00:00Z"


def test_generation_counts_changes_of_the_spec(api: Api) -> None:
    api.create(MODELS, model("counted"), manager="test")

    def patch(change: dict[str, Any], **options: Any) -> dict[str, Any]:
        return api.patch(MODELS, "counted", change, namespace="default", manager="test", **options)

    assert patch({"metadata": {"labels": {"a": "b"}}})["metadata"]["generation"] == 1
    assert patch({"spec": {"sourceRef": "s3"}})["metadata"]["generation"] == 2
    assert patch({"status": {"syncedVersions": []}}, subresource="status")["metadata"]["generation"] == 2


def test_what_changes_nothing_is_not_stored(api: Api) -> None:
    made = api.create(MODELS, model("still"), manager="test")
    watch = api.watch(MODELS, namespace="default", since=made["metadata"]["resourceVersion"])
    same = api.patch(MODELS, "still", {"spec": {"sourceRef": "hf"}}, namespace="default", manager="other")
    assert same["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]
    assert watch.take() == []


def test_a_dry_run_stores_nothing(api: Api) -> None:
    before = api.core.storage.revision
    api.create(MODELS, model("dry"), manager="test", dry_run=True)
    api.apply(MODELS, {**model("dry")}, manager="test", dry_run=True)
    assert api.find(MODELS, "dry", namespace="default") is None
    assert api.core.storage.revision == before


def test_a_stale_update_is_a_conflict(api: Api) -> None:
    made = api.create(MODELS, model("stale"), manager="test")
    api.patch(MODELS, "stale", {"spec": {"sourceRef": "s3"}}, namespace="default", manager="test")
    refusal = refused(api.update, MODELS, made, manager="test")
    assert (refusal.code, refusal.reason) == (409, "Conflict")
    fresh = api.update(MODELS, model("stale"), manager="test")
    assert fresh["spec"]["sourceRef"] == "hf"


def test_a_conflict_of_apply_names_manager_and_field(api: Api) -> None:
    api.apply(MODELS, model("shared"), manager="one")
    theirs = {**model("shared"), "spec": {"sourceRef": "s3"}}
    refusal = refused(api.apply, MODELS, theirs, manager="two")
    assert refusal.message == 'Apply failed with 1 conflict: conflict with "one": .spec.sourceRef'
    assert refusal.details["causes"][0]["field"] == ".spec.sourceRef"
    assert api.apply(MODELS, theirs, manager="two", force=True)["spec"]["sourceRef"] == "s3"


def test_what_is_wrong_is_told_once_and_by_field(api: Api) -> None:
    refusal = refused(api.create, "pods", {"metadata": {"name": "p", "namespace": "default"}, "spec": {}}, manager="test")
    assert refusal.message == 'Pod "p" is invalid: spec.containers: Required value'
    assert [cause["field"] for cause in refusal.details["causes"]] == ["spec.containers"]


@pytest.mark.parametrize(
    ("resource", "obj", "code", "told"),
    [
        ("configmaps", {"metadata": {"name": "a", "namespace": "nowhere"}}, 404, 'namespaces "nowhere" not found'),
        ("configmaps", {"metadata": {"name": "a", "namespace": "default"}, "data": {"k": 1}}, 400, "cannot unmarshal number"),
        ("configmaps", {"metadata": {"name": "a", "namespace": "default", "labels": {"-": "x"}}}, 422, "metadata.labels"),
        ("configmaps", {"metadata": {"name": "a", "namespace": "default", "finalizers": ["x"]}}, 422, "fully qualified"),
        ("configmaps", {"metadata": {"name": "a", "namespace": "default", "resourceVersion": "1"}}, 500, "should not be set"),
        ("configmaps", {"metadata": {"name": "a", "namespace": "default", "managedFields": ["x"]}}, 400, "managedFields"),
        ("secrets", {"metadata": {"name": "a", "namespace": "default"}, "data": {"k": "%%"}}, 400, "illegal base64 data at input byte 0"),
        ("secrets", {"metadata": {"name": "a", "namespace": "default"}, "type": "kubernetes.io/tls"}, 422, "data[tls.crt]"),
        ("namespaces", {"metadata": {"name": "a.b"}}, 422, "RFC 1123 label"),
        ("services", {"metadata": {"name": "a", "namespace": "default"}, "spec": {}}, 422, "spec.ports"),
        (MODELS, {"kind": "ModelSource", **model("a")}, 400, "cannot be handled as a Model"),
    ],
)
def test_refusals(api: Api, resource: str, obj: dict[str, Any], code: int, told: str) -> None:
    refusal = refused(api.create, resource, obj, manager="test")
    assert refusal.code == code
    assert told in refusal.message


def test_a_typed_object_owns_no_empty_structs(api: Api) -> None:
    spec = {
        "selector": {"matchLabels": {"a": "b"}},
        "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}},
    }
    made = api.create("deployments.apps", {"metadata": {"name": "d", "namespace": "default"}, "spec": spec}, manager="test")
    owned = made["metadata"]["managedFields"][0]["fieldsV1"]["f:spec"]
    assert "." not in owned
    assert owned["f:template"]["f:metadata"] == {"f:labels": {".": {}, "f:a": {}}}
    assert owned["f:template"]["f:spec"]["f:containers"]['k:{"name":"c"}']["."] == {}
    assert made["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": "25%", "maxUnavailable": "25%"}


def test_a_claim_may_only_grow_once_bound(api: Api) -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    api.create("persistentvolumeclaims", {"metadata": {"name": "c", "namespace": "default"}, "spec": spec}, manager="test")
    bigger = {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}
    refusal = refused(api.patch, "persistentvolumeclaims", "c", bigger, namespace="default", manager="test")
    assert refusal.message.startswith('PersistentVolumeClaim "c" is invalid: spec: Forbidden: spec is immutable after creation')
    bound = {"status": {"phase": "Bound", "capacity": {"storage": "1Gi"}}}
    api.patch("persistentvolumeclaims", "c", bound, namespace="default", manager="test", subresource="status")
    refusal = refused(api.patch, "persistentvolumeclaims", "c", bigger, namespace="default", manager="test")
    assert refusal.code == 403
    assert "the storageclass that provisions the pvc must support resize" in refusal.message
    growing = {"metadata": {"name": "grows"}, "provisioner": "x.example", "allowVolumeExpansion": True}
    api.create("storageclasses.storage.k8s.io", growing, manager="test")
    chosen = {"spec": {"storageClassName": "grows"}}
    api.patch("persistentvolumeclaims", "c", chosen, namespace="default", manager="test")
    assert (
        api.patch("persistentvolumeclaims", "c", bigger, namespace="default", manager="test")["spec"]["resources"]
        == bigger["spec"]["resources"]
    )
    smaller = {"spec": {"resources": {"requests": {"storage": "512Mi"}}}}
    assert refused(api.patch, "persistentvolumeclaims", "c", smaller, namespace="default", manager="test").code == 422


def test_a_definition_that_cannot_be_served_is_refused(api: Api) -> None:
    schema = {"type": "object", "x-kubernetes-validations": [{"rule": "self.x ==", "message": "m"}]}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    spec = {"group": "g.example", "scope": "Namespaced", "names": {"kind": "T", "plural": "ts"}, "versions": [version]}
    crd = {"metadata": {"name": "ts.g.example"}, "spec": spec}
    refusal = refused(api.create, "customresourcedefinitions.apiextensions.k8s.io", crd, manager="test")
    assert "x-kubernetes-validations[0].rule" in refusal.details["causes"][0]["field"]
    version["schema"] = {"openAPIV3Schema": {"type": "object"}}
    api.create("customresourcedefinitions.apiextensions.k8s.io", crd, manager="test")
    made = api.get("customresourcedefinitions.apiextensions.k8s.io", "ts.g.example")
    assert [condition["type"] for condition in made["status"]["conditions"]] == ["NamesAccepted", "Established"]
    assert api.served("ts.g.example")
