"""The questions about a graph: any answers go to the form and come back, and the form proposes what works."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from tests.systems.dynamo.test_graph_manifests import GRAPHS
from tests.ui.wizards.typed import typed

from modeltui.catalog.merged import shipped
from modeltui.domain import Severity
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.core.types import CLAIMS, PersistentVolumeClaim
from modeltui.systems.dynamo import manifests, older_manifests
from modeltui.systems.dynamo.answers import GraphAnswers
from modeltui.systems.dynamo.checks import check_graph, check_older
from modeltui.systems.facts import FactTable
from modeltui.systems.serving.answers import MountAnswers
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards.deploy import dynamo_form, model_step
from modeltui.ui.wizards.deploy.form import Deploying
from modeltui.ui.wizards.draft import Draft

DEPLOYING = Deploying(systems=(dynamo_form.FORM,), catalogs=shipped())
FORM = DEPLOYING.form()


@settings(deadline=None)
@given(answers=GRAPHS)
def test_any_answers_go_to_the_form_and_come_back(answers: GraphAnswers) -> None:
    answers = msgspec.structs.replace(answers, name=f"q{answers.name}"[:20])
    draft = DEPLOYING.draft("dynamo", answers)
    assert drafts.problems(FORM, draft) == ()
    assert DEPLOYING.answers(draft) == answers


def _typed(draft: Draft, answers: Mapping[str, str]) -> Draft:
    return typed(FORM, draft, answers)


READY = _typed(drafts.blank(FORM), {"model": "Qwen/Qwen3-0.6B", "namespace": "team"})
LLAMA = "meta-llama/Llama-3.2-1B-Instruct"


def _asked(draft: Draft, step: str) -> set[str]:
    return {field.key for field in FORM.step(step).asked(draft.plain(FORM))}


def test_what_is_proposed_needs_no_further_answer() -> None:
    assert drafts.problems(FORM, READY) == ()
    assert DEPLOYING.answers(READY) == GraphAnswers(name="qwen3-0-6b", namespace="team", model="Qwen/Qwen3-0.6B")


def test_only_the_replicas_of_the_mode_are_asked() -> None:
    assert "dynamo.replicas" in _asked(READY, "dynamo")
    halves = _typed(READY, {"dynamo.mode": "disaggregated"})
    assert {"dynamo.prefill", "dynamo.decode"} <= _asked(halves, "dynamo")
    assert "dynamo.replicas" not in _asked(halves, "dynamo")
    assert "dynamo.mount" not in _asked(READY, "dynamo"), "without a claim there is nothing to mount"
    assert "dynamo.mount" in _asked(_typed(READY, {"dynamo.cache": "weights"}), "dynamo")


def test_the_image_follows_the_engine_until_somebody_types_another() -> None:
    draft = _typed(READY, {"dynamo.engine": "sglang"})
    assert draft.answer("dynamo", "dynamo.image") == "nvcr.io/nvidia/ai-dynamo/sglang-runtime:1.1.1"
    own = _typed(draft, {"dynamo.image": "corp/own:1.2.3", "dynamo.engine": "trtllm"})
    assert DEPLOYING.answers(own).image == "corp/own:1.2.3"  # type: ignore[attr-defined]  # of this system


def test_weights_in_a_claim_have_a_path_a_name_and_are_not_written_to() -> None:
    draft = _typed(READY, {"origin": model_step.CLAIM, "claim": "weights", "path": "llama/base"})
    assert drafts.problems(FORM, draft) == ()
    found = DEPLOYING.answers(draft)
    assert isinstance(found, GraphAnswers)
    assert (found.model, found.served_name) == ("/models/llama/base", "base")
    assert found.cache == MountAnswers(claim="weights", path="/models", read_only=True)
    assert DEPLOYING.answers(DEPLOYING.draft("dynamo", found)) == found
    whole = _typed(draft, {"path": ""})
    assert DEPLOYING.answers(whole).model == "/models"  # type: ignore[attr-defined]  # of this system
    assert DEPLOYING.draft("dynamo", DEPLOYING.answers(whole)).answer("model", "path") == ""


def test_a_model_of_neither_the_hub_nor_its_claim_has_no_form() -> None:
    with pytest.raises(AnswersError, match="neither of the Hub nor in its claim"):
        DEPLOYING.draft("dynamo", GraphAnswers(name="q", model="/opt/llama", cache=MountAnswers(claim="c", path="/models")))


@pytest.mark.parametrize(
    ("answers", "spot"),
    [
        ({"name": "a" * 38}, ("basics", "name")),
        ({"name": "3b"}, ("basics", "name")),
        ({"gpus": ""}, ("resources", "gpus")),
        ({"gpus": "65"}, ("resources", "gpus")),
        ({"dynamo.replicas": "many"}, ("dynamo", "dynamo.replicas")),
        ({"dynamo.image": "a b"}, ("dynamo", "dynamo.image")),
        ({"dynamo.version": "1.1"}, ("dynamo", "dynamo.version")),
        ({"dynamo.cache": "weights", "dynamo.mount": "models"}, ("dynamo", "dynamo.mount")),
        ({"dynamo.cache": "weights", "dynamo.sub_path": "../x"}, ("dynamo", "dynamo.sub_path")),
        ({"extra_args": "--a 'b"}, ("serving", "extra_args")),
        ({"context_length": "0"}, ("serving", "context_length")),
        ({"origin": model_step.AIM, "aim_model": "llama"}, ("system", "system")),
    ],
)
def test_a_wrong_answer_is_told_at_its_field(answers: dict[str, str], spot: tuple[str, str]) -> None:
    (problem,) = drafts.problems(FORM, _typed(READY, answers))
    assert (problem.step, problem.field) == spot
    assert problem.sentence


def _facts(*, secret: tuple[str, ...] | None = (), mode: str = "ReadWriteMany") -> FactTable:
    """A namespace with the claim "weights", and with the Secret that is proposed, unless it is None."""
    table = FactTable.of({SECRETS: (), CLAIMS: ()})
    claim = {"metadata": {"name": "weights", "namespace": "team"}, "spec": {"accessModes": [mode]}}
    table.put(CLAIMS, msgspec.convert(claim, PersistentVolumeClaim))
    if secret is not None:
        document = {"metadata": {"name": "hf-token-secret", "namespace": "team"}, "data": dict.fromkeys(secret, "")}
        table.put(SECRETS, msgspec.json.decode(msgspec.json.encode(document), type=Secret))
    for resource in (SECRETS, CLAIMS):
        table.set_known(resource, "", known=True)
    return table


TRAPS: list[tuple[dict[str, str], dict[str, Any], str, tuple[str, str]]] = [
    ({"model": LLAMA}, {"secret": None}, "There is no Secret hf-token-secret", ("serving", "token_secret")),
    ({"model": LLAMA, "token_secret": ""}, {}, "gets no token", ("serving", "token_secret")),
    ({"model": LLAMA}, {"secret": ("token",)}, "holds neither HF_TOKEN", ("serving", "token_secret")),
    ({"dynamo.cache": "none"}, {}, "does not have: its pods stay Pending", ("dynamo", "dynamo.cache")),
    (
        {"dynamo.cache": "weights", "dynamo.replicas": "2"},
        {"mode": "ReadWriteOnce"},
        "only one node may use at a time",
        ("dynamo", "dynamo.cache"),
    ),
    ({"origin": model_step.CLAIM, "claim": "none"}, {}, "does not have: its pods stay Pending", ("model", "claim")),
    ({"gpus": "0"}, {}, "asks for no GPU", ("resources", "gpus")),
    ({"gpus": "2", "extra_args": "--tensor-parallel-size 4"}, {}, "splits the model 4 ways and has 2 GPUs", ("resources", "gpus")),
    ({"env": "HF_TOKEN=hf_abcdefghijklmnop"}, {}, "stands in the graph itself", ("resources", "env")),
    ({"dynamo.image": "corp/own:latest"}, {}, "cannot tell the version of its runtime", ("dynamo", "dynamo.version")),
]


@pytest.mark.parametrize(("answers", "facts", "says", "spot"), TRAPS, ids=[says for _, _, says, _ in TRAPS])
@pytest.mark.parametrize("version", ["v1beta1", "v1alpha1"])
def test_a_trap_is_told_at_the_field_that_answers_for_it(
    answers: dict[str, str], facts: dict[str, Any], says: str, spot: tuple[str, str], version: str
) -> None:
    draft = _typed(READY, answers)
    assert drafts.problems(FORM, draft) == ()
    make, check = (manifests.graph, check_graph) if version == "v1beta1" else (older_manifests.graph, check_older)
    told = [one for one in check(make(DEPLOYING.answers(draft)), _facts(**facts)) if says in one.reason]  # type: ignore[arg-type]
    assert told
    assert told[0].severity in (Severity.ERROR, Severity.WARNING)
    found = DEPLOYING.spot(draft, told[0].field)
    assert found is not None
    assert (found[0], found[2]) == spot


@pytest.mark.parametrize(
    ("path", "spot"),
    [
        ("spec.backendFramework", ("dynamo", 0, "dynamo.engine")),
        ("spec.components[0].replicas", ("dynamo", 0, "dynamo.frontends")),
        ("spec.components[name=worker].replicas", ("dynamo", 0, "dynamo.replicas")),
        ("spec.components[1].podTemplate.spec.containers[0].image", ("dynamo", 0, "dynamo.image")),
        ("spec.components[1].podTemplate.spec.containers[name=main].args", ("serving", 0, "extra_args")),
        ("spec.components[1].podTemplate.spec.tolerations[0].effect", ("resources", 0, "tolerations")),
        ("spec.services.worker.extraPodSpec.nodeSelector", ("resources", 0, "node_selector")),
        ("spec.services.Frontend.replicas", ("dynamo", 0, "dynamo.frontends")),
        ("spec.services.worker.envs", ("resources", 0, "env")),
        ("metadata.name", ("basics", 0, "name")),
        ("status.state", None),
    ],
)
def test_where_a_complaint_stands(path: str, spot: tuple[str, int, str] | None) -> None:
    assert DEPLOYING.spot(READY, path) == spot
    assert spot is None or spot[2] in {field.key for field in FORM.step(spot[0]).fields}


def test_the_replicas_of_a_half_stand_at_its_own_field() -> None:
    halves = _typed(READY, {"dynamo.mode": "disaggregated"})
    assert DEPLOYING.spot(halves, "spec.components[2].replicas") == ("dynamo", 0, "dynamo.decode")
    assert DEPLOYING.spot(halves, "spec.services.prefill.replicas") == ("dynamo", 0, "dynamo.prefill")
