"""The questions about a ModelDeployment: any answers go to the form and come back; its halves have GPUs of their own."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from tests.systems.airunway.test_runway_manifests import ANSWERS
from tests.ui.wizards.typed import typed

from modeltui.catalog.merged import shipped
from modeltui.systems.airunway import manifests
from modeltui.systems.airunway.answers import DeploymentAnswers, VolumeAnswers
from modeltui.systems.answer_file import AnswersError
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards.deploy import airunway_form
from modeltui.ui.wizards.deploy.form import Deploying
from modeltui.ui.wizards.draft import Draft

DEPLOYING = Deploying(systems=(airunway_form.FORM,), catalogs=shipped())
FORM = DEPLOYING.form()


def _normal(answers: DeploymentAnswers) -> DeploymentAnswers:
    """A path that is the purpose's own is not said."""
    return msgspec.structs.replace(answers, name=f"q{answers.name}"[:20])


@settings(deadline=None)
@given(answers=ANSWERS)
def test_any_answers_go_to_the_form_and_come_back(answers: DeploymentAnswers) -> None:
    answers = _normal(answers)
    draft = DEPLOYING.draft("airunway", answers)
    assert drafts.problems(FORM, draft) == ()
    assert DEPLOYING.answers(draft) == answers


def _typed(draft: Draft, **answers: str) -> Draft:
    return typed(FORM, draft, answers)


def _asked(draft: Draft, step: str) -> set[str]:
    return {field.key for field in FORM.step(step).asked(draft.plain(FORM))}


READY = _typed(drafts.blank(FORM), model="Qwen/Qwen3-0.6B", namespace="team")


def test_what_is_proposed_needs_no_further_answer() -> None:
    assert drafts.problems(FORM, READY) == ()
    manifest = manifests.deployment(DEPLOYING.answers(READY))  # type: ignore[arg-type]  # of this system
    assert manifest["metadata"] == {"name": "qwen3-0-6b", "namespace": "team"}
    assert manifest["spec"]["gateway"] == {"enabled": False}
    assert manifest["spec"]["resources"] == {"gpu": {"count": 1}}


def test_halves_have_gpus_of_their_own_and_the_whole_has_none() -> None:
    draft = _typed(READY, airunway__mode="disaggregated", airunway__prefill_gpus="2")
    assert "gpus" in _asked(READY, "resources")
    assert {"gpus", "cpu"}.isdisjoint(_asked(draft, "resources"))
    assert {"airunway.prefill_gpus", "airunway.decode_gpus"} <= _asked(draft, "airunway")
    spec = manifests.deployment(DEPLOYING.answers(draft))["spec"]  # type: ignore[arg-type]  # of this system
    assert "resources" not in spec
    assert spec["scaling"]["prefill"]["gpu"] == {"count": 2}


def test_a_half_without_a_gpu_is_told_at_its_field() -> None:
    draft = _typed(READY, airunway__mode="disaggregated", airunway__decode_gpus="0")
    (problem,) = drafts.problems(FORM, draft)
    assert (problem.step, problem.field, problem.sentence) == ("airunway", "airunway.decode_gpus", "At least 1.")


def test_a_long_name_is_told_at_its_field() -> None:
    (problem,) = drafts.problems(FORM, _typed(READY, name="a-name-of-twenty-two-x"))
    assert (problem.step, problem.field) == ("basics", "name")
    assert problem.sentence.startswith("At most 21 characters")


def test_gpus_that_nobody_tells_are_a_problem_of_their_field() -> None:
    (problem,) = drafts.problems(FORM, _typed(READY, gpus=""))
    assert (problem.step, problem.field) == ("resources", "gpus")


def test_a_gated_model_proposes_the_secret_with_the_token() -> None:
    draft = _typed(READY, model="meta-llama/Llama-3.2-1B-Instruct")
    assert draft.answer("serving", "token_secret") == "hf-token-secret"
    assert draft.answer("resources", "env") == ""


def test_an_image_that_brings_its_model_has_no_form() -> None:
    with pytest.raises(AnswersError, match="its model is part of its image"):
        DEPLOYING.draft("airunway", DeploymentAnswers(name="a", image="corp/own:1"))


VOLUMES = DeploymentAnswers(name="a", model="m/m", volumes=(VolumeAnswers(name="one", claim="c"), VolumeAnswers(name="two", size="1Gi")))


@pytest.mark.parametrize(
    ("path", "spot"),
    [
        ("spec.model.storage.volumes[1].size", ("airunway.volumes", 1, "volume.size")),
        ("spec.model.storage.volumes[name=one].claimName", ("airunway.volumes", 0, "volume.claim")),
        ("spec.model.storage.volumes", ("airunway.volumes", 0, "volume.name")),
        ("spec.model.storage.volumes[7].size", ("model", 0, "model")),
        ("spec.model.id", ("model", 0, "model")),
        ("spec.resources.gpu", ("resources", 0, "gpus")),
        ("spec.resources.gpu.type", ("resources", 0, "gpu_resource")),
        ("spec.scaling.prefill.gpu.count", ("airunway", 0, "airunway.prefill_gpus")),
        ("spec.secrets.huggingFaceToken", ("serving", 0, "token_secret")),
        ("spec.engine.type", ("airunway", 0, "airunway.engine")),
        ("spec.engine.trustRemoteCode", ("serving", 0, "trust_remote_code")),
        ("spec.provider.name", ("airunway", 0, "airunway.provider")),
        ("status", None),
    ],
)
def test_where_a_complaint_stands(path: str, spot: tuple[str, int, str] | None) -> None:
    assert DEPLOYING.spot(DEPLOYING.draft("airunway", VOLUMES), path) == spot


def test_every_spot_is_a_field_of_the_form() -> None:
    fields = {(step.key, field.key) for step in FORM.steps for field in step.fields}
    assert set(airunway_form._PATHS.values()) <= fields
