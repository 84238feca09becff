"""Activating a model of the Model Manager's catalog: the manifest, word for word, and what a swap leaves alone."""

from __future__ import annotations

import json

import msgspec
import pytest
from tests.systems.kserve.kserving import SHARED, facts, live, service

from modeltui.catalog.activations import Activation as Entry
from modeltui.catalog.activations import VllmSettings
from modeltui.domain import Severity
from modeltui.systems.kserve import model_manager
from modeltui.systems.kserve.checks import check_service
from modeltui.systems.kserve.types import STOP


def entry(name: str) -> Entry:
    path = SHARED / "samples" / "model-manager" / f"{name}.json"
    if not path.exists():
        pytest.skip("the reference material is not beside the checkout")
    return msgspec.json.decode(path.read_bytes(), type=Entry)


def test_a_real_entry_becomes_the_manifest_that_is_expected() -> None:
    made = model_manager.activated(entry("gpt-oss-120b"), name="active-llm", namespace="ai")
    assert made["metadata"] == {
        "name": "active-llm",
        "namespace": "ai",
        "annotations": {
            "serving.kserve.io/secretName": "hf-token",
            "model-manager/model-id": "gpt-oss-120b",
            "storage.kserve.io/readonly": "false",
        },
    }
    predictor = made["spec"]["predictor"]
    assert set(predictor) == {"minReplicas", "model", "nodeSelector", "tolerations"}, "resources are the model's, not the predictor's"
    assert predictor["minReplicas"] == 1
    assert predictor["nodeSelector"] == {"kubernetes.io/hostname": "venus"}
    model = predictor["model"]
    assert (model["modelFormat"], model["runtime"]) == ({"name": "custom"}, "vllm-runtime")
    assert model["storageUri"] == "pvc://venus-model-storage/openai/gpt-oss-120b"
    assert model["resources"]["limits"]["amd.com/gpu"] == "1"
    assert model["args"] == [
        *("--tensor-parallel-size", "1", "--dtype", "bfloat16", "--gpu-memory-utilization", "0.900000"),
        *("--max-model-len", "8192", "--trust-remote-code", "--served-model-name", "openai/gpt-oss-120b"),
        *("--enforce-eager", "--swap-space", "8"),
    ]
    assert {one["name"] for one in model["env"]} >= {"HF_HOME", "HUGGING_FACE_HUB_TOKEN"}
    json.dumps(made)
    errors = [finding for finding in check_service(made, facts()) if finding.severity is Severity.ERROR]
    assert errors == []


def test_without_weights_of_its_own_it_comes_from_the_hub() -> None:
    made = model_manager.activated(Entry(id="x", hf_model_id="Qwen/Qwen3-8B"), name="a", namespace="ai")
    assert made["spec"]["predictor"]["model"]["storageUri"] == "hf://Qwen/Qwen3-8B"
    assert "storage.kserve.io/readonly" not in made["metadata"]["annotations"]


def test_extra_arguments_that_are_said_already_are_dropped_with_their_values() -> None:
    given = (
        "--model",
        "other",
        "--port=1",
        "--swap-space",
        "8",
        "--model-impl",
        "x",
        "--max-model-len",
        "4",
        "--host",
        "h",
        "--served-model-name=y",
    )
    made = model_manager.arguments(Entry(id="x", vllm=VllmSettings(extra_args=given)))
    assert made == ["--swap-space", "8", "--max-model-len", "4"]


def test_a_swap_replaces_the_model_whole_and_leaves_the_rest() -> None:
    before = model_manager.activated(entry("gpt-oss-120b"), name="active-llm", namespace="ai")
    before["metadata"] |= {"labels": {"team": "nlp"}, "annotations": {**before["metadata"]["annotations"], STOP: "true", "note": "kept"}}
    before["spec"]["predictor"]["minReplicas"] = 2
    made = model_manager.activated(entry("tiny-gpt2-test"), name="active-llm", namespace="ai", live=before)
    assert made["metadata"]["labels"] == {"team": "nlp"}
    assert made["metadata"]["annotations"]["note"] == "kept"
    assert made["metadata"]["annotations"]["model-manager/model-id"] == "tiny-gpt2-test"
    assert STOP not in made["metadata"]["annotations"]
    assert made["spec"]["predictor"]["minReplicas"] == 2
    assert "--trust-remote-code" not in made["spec"]["predictor"]["model"]["args"]
    assert made["spec"]["predictor"]["model"]["storageUri"] == "pvc://venus-model-storage/test-cli"
    bare = model_manager.activated(Entry(id="bare"), name="active-llm", namespace="ai", live=before)["spec"]["predictor"]
    assert set(bare) == {"minReplicas", "model"}, "what the model before asked for is gone"


def test_what_is_active_is_told_by_the_mark_and_not_by_what_is_stopped() -> None:
    marked = live(service(name="other", annotations={"model-manager/model-id": "x"}))
    assert model_manager.is_active(marked, "x")
    assert not model_manager.is_active(marked, "y")
    assert not model_manager.is_active(live(service(annotations={"model-manager/model-id": "x", STOP: "true"})), "x")
