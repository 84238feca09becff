from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from tests.systems.builders import CREATED, SYNCED, condition, dataset, facts, model, source, synced, version

from modeltui.domain import UNKNOWN, Phase, Row, Status
from modeltui.systems.facts import FactTable
from modeltui.systems.modelfs.rows import MODEL_COLUMNS, model_row
from modeltui.systems.modelfs.types import Model

WHEN = datetime.fromisoformat(SYNCED)


def cells(row: Row) -> dict[str, Any]:
    return {column.key: value for column, value in zip(MODEL_COLUMNS, row.values, strict=True)}


def status(wanted: Model, known: FactTable | None = None) -> Status:
    return cells(model_row(wanted, known or facts(source())))["status"]  # type: ignore[no-any-return]  # a cell may hold anything


def test_a_ready_model() -> None:
    wanted = model(
        version("v1"),
        status=[synced("v1", "READY", observedStorage="12Gi", pvcName="mdl-qwen-v1")],
        spec={"display": {"tags": ["chat"]}},
        metadata={"labels": {"a": "b"}},
    )
    row = model_row(wanted, facts(source()))
    assert row.key == ("team", "qwen")
    assert row.labels == {"a": "b"}
    assert cells(row) == {
        "name": "qwen",
        "namespace": "team",
        "status": Status(Phase.READY, "READY"),
        "versions": "1/1",
        "source": "hf",
        "source_type": "HUGGING_FACE",
        "last_sync": WHEN,
        "age": datetime.fromisoformat(CREATED),
        "tags": ("chat",),
        "storage": "12Gi",
        "observed_storage": "12Gi",
        "repos": ("Qwen/Qwen2",),
        "shared": False,
    }


@pytest.mark.parametrize(
    ("words", "phase", "raw"),
    [
        (["READY", "READY"], Phase.READY, "READY"),
        (["READY", "PENDING"], Phase.PENDING, "PENDING"),
        (["PENDING", "PROCESSING"], Phase.PROCESSING, "PROCESSING"),
        (["PROCESSING", "FAILED"], Phase.FAILED, "FAILED"),
        (["Ready", "Failed"], Phase.FAILED, "Failed"),
        (["READY", "Thawing"], Phase.READY, "READY"),
        (["Thawing"], Phase.UNKNOWN, "Thawing"),
    ],
)
def test_the_status_is_the_worst_of_the_wanted_versions(words: list[str], phase: Phase, raw: str) -> None:
    names = [f"v{place}" for place in range(len(words))]
    wanted = model(*map(version, names), status=[synced(name, word) for name, word in zip(names, words, strict=True)])
    found = status(wanted)
    assert (found.phase, found.raw) == (phase, raw)


def test_the_reason_names_version_dataset_and_what_the_dataset_says() -> None:
    failing = dataset("mdl-qwen-v2", "FAILED", conditions=[condition("PVC", "False", "PVCReady", 'storageclass "fast" not found')])
    wanted = model(version("v1"), version("v2"), status=[synced("v1", "READY"), synced("v2", "FAILED")])
    assert status(wanted, facts(source(), failing)).reason == 'v2: dataset mdl-qwen-v2: PVC: storageclass "fast" not found'


def test_the_dataset_is_the_one_that_the_status_names() -> None:
    wanted = model(version("v1"), status=[synced("v1", "PENDING", activeDataset="other-name")])
    assert "other-name" in status(wanted).reason


def test_absent_versions_do_not_count() -> None:
    wanted = model(version("v1"), version("old", state="ABSENT"), status=[synced("v1", "READY"), synced("old", "FAILED")])
    row = cells(model_row(wanted, facts(source())))
    assert row["status"].phase is Phase.READY
    assert row["versions"] == "1/1"


def test_all_absent_is_paused_and_not_unknown() -> None:
    row = cells(model_row(model(version("v1", state="ABSENT"), status=[]), facts(source())))
    assert row["status"] == Status(Phase.PAUSED, "ABSENT", "All versions are wanted ABSENT.")
    assert (row["versions"], row["storage"]) == ("0/0", None)


def test_a_version_that_is_only_in_the_status_does_not_count() -> None:
    row = cells(model_row(model(version("v1"), status=[synced("v1", "READY"), synced("gone", "FAILED")]), facts(source())))
    assert row["status"].phase is Phase.READY


