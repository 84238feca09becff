from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from tests.systems.builders import CREATED, SYNCED, condition, dataset, facts, model, source, version

from modeltui.domain import UNKNOWN, Phase, Row, Status
from modeltui.redaction import MASK
from modeltui.systems.dataset.rows import COLUMNS, row
from modeltui.systems.modelfs.rows import SOURCE_COLUMNS, source_row


def source_cells(found: Row) -> dict[str, Any]:
    return {column.key: value for column, value in zip(SOURCE_COLUMNS, found.values, strict=True)}


def dataset_cells(**given: Any) -> dict[str, Any]:
    found = row(dataset("mdl-qwen-v1", **given), facts())
    return {column.key: value for column, value in zip(COLUMNS, found.values, strict=True)}


def test_models_are_counted_from_the_models_and_not_from_the_status() -> None:
    known = facts(model(version("v1")), model(version("v1"), name="b"), model(version("v1"), name="c", source="other"))
    assert source_cells(source_row(source(), known))["models"] == 2


def test_the_count_is_unknown_when_models_are_not() -> None:
    assert source_cells(source_row(source(), facts(complete=False)))["models"] is UNKNOWN


@pytest.mark.parametrize(
    ("ready", "expected"),
    [
        ("True", Status(Phase.READY, "SecretValid", "Secret is valid and accessible")),
        ("False", Status(Phase.FAILED, "SecretInvalid", "secret hf-token is empty")),
        ("Unknown", Status(Phase.UNKNOWN, "SecretInvalid", "secret hf-token is empty")),
        (None, Status(Phase.UNKNOWN, "", "modelfs has not checked the credentials yet.")),
    ],
)
def test_credentials_are_the_condition_with_its_own_reason(ready: str | None, expected: Status) -> None:
    assert source_cells(source_row(source(ready=ready), facts()))["credentials"] == expected


def test_settings_are_shown_without_their_secrets() -> None:
    config = {"endpoint": "https://m.example", "api_key": "s3cr3tvalue"}
    found = source_cells(source_row(source(spec={"config": config}), facts()))
    assert found["config"] == (f"api_key={MASK}", "endpoint=https://m.example")
    assert found["secret"] is None


def test_a_ready_dataset() -> None:
    found = dataset_cells(
        lastSucceedRound=1,
        lastSyncTime=SYNCED,
        pvcName="mdl-qwen-v1",
        metadata={"ownerReferences": [{"kind": "Model", "name": "qwen", "uid": "u", "controller": True}]},
        spec={"volumeClaimTemplate": {"spec": {"resources": {"requests": {"storage": "12Gi"}}}}},
    )
    assert found == {
        "name": "mdl-qwen-v1",
        "namespace": "team",
        "status": Status(Phase.READY, "READY"),
        "type": "HUGGING_FACE",
        "uri": "huggingface://Qwen/Qwen2",
        "model": "qwen",
        "round": "1/1",
        "pvc": "mdl-qwen-v1",
        "storage": "12Gi",
        "last_sync": datetime.fromisoformat(SYNCED),
        "age": datetime.fromisoformat(CREATED),
        "shared": False,
        "read_only": False,
        "secret": None,
    }


def test_failed_tells_the_conditions_that_do_not_hold() -> None:
    """Their reason reads "PVCReady" even when the status is False, so it is not repeated."""
    broken = [condition("Config", "True", "ConfigReady", "ok"), condition("PVC", "False", "PVCReady", "claim is Pending")]
    assert dataset_cells(phase="FAILED", conditions=broken)["status"] == Status(Phase.FAILED, "FAILED", "PVC: claim is Pending")


def test_a_credential_in_a_condition_is_masked() -> None:
    broken = [condition("JobStatus", "False", "JobStatusReady", "clone https://me:hunter22@git.example failed")]
    assert "hunter22" not in dataset_cells(phase="FAILED", conditions=broken)["status"].reason


def test_never_until_a_round_has_succeeded() -> None:
    assert dataset_cells(phase="PROCESSING", lastSyncTime=CREATED)["last_sync"] == "never"
    assert dataset_cells(phase="PROCESSING", lastSyncTime=SYNCED)["last_sync"] == "never"


def test_a_dataset_without_status_is_unknown() -> None:
    found = dataset_cells(phase="")
    assert found["status"] == Status(Phase.UNKNOWN, "", "The Dataset controller has not reported yet.")
    assert found["pvc"] is UNKNOWN


def test_storage_by_kind_of_volume() -> None:
    assert dataset_cells()["storage"] == "100Ti", "what the controller asks for when nobody says"
    assert dataset_cells(spec={"volumeClaimRef": {"name": "mine"}})["storage"] is None
    assert dataset_cells(spec={"volumeClaimRef": {"name": "mine"}})["pvc"] == "mine"
    assert dataset_cells(spec={"source": {"type": "REFERENCE", "uri": "dataset://a/b"}})["storage"] is None
