"""What AI Runway needs to know of a ModelDeployment, and the way between a draft and `DeploymentAnswers`. Pure."""

from __future__ import annotations

import re
from typing import Final

from modeltui.catalog.entries import HUB_ID
from modeltui.systems.airunway.answers import DeploymentAnswers
from modeltui.systems.airunway.checks.scaling import MOST_GPUS, MOST_REPLICAS
from modeltui.systems.airunway.deployable import DEPLOYMENT
from modeltui.systems.airunway.types import DISAGGREGATED, ENGINES, MODES, PROVIDERS
from modeltui.systems.showing import unshowable
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import airunway_volumes, model_step, resource_step, serving_step, shared, spelling
from modeltui.ui.wizards.deploy.system_form import Groups, SystemForm, chosen
from modeltui.ui.wizards.draft import Draft
from modeltui.ui.wizards.form import Field, Kind, Problem, Step, Values, choice
from modeltui.ui.wizards.frame import Spot

STEP: Final = DEPLOYMENT.word
AUTO: Final = "auto"
_PROVIDERS: Final = "AI Runway's providers"


def _halves(values: Values) -> bool:
    return values.get("airunway.mode") == DISAGGREGATED


def _half(key: str, label: str, most: int, help_: str) -> Field:
    return Field(
        key=key,
        label=label,
        default="1",
        required=True,
        check=spelling.at_least(1 if most == MOST_GPUS else 0, most),
        wanted=_halves,
        help=help_,
    )


_STEP: Final = Step(
    key=STEP,
    title="AI Runway",
    wanted=chosen(STEP),
    fields=(
        choice(
            "airunway.engine",
            "Engine",
            (*ENGINES, AUTO),
            "auto: AI Runway takes the first that a provider can run. It cannot be changed later.",
        ),
        Field(
            key="airunway.provider",
            label="Provider",
            suggests=_PROVIDERS,
            check=answering.object_name,
            help="Which system carries it out. Empty: AI Runway chooses one that can. It cannot be changed later.",
        ),
        Field(
            key="airunway.mode",
            label="Mode",
            kind=Kind.CHOICE,
            choices=MODES,
            default=MODES[0],
            required=True,
            help="Disaggregated: prompts are read (prefill) and answers written (decode) by different workers. It cannot be changed later.",
        ),
        Field(
            key="airunway.replicas",
            label="Replicas",
            default="1",
            required=True,
            check=spelling.at_least(0, MOST_REPLICAS),
            wanted=lambda values: not _halves(values),
            help="How many of them serve the model.",
        ),
        _half("airunway.prefill", "Prefill workers", MOST_REPLICAS, "Replicas that read prompts."),
        _half("airunway.prefill_gpus", "GPUs per prefill", MOST_GPUS, "Of each prefill worker."),
        _half("airunway.decode", "Decode workers", MOST_REPLICAS, "Replicas that write answers."),
        _half("airunway.decode_gpus", "GPUs per decode", MOST_GPUS, "Of each decode worker."),
        choice(
            "airunway.gateway",
            "Gateway",
            (shared.OFF, shared.ON, shared.DEFAULT),
            "on, and by default: reached through the cluster's Gateway only; off: by a Service of its own.",
        ),
        Field(
            key="airunway.gateway_model",
            label="Model of gateway",
            check=shared.one_word,
            help="What clients of the gateway write as the model. Empty: as it is served.",
        ),
        Field(
            key="airunway.image",
            label="Image",
            check=spelling.image,
            help="Of the engine. Empty: the provider's own, which is known to work.",
        ),
    ),
)


def _asks(values: Values) -> frozenset[str]:
    """A disaggregated deployment may not have GPUs and CPUs of its own: its halves have."""
    always = {*serving_step.KEYS, "gpu_resource", "memory", "node_selector", "tolerations", "env"}
    return frozenset(always if _halves(values) else {*always, "gpus", "cpu"})


def answers(draft: Draft) -> DeploymentAnswers:
    """What a draft without problems means."""
    basics, own, serving, rest = (draft.group(step) for step in (shared.BASICS, STEP, serving_step.STEP, resource_step.STEP))
    amounts = resource_step.answers(rest)
    caching = shared.on_off(serving["prefix_caching"])
    return DeploymentAnswers(
        name=basics["name"].strip(),
        namespace=basics["namespace"].strip(),
        model=draft.answer(model_step.STEP, "model").strip(),
        image=own["airunway.image"].strip(),
        provider=own["airunway.provider"].strip(),
        engine="" if own["airunway.engine"] == AUTO else own["airunway.engine"],  # type: ignore[arg-type]  # one of the choices
        mode=own["airunway.mode"],  # type: ignore[arg-type]  # one of the choices
        replicas=spelling.count_or(own["airunway.replicas"], 1),
        gpus=amounts.gpus or 0,
        gpu_resource=amounts.gpu_resource,
        prefill_replicas=spelling.count_or(own["airunway.prefill"], 1),
        prefill_gpus=spelling.count_or(own["airunway.prefill_gpus"], 1),
        decode_replicas=spelling.count_or(own["airunway.decode"], 1),
        decode_gpus=spelling.count_or(own["airunway.decode_gpus"], 1),
        memory=amounts.memory,
        cpu=amounts.cpu,
        gateway=shared.on_off(own["airunway.gateway"]),
        gateway_model=own["airunway.gateway_model"].strip(),
        prefix_caching=True if caching is None else caching,
        volumes=tuple(map(airunway_volumes.answers, draft.groups[airunway_volumes.KEY])),
        env=spelling.env(rest["env"]),
        placement=resource_step.placement(rest),
        **serving_step.answers(serving),
    )


