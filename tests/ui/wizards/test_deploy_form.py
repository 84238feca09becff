"""The form that deploys, on two made-up systems: what is asked follows the choice, and nothing that was typed is lost by another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.ui.wizards.typed import typed

from modeltui.catalog.merged import load
from modeltui.document import text_of
from modeltui.kube.resource import Resource
from modeltui.systems.answer_file import AnswersError, read
from modeltui.systems.deploying import Deployable, Deployment, understood, written
from modeltui.systems.modelfs.views import MODELS_VIEW
from modeltui.systems.serving.answers import Answers, EnvAnswers, ResourceAnswers
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards.deploy import model_step, resource_step, shared, spelling, system_step
from modeltui.ui.wizards.deploy.form import Deploying
from modeltui.ui.wizards.deploy.installed import Installed
from modeltui.ui.wizards.deploy.system_form import SystemForm, always
from modeltui.ui.wizards.draft import Draft
from modeltui.ui.wizards.form import Field, Step

CATALOGS = load(own=Path("/nowhere"))


class ToyAnswers(Answers, frozen=True, kw_only=True):
    name: str = ""
    namespace: str = ""
    model: str = ""
    flavour: str = ""
    resources: ResourceAnswers = ResourceAnswers()
    env: tuple[EnvAnswers, ...] = ()


def _toy(word: str, *, longest: int, refuses: Mapping[str, str], asks: set[str]) -> SystemForm:
    def answers(draft: Draft) -> ToyAnswers:
        basics, rest = draft.group(shared.BASICS), draft.group(resource_step.STEP)
        return ToyAnswers(
            name=basics["name"],
            namespace=basics["namespace"],
            model=draft.answer(model_step.STEP, "model"),
            flavour=draft.answer(word, f"{word}.flavour"),
            resources=resource_step.answers(rest),
            env=spelling.env(rest["env"]),
        )

    def texts(found: ToyAnswers) -> Mapping[str, Mapping[str, str]]:
        return {
            model_step.STEP: {"model": found.model},
            shared.BASICS: {"name": found.name, "namespace": found.namespace},
            word: {f"{word}.flavour": found.flavour},
            resource_step.STEP: {**resource_step.texts(found.resources), "env": spelling.env_text(found.env)},
        }

    def manifest(answers: ToyAnswers, live: Any = None) -> dict[str, Any]:
        return {"apiVersion": "toy/v1", "kind": word, "metadata": {"name": answers.name, "namespace": answers.namespace}}

    return SystemForm(
        of=Deployable(
            word=word,
            title=word.title(),
            view=replace(MODELS_VIEW, resource=Resource(group="toy", version="v1", plural=f"{word}s", kind=word.title())),
            answers=ToyAnswers,
            manifest=manifest,
            answers_of=lambda live: ToyAnswers(name=live["metadata"]["name"]),
            propose=lambda model: model.rpartition("/")[2].lower()[:longest],
            name_problem=lambda name: f"At most {longest} characters." if len(name) > longest else "",
        ),
        refuses=refuses,
        asks=always(*asks),
        steps=(
            Step(
                key=word,
                title=word.title(),
                wanted=lambda values: values.get("system") == word,
                fields=(Field(key=f"{word}.flavour", label="Flavour", required=True, default="plain"),),
            ),
        ),
        answers=answers,
        texts=texts,
        spot=lambda draft, path: (word, 0, f"{word}.flavour") if path.startswith("spec") else None,
    )


ALPHA = _toy(
    "alpha", longest=40, refuses={model_step.AIM: "it does not know AIM models"}, asks={"gpus", "gpu_resource", "env", "token_secret"}
)
BETA = _toy("beta", longest=5, refuses={}, asks={"gpus"})
DEPLOYING = Deploying(systems=(ALPHA, BETA), catalogs=CATALOGS)
FORM = DEPLOYING.form()


def _type(draft: Draft, **answers: str) -> Draft:
    return typed(FORM, draft, answers)


BLANK = drafts.blank(FORM)
READY = _type(BLANK, model="Qwen/Qwen3-0.6B", namespace="team-a")


def _asked(draft: Draft) -> dict[str, list[str]]:
    return {step.key: [field.key for field in step.asked(draft.around(FORM, step, 0))] for step in draft.asked(FORM)}


def test_what_is_asked_of_a_model_of_the_hub() -> None:
    assert _asked(READY) == {
        "model": ["origin", "model"],
        "system": ["system"],
        "basics": ["name", "namespace"],
        "alpha": ["alpha.flavour"],
        "serving": ["token_secret"],
        "resources": ["gpus", "gpu_resource", "env"],
    }
    assert drafts.problems(FORM, READY) == ()


def test_another_system_asks_less_and_has_other_limits() -> None:
    draft = _type(READY, system="beta")
    assert _asked(draft)["resources"] == ["gpus"]
    assert "alpha" not in _asked(draft)
    assert draft.answer("basics", "name") == "qwen3"
    assert _type(draft, system="alpha").answer("basics", "name") == "qwen3-0.6b"


def test_a_name_that_one_typed_stays_and_is_judged_by_the_system() -> None:
    draft = _type(READY, name="my-model", system="beta")
    (problem,) = drafts.problems(FORM, draft)
    assert (problem.step, problem.field, problem.sentence) == ("basics", "name", "At most 5 characters.")


def test_what_was_typed_for_one_system_is_there_when_one_comes_back() -> None:
    draft = _type(READY, **{"alpha.flavour": "vanilla"}, env="A=b", system="beta")
    assert DEPLOYING.answers(draft) == ToyAnswers(
        name="qwen3",
        namespace="team-a",
        model="Qwen/Qwen3-0.6B",
        flavour="plain",
        resources=ResourceAnswers(gpus=1),
        env=(EnvAnswers(name="A", value="b"),),
    )
    back = DEPLOYING.answers(_type(draft, system="alpha"))
    assert isinstance(back, ToyAnswers)
    assert back.flavour == "vanilla"


def test_a_system_that_cannot_take_the_model_is_a_problem_and_is_not_proposed() -> None:
    draft = _type(BLANK, origin=model_step.AIM, aim_model="llama", namespace="a")
    assert draft.answer("system", "system") == "beta"
    draft = _type(draft, system="alpha")
    (problem,) = [one for one in drafts.problems(FORM, draft) if one.step == "system"]
    assert problem.sentence == "Alpha cannot take it: it does not know AIM models."


def test_a_system_that_is_absent_is_not_proposed_and_says_why() -> None:
    deploying = replace(DEPLOYING, installed=Installed(absent={"alpha": "not installed: the server has no alphas.toy"}))
    form = deploying.form()
    draft = drafts.proposed(form, READY, before=READY, by=FORM)
    assert draft.answer("system", "system") == "beta"
    told = [text_of(line) for line in system_step.about(deploying.choices, deploying.installed.absent, draft.plain(form), asked=True)]
    assert told == ["  ✕ Alpha  not installed", "▸ ✓ Beta   installed"]
    chosen = draft.plain(form) | {"system": "alpha"}
    told = [text_of(line) for line in system_step.about(deploying.choices, deploying.installed.absent, chosen, asked=True)]
    assert told[-1] == "It cannot be used: not installed: the server has no alphas.toy."


def test_nothing_is_called_installed_before_the_cluster_has_said_so() -> None:
    told = [text_of(line) for line in system_step.about(DEPLOYING.choices, {}, READY.plain(FORM), asked=False)]
    assert all("not known yet" in one for one in told)


def test_a_gated_model_proposes_its_token_where_the_system_takes_one() -> None:
    draft = _type(READY, model="meta-llama/Llama-3.2-1B-Instruct")
    assert draft.answer("serving", "token_secret") == "hf-token-secret"
    assert _type(draft, model="Qwen/Qwen3-0.6B").answer("serving", "token_secret") == ""
    assert _type(draft, system="beta").answer("serving", "token_secret") == "", "which takes none"
    assert _type(READY, token_secret="own", model="meta-llama/Llama-3.2-1B-Instruct").answer("serving", "token_secret") == "own"


@pytest.mark.parametrize(
    ("path", "spot"),
    [
        ("metadata.name", ("basics", 0, "name")),
        ("metadata.namespace", ("basics", 0, "namespace")),
        ("spec.anything", ("alpha", 0, "alpha.flavour")),
        ("status", None),
    ],
)
def test_where_a_complaint_stands(path: str, spot: tuple[str, int, str] | None) -> None:
    assert DEPLOYING.spot(READY, path) == spot


def test_answers_go_to_a_file_and_come_back() -> None:
    answers = DEPLOYING.answers(READY)
    known = [ALPHA.of, BETA.of]
    of, found = understood(read(written(ALPHA.of, answers), Deployment), known)
    assert (of.word, found) == ("alpha", answers)
    assert DEPLOYING.answers(DEPLOYING.draft(of.word, found)) == answers


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("answers: {}", 'system: "system" is missing: there are alpha, beta.'),
        ("system: alfa", 'system: "alfa" is none: did you mean "alpha"?'),
        ("system: alpha\nanswers: {flavor: x}", 'answers: there is no "flavor": did you mean "flavour"?'),
        ("system: alpha\nanswers: {resources: {gpus: many}}", "answers.resources.gpus: wants a whole number or nothing, got text."),
        ("systems: alpha", 'the answers: there is no "systems": did you mean "system"?'),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_one_sentence(text: str, told: str) -> None:
    with pytest.raises(AnswersError) as failure:
        understood(read(text, Deployment), [ALPHA.of, BETA.of])
    assert str(failure.value) == told


def test_what_the_catalog_knows_is_told_below_the_model() -> None:
    told = [text_of(line) for line in model_step.about(CATALOGS, {"origin": model_step.HUB, "model": "meta-llama/Llama-3.2-1B-Instruct"})]
    assert told[0] == "Llama 3.2 1B Instruct: 1.2B parameters, context 131,072, about 5 GiB of GPU memory at least."
    assert any("Gated" in one for one in told)
    assert model_step.about(CATALOGS, {"origin": model_step.HUB, "model": "acme/none"})[0] == (
        ("In no catalog, so nothing is known of its size, its licence or its engines.", "dim"),
    )
    assert model_step.about(CATALOGS, {"origin": model_step.HUB, "model": "half"}) == []


@pytest.mark.parametrize(
    "id_", ["https://huggingface.co/Qwen/Qwen3-0.6B", "hf://Qwen/Qwen3-0.6B", "Qwen", "Qwen/Qwen3/x", "a b/c", f"Qwen/{'x' * 97}"]
)
def test_what_is_no_repository_of_the_hub(id_: str) -> None:
    assert [one.field for one in drafts.problems(FORM, _type(READY, model=id_)) if one.step == "model"] == ["model"]
