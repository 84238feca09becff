"""A version that was edited after its Dataset was made."""

from __future__ import annotations

import msgspec
import pytest

from modeltui.domain import Phase, Severity, Status
from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.facts import FactTable
from modeltui.systems.modelfs.explain import findings
from modeltui.systems.modelfs.rows import model_row
from modeltui.systems.modelfs.types import MODELS, SOURCES, Model, ModelSource


@pytest.mark.parametrize(
    ("uri", "revision", "config", "wedged"),
    [
        ("huggingface://org/new", "", {}, False),
        ("huggingface://org/new", "main", {}, False),
        ("huggingface://org/old", "", {}, True),
        ("huggingface://org/new", "v2", {}, True),
        ("huggingface://org/old", "", {"uri": "huggingface://org/old"}, False),
    ],
)
def test_a_dataset_that_holds_something_else_is_an_error(uri: str, revision: str, config: dict[str, str], wedged: bool) -> None:
    meta = {"namespace": "ns"}
    model = msgspec.convert(
        {
            "metadata": {**meta, "name": "m"},
            "spec": {"sourceRef": "s", "versions": [{"name": "v", "repo": "org/new", "revision": revision}]},
            "status": {"syncedVersions": [{"name": "v", "phase": "READY"}]},
        },
        Model,
    )
    source = msgspec.convert({"metadata": {**meta, "name": "s"}, "spec": {"type": "HUGGING_FACE", "config": config}}, ModelSource)
    dataset = msgspec.convert({"metadata": {**meta, "name": "mdl-m-v"}, "spec": {"source": {"uri": uri}}}, Dataset)
    facts = FactTable.of({MODELS: [model], SOURCES: [source], DATASETS: [dataset]})
    row = model_row(model, facts)
    status = row.values[2]
    assert isinstance(status, Status)
    assert (status.phase is Phase.DEGRADED) is wedged
    assert status.raw == "READY"
    assert (uri in status.reason) is wedged
    assert row.values[3] == ("0/1" if wedged else "1/1")
    errors = [found.reason for found in findings(model, facts, None) if found.severity is Severity.ERROR]
    assert any("immutable" in reason and uri in reason for reason in errors) is wedged


@pytest.mark.parametrize(
    ("sources", "phase", "fault"),
    [
        ([], "", True),
        ([("True", "SecretValid")], "", False),
        ([("False", "SecretInvalid")], "", True),
        ([("False", "SecretInvalid")], "READY", False),
    ],
)
def test_what_nothing_will_sync_is_a_fault_whatever_its_phase(sources: list[tuple[str, str]], phase: str, fault: bool) -> None:
    meta = {"namespace": "ns"}
    synced = [{"name": "v", "phase": phase}] if phase else []
    model = msgspec.convert(
        {
            "metadata": {**meta, "name": "m"},
            "spec": {"sourceRef": "s", "versions": [{"name": "v", "repo": "org/m"}]},
            "status": {"syncedVersions": synced},
        },
        Model,
    )
    listed = [
        msgspec.convert(
            {
                "metadata": {**meta, "name": "s"},
                "spec": {"type": "HUGGING_FACE"},
                "status": {"conditions": [{"type": "CredentialsReady", "status": status, "reason": reason}]},
            },
            ModelSource,
        )
        for status, reason in sources
    ]
    assert model_row(model, FactTable.of({MODELS: [model], SOURCES: listed, DATASETS: []})).fault is fault
