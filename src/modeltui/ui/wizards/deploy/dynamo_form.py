"""What NVIDIA Dynamo needs to know of a graph, and the way between a draft and `GraphAnswers`. Pure."""

from __future__ import annotations

import re
from typing import Final

from modeltui.systems.core import quantity
from modeltui.systems.dynamo.answers import GraphAnswers
from modeltui.systems.dynamo.deployable import GRAPH
from modeltui.systems.serving import known
from modeltui.systems.serving.answers import MountAnswers
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import claims, model_step, resource_step, serving_step, shared, spelling
from modeltui.ui.wizards.deploy.system_form import Groups, SystemForm, always, chosen
from modeltui.ui.wizards.draft import Draft, Group
from modeltui.ui.wizards.form import Field, Kind, Problem, Step, Values, choice
from modeltui.ui.wizards.frame import Spot

STEP: Final = GRAPH.word
ENGINES: Final = ("vllm", "sglang", "trtllm")
MODES: Final = ("aggregated", "disaggregated")
ROUTERS: Final = (shared.DEFAULT, "round-robin", "random", "kv")


def _halves(values: Values) -> bool:
    return values.get("dynamo.mode") == "disaggregated"


def _mounts(values: Values) -> bool:
    """Whether there is a claim: of the model, or for what is fetched."""
    return model_step.origin(values) == model_step.CLAIM or bool(values.get("dynamo.cache", "").strip())


_STEP: Final = Step(
    key=STEP,
    title="Dynamo",
    wanted=chosen(STEP),
    fields=(
        choice("dynamo.engine", "Engine", ENGINES),
        Field(
            key="dynamo.mode",
            label="Mode",
            kind=Kind.CHOICE,
            choices=MODES,
            default=MODES[0],
            required=True,
            help="Disaggregated: prompts are read (prefill) and answers written (decode) by different workers.",
        ),
        Field(
            key="dynamo.replicas",
            label="Workers",
            default="1",
            required=True,
            check=spelling.at_least(0),
            wanted=lambda values: not _halves(values),
            help="Replicas of the worker. 0: the graph is made, and stopped.",
        ),
        Field(
            key="dynamo.prefill",
            label="Prefill workers",
            default="1",
            required=True,
            check=spelling.at_least(0),
            wanted=_halves,
            help="Replicas that read prompts.",
        ),
        Field(
            key="dynamo.decode",
            label="Decode workers",
            default="1",
            required=True,
            check=spelling.at_least(0),
            wanted=_halves,
            help="Replicas that write answers.",
        ),
        Field(
            key="dynamo.frontends",
            label="Frontends",
            default="1",
            required=True,
            check=spelling.at_least(0),
            help="Replicas of what takes the requests and routes them; it needs no GPU.",
        ),
        choice("dynamo.router", "Router mode", ROUTERS, "How requests find a worker; kv: the one that has most of the prompt cached."),
        Field(
            key="dynamo.image",
            label="Image",
            required=True,
            check=spelling.image,
            proposes=lambda values: known.image(values.get("dynamo.engine", ""), "dynamo"),
            help="Dynamo's runtime with the engine in it; proposed for the engine.",
        ),
        Field(
            key="dynamo.version",
            label="Runtime version",
            check=spelling.version,
            help="MAJOR.MINOR.PATCH of Dynamo in the image; needed where the image's tag does not say it.",
        ),
        Field(
            key="dynamo.cache",
            label="Cache claim",
            suggests="all claims",
            check=answering.object_name,
            wanted=lambda values: model_step.origin(values) != model_step.CLAIM,
            help="A claim that keeps what is fetched from the Hub, so that a restart does not fetch it again. Empty: none.",
        ),
        Field(
            key="dynamo.mount",
            label="Mounted at",
            default=claims.MOUNT,
            required=True,
            check=spelling.absolute_path,
            wanted=_mounts,
            help="Where the container sees the claim.",
        ),
        Field(
            key="dynamo.sub_path",
            label="Only its folder",
            check=spelling.relative_path,
            wanted=_mounts,
            help="Mount this folder of the claim only. Empty: all of it.",
        ),
        Field(
            key="dynamo.read_only",
            label="Read-only",
            kind=Kind.SWITCH,
            wanted=_mounts,
            proposes=lambda values: "yes" if model_step.origin(values) == model_step.CLAIM else "no",
            help="Weights that others use too should not be written to; a cache must be.",
        ),
    ),
)


def answers(draft: Draft) -> GraphAnswers:
    """What a draft without problems means."""
    basics, own, serving, rest = (draft.group(step) for step in (shared.BASICS, STEP, serving_step.STEP, resource_step.STEP))
    model = draft.group(model_step.STEP)
    cache = _mount(model, own)
    image = own["dynamo.image"].strip()
    engine = own["dynamo.engine"]
    return GraphAnswers(
        name=basics["name"].strip(),
        namespace=basics["namespace"].strip(),
        model=claims.path_of(model, cache.path) if cache and model_step.origin(model) == model_step.CLAIM else model["model"].strip(),
        engine=engine,  # type: ignore[arg-type]  # one of the choices
        mode=own["dynamo.mode"],  # type: ignore[arg-type]  # one of the choices
        replicas=spelling.count_or(own["dynamo.replicas"], 1),
        prefill_replicas=spelling.count_or(own["dynamo.prefill"], 1),
        decode_replicas=spelling.count_or(own["dynamo.decode"], 1),
        frontend_replicas=spelling.count_or(own["dynamo.frontends"], 1),
        gpus=spelling.count_or(rest["gpus"], 0),
        router_mode=shared.said(own["dynamo.router"]),  # type: ignore[arg-type]  # one of the choices
        image="" if image == known.image(engine, "dynamo") else image,
        runtime_version=own["dynamo.version"].strip(),
        cache=cache,
        env=spelling.env(rest["env"]),
        placement=resource_step.placement(rest),
        prefix_caching=shared.on_off(serving["prefix_caching"]),
        **serving_step.answers(serving),
    )


