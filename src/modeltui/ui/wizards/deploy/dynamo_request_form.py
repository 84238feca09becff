"""What NVIDIA Dynamo needs to know to find a graph by itself, for a goal. Pure both ways."""

from __future__ import annotations

import re
from typing import Final

from modeltui.catalog.entries import HUB_ID
from modeltui.systems.dynamo.answers import RequestAnswers
from modeltui.systems.dynamo.checks.requests import GPU_SKUS
from modeltui.systems.dynamo.deployable import REQUEST
from modeltui.systems.showing import unshowable
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import model_step, shared, spelling
from modeltui.ui.wizards.deploy.system_form import Groups, SystemForm, always, chosen
from modeltui.ui.wizards.draft import Draft
from modeltui.ui.wizards.form import NO, YES, Field, Kind, Step, choice
from modeltui.ui.wizards.frame import Spot

STEP: Final = REQUEST.word
_SKUS: Final = "GPUs that Dynamo knows"


def _sku(text: str) -> str:
    return "" if text in GPU_SKUS else f"There are {', '.join(GPU_SKUS)}."


_STEP: Final = Step(
    key=STEP,
    title="Goal",
    wanted=chosen(STEP),
    intro="Dynamo profiles the model, finds the graph that meets the goal, and makes it.",
    fields=(
        choice("dynamo-request.engine", "Engine", ("auto", "vllm", "sglang", "trtllm"), "auto: Dynamo chooses."),
        Field(
            key="dynamo-request.ttft",
            label="First token in ms",
            check=spelling.positive,
            help="Goal: milliseconds until the first token of an answer, such as 500. Empty: Dynamo's own goal.",
        ),
        Field(
            key="dynamo-request.itl",
            label="Each token in ms",
            check=spelling.positive,
            help="Goal: milliseconds between two tokens of an answer, such as 20. Empty: Dynamo's own goal.",
        ),
        Field(
            key="dynamo-request.input",
            label="Tokens of a prompt",
            check=spelling.at_least(1),
            help="As they are on average. Empty: 4000.",
        ),
        Field(
            key="dynamo-request.output",
            label="Tokens of an answer",
            check=spelling.at_least(1),
            help="As they are on average. Empty: 1000.",
        ),
        Field(
            key="dynamo-request.sku",
            label="GPU",
            suggests=_SKUS,
            check=_sku,
            help="Which there are. Empty: Dynamo looks at the nodes, which it may not where it is kept to one namespace.",
        ),
        Field(
            key="dynamo-request.per_node",
            label="GPUs of a node",
            check=spelling.at_least(1, 64),
            help="How many one node has. Empty: Dynamo looks.",
        ),
        Field(
            key="dynamo-request.total",
            label="GPUs at most",
            check=spelling.at_least(1),
            help="That the graph may take altogether. Empty: as many as there are.",
        ),
        choice(
            "dynamo-request.search",
            "Search",
            ("rapid", "thorough"),
            "rapid: calculated, in minutes; thorough: measured on your GPUs, in hours.",
        ),
        Field(
            key="dynamo-request.apply",
            label="Make the graph",
            kind=Kind.SWITCH,
            default=YES,
            help="no: it is only proposed, in the status of the request.",
        ),
        Field(
            key="dynamo-request.image",
            label="Profiler's image",
            check=spelling.image,
            help="Empty: the operator's own.",
        ),
        Field(
            key="dynamo-request.cache",
            label="Cache claim",
            suggests="all claims",
            check=answering.object_name,
            help="A claim of the namespace that has the model's files, or keeps them. Empty: they are fetched each time.",
        ),
    ),
)


def answers(draft: Draft) -> RequestAnswers:
    """What a draft without problems means."""
    basics, own = draft.group(shared.BASICS), draft.group(STEP)
    text = {key.rpartition(".")[2]: value.strip() for key, value in own.items()}
    return RequestAnswers(
        name=basics["name"].strip(),
        namespace=basics["namespace"].strip(),
        model=draft.answer(model_step.STEP, "model").strip(),
        engine=text["engine"],  # type: ignore[arg-type]  # one of the choices
        image=text["image"],
        gpu_sku=text["sku"],
        gpus_per_node=spelling.count(text["per_node"]),
        total_gpus=spelling.count(text["total"]),
        input_tokens=spelling.count(text["input"]),
        output_tokens=spelling.count(text["output"]),
        ttft=spelling.decimal(text["ttft"]),
        itl=spelling.decimal(text["itl"]),
        search=text["search"],  # type: ignore[arg-type]  # one of the choices
        apply=text["apply"] == YES,
        cache_claim=text["cache"],
    )


def texts(found: RequestAnswers) -> Groups:
    """The inverse. Raises AnswersError for a model that is none of the Hub."""
    if found.model and not re.match(HUB_ID, found.model):
        raise unshowable(f'its model "{found.model}" is no repository of the Hub')
    own = {
        "engine": found.engine,
        "image": found.image,
        "sku": found.gpu_sku,
        "per_node": spelling.count_text(found.gpus_per_node),
        "total": spelling.count_text(found.total_gpus),
        "input": spelling.count_text(found.input_tokens),
        "output": spelling.count_text(found.output_tokens),
        "ttft": spelling.decimal_text(found.ttft),
        "itl": spelling.decimal_text(found.itl),
        "search": found.search,
        "apply": YES if found.apply else NO,
        "cache": found.cache_claim,
    }
    return {
        model_step.STEP: {"origin": model_step.HUB, "model": found.model},
        shared.BASICS: {"name": found.name, "namespace": found.namespace},
        STEP: {f"{STEP}.{key}": text for key, text in own.items()},
    }


_SPOTS: Final = {
    **{"spec.backend": "engine", "spec.image": "image", "spec.searchStrategy": "search", "spec.autoApply": "apply"},
    **{"spec.hardware": "sku", "spec.hardware.numGpusPerNode": "per_node", "spec.hardware.totalGpus": "total"},
    **{"spec.workload": "input", "spec.workload.osl": "output", "spec.sla": "ttft", "spec.sla.itl": "itl", "spec.modelCache": "cache"},
}


def spot(draft: Draft, path: str) -> Spot | None:
    if path.startswith("spec.model") and not path.startswith("spec.modelCache"):
        return (model_step.STEP, 0, "model")
    key = answering.longest(_SPOTS, path)
    return (STEP, 0, f"{STEP}.{key}") if key else None


FORM: Final = SystemForm(
    of=REQUEST,
    refuses={
        model_step.CLAIM: "it wants the model's id of the Hub, and takes a claim as its cache",
        model_step.AIM: "it does not know AIM models",
    },
    asks=always(),
    steps=(_STEP,),
    answers=answers,
    texts=texts,
    spot=spot,
    words={_SKUS: GPU_SKUS},
)
