"""ModelSources and Models in the embedded cluster behave as modelfs makes them, traps included."""

import base64
from typing import Any

import pytest
from town import CLAIMS, DATASETS, MODELS, SOURCES, Town, condition, version

from modeltui.demo.controllers.dataset_spec import CannotBuild, dataset_spec, dataset_uri, version_hash
from modeltui.demo.controllers.model import targets


def phase(town: Town, model: str, index: int = 0) -> str:
    synced = town.status(MODELS, model).get("syncedVersions") or []
    return synced[index].get("phase", "") if index < len(synced) else ""


def test_a_model_is_processed_and_then_ready(town: Town) -> None:
    town.source()
    town.model("qwen", version())
    town.until(lambda: phase(town, "qwen") == "PROCESSING", seconds=5)
    town.until(lambda: phase(town, "qwen") == "READY")
    status = town.status(MODELS, "qwen")
    synced = status["syncedVersions"][0]
    assert (synced["activeDataset"], synced["pvcName"], synced["observedStorage"]) == ("mdl-qwen-v1", "mdl-qwen-v1", "20Gi")
    assert (synced["observedState"], status["observedGeneration"], len(synced["observedVersionHash"])) == ("PRESENT", 1, 8)
    assert [each["type"] for each in synced["conditions"]] == ["Config", "PVC", "ConfigMap", "Job", "JobStatus"]
    owner = town.get(DATASETS, "mdl-qwen-v1")["metadata"]["ownerReferences"][0]
    assert (owner["kind"], owner["name"], owner["controller"]) == ("Model", "qwen", True)


def test_a_missing_source_leaves_an_error_that_outlives_its_cause(town: Town) -> None:
    town.model("early", version())
    town.passes(seconds=30)
    error = condition(town.status(MODELS, "early"), "ReconcileError")
    assert (error["status"], error["reason"]) == ("False", "ModelSourceNotFound")
    assert error["message"] == 'get modelsource: ModelSource.model.samzong.dev "hf" not found'
    town.source()
    town.until(lambda: phase(town, "early") == "READY")
    assert condition(town.status(MODELS, "early"), "ReconcileError")["reason"] == "ModelSourceNotFound"


def test_a_missing_secret_is_noticed_and_its_coming_only_by_a_retry(town: Town) -> None:
    town.source(secretRef="token")
    town.model("gated", version())
    town.passes(minutes=1)
    ready = condition(town.status(SOURCES, "hf"), "CredentialsReady")
    assert (ready["status"], ready["reason"], ready["message"]) == ("False", "SecretInvalid", 'get secret token: Secret "token" not found')
    assert condition(town.status(MODELS, "gated"), "ReconcileError")["reason"] == "ModelSourceNotReady"
    assert town.find(DATASETS, "mdl-gated-v1") is None
    town.make("secrets", "token", stringData={"token": "not-a-real-one"})
    town.passes(seconds=0.1)
    assert condition(town.status(SOURCES, "hf"), "CredentialsReady")["status"] == "False", "Secrets are not watched"
    town.until(lambda: condition(town.status(SOURCES, "hf"), "CredentialsReady")["status"] == "True", seconds=1100)
    town.until(lambda: phase(town, "gated") == "READY")
    assert town.get(DATASETS, "mdl-gated-v1")["spec"]["source"]["options"] == {"token": "not-a-real-one"}, "in clear, as upstream"


def test_an_empty_secret_is_told_as_empty(town: Town) -> None:
    town.make("secrets", "empty")
    town.source(secretRef="empty")
    town.passes(seconds=1)
    assert condition(town.status(SOURCES, "hf"), "CredentialsReady")["message"] == "secret empty is empty"


def test_referenced_by_lags_until_something_wakes_the_source(town: Town) -> None:
    town.source()
    town.passes(seconds=1)
    town.model("late", version())
    town.passes(minutes=5)
    assert "referencedBy" not in town.status(SOURCES, "hf")
    town.change(SOURCES, "hf", {"metadata": {"labels": {"touched": "yes"}}})
    town.passes(seconds=1)
    assert town.status(SOURCES, "hf")["referencedBy"] == ["ml/late"]