def _mount(model: Group, own: Group) -> MountAnswers | None:
    claim = (model["claim"] if model_step.origin(model) == model_step.CLAIM else own["dynamo.cache"]).strip()
    if not claim:
        return None
    return MountAnswers(
        claim=claim,
        path=own["dynamo.mount"].strip(),
        sub_path=own["dynamo.sub_path"].strip().strip("/"),
        read_only=own["dynamo.read_only"] == "yes",
    )


def texts(found: GraphAnswers) -> Groups:
    """The inverse. Raises AnswersError for a model that is neither of the Hub nor in its claim, or what one line cannot spell."""
    cache = found.cache or MountAnswers(path=claims.MOUNT)
    model = claims.model_texts(found.model, cache.claim, cache.path)
    of_claim = model_step.origin(model) == model_step.CLAIM
    return {
        model_step.STEP: model,
        shared.BASICS: {"name": found.name, "namespace": found.namespace},
        STEP: {
            "dynamo.engine": found.engine,
            "dynamo.mode": found.mode,
            "dynamo.replicas": str(found.replicas),
            "dynamo.prefill": str(found.prefill_replicas),
            "dynamo.decode": str(found.decode_replicas),
            "dynamo.frontends": str(found.frontend_replicas),
            "dynamo.router": found.router_mode or shared.DEFAULT,
            "dynamo.image": found.image or known.image(found.engine, "dynamo"),
            "dynamo.version": found.runtime_version,
            "dynamo.cache": "" if of_claim else cache.claim,
            "dynamo.mount": cache.path,
            "dynamo.sub_path": cache.sub_path,
            "dynamo.read_only": "yes" if cache.read_only else "no",
        },
        serving_step.STEP: serving_step.texts(found),
        resource_step.STEP: {
            "gpus": str(found.gpus),
            "env": spelling.env_text(found.env),
            **resource_step.placement_texts(found.placement),
        },
    }


def problems(values: Values) -> tuple[Problem, ...]:
    if not values.get("gpus", "").strip():
        return (Problem(resource_step.STEP, 0, "gpus", "Dynamo has to be told how many GPUs a worker gets; 0: none."),)
    return ()


# ---- where a complaint stands

_COMPONENT: Final = re.compile(r"spec\.(?:components\[(?:name=)?(?P<newer>[^\]]+)\]|services\.(?P<older>[^.\[]+))(?:\.(?P<below>.*))?")
_MAIN: Final = re.compile(r"(?:podTemplate\.spec\.containers\[[^\]]*\]|extraPodSpec\.mainContainer)\.?")
_REPLICAS: Final = {"Frontend": "dynamo.frontends", "worker": "dynamo.replicas", "prefill": "dynamo.prefill", "decode": "dynamo.decode"}
_SPOTS: Final[dict[str, tuple[str, str]]] = {
    **{"name": (shared.BASICS, "name"), "runtimeVersionOverride": (STEP, "dynamo.version"), "image": (STEP, "dynamo.image")},
    **{path: (serving_step.STEP, "token_secret") for path in ("envFrom", "envFromSecret")},
    **{path: (resource_step.STEP, "env") for path in ("env", "envs")},
    **{path: (resource_step.STEP, "gpus") for path in ("resources",)},
    **{path: (serving_step.STEP, "extra_args") for path in ("args", "command")},
    **{path: (STEP, "dynamo.mount") for path in ("volumeMounts",)},
    **{path: (STEP, "dynamo.cache") for path in ("podTemplate.spec.volumes", "extraPodSpec.volumes")},
    **{f"{pod}.nodeSelector": (resource_step.STEP, "node_selector") for pod in ("podTemplate.spec", "extraPodSpec")},
    **{f"{pod}.tolerations": (resource_step.STEP, "tolerations") for pod in ("podTemplate.spec", "extraPodSpec")},
}


def spot(draft: Draft, path: str) -> Spot | None:
    if path.startswith("spec.backendFramework"):
        return (STEP, 0, "dynamo.engine")
    if (found := _COMPONENT.match(path)) is None:
        return None
    component = found["older"] or _named(draft, found["newer"])
    below = _MAIN.sub("", found["below"] or "", count=1)
    step, key = answering.longest(_SPOTS, below) or (STEP, _REPLICAS.get(component, "dynamo.replicas"))
    if key == "dynamo.cache" and model_step.origin(draft.group(model_step.STEP)) == model_step.CLAIM:
        return (model_step.STEP, 0, "claim")
    return (step, 0, key)


def _named(draft: Draft, which: str) -> str:
    """Name of a component that a path names by its place, as the form puts them."""
    if (place := quantity.whole(which)) is None:
        return which
    components = ["Frontend", *(("prefill", "decode") if _halves(draft.group(STEP)) else ("worker",))]
    return components[place] if place < len(components) else ""


FORM: Final = SystemForm(
    of=GRAPH,
    refuses={model_step.AIM: "it does not know AIM models"},
    asks=always(*serving_step.KEYS, "gpus", "node_selector", "tolerations", "env"),
    steps=(_STEP,),
    answers=answers,
    texts=texts,
    spot=spot,
    problems=problems,
)
