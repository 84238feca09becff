"""Swapping the model of one InferenceService: which models there are to choose, what goes with the earlier one, and what stays."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.systems.kserve.kserving import Manifest, live, model, service

from modeltui.catalog.activations import Activation
from modeltui.catalog.merged import Catalogs, load
from modeltui.systems.kserve import activating, model_manager
from modeltui.systems.kserve.activating import Choice, activated, choices, chosen
from modeltui.systems.kserve.types import STOP
from modeltui.systems.modelfs.types import Model
from modeltui.systems.operations import NotPossible, Operation

OURS = Path("/nowhere")
PHI = "microsoft/Phi-3-mini-4k-instruct"
QWEN = "Qwen/Qwen3-0.6B"


@cache
def catalogs(folder: Path | None = None) -> Catalogs:
    return load(own=folder or OURS)


def to(id_: str, manifest: Manifest, *, among: Catalogs | None = None) -> Manifest:
    choice = chosen(id_, choices(among or catalogs()))
    return activated(choice, name="llama", namespace="team", live=manifest)


def arguments(*line: str, to_: str = PHI) -> list[str]:
    manifest = service(model(uri=f"hf://{QWEN}", args=list(line)))
    return list(to(to_, manifest)["spec"]["predictor"]["model"].get("args", []))


def models(*synced: Manifest) -> Model:
    document = {
        "metadata": {"name": "llama", "namespace": "team"},
        "spec": {"sourceRef": "hub", "versions": [{"name": "one", "repo": QWEN}, {"name": "two", "repo": "org/other"}]},
        "status": {"syncedVersions": list(synced)},
    }
    return msgspec.convert(document, Model)


# ---- what there is to choose ----------------------------------------------------------------------------------------


def test_entries_come_first_then_weights_that_are_there_then_the_hub(tmp_path: Path) -> None:
    (tmp_path / "chat.json").write_text(json.dumps({"id": "chat", "displayName": "Chat", "hfModelId": QWEN, "runtime": "vllm"}))
    ready = {"name": "one", "phase": "Ready", "pvcName": "mdl-llama-one"}
    coming = {"name": "two", "phase": "PROCESSING", "pvcName": "mdl-llama-two"}
    found = choices(catalogs(tmp_path), [models(ready, coming)])
    assert [(one.id, one.source) for one in found[:2]] == [("chat", f"hf://{QWEN}"), ("pvc://mdl-llama-one", "pvc://mdl-llama-one")]
    assert (found[1].title, found[1].origin) == (QWEN, "Model llama, version one")
    assert {one.entry.id for one in found[:3] if one.entry} == {QWEN}, "what is known of the model is known of its weights, too"
    assert {one.id for one in found[2:]} == set(catalogs().models)
    assert [one.id for one in found if one.gated] == [id_ for id_, one in catalogs().models.items() if one.entry.access == "gated"]


def test_what_is_typed_is_found_in_any_case_and_else_the_nearest_is_named() -> None:
    among = choices(catalogs())
    assert chosen(f" {QWEN.lower()} ", among).id == QWEN
    with pytest.raises(NotPossible, match=r'no catalog .* has "Qwen/Qwen3-0\.8B": did you mean "Qwen/Qwen3-0\.6B"\?'):
        chosen("Qwen/Qwen3-0.8B", among)
    with pytest.raises(NotPossible, match="`modeltui catalog activations` list them"):
        chosen("nothing", among)


# ---- what becomes of it ---------------------------------------------------------------------------------------------


def test_runtime_gpus_and_everything_else_stay() -> None:
    before = service(model(uri=f"hf://{QWEN}", runtime="vllm-runtime", args=["--enforce-eager"], minReplicas=2, nodeSelector={"a": "b"}))
    before["metadata"] |= {"labels": {"team": "nlp"}, "annotations": {"note": "kept", STOP: "true"}}
    kept = copy.deepcopy(before)
    made = to(PHI, before)
    assert before == kept, "nothing of the live object is touched"
    expected = copy.deepcopy(before)
    expected["metadata"]["annotations"] = {"note": "kept", model_manager.MODEL_ID: PHI}
    expected["spec"]["predictor"]["model"]["storageUri"] = f"hf://{PHI}"
    assert made == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["--trust-remote-code", "--port=8080"], ["--port=8080"]),
        (["--trust_remote_code", "--quantization", "awq", "--swap-space", "8"], ["--swap-space", "8"]),
        (["--served-model-name", "a", "b", "--tensor-parallel-size", "2"], ["--served-model-name", PHI, "--tensor-parallel-size", "2"]),
        (["--served-model-name=a", "--model=other"], [f"--served-model-name={PHI}"]),
        (["--max-model-len", "32768"], ["--max-model-len", "4096"]),
        (["--max_model_len=2048", "--dtype=float16"], ["--max_model_len=2048"]),
        (["--max-model-len"], ["--max-model-len"]),
        (["--dtype", "half"], []),
        ([], []),
    ],
)
def test_what_was_about_the_earlier_model_goes(before: list[str], after: list[str]) -> None:
    assert arguments(*before) == after


WORDS = st.lists(st.sampled_from(["--enforce-eager", "--swap-space", "8", "--tp=2", "--dtype", "--served-model-name=x", "--max-model-len"]))


@given(WORDS)
def test_a_second_swap_to_the_same_model_changes_nothing(line: list[str]) -> None:
    once = to(PHI, service(model(uri=f"hf://{QWEN}", args=line)))
    assert to(PHI, once) == once


@given(WORDS)
def test_nothing_is_said_of_the_new_model_that_was_not_asked_for(line: list[str]) -> None:
    made = arguments(*line)
    assert [word for word in made if word not in line] in ([], [f"--served-model-name={PHI}"] * line.count("--served-model-name=x"))
    assert "--dtype" not in made


def test_variables_that_name_the_model_name_the_new_one() -> None:
    before = service(model(uri=f"hf://{QWEN}", env=[{"name": "MODEL_ID", "value": QWEN}, {"name": "HF_HOME", "value": "/x"}]))
    env = to(PHI, before)["spec"]["predictor"]["model"]["env"]
    assert env == [{"name": "MODEL_ID", "value": PHI}, {"name": "HF_HOME", "value": "/x"}]


def test_several_uris_and_a_key_of_a_storage_give_way_to_the_one_uri() -> None:
    before = service({**model(uri="", storage={"key": "s3", "path": "old"}), "storageUris": [{"uri": "hf://a/b"}]})
    predictor = to(PHI, before)["spec"]["predictor"]
    assert "storageUris" not in predictor
    assert "storage" not in predictor["model"]
    assert predictor["model"]["storageUri"] == f"hf://{PHI}"


def test_weights_of_a_model_are_mounted_as_modelfs_keeps_them() -> None:
    before = service(model(uri="pvc://own/x"), annotations={model_manager.READ_ONLY: "false"})
    ready = models({"name": "one", "phase": "READY", "pvcName": "mdl-llama-one"})
    (choice,) = [one for one in choices(catalogs(), [ready]) if one.id.startswith("pvc://")]
    made = activated(choice, name="llama", namespace="team", live=before)
    assert made["metadata"]["annotations"] == {model_manager.MODEL_ID: "pvc://mdl-llama-one"}, "not writable, as the claim before"
    assert made["spec"]["predictor"]["model"]["storageUri"] == "pvc://mdl-llama-one"


# ---- what cannot be swapped -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("predictor", "why"),
    [
        ({"containers": [{"name": "c", "image": "x"}]}, "has no spec.predictor.model, but containers of its own"),
        ({"huggingface": {"storageUri": "hf://a/b"}}, "written as spec.predictor.huggingface"),
        ({"model": "x"}, "no spec.predictor that could be read"),
        (model(uri=f"hf://{QWEN}", command=["sh", "-c", f"vllm serve {QWEN}"]), f"its command line names {QWEN} in the midst"),
    ],
)
def test_a_model_that_stands_elsewhere_is_not_swapped(predictor: Manifest, why: str) -> None:
    with pytest.raises(NotPossible, match=why):
        to(PHI, service(predictor))


def test_without_a_service_only_an_entry_that_says_how_it_is_run_makes_one() -> None:
    how = Activation(id="chat", hf_model_id=QWEN)
    made = activated(Choice(id="chat", source=f"hf://{QWEN}", origin="x", how=how), name="active-llm", namespace="ai", live=None)
    assert (made["metadata"]["name"], made["spec"]["predictor"]["model"]["runtime"]) == ("active-llm", "vllm-runtime")
    with pytest.raises(NotPossible, match="there is no InferenceService active-llm in namespace ai, and nothing says how"):
        activated(chosen(QWEN, choices(catalogs())), name="active-llm", namespace="ai", live=None)


# ---- what is offered ------------------------------------------------------------------------------------------------


def offered(**told: Any) -> dict[str, Operation]:
    return {one.word: one for one in activating.operations(live(service(**told)))}


def test_activating_is_offered_with_what_speaks_against_it() -> None:
    assert offered()["activate"].why_not == ""
    assert offered()["activate"].chooses == activating.CHOOSES
    assert "containers of its own" in offered(predictor={"containers": [{"name": "c"}]})["activate"].why_not
    owned = live(service(), ownerReferences=[{"kind": "AIMService", "name": "a", "controller": True}])
    assert "AIMService a made it" in next(iter(activating.operations(owned))).why_not


def test_only_what_was_activated_can_be_deactivated_and_comes_back_as_it_was() -> None:
    assert "deactivate" not in offered()
    before = service(annotations={model_manager.MODEL_ID: PHI})
    operation = offered(annotations={model_manager.MODEL_ID: PHI})["deactivate"]
    stopped = operation.stages[0].become(before)
    assert stopped["metadata"]["annotations"] == {model_manager.MODEL_ID: PHI, STOP: "true"}
    assert stopped["spec"] == before["spec"]
    back = activating.reactivation(live(stopped))
    assert back.why_not == ""
    assert back.stages[0].become(stopped) == before
    assert activating.reactivation(live(before)).why_not == "it is active"
    assert offered(annotations={model_manager.MODEL_ID: PHI, STOP: "true"})["deactivate"].why_not == "it is deactivated"
