"""Every trap of an InferenceService: found in a manifest that has it, and not in one that has not."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from tests.systems import traps
from tests.systems.anything import with_something_else
from tests.systems.kserve.kserving import (
    Trap,
    claim,
    conditions,
    facts,
    live,
    model,
    node,
    secret,
    tell_apart,
)
from tests.systems.kserve.trapping import KNOWN, RAW, STOP, VLLM, M, S, from_secret
from tests.systems.kserve.traps_of_engine import ENGINE
from tests.systems.kserve.traps_of_needs import NEEDS
from tests.systems.kserve.traps_of_predictor import NAMES, RUNTIME, SHAPE, WORKERS
from tests.systems.kserve.traps_of_scaling import SCALING
from tests.systems.kserve.traps_of_storage import STORAGE

from modeltui.domain import Finding
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, NODES
from modeltui.systems.facts import FactTable
from modeltui.systems.kserve.checks import check_service, engine, naming, predictor, scaling, storage
from modeltui.systems.kserve.types import SERVICE_ACCOUNTS, SERVICES, InferenceService
from modeltui.systems.serving import needs

ALL: Final = (*NAMES, *SHAPE, *RUNTIME, *WORKERS, *SCALING, *STORAGE, *NEEDS, *ENGINE)


@pytest.mark.parametrize("trap", ALL, ids=lambda trap: trap.name)
def test_a_trap_is_found_where_it_is_and_only_there(trap: Trap) -> None:
    tell_apart(trap, check_service)


def test_every_sentence_of_the_checks_is_told_by_a_trap() -> None:
    reasons = "\n".join(finding.reason for trap in ALL for finding in check_service(trap.has, trap.known))
    files = [Path(str(module.__file__)) for module in (naming, predictor, scaling, storage, needs, engine)]
    elsewhere = ("LLMInferenceService", "becomes a label of its pods")
    missing = [part for part in traps.sentences(*files) if part not in reasons and not any(one in part for one in elsewhere)]
    assert missing == []


def test_a_sound_service_on_a_cluster_that_is_wholly_known_has_no_findings() -> None:
    known = facts(
        VLLM, node("a", nvidia_com__gpu="8"), claim("w", "ReadWriteMany"), secret("hf", "token"), known=(*KNOWN, NODES, CLAIMS, SECRETS)
    )
    assert check_service(S(from_secret()), known) == ()
    assert check_service(live(S(from_secret()), {"conditions": conditions(Ready="True")}), known) == ()


def test_what_is_not_known_is_not_held_against_it() -> None:
    wanted = model(uri="pvc://w/x", runtime="r", env=from_secret()["model"]["env"], serviceAccountName="sa")
    assert check_service(S(wanted), FactTable()) == ()


def test_no_sentence_repeats_a_secret() -> None:
    token = "hf_abcdefghijklmnopqrstuvwxyz"
    found = check_service(
        S(model(uri=f"{token}://x", env=[{"name": "HF_TOKEN", "value": token}], args=[f"--api-key={token}"])), FactTable()
    )
    assert found
    assert all(token not in finding.reason + finding.remedy for finding in found)


RICH = S(
    {
        **model(runtime="r", env=from_secret()["model"]["env"], args=["--x"], storage={"key": "k", "path": "p"}),
        "workerSpec": {"pipelineParallelSize": 2, "containers": []},
        "storageUris": [{"uri": "hf://a/b", "mountPath": "/m"}],
        "minReplicas": 1,
        "maxReplicas": 2,
    },
    annotations={**STOP, **RAW},
    transformer={"containers": []},
)


@given(with_something_else(RICH))
def test_a_manifest_of_any_shape_gets_an_answer(manifest: Any) -> None:
    if not isinstance(manifest, dict):
        manifest = {"spec": manifest}
    known = facts(VLLM, node("a"), secret("hf", "x"), (SERVICES, live()), known=(*KNOWN, NODES, CLAIMS, SECRETS, SERVICE_ACCOUNTS))
    for finding in check_service(manifest, known):
        assert isinstance(finding, Finding)
        assert finding.reason
        assert "\n" not in finding.reason


def test_the_live_object_is_examined_with_the_same_checks() -> None:
    obj: InferenceService = live(S(model(uri="Qwen/Qwen3-8B")))
    assert [finding.field for finding in check_service(obj, FactTable())] == [f"{M}.storageUri"]
