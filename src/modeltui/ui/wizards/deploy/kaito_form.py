"""What KAITO needs to know of a Workspace and of an InferenceSet, and the way between a draft and their answers. Pure.

Both are asked the same, but for how many: a set keeps several Workspaces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from modeltui.catalog.entries import HUB_ID
from modeltui.systems.deploying import Deployable
from modeltui.systems.kaito import presets
from modeltui.systems.kaito.answers import ServingAnswers, SetAnswers, WorkspaceAnswers
from modeltui.systems.kaito.deployable import INFERENCE_SET, WORKSPACE
from modeltui.systems.kaito.types import CONFIG_MAPS
from modeltui.systems.showing import unshowable
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import kaito_adapters, model_step, serving_step, shared, spelling
from modeltui.ui.wizards.deploy.system_form import Groups, SystemForm, always, chosen
from modeltui.ui.wizards.draft import Draft
from modeltui.ui.wizards.form import Field, Kind, Problem, Step, Values, choice
from modeltui.ui.wizards.frame import Spot

RUNTIMES: Final = (shared.DEFAULT, "vllm", "transformers")
THERE, MADE = "nodes that are there", "nodes that KAITO makes"
AS_IT_IS, GPUS, SLICE = "KAITO decides", "whole GPUs", "MIG slice"
_PROFILE: Final = re.compile(r"\d+g\.\d+gb(\+me)?")


def _model_name(text: str) -> str:
    fits = re.match(HUB_ID, text) or re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text)
    return "" if fits else "A preset of KAITO, such as phi-4, or a repository of the Hub: organisation/model."


def _profile(text: str) -> str:
    return "" if _PROFILE.fullmatch(text) else "A profile is written as NVIDIA does: 3g.40gb."


def _fields(word: str, more: tuple[Field, ...]) -> tuple[Field, ...]:
    def says(key: str, value: str) -> Callable[[Values], bool]:
        return lambda values: values.get(f"{word}.{key}") == value

    def divides(value: str) -> Callable[[Values], bool]:
        return lambda values: values.get(f"{word}.place") == THERE and values.get(f"{word}.part") == value

    return (
        Field(
            key=f"{word}.preset",
            label="Preset",
            required=True,
            suggests="KAITO presets",
            check=_model_name,
            proposes=lambda values: presets.preset_for(values.get("model", "").strip()),
            help="How KAITO calls the model: a short name that it knows, or, for newer KAITO, the Hub's.",
        ),
        *more,
        choice(f"{word}.runtime", "Engine", RUNTIMES, "By default vllm."),
        Field(
            key=f"{word}.config",
            label="Configuration",
            suggests="config maps",
            check=answering.object_name,
            help="A ConfigMap with inference_config.yaml, where the engine's own arguments stand. Empty: KAITO's.",
        ),
        choice(f"{word}.place", "Runs on", (THERE, MADE), "KAITO makes nodes only where it is set up to."),
        Field(
            key=f"{word}.instance_type",
            label="Instance type",
            required=True,
            check=shared.one_word,
            wanted=says("place", MADE),
            help="Of the cloud, such as Standard_NC24ads_A100_v4.",
        ),
        Field(
            key=f"{word}.nodes",
            label="Node labels",
            kind=Kind.LINES,
            check=answering.pairs,
            help="One key=value a line. Nodes that are there must have them; those that are made get them (empty: apps and the name).",
        ),
        choice(f"{word}.part", "Of a node", (AS_IT_IS, GPUS, SLICE), "How much of it one replica gets.", wanted=says("place", THERE)),
        Field(
            key=f"{word}.gpus",
            label="GPUs of a node",
            default="1",
            required=True,
            check=spelling.at_least(1, 64),
            wanted=divides(GPUS),
            help="Whole ones. KAITO's feature gate enableAccelerator has to be on.",
        ),
        Field(
            key=f"{word}.mig",
            label="MIG profile",
            required=True,
            check=_profile,
            wanted=divides(SLICE),
            help="One slice, such as 3g.40gb. KAITO's feature gate enableMIG has to be on.",
        ),
    )


def _how_many(word: str) -> tuple[Field, ...]:
    return (
        Field(
            key=f"{word}.replicas",
            label="Replicas",
            default="1",
            required=True,
            check=spelling.at_least(0),
            help="Workspaces that the set keeps. 0: the set is made, and stopped.",
        ),
        Field(
            key=f"{word}.node_limit",
            label="Most nodes",
            check=spelling.at_least(1),
            help="That all of them may come to. Empty: as many as they need.",
        ),
    )


# ---- both ways ------------------------------------------------------------------------------------------------------


def _said(draft: Draft, word: str) -> dict[str, Any]:
    """What a draft without problems means, of what both are asked."""
    basics, own, serving = (draft.group(step) for step in (shared.BASICS, word, serving_step.STEP))
    there, part = own[f"{word}.place"] == THERE, own[f"{word}.part"]
    return {
        "name": basics["name"].strip(),
        "namespace": basics["namespace"].strip(),
        "model": own[f"{word}.preset"].strip(),
        "runtime": shared.said(own[f"{word}.runtime"]),
        "config": own[f"{word}.config"].strip(),
        "token_secret": serving["token_secret"].strip(),
        "adapters": kaito_adapters.answers(draft, word),
        "instance_type": "" if there else own[f"{word}.instance_type"].strip(),
        "nodes": answering.mapping(own[f"{word}.nodes"]),
        "gpus": int(own[f"{word}.gpus"]) if there and part == GPUS else None,
        "mig_profile": own[f"{word}.mig"].strip() if there and part == SLICE else "",
    }


def _texts(found: ServingAnswers, word: str) -> Groups:
    repo = presets.repo_of(found.model)
    if not re.match(HUB_ID, repo):
        told = f'of its preset "{found.model}" it is not known which model of the Hub it is'
        raise unshowable(told)
    if found.instance_type and (found.gpus is not None or found.mig_profile):
        told = "it asks for nodes to be made, and for a part of one that is there"
        raise unshowable(told)
    return {
        model_step.STEP: {"origin": model_step.HUB, "model": repo},
        shared.BASICS: {"name": found.name, "namespace": found.namespace},
        word: {
            f"{word}.preset": found.model,
            f"{word}.runtime": found.runtime or shared.DEFAULT,
            f"{word}.config": found.config,
            f"{word}.place": MADE if found.instance_type else THERE,
            f"{word}.instance_type": found.instance_type,
            f"{word}.nodes": answering.lines(found.nodes),
            f"{word}.part": SLICE if found.mig_profile else AS_IT_IS if found.gpus is None else GPUS,
            f"{word}.gpus": "1" if found.gpus is None else str(found.gpus),
            f"{word}.mig": found.mig_profile,
        },
        kaito_adapters.key(word): kaito_adapters.texts(found.adapters, word),
        serving_step.STEP: {"token_secret": found.token_secret},
    }


def workspace_answers(draft: Draft) -> WorkspaceAnswers:
    return WorkspaceAnswers(**_said(draft, WORKSPACE.word))


def workspace_texts(found: WorkspaceAnswers) -> Groups:
    """The inverse. Raises AnswersError for a preset that nobody knows here."""
    return _texts(found, WORKSPACE.word)


def set_answers(draft: Draft) -> SetAnswers:
    word = INFERENCE_SET.word
    own = draft.group(word)
    return SetAnswers(
        **_said(draft, word),
        replicas=spelling.count_or(own[f"{word}.replicas"], 1),
        node_limit=spelling.count(own[f"{word}.node_limit"]),
    )


def set_texts(found: SetAnswers) -> Groups:
    """The inverse. Raises AnswersError as `workspace_texts` does."""
    word = INFERENCE_SET.word
    texts = _texts(found, word)
    more = {f"{word}.replicas": str(found.replicas), f"{word}.node_limit": spelling.count_text(found.node_limit)}
    return {**texts, word: {**texts[word], **more}}  # type: ignore[dict-item]  # no cards in that step


def _problems(word: str) -> Callable[[Values], tuple[Problem, ...]]:
    def problems(values: Values) -> tuple[Problem, ...]:
        if values.get(f"{word}.place") == THERE and not values.get(f"{word}.nodes", "").strip():
            sentence = "Say by which labels the nodes are found, such as nvidia.com/gpu.present=true."
            return (Problem(word, 0, f"{word}.nodes", sentence),)
        return ()

    return problems


# ---- where a complaint stands ---------------------------------------------------------------------------------------

_SPOTS: Final = {
    "metadata.annotations": "runtime",
    "resource.instanceType": "instance_type",
    "resource.labelSelector": "nodes",
    "resource.partition": "part",
    "resource.partition.count": "gpus",
    "resource.partition.profile": "mig",
    "inference": "preset",
    "inference.config": "config",
    "spec.replicas": "replicas",
    "spec.nodeCountLimit": "node_limit",
    "spec.labelSelector": "nodes",
}
_ADAPTER: Final = re.compile(r"inference\.adapters\[(?P<place>\d+)\](?:\.(?P<below>.*))?")


def _spot(word: str) -> Callable[[Draft, str], Spot | None]:
    def spot(draft: Draft, path: str) -> Spot | None:
        own = path.removeprefix("spec.template.")
        if own.startswith("inference.preset.presetOptions"):
            return (serving_step.STEP, 0, "token_secret")
        if found := _ADAPTER.match(own):
            return (kaito_adapters.key(word), int(found["place"]), kaito_adapters.field(word, found["below"] or ""))
        if own.startswith("inference.adapters"):
            return (kaito_adapters.key(word), 0, "")
        key = answering.longest(_SPOTS, own)
        if key == "instance_type" and draft.answer(word, f"{word}.place") == THERE:
            key = "place"
        return (word, 0, f"{word}.{key}") if key else None

    return spot


def _form(
    of: Deployable, answers: Callable[[Draft], Any], texts: Callable[[Any], Groups], title: str, more: tuple[Field, ...] = ()
) -> SystemForm:
    step = Step(key=of.word, title=title, wanted=chosen(of.word), fields=_fields(of.word, more))
    no: Mapping[str, str] = {
        model_step.AIM: "it does not know AIM models",
        model_step.CLAIM: "it fetches models itself, and takes none from a claim",
    }
    return SystemForm(
        of=of,
        refuses=no,
        asks=always("token_secret"),
        steps=(step, kaito_adapters.step(of.word)),
        answers=answers,
        texts=texts,
        spot=_spot(of.word),
        listed={"config maps": CONFIG_MAPS},
        words={"KAITO presets": presets.NAMES},
        learned={f"{of.word}.nodes": lambda there, values: there.gpu_labels() if values.get(f"{of.word}.place") == THERE else ""},
        problems=_problems(of.word),
    )


WORKSPACE_FORM: Final = _form(WORKSPACE, workspace_answers, workspace_texts, "KAITO")
SET_FORM: Final = _form(INFERENCE_SET, set_answers, set_texts, "KAITO", _how_many(INFERENCE_SET.word))