def test_a_model_that_no_controller_has_seen_is_unknown() -> None:
    row = cells(model_row(model(version("v1")), facts(source())))
    assert row["status"].phase is Phase.UNKNOWN
    assert row["status"].raw == ""
    assert row["last_sync"] is UNKNOWN


def test_a_version_not_yet_reported_is_pending_once_the_controller_is_at_work() -> None:
    found = status(model(version("v1"), version("v2"), status=[synced("v1", "READY")]))
    assert found.phase is Phase.PENDING
    assert found.reason == "v2: modelfs has not reported on it yet (dataset mdl-qwen-v2)"


@pytest.mark.parametrize("phase", ["READY", "PENDING", "PROCESSING", "FAILED"])
def test_a_version_not_yet_reported_is_what_its_dataset_says_and_says_so(phase: str) -> None:
    behind = dataset("mdl-qwen-v1", phase)
    found = status(model(version("v1"), status=[]), facts(source(), behind))
    assert (found.phase.upper(), found.raw) == (phase, f"dataset says {phase}")
    assert f"modelfs has not reported on it; dataset mdl-qwen-v1 says {phase}" in found.reason or phase == "READY"


def test_a_failure_stays_a_failure_when_its_dataset_holds_something_else() -> None:
    other = dataset("mdl-qwen-v1", "FAILED", spec={"source": {"type": "HUGGING_FACE", "uri": "huggingface://Qwen/Older"}})
    assert status(model(version("v1"), status=[synced("v1", "FAILED")]), facts(source(), other)).phase is Phase.FAILED


def test_a_missing_source_is_told_before_the_versions() -> None:
    told = [condition("ReconcileError", "False", "ModelSourceNotFound", "not found")]
    found = status(model(version("v1"), status=[], conditions=told), facts())
    assert found.reason.startswith('ModelSource "hf" does not exist in namespace team')


def test_a_deleted_model_says_what_it_waits_for() -> None:
    going = model(version("v1"), status=[synced("v1", "READY")], metadata={"deletionTimestamp": SYNCED, "finalizers": ["modelfs/x"]})
    assert status(going) == Status(Phase.PROCESSING, "Deleting", "Is being deleted; waits for modelfs/x.")


def test_the_source_type_is_unknown_when_sources_are_not() -> None:
    assert cells(model_row(model(version("v1")), facts(complete=False)))["source_type"] is UNKNOWN


@pytest.mark.parametrize(
    ("behind", "expected"),
    [
        (dataset("mdl-qwen-v1", "FAILED", lastSyncTime=CREATED), "never"),
        (dataset("mdl-qwen-v1", "FAILED", lastSyncTime=SYNCED, lastSucceedRound=1), WHEN),
        (None, UNKNOWN),
    ],
)
def test_the_sync_time_of_a_version_that_is_not_ready_is_the_datasets_to_tell(behind: Any, expected: object) -> None:
    """modelfs repeats the Dataset's lastSyncTime, which is its creation time before any success."""
    wanted = model(version("v1"), status=[synced("v1", "FAILED", lastSyncTime=CREATED)])
    known = facts(source(), *([behind] if behind else []), complete=behind is not None)
    assert cells(model_row(wanted, known))["last_sync"] == expected


def test_the_latest_success_counts_and_never_needs_certainty() -> None:
    both = model(version("v1"), version("v2"), status=[synced("v1", "READY"), synced("v2", "FAILED", lastSyncTime=CREATED)])
    assert cells(model_row(both, facts(source())))["last_sync"] == WHEN


def test_an_absent_version_may_have_been_there_once() -> None:
    assert cells(model_row(model(version("v1", state="ABSENT"), status=[]), facts(source())))["last_sync"] is UNKNOWN


def test_storage_is_summed_with_what_modelfs_asks_for_when_nobody_says() -> None:
    sizes = model(version("v1"), version("v2", storage={"resources": {"requests": {"storage": 1073741824}}}), status=[])
    assert cells(model_row(sizes, facts(source())))["storage"] == "13Gi"
    silent = model(version("v1", storage=None), status=[])
    assert cells(model_row(silent, facts(source())))["storage"] == "100Ti"


def test_observed_storage_is_unknown_and_not_zero_before_it_is_reported() -> None:
    assert cells(model_row(model(version("v1"), status=[]), facts(source())))["observed_storage"] is UNKNOWN


def test_a_password_in_a_repo_is_not_shown() -> None:
    secret = model(version("v1", repo="https://me:hunter22@git.example/x.git"))
    assert "hunter22" not in str(model_row(secret, facts(source())))
