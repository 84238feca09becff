"""The questions about an LLMInferenceService: any answers go to the form and come back; prefill has questions of its own."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from tests.systems.kserve import asked
from tests.ui.wizards.typed import typed

from modeltui.catalog.merged import shipped
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.facts import FactTable
from modeltui.systems.kserve import llm_manifests
from modeltui.systems.kserve.answers import LlmAnswers, ParallelismAnswers, PrefillAnswers
from modeltui.systems.kserve.checks import check_llm
from modeltui.systems.serving.answers import ResourceAnswers
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards.deploy import llm_form
from modeltui.ui.wizards.deploy.form import Deploying
from modeltui.ui.wizards.deploy.surroundings import Surroundings
from modeltui.ui.wizards.draft import Draft

DEPLOYING = Deploying(systems=(llm_form.FORM,), catalogs=shipped())
FORM = DEPLOYING.form()


@settings(deadline=None, max_examples=40)
@given(answers=asked.LLM_SERVICES)
def test_any_answers_go_to_the_form_and_come_back(answers: LlmAnswers) -> None:
    if answers.prefill is not None:  # of one make
        same = msgspec.structs.replace(answers.prefill.resources, gpu_resource=answers.resources.gpu_resource)
        answers = msgspec.structs.replace(answers, prefill=msgspec.structs.replace(answers.prefill, resources=same))
    draft = DEPLOYING.draft("llm", answers)
    assert drafts.problems(FORM, draft) == ()
    assert DEPLOYING.answers(draft) == answers


@settings(deadline=None, max_examples=20)
@given(answers=asked.LLM_SERVICES)
def test_what_was_typed_is_kept_on_disk_and_comes_back(answers: LlmAnswers) -> None:
    try:
        draft = DEPLOYING.draft("llm", answers)
    except AnswersError:
        return  # of two makes of GPUs
    content, lacking = drafts.saved(FORM, draft)
    assert lacking == ()
    assert drafts.restored(FORM, content) == draft


def _typed(draft: Draft, **answers: str) -> Draft:
    return typed(FORM, draft, answers)


READY = _typed(drafts.blank(FORM), model="Qwen/Qwen3-8B", namespace="team")


def _answers(draft: Draft) -> LlmAnswers:
    found = DEPLOYING.answers(draft)
    assert isinstance(found, LlmAnswers)
    return found


def test_what_is_proposed_needs_no_further_answer() -> None:
    assert drafts.problems(FORM, READY) == ()
    manifest = llm_manifests.service(_answers(READY))
    gpu = {"nvidia.com/gpu": "1"}
    assert manifest["spec"] == {
        "model": {"uri": "hf://Qwen/Qwen3-8B"},
        "replicas": 1,
        "template": {"containers": [{"name": "main", "resources": {"requests": gpu, "limits": gpu}}]},
    }
    assert check_llm(manifest, FactTable()) == ()


def test_requests_are_routed_by_default_only_where_the_cluster_can() -> None:
    there = replace(DEPLOYING, surroundings=Surroundings(routes=True)).form()
    ready = drafts.proposed(there, READY, before=READY, by=FORM)
    assert llm_manifests.service(_answers(ready))["spec"]["router"] == {"route": {}, "gateway": {}, "scheduler": {}}
    chosen = _typed(ready, llm__router="gateway")
    assert drafts.proposed(FORM, chosen, before=chosen, by=there).answer("llm", "llm.router") == "gateway", "what was chosen stays"


def test_prefill_is_asked_apart_and_only_when_it_is_wanted() -> None:
    assert llm_form.PREFILL not in {step.key for step in READY.asked(FORM)}
    draft = _typed(READY, llm__prefill="yes", prefill__gpus="4", gpus="2")
    assert llm_form.PREFILL in {step.key for step in draft.asked(FORM)}
    found = _answers(draft)
    assert found.parallelism == ParallelismAnswers(tensor=2)
    assert found.prefill == PrefillAnswers(replicas=1, parallelism=ParallelismAnswers(tensor=4), resources=ResourceAnswers(gpus=4))
    assert check_llm(llm_manifests.service(found), FactTable()) == ()
    assert _answers(_typed(draft, llm__prefill="no")).prefill is None


def test_prefill_gets_gpus_of_the_same_make() -> None:
    found = _answers(_typed(READY, llm__prefill="yes", gpu_resource="amd.com/gpu"))
    assert found.prefill is not None
    assert found.prefill.resources.gpu_resource == found.resources.gpu_resource == "amd.com/gpu"
    other = PrefillAnswers(resources=ResourceAnswers(gpus=1))
    with pytest.raises(AnswersError, match=r"GPUs of another make \(amd\.com/gpu, nvidia\.com/gpu\)"):
        DEPLOYING.draft("llm", msgspec.structs.replace(found, prefill=other))


def test_a_gateway_is_only_asked_where_requests_go_through_one() -> None:
    draft = _typed(READY, llm__router="gateway", llm__gateway="gw", llm__gateway_namespace="infra")
    assert (_answers(draft).gateway, _answers(draft).gateway_namespace) == ("gw", "infra")
    inside = _answers(_typed(draft, llm__router="none"))
    assert (inside.gateway, inside.gateway_namespace) == ("", "")
    assert "router" not in llm_manifests.service(inside)["spec"]


def test_a_gated_model_gets_the_secret_that_it_is_fetched_with() -> None:
    manifest = llm_manifests.service(_answers(_typed(READY, model="meta-llama/Llama-3.2-1B-Instruct")))
    names = ("serving.kserve.io/storageSecretName", "serving.kserve.io/secretName")
    assert manifest["metadata"]["annotations"] == dict.fromkeys(names, "hf-token-secret"), "a cluster reads one of them"
    assert check_llm(manifest, FactTable()) == ()


@pytest.mark.parametrize(
    ("path", "spot"),
    [
        ("metadata.name", ("basics", "name")),
        ("spec.model.uri", ("model", "model")),
        ("spec.model.name", ("serving", "served_name")),
        ("spec.parallelism", ("llm", "llm.tensor")),
        ("spec.parallelism.dataLocal", ("llm", "llm.data_local")),
        ("spec.template", ("resources", "gpus")),
        ("spec.template.containers[0].resources.limits", ("resources", "gpus")),
        ("spec.template.containers[name=main].resources.limits.memory", ("resources", "memory_limit")),
        ("spec.template.containers[0].env", ("resources", "env")),
        ("spec.template.nodeSelector", ("resources", "node_selector")),
        ("spec.prefill", ("llm", "llm.prefill")),
        ("spec.prefill.parallelism.data", ("llm-prefill", "prefill.data")),
        ("spec.prefill.template.containers[0].resources", ("llm-prefill", "prefill.gpus")),
        ("spec.prefill.template.containers[0].resources.requests.cpu", ("llm-prefill", "prefill.cpu")),
        ("spec.baseRefs[0].name", ("llm", "llm.bases")),
        ("spec.router.scheduler.replicas", ("llm", "llm.router")),
        ("spec.router.gateway.refs[0].name", ("llm", "llm.gateway")),
        ("spec", ("serving", "token_secret")),
        ("status", None),
    ],
)
def test_where_a_complaint_stands(path: str, spot: tuple[str, str] | None) -> None:
    found = DEPLOYING.spot(READY, path)
    assert (found and (found[0], found[2])) == spot
    assert found is None or any(field.key == found[2] for field in FORM.step(found[0]).fields)