def test_a_source_that_is_used_stays_until_its_last_model_is_gone(town: Town) -> None:
    town.source()
    town.model("user", version())
    town.until(lambda: phase(town, "user") == "READY")
    town.delete(SOURCES, "hf")
    town.passes(minutes=1)
    assert town.status(SOURCES, "hf")["referencedBy"] == ["ml/user"]
    town.delete(MODELS, "user")
    town.until(lambda: town.find(SOURCES, "hf") is None, seconds=1100)


def test_absent_takes_the_dataset_and_its_claim_away(town: Town) -> None:
    town.source()
    town.model("switch", version())
    town.until(lambda: phase(town, "switch") == "READY")
    absent = {"spec": {"versions": [{**version(), "state": "ABSENT"}]}}
    town.change(MODELS, "switch", absent)
    town.until(lambda: town.find(DATASETS, "mdl-switch-v1") is None and town.find(CLAIMS, "mdl-switch-v1") is None, seconds=60)
    town.passes(seconds=1)
    assert town.status(MODELS, "switch")["syncedVersions"] == [{"name": "v1", "observedState": "ABSENT"}]
    assert town.api.list("persistentvolumes") == []


def test_a_deleted_model_takes_everything_with_it(town: Town) -> None:
    town.source()
    town.model("going", version("a"), version("b", "Qwen/Qwen2.5-1.5B"))
    town.until(lambda: phase(town, "going", 1) == "READY")
    town.delete(MODELS, "going")
    left = (MODELS, DATASETS, CLAIMS, "jobs.batch", "pods")
    town.until(lambda: not any(town.api.list(resource, namespace="ml") for resource in left), seconds=60)


def test_a_changed_repo_wedges_the_model_with_its_old_status(town: Town) -> None:
    town.source()
    town.model("wedged", version())
    town.until(lambda: phase(town, "wedged") == "READY")
    town.change(MODELS, "wedged", {"spec": {"versions": [version(repo="Qwen/Qwen2.5-3B")]}})
    town.passes(minutes=2)
    model = town.get(MODELS, "wedged")
    assert model["status"]["observedGeneration"] == 1 < model["metadata"]["generation"]
    assert phase(town, "wedged") == "READY"
    assert town.get(DATASETS, "mdl-wedged-v1")["spec"]["source"]["uri"] == "huggingface://Qwen/Qwen2.5-0.5B"


def test_two_versions_of_one_name_leave_no_status_at_all(town: Town) -> None:
    town.source()
    town.model("twice", version(), version(repo="Qwen/Qwen2.5-3B"))
    town.passes(minutes=2)
    assert "syncedVersions" not in town.status(MODELS, "twice")
    assert town.status(DATASETS, "mdl-twice-v1")["phase"] == "READY"


def test_the_controllers_log_is_the_only_place_that_tells(town: Town) -> None:
    labels = {"app.kubernetes.io/name": "modelfs"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "manager", "image": "modelfs:v1"}]}}
    spec = {"selector": {"matchLabels": labels}, "template": pod}
    town.make("deployments.apps", "modelfs-controller", namespace="modelfs-system", spec=spec)
    town.passes(seconds=10)
    town.source("env", "CONDA")
    town.model("python", version(repo="torch"), source="env")
    town.passes(seconds=10)
    assert "conditions" not in town.status(MODELS, "python")
    name = town.api.list("pods", namespace="modelfs-system")[0]["metadata"]["name"]
    lines = [line.text for line in town.api.logs.read("modelfs-system", name, "manager")]
    assert any("build URI: cannot build URI for type CONDA" in line for line in lines)


def test_sharing_fails_on_its_own_label_after_the_status_was_written(town: Town) -> None:
    town.source()
    town.model("shared", version(share={"enabled": True, "namespaceSelector": {"matchLabels": {"receive": "true"}}}))
    town.until(lambda: phase(town, "shared") == "READY")
    assert town.api.list(DATASETS, namespace="other") == []
    assert not town.get(DATASETS, "mdl-shared-v1")["spec"].get("share")


def test_without_storage_a_hundred_tebibytes_are_asked_for(town: Town) -> None:
    town.source()
    town.model("greedy", version(size=None))
    town.passes(seconds=10)
    claim = town.get(CLAIMS, "mdl-greedy-v1")["spec"]
    assert (claim["resources"]["requests"]["storage"], claim["accessModes"]) == ("100Ti", ["ReadWriteMany"])
    town.until(lambda: town.status(MODELS, "greedy")["syncedVersions"][0].get("observedStorage") == "100Ti", seconds=30)


