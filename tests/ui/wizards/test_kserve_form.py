"""The questions about an InferenceService: any answers go to the form and come back, and only what the engine has flags for is asked."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from tests.systems.kserve import asked
from tests.systems.kserve.kserving import claim, facts, node, runtime, secret
from tests.ui.wizards.typed import typed

from modeltui.catalog.merged import shipped
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, NODES
from modeltui.systems.facts import FactTable
from modeltui.systems.kserve import manifests
from modeltui.systems.kserve.answers import InferenceAnswers
from modeltui.systems.kserve.checks import check_service
from modeltui.systems.kserve.types import CLUSTER_RUNTIMES, RUNTIMES, SERVICE_ACCOUNTS
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


@settings(deadline=None, max_examples=20)
@given(answers=asked.SERVICES)
def test_what_was_typed_is_kept_on_disk_and_comes_back(answers: InferenceAnswers) -> None:
    draft = DEPLOYING.draft("kserve", answers)
    content, lacking = drafts.saved(FORM, draft)
    assert lacking == ()
    assert drafts.restored(FORM, content) == draft


def _typed(draft: Draft, **answers: str) -> Draft:
    return typed(FORM, draft, answers)


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
    assert _answers(_typed(READY, gpus="4", kserve__tensor="2")).tensor_parallel == 2
    assert _answers(_typed(_typed(READY, gpus="4"), gpus="1")).tensor_parallel is None


def test_a_gated_model_gets_the_secret_that_it_is_fetched_with() -> None:
    manifest = manifests.service(_answers(_typed(READY, model="meta-llama/Llama-3.2-1B-Instruct")))
    names = ("serving.kserve.io/storageSecretName", "serving.kserve.io/secretName")
    assert manifest["metadata"]["annotations"] == dict.fromkeys(names, "hf-token-secret"), "a cluster reads one of them"
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
    draft = _typed(READY, eager="yes", prefix_caching="on", kserve__tensor="2", trust_remote_code="yes")
    assert {"eager", "prefix_caching", "trust_remote_code"} <= _asked(draft, "serving")
    llama = _typed(draft, kserve__engine="llamacpp")
    assert {"eager", "trust_remote_code"}.isdisjoint(_asked(llama, "serving"))
    assert "kserve.tensor" not in _asked(llama, "kserve")
    found = _answers(llama)
    assert (found.eager, found.trust_remote_code, found.tensor_parallel, found.prefix_caching) == (False, False, None, True)
    assert "--cache-prompt" in manifests.service(found)["spec"]["predictor"]["model"]["args"]


def test_a_way_that_the_engine_has_no_flag_for_is_told_at_its_field() -> None:
    assert drafts.problems(FORM, _typed(READY, kserve__format="sglang", prefix_caching="off")) == ()
    (problem,) = drafts.problems(FORM, _typed(READY, kserve__format="sglang", prefix_caching="on"))
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


SMALL = {"resources": {"limits": {"memory": "2Gi"}}}
LLAMA = "meta-llama/Llama-3.2-1B-Instruct"
OF_CLAIM = {"origin": model_step.CLAIM, "claim": "weights"}
KNOWN = (RUNTIMES, CLUSTER_RUNTIMES, SECRETS, CLAIMS, SERVICE_ACCOUNTS, NODES)


def _around(*objects: Any) -> FactTable:
    """A namespace of which all is known, with a runtime for format huggingface, a small one for vLLM, and nothing but `objects` besides."""
    found = runtime("hub", {"name": "huggingface", "autoSelect": True})
    return facts(found, runtime("small", container=SMALL), node("n", nvidia_com__gpu="8"), *objects, known=KNOWN)


TRAPS: list[tuple[dict[str, str], tuple[Any, ...], str, tuple[str, str]]] = [
    ({"name": "l" * 50}, (), "versions of KServe before 0.16", ("basics", "name")),
    ({"model": LLAMA}, (), 'There is no Secret "hf-token-secret"', ("serving", "token_secret")),
    ({"model": LLAMA}, (secret("hf-token-secret", "token"),), "has no HF_TOKEN but token", ("serving", "token_secret")),
    ({"model": LLAMA, "token_secret": ""}, (), "nothing gives it a token", ("model", "model")),
    (OF_CLAIM, (), 'no PersistentVolumeClaim "weights"', ("model", "claim")),
    ({**OF_CLAIM, "kserve__max": "2"}, (claim("weights", "ReadWriteOnce"),), "only one node may use", ("model", "claim")),
    ({"origin": model_step.URI, "uri": "s3://b/x"}, (), "Nothing gives it credentials for S3", ("model", "uri")),
    ({"kserve__runtime": "none"}, (), 'There is no ServingRuntime "none"', ("kserve", "kserve.runtime")),
    ({"kserve__runtime": "small"}, (), "does not serve format", ("kserve", "kserve.format")),
    ({"kserve__format": "gguf"}, (), "No runtime is chosen automatically", ("kserve", "kserve.runtime")),
    ({"kserve__min": "3", "kserve__max": "2"}, (), "KServe's webhook refuses it", ("kserve", "kserve.max")),
    ({"kserve__min": "0", "kserve__mode": "Standard"}, (), "keeps at least one replica", ("kserve", "kserve.min")),
    ({"kserve__account": "none"}, (), 'There is no ServiceAccount "none"', ("kserve", "kserve.account")),
    ({"gpus": "9"}, (), "no node has more than 8", ("resources", "gpus")),
    ({"kserve__format": "vLLM", "memory": "64Gi"}, (), "the limit of ServingRuntime small is 2Gi", ("resources", "memory_limit")),
    ({"env": "HF_TOKEN=hf_x"}, (), "stands in the object itself", ("resources", "env")),
    ({"env": "A <- secret s/k"}, (secret("s", "x"),), 'takes key "k"', ("resources", "env")),
    ({"extra_args": "--api-key x"}, (), "gives a secret in clear", ("serving", "extra_args")),
]


@pytest.mark.parametrize(("answers", "there", "says", "spot"), TRAPS, ids=[says for _, _, says, _ in TRAPS])
def test_a_trap_is_told_beside_its_question(answers: dict[str, str], there: tuple[Any, ...], says: str, spot: tuple[str, str]) -> None:
    draft = _typed(READY, **answers)
    assert drafts.problems(FORM, draft) == ()
    findings = check_service(manifests.service(_answers(draft)), _around(*there))
    (finding,) = [one for one in findings if says in one.reason]
    found = DEPLOYING.spot(draft, finding.field)
    assert (found and (found[0], found[2])) == spot


def test_what_is_proposed_runs_in_such_a_namespace() -> None:
    assert check_service(manifests.service(_answers(READY)), _around()) == ()
