"""The questions about an InferenceService: any answers go to the form and come back, and only what the engine has flags for is asked."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from tests.systems.kserve import asked

from modeltui.catalog.merged import shipped
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.facts import FactTable
from modeltui.systems.kserve import manifests
from modeltui.systems.kserve.answers import InferenceAnswers
from modeltui.systems.kserve.checks import check_service
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards.deploy import kserve_form, model_step
from modeltui.ui.wizards.deploy.form import Deploying
from modeltui.ui.wizards.draft import Draft

DEPLOYING = Deploying(systems=(kserve_form.FORM,), catalogs=shipped())
FORM = DEPLOYING.form()


@settings(deadline=None, max_examples=40)
@given(answers=asked.SERVICES)
def test_any_answers_go_to_the_form_and_come_back(answers: InferenceAnswers) -> None:
    draft = DEPLOYING.draft("kserve", answers)
    assert drafts.problems(FORM, draft) == ()
    if not answers.scale_metric:
        answers = msgspec.structs.replace(answers, scale_target=None)  # of nothing
    if not answers.resources.gpus:
        answers = msgspec.structs.replace(answers, resources=msgspec.structs.replace(answers.resources, gpu_resource="nvidia.com/gpu"))
        draft = draft.with_answer("resources", "gpu_resource", "nvidia.com/gpu")
    assert DEPLOYING.answers(draft) == answers


def _typed(draft: Draft, **answers: str) -> Draft:
    for key, value in answers.items():
        name = key.replace("_of_", ".")
        step = next(step for step in FORM.steps if name in {field.key for field in step.fields})
        draft = drafts.proposed(FORM, draft.with_answer(step.key, name, value), before=draft)
    return draft


def _asked(draft: Draft, step: str) -> set[str]:
    return {field.key for field in FORM.step(step).asked(draft.plain(FORM))}


READY = _typed(drafts.blank(FORM), model="Qwen/Qwen3-8B", namespace="team")


def _answers(draft: Draft) -> InferenceAnswers:
    found = DEPLOYING.answers(draft)
    assert isinstance(found, InferenceAnswers)
    return found


def test_what_is_proposed_needs_no_further_answer() -> None:
    assert drafts.problems(FORM, READY) == ()
    manifest = manifests.service(_answers(READY))
    assert manifest["metadata"] == {"name": "qwen3-8b", "namespace": "team"}
    gpu = {"nvidia.com/gpu": "1"}
    assert manifest["spec"] == {
        "predictor": {
            "minReplicas": 1,
            "model": {
                "modelFormat": {"name": "huggingface"},
                "storageUri": "hf://Qwen/Qwen3-8B",
                "resources": {"requests": gpu, "limits": gpu},
            },
        }
    }
    assert check_service(manifest, FactTable()) == ()


def test_several_gpus_are_split_over_until_somebody_says_otherwise() -> None:
    assert _answers(_typed(READY, gpus="4")).tensor_parallel == 4
    assert _answers(_typed(READY, gpus="4", kserve_of_tensor="2")).tensor_parallel == 2
    assert _answers(_typed(_typed(READY, gpus="4"), gpus="1")).tensor_parallel is None


def test_a_gated_model_gets_the_secret_that_it_is_fetched_with() -> None:
    manifest = manifests.service(_answers(_typed(READY, model="meta-llama/Llama-3.2-1B-Instruct")))
    assert manifest["metadata"]["annotations"] == {"serving.kserve.io/storageSecretName": "hf-token-secret"}
    assert check_service(manifest, FactTable()) == ()


@pytest.mark.parametrize(
    ("origin", "answers", "uri"),
    [
        (model_step.HUB, {"model": "Qwen/Qwen3-8B"}, "hf://Qwen/Qwen3-8B"),
        (model_step.CLAIM, {"claim": "weights", "path": "llama/base/"}, "pvc://weights/llama/base"),
        (model_step.CLAIM, {"claim": "weights"}, "pvc://weights"),
        (model_step.URI, {"uri": "s3://bucket/llama"}, "s3://bucket/llama"),
        (model_step.URI, {"uri": "hf://Qwen/Qwen3-8B:main"}, "hf://Qwen/Qwen3-8B:main"),
    ],
)
def test_weights_are_named_by_one_uri_wherever_they_are(origin: str, answers: dict[str, str], uri: str) -> None:
    draft = _typed(drafts.blank(FORM), namespace="team", origin=origin, **answers)
    assert drafts.problems(FORM, draft) == ()
    assert _answers(draft).uri == uri


def test_a_scheme_that_kserve_cannot_read_is_told_at_the_uri() -> None:
    (problem,) = drafts.problems(FORM, _typed(READY, origin=model_step.URI, uri="ftp://host/x"))
    assert (problem.step, problem.field) == ("model", "uri")
    assert problem.sentence.endswith("and not from ftp://.")


def test_only_what_the_engine_has_flags_for_is_asked_and_means_something() -> None:
    draft = _typed(READY, eager="yes", prefix_caching="on", kserve_of_tensor="2", trust_remote_code="yes")
    assert {"eager", "prefix_caching", "trust_remote_code"} <= _asked(draft, "serving")
    llama = _typed(draft, kserve_of_engine="llamacpp")
    assert {"eager", "trust_remote_code"}.isdisjoint(_asked(llama, "serving"))
    assert "kserve.tensor" not in _asked(llama, "kserve")
    found = _answers(llama)
    assert (found.eager, found.trust_remote_code, found.tensor_parallel, found.prefix_caching) == (False, False, None, True)
    assert "--cache-prompt" in manifests.service(found)["spec"]["predictor"]["model"]["args"]


def test_a_way_that_the_engine_has_no_flag_for_is_told_at_its_field() -> None:
    assert drafts.problems(FORM, _typed(READY, kserve_of_format="sglang", prefix_caching="off")) == ()
    (problem,) = drafts.problems(FORM, _typed(READY, kserve_of_format="sglang", prefix_caching="on"))
    assert (problem.step, problem.field) == ("serving", "prefix_caching")
    assert "sglang has no flag that turns it on" in problem.sentence


def test_a_name_that_kserve_does_not_take_is_told_at_its_field() -> None:
    (problem,) = drafts.problems(FORM, _typed(READY, name="llama-3.1"))
    assert (problem.step, problem.field) == ("basics", "name")


def test_a_service_without_a_uri_has_no_form() -> None:
    with pytest.raises(AnswersError, match="no URI says where its weights are"):
        DEPLOYING.draft("kserve", InferenceAnswers(name="q"))


@pytest.mark.parametrize(
    ("path", "spot"),
    [
        ("metadata.name", ("basics", "name")),
        ("metadata.annotations.serving.kserve.io/deploymentMode", ("kserve", "kserve.mode")),
        ("spec.predictor.model.storageUri", ("model", "model")),
        ("spec.predictor.model", ("kserve", "kserve.runtime")),
        ("spec.predictor.model.modelFormat.name", ("kserve", "kserve.format")),
        ("spec.predictor.model.resources", ("resources", "gpus")),
        ("spec.predictor.model.resources.limits.memory", ("resources", "memory_limit")),
        ("spec.predictor.model.env[0].valueFrom", ("resources", "env")),
        ("spec.predictor.minReplicas", ("kserve", "kserve.min")),
        ("spec.predictor.tolerations[0].key", ("resources", "tolerations")),
        ("spec.predictor", ("serving", "token_secret")),
        ("spec.transformer", None),
    ],
)
def test_where_a_complaint_stands(path: str, spot: tuple[str, str] | None) -> None:
    found = DEPLOYING.spot(READY, path)
    assert (found and (found[0], found[2])) == spot
    assert found is None or any(field.key == found[2] for field in FORM.step(found[0]).fields)