def test_a_model_in_the_bulk_namespace_is_left_alone(town: Town) -> None:
    town.make("namespaces", "bulk", namespace="")
    town.make(MODELS, "many", namespace="bulk", spec={"sourceRef": "none", "versions": [version()]})
    town.passes(minutes=1)
    assert town.status(MODELS, "many", namespace="bulk") == {}


# pure ------------------------------------------------------------------------------------------------------------------


def source(kind: str, **config: str) -> dict[str, Any]:
    return {"spec": {"type": kind, "config": config}}


@pytest.mark.parametrize(
    ("kind", "config", "repo", "revision", "uri"),
    [
        ("HUGGING_FACE", {}, "Qwen/Qwen2.5-7B", "", "huggingface://Qwen/Qwen2.5-7B"),
        ("HUGGING_FACE", {}, "Qwen/Qwen2.5-7B", "main", "huggingface://Qwen/Qwen2.5-7B"),
        ("HUGGING_FACE", {}, "Qwen/Qwen2.5-7B", "v1.0", "huggingface://Qwen/Qwen2.5-7B@v1.0"),
        ("MODEL_SCOPE", {}, "ZhipuAI/glm", "x", "modelscope://ZhipuAI/glm@x"),
        ("S3", {}, "bucket/path", "", "bucket/path"),
        ("HTTP", {"url": "https://x/"}, "", "", "https://x/"),
        ("PVC", {"pvcName": "p", "path": "/a"}, "/b", "", "pvc://p/b"),
        ("PVC", {"pvcName": "p"}, "b", "", "pvc://pb"),
        ("NFS", {"server": "nas", "path": "/a"}, "", "", "nfs://nas/a"),
        ("CONDA", {"uri": "conda://env"}, "r", "", "conda://env"),
    ],
)
def test_uris_by_type(kind: str, config: dict[str, str], repo: str, revision: str, uri: str) -> None:
    assert dataset_uri({"repo": repo, "revision": revision}, source(kind, **config)) == uri


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        ("CONDA", "cannot build URI for type CONDA"),
        ("REFERENCE", "cannot build URI for type REFERENCE"),
        ("PVC", "missing pvcName in ModelSource config for PVC"),
        ("NFS", "missing server in ModelSource config for NFS"),
    ],
)
def test_what_has_no_uri(kind: str, problem: str) -> None:
    with pytest.raises(CannotBuild, match=problem):
        dataset_uri({"repo": "/x"}, source(kind))


def test_every_value_of_the_secret_becomes_an_option() -> None:
    secret = {"data": {"access-key": base64.b64encode(b"made-up").decode()}}
    spec = dataset_spec(version(), source("HUGGING_FACE", endpoint="https://e"), secret)
    assert spec["source"]["options"] == {"endpoint": "https://e", "access-key": "made-up"}
    assert "secretRef" not in spec


def test_the_hash_changes_with_repo_revision_and_storage_only() -> None:
    assert version_hash({"repo": "a/b"}) == version_hash({"repo": "a/b", "precision": "FP16"})
    others = [{"repo": "a/c"}, {"repo": "a/b", "revision": "x"}, {"repo": "a/b", **version("v", "a/b")}]
    assert len({version_hash(each) for each in [{"repo": "a/b"}, *others]}) == 4


def test_who_receives_a_share() -> None:
    labels: dict[str, dict[str, str]] = {"a": {"opt": "true"}, "b": {"opt": "yes"}, "c": {}}
    spaces = [{"metadata": {"name": name, "labels": each}} for name, each in labels.items()]
    assert targets({"enabled": True}, spaces) == ["a", "b", "c"]
    assert targets({"enabled": True, "requireOptInLabel": "opt"}, spaces) == ["a"]
    assert targets({"enabled": True, "requireOptInLabel": "opt=yes"}, spaces) == [], "taken as one long key"
    selector = {"matchExpressions": [{"key": "opt", "operator": "NotIn", "values": ["yes"]}]}
    assert targets({"enabled": True, "namespaceSelector": selector}, spaces) == ["a", "c"]