def texts(found: DeploymentAnswers) -> Groups:
    """The inverse. Raises AnswersError for an image that brings its model, and for what one line cannot spell."""
    if found.model and not re.match(HUB_ID, found.model):
        raise unshowable(f'its model "{found.model}" is no repository of the Hub')
    if found.image and not found.model:
        raise unshowable("its model is part of its image")
    own = {
        "engine": found.engine or AUTO,
        "provider": found.provider,
        "mode": found.mode,
        "replicas": str(found.replicas),
        "prefill": str(found.prefill_replicas),
        "prefill_gpus": str(found.prefill_gpus),
        "decode": str(found.decode_replicas),
        "decode_gpus": str(found.decode_gpus),
        "gateway": shared.on_off_text(found.gateway),
        "gateway_model": found.gateway_model,
        "image": found.image,
    }
    serving = serving_step.texts(found)
    if found.prefix_caching:  # which is what AI Runway does by itself
        serving = {**serving, "prefix_caching": shared.DEFAULT}
    return {
        model_step.STEP: {"origin": model_step.HUB, "model": found.model},
        shared.BASICS: {"name": found.name, "namespace": found.namespace},
        STEP: {f"{STEP}.{key}": text for key, text in own.items()},
        airunway_volumes.KEY: tuple(map(airunway_volumes.texts, found.volumes)),
        serving_step.STEP: serving,
        resource_step.STEP: {
            "gpus": str(found.gpus),
            "gpu_resource": found.gpu_resource,
            "cpu": found.cpu,
            "memory": found.memory,
            "env": spelling.env_text(found.env),
            **resource_step.placement_texts(found.placement),
        },
    }


def problems(values: Values) -> tuple[Problem, ...]:
    if not _halves(values) and not values.get("gpus", "").strip():
        return (Problem(resource_step.STEP, 0, "gpus", "AI Runway has to be told how many GPUs a replica gets; 0: none."),)
    return ()


# ---- where a complaint stands

_OWN: Final = {
    **{"spec.engine": "engine", "spec.engine.image": "image", "spec.image": "image", "spec.provider": "provider"},
    **{"spec.serving": "mode", "spec.scaling": "replicas", "spec.scaling.prefill": "prefill", "spec.scaling.decode": "decode"},
    **{"spec.scaling.prefill.gpu": "prefill_gpus", "spec.scaling.decode.gpu": "decode_gpus"},
    **{"spec.gateway": "gateway", "spec.gateway.modelName": "gateway_model"},
}
_SHARED: Final = {
    "spec.model.servedName": (serving_step.STEP, "served_name"),
    "spec.engine.contextLength": (serving_step.STEP, "context_length"),
    "spec.engine.enablePrefixCaching": (serving_step.STEP, "prefix_caching"),
    "spec.engine.enforceEager": (serving_step.STEP, "eager"),
    "spec.engine.trustRemoteCode": (serving_step.STEP, "trust_remote_code"),
    "spec.engine.extraArgs": (serving_step.STEP, "extra_args"),
    "spec.secrets": (serving_step.STEP, "token_secret"),
    "spec.resources": (resource_step.STEP, "gpus"),
    "spec.resources.gpu.type": (resource_step.STEP, "gpu_resource"),
    "spec.resources.memory": (resource_step.STEP, "memory"),
    "spec.scaling.prefill.memory": (resource_step.STEP, "memory"),
    "spec.scaling.decode.memory": (resource_step.STEP, "memory"),
    "spec.scaling.prefill.gpu.type": (resource_step.STEP, "gpu_resource"),
    "spec.scaling.decode.gpu.type": (resource_step.STEP, "gpu_resource"),
    "spec.resources.cpu": (resource_step.STEP, "cpu"),
    "spec.nodeSelector": (resource_step.STEP, "node_selector"),
    "spec.tolerations": (resource_step.STEP, "tolerations"),
    "spec.env": (resource_step.STEP, "env"),
    "spec.model": (model_step.STEP, "model"),
}
_PATHS: Final = {**{path: (STEP, f"{STEP}.{key}") for path, key in _OWN.items()}, **_SHARED}


def spot(draft: Draft, path: str) -> Spot | None:
    if (volume := airunway_volumes.spot(draft, path)) is not None:
        return volume
    found = answering.longest(_PATHS, path)
    return (found[0], 0, found[1]) if found else None


FORM: Final = SystemForm(
    of=DEPLOYMENT,
    refuses={
        model_step.CLAIM: "it wants the model's id of the Hub, and takes a claim as its cache",
        model_step.AIM: "it does not know AIM models",
    },
    asks=_asks,
    steps=(_STEP, airunway_volumes.step(chosen(STEP))),
    answers=answers,
    texts=texts,
    spot=spot,
    listed={_PROVIDERS: PROVIDERS},
    problems=problems,
)
