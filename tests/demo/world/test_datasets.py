"""Datasets, their Jobs and claims in the embedded cluster behave as BaizeAI's controller and Kubernetes make them."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from town import CLAIMS, DATASETS, JOBS, Town, condition

from modeltui.demo.controllers import loader
from modeltui.demo.controllers.dataset import phase_of, set_condition
from modeltui.demo.controllers.dataset_claim import claim_spec
from modeltui.demo.controllers.queue import LONGEST_RETRY, WorkQueue


def dataset(town: Town, name: str, uri: str, kind: str = "HUGGING_FACE", *, size: str = "20Gi", namespace: str = "ml", **spec: Any) -> None:
    claim = {"spec": {"resources": {"requests": {"storage": size}}}}
    claims = {} if kind in ("REFERENCE", "PVC") or "volumeClaimRef" in spec else {"volumeClaimTemplate": claim}
    town.make(DATASETS, name, namespace=namespace, spec={"source": {"type": kind, "uri": uri}, **claims, **spec})


def phase(town: Town, name: str, **where: str) -> str:
    return str(town.status(DATASETS, name, **where).get("phase", ""))


def events(town: Town, about: str) -> dict[str, dict[str, Any]]:
    found = town.api.list("events", namespace="ml", fields=f"involvedObject.name={about}")
    return {each["reason"]: each for each in found}


def test_a_round_from_job_to_ready(town: Town) -> None:
    dataset(town, "d", "huggingface://org/model-1B")
    town.until(lambda: phase(town, "d") == "PROCESSING", seconds=5)
    status = town.status(DATASETS, "d")
    assert (status["inProcessing"], status["inProcessingRound"]) == (True, 1)
    town.until(lambda: phase(town, "d") == "READY")
    status, job = town.status(DATASETS, "d"), town.get(JOBS, "dataset-d-round-1")
    [entry] = status["syncRoundStatuses"]
    assert (entry["round"], entry["jobName"], entry["succeed"]) == (1, "dataset-d-round-1", True)
    assert entry["endTime"] == job["status"]["completionTime"]
    assert status["lastSucceedRound"] == 1
    assert "inProcessing" not in status
    assert status["lastSyncTime"] == job["status"]["completionTime"]
    container = job["spec"]["template"]["spec"]["containers"][0]
    assert (container["name"], container["args"][:2]) == ("dataset-loader", ["HUGGING_FACE", "huggingface://org/model-1B"])
    assert job["metadata"]["labels"]["baize.io/dataset-name"] == town.get(CLAIMS, "d")["metadata"]["labels"]["baize.io/dataset-name"] == "d"
    assert {"SuccessfulCreate", "Completed"} <= events(town, "dataset-d-round-1").keys()


def test_what_always_fails_is_tried_five_times_and_then_failed(town: Town) -> None:
    dataset(town, "d", "huggingface://org/model-1B@v1.0")
    town.until(lambda: phase(town, "d") == "FAILED")
    job = town.get(JOBS, "dataset-d-round-1")
    assert job["status"]["failed"] == 5
    assert condition(job["status"], "Failed")["reason"] == "BackoffLimitExceeded"
    assert condition(town.status(DATASETS, "d"), "JobStatus")["status"] == "True", "a failed Job is no failed step"
    assert events(town, "dataset-d-round-1")["BackoffLimitExceeded"]["type"] == "Warning"
    pods = town.api.list("pods", namespace="ml")
    assert len(pods) == 5
    said = [line.text for line in town.api.logs.read("ml", pods[0]["metadata"]["name"], "dataset-loader")]
    assert any("HFValidationError" in line for line in said)
    rounds = town.api.core.storage.revision
    town.passes(minutes=10)
    assert town.api.core.storage.revision == rounds, "FAILED is final"


def test_another_round_is_one_more_and_a_failed_one_can_be_followed_by_a_good_one(town: Town) -> None:
    dataset(town, "d", "huggingface://org/model-1B")
    town.until(lambda: phase(town, "d") == "READY")
    town.change(DATASETS, "d", {"spec": {"dataSyncRound": 2}})
    town.until(lambda: phase(town, "d") == "PROCESSING", seconds=5)
    town.until(lambda: phase(town, "d") == "READY")
    assert [each["round"] for each in town.status(DATASETS, "d")["syncRoundStatuses"]] == [1, 2]


def test_only_the_last_five_rounds_are_remembered(town: Town) -> None:
    dataset(town, "d", "huggingface://org/model-1B")
    for number in range(2, 8):
        town.until(lambda: phase(town, "d") in ("READY", "FAILED"))
        town.change(DATASETS, "d", {"spec": {"dataSyncRound": number}})
        town.until(lambda: phase(town, "d") == "PROCESSING", seconds=5)
    town.until(lambda: phase(town, "d") in ("READY", "FAILED"))
    assert [each["round"] for each in town.status(DATASETS, "d")["syncRoundStatuses"]] == [3, 4, 5, 6, 7]


def test_a_claim_without_provisioner_keeps_it_processing_for_ever(town: Town) -> None:
    claim = {"spec": {"storageClassName": "gone", "resources": {"requests": {"storage": "1Gi"}}}}
    source = {"type": "HUGGING_FACE", "uri": "huggingface://org/model-1B"}
    town.make(DATASETS, "d", spec={"source": source, "volumeClaimTemplate": claim})
    town.passes(minutes=30)
    assert phase(town, "d") == "PROCESSING"
    assert town.status(CLAIMS, "d")["phase"] == "Pending"
    waiting = events(town, "d")["ExternalProvisioning"]
    assert waiting["count"] > 5, "the same Event, counted"
    [pod] = town.api.list("pods", namespace="ml")
    assert condition(pod["status"], "PodScheduled")["reason"] == "Unschedulable"


def test_a_pvc_dataset_is_ready_though_its_claim_is_missing(town: Town) -> None:
    dataset(town, "d", "pvc://not-there/path", "PVC")
    town.passes(seconds=5)
    assert phase(town, "d") == "READY"
    told = condition(town.status(DATASETS, "d"), "PVC")
    assert (told["status"], told["reason"], told["message"]) == ("False", "PVCReady", 'PersistentVolumeClaim "not-there" not found')


def test_deletion_takes_the_claim_but_not_one_that_was_there_before(town: Town) -> None:
    dataset(town, "own", "huggingface://org/model-1B")
    spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}}
    town.make(CLAIMS, "old", spec=spec)
    dataset(town, "lent", "pvc://old/", "PVC")
    town.until(lambda: phase(town, "own") == "READY")
    assert town.get(CLAIMS, "old")["metadata"]["labels"]["baize.io/dataset-name"] == "lent"
    for name in ("own", "lent"):
        assert town.get(DATASETS, name)["metadata"]["finalizers"] == ["dataset-controller"]
        town.delete(DATASETS, name)
    town.until(lambda: not town.api.list(DATASETS) and town.find(CLAIMS, "own") is None, seconds=30)
    assert "baize.io/dataset-name" not in (town.get(CLAIMS, "old")["metadata"].get("labels") or {})


def test_references_need_a_share_that_reaches_them(town: Town) -> None:
    dataset(town, "d", "huggingface://org/model-1B")
    town.until(lambda: phase(town, "d") == "READY")
    dataset(town, "early", "dataset://ml/d", "REFERENCE", namespace="other")
    town.passes(seconds=5)
    told = condition(town.status(DATASETS, "early", namespace="other"), "Config")
    assert told["message"] == "source dataset dataset://ml/d is not shared"
    assert phase(town, "early", namespace="other") == "FAILED"
    town.change(DATASETS, "d", {"spec": {"share": True, "shareToNamespaceSelector": {"matchLabels": {"receive": "true"}}}})
    dataset(town, "late", "dataset://ml/d", "REFERENCE", namespace="other")
    town.until(lambda: phase(town, "late", namespace="other") == "READY", seconds=30)
    late = town.get(DATASETS, "late", namespace="other")
    assert late["status"]["readOnly"]
    volume = town.api.get("persistentvolumes", f"dataset-other-late-{late['metadata']['uid'][:12]}")
    assert volume["spec"]["persistentVolumeReclaimPolicy"] == "Retain"


def test_nfs_is_ready_at_once_on_a_volume_of_its_own(town: Town) -> None:
    dataset(town, "d", "nfs://nas/exports/x", "NFS")
    town.passes(seconds=5)
    assert phase(town, "d") == "READY"
    attributes = town.api.get("persistentvolumes", "dataset-ml-pvc-d")["spec"]["csi"]["volumeAttributes"]
    assert (attributes["server"], attributes["subdir"]) == ("nas", "/exports/x")
    assert town.api.list(JOBS) == []
    town.until(lambda: town.status(CLAIMS, "d").get("phase") == "Bound", seconds=5)


def test_a_name_too_long_for_a_label_fails_at_the_claim(town: Town) -> None:
    dataset(town, "a" * 70, "huggingface://org/model-1B")
    town.passes(seconds=5)
    told = condition(town.status(DATASETS, "a" * 70), "PVC")
    assert told["status"] == "False"
    assert "must be no more than 63 characters" in told["message"]


def test_a_name_too_long_for_its_job_is_processed_for_ever(town: Town) -> None:
    dataset(town, "a" * 55, "huggingface://org/model-1B")
    town.passes(minutes=1)
    told = condition(town.status(DATASETS, "a" * 55), "Job")
    assert told["status"] == "False"
    assert "spec.template.labels" in told["message"]
    assert phase(town, "a" * 55) == "PROCESSING"
    assert town.api.list(JOBS) == []


# pure ------------------------------------------------------------------------------------------------------------------


def test_a_condition_keeps_its_first_problem_while_it_stays_false() -> None:
    status: dict[str, Any] = {}
    at = datetime(2026, 1, 1, tzinfo=UTC)
    set_condition(status, "PVC", "first", at)
    set_condition(status, "PVC", "second", at.replace(day=2))
    assert status["conditions"] == [
        {"type": "PVC", "reason": "PVCReady", "status": "False", "message": "first", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    ]
    set_condition(status, "PVC", "", at.replace(day=3))
    assert (status["conditions"][0]["status"], status["conditions"][0]["message"]) == ("True", "")


@pytest.mark.parametrize(
    ("kind", "status", "phase"),
    [
        ("HTTP", {"inProcessing": True}, "PROCESSING"),
        ("HTTP", {"lastSucceedRound": 2}, "READY"),
        ("HTTP", {"lastSucceedRound": 1}, "FAILED"),
        ("HTTP", {}, "FAILED"),
        ("PVC", {}, "READY"),
        ("REFERENCE", {"lastSucceedRound": 2, "conditions": [{"type": "Config", "status": "False"}]}, "FAILED"),
        ("REFERENCE", {"lastSucceedRound": 2}, "READY"),
    ],
)
def test_phases(kind: str, status: dict[str, Any], phase: str) -> None:
    assert phase_of({"spec": {"source": {"type": kind}, "dataSyncRound": 2}, "status": status}) == phase


def test_defaults_of_a_claim() -> None:
    assert claim_spec({}) == {"accessModes": ["ReadWriteMany"], "volumeMode": "Filesystem", "resources": {"requests": {"storage": "100Ti"}}}


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["HUGGING_FACE", "huggingface://a/b", "--options=access-key=x"], "index out of range"),
        (["HUGGING_FACE", "huggingface://a/b@v1"], "HFValidationError"),
        (["HUGGING_FACE", "huggingface://meta-llama/Llama-3.1-8B"], "GatedRepoError"),
        (["S3", "bucket/path", "--options=provider=AWS"], "only s3 is supported"),
        (["S3", "s3://bucket/path", "--options=provider=AWS"], "region is required"),
        (["S3", "s3://bucket/path", "--options=provider=GCS"], "only AWS and MINIO"),
        (["GIT", "https://git.invalid/x.git"], "no such host"),
    ],
)
def test_downloads_that_cannot_work_say_why(args: list[str], said: str) -> None:
    run = loader.run(args, room=1e12, token=False, rng=random.Random(1))
    assert run.exit_code != 0
    assert any(said in text for _, text in run.lines)
    assert run.seconds < 10


def test_a_volume_that_is_too_small_fills_up() -> None:
    run = loader.run(["HUGGING_FACE", "huggingface://Qwen/Qwen2.5-7B"], room=10e9, token=False, rng=random.Random(1))
    assert run.exit_code == 1
    assert "No space left on device" in run.lines[-1][1]


def test_a_good_download_takes_its_time_and_most_are_good() -> None:
    runs = [loader.run(["HTTP", "https://x/model-7B"], room=None, token=False, rng=random.Random(seed)) for seed in range(300)]
    good = [run for run in runs if run.exit_code == 0]
    assert 0.75 < len(good) / len(runs) < 0.97
    assert all(20 <= run.seconds <= 90 for run in good)
    assert all(list(run.lines) == sorted(run.lines, key=lambda line: line[0]) for run in runs)


@pytest.mark.parametrize(("uri", "gigabytes"), [("x://Qwen2.5-7B", 14), ("x://M-8x7B", 112), ("x://Y-72B-AWQ", 43.2), ("x://bge", 3)])
def test_sizes_read_off_names(uri: str, gigabytes: float) -> None:
    assert loader.size_of(uri) / 1e9 == pytest.approx(gigabytes)


def test_the_queue_retries_ever_later_and_forgets() -> None:
    queue = WorkQueue()
    delays = [queue.retry(("n", "x"), now=0.0) for _ in range(30)]
    assert delays[:3] == [0.005, 0.01, 0.02]
    assert delays[-1] == LONGEST_RETRY
    queue.forget(("n", "x"))
    assert queue.retry(("n", "x"), now=0.0) == 0.005
    assert len(queue) == 1


def test_the_queue_keeps_the_earliest_time() -> None:
    queue = WorkQueue()
    queue.add(("n", "x"), 5.0)
    queue.add(("n", "x"), 1.0)
    queue.add(("n", "x"), 3.0)
    assert (queue.next_due(), queue.take(0.5), queue.take(1.0), queue.take(9.0)) == (1.0, None, ("n", "x"), None)
