"""What AIM Engine needs to know of an AIMService, and the way between a draft and `ServiceAnswers`. Pure.

Of a model that is there or an AIM image the profile decides; weights of the Hub or of an object store are served by a base image, on
hardware that has to be named.
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from modeltui.systems.aim.answers import HardwareAnswers, ServiceAnswers
from modeltui.systems.aim.deployable import AIM_SERVICE
from modeltui.systems.aim.types import CLUSTER_CONFIGS, CLUSTER_TEMPLATES, CONFIGS, METRICS, PRECISIONS, TEMPLATES
from modeltui.systems.serving.answers import ResourceAnswers
from modeltui.systems.showing import unshowable
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import (
    aim_hardware,
    aim_metrics,
    aim_routing,
    aim_weights,
    fetched,
    kserve_parts,
    model_step,
    resource_step,
    serving_step,
    shared,
    spelling,
)
from modeltui.ui.wizards.deploy.system_form import Groups, SystemForm, chosen
from modeltui.ui.wizards.draft import Draft, Group
from modeltui.ui.wizards.form import Field, Step, Values, choice
from modeltui.ui.wizards.frame import Spot

STEP: Final = AIM_SERVICE.word
MORE: Final = "aim.more"
_TEMPLATES, _CONFIGS = "AIM templates", "AIM runtime configs"


def _percent(text: str) -> str:
    return spelling.number(text, least=0, most=100)


_PROFILE: Final = (
    Field(
        key="aim.template",
        label="Template",
        suggests=_TEMPLATES,
        check=answering.object_name,
        help="A profile of the model. Empty: the best that fits.",
    ),
    choice(
        "aim.unoptimized",
        "Unoptimized",
        (shared.DEFAULT, shared.ON, shared.OFF),
        "Whether such profiles may be chosen; default: only for own weights.",
    ),
    choice("aim.metric", "Made for", (shared.DEFAULT, *METRICS), "What the profile is tuned for."),
    choice("aim.precision", "Precision", (shared.DEFAULT, *PRECISIONS), "Of the profile."),
)
_STEP: Final = Step(key=STEP, title="AIM", wanted=chosen(STEP), fields=(*aim_weights.FIELDS, *aim_hardware.FIELDS, *_PROFILE))
_MORE: Final = Step(
    key=MORE,
    title="Replicas",
    wanted=chosen(STEP),
    fields=(
        Field(
            key="aim.replicas",
            label="Replicas",
            default="1",
            check=spelling.at_least(0),
            wanted=lambda values: not aim_metrics.autoscaled(values),
            help="0: it is made, and stopped.",
        ),
        Field(key="aim.min", label="At least", check=spelling.at_least(1), help="Autoscaled, if said: AIM does not scale to zero."),
        Field(key="aim.max", label="At most", check=spelling.at_least(1), help="Autoscaled, if said."),
        choice(
            "aim.caching",
            "Caching",
            (shared.DEFAULT, "Shared", "Dedicated"),
            "Shared: one copy of the weights for the namespace. Never changed.",
        ),
        Field(
            key="aim.config",
            label="Runtime config",
            suggests=_CONFIGS,
            check=answering.object_name,
            help='Of the namespace or the cluster. Empty: the one called "default".',
        ),
        Field(key="aim.class", label="Storage class", suggests="storage classes", check=answering.object_name, help="Empty: the config's."),
        Field(key="aim.headroom", label="Headroom", check=_percent, help="Percent of room beside the weights. Empty: the config's."),
        *aim_routing.FIELDS,
        kserve_parts.account("aim.account"),
        kserve_parts.pull_secrets("aim.pulls"),
    ),
)


def _asks(values: Values) -> frozenset[str]:
    token = {"token_secret"} if aim_weights.of_hub(values) else set()
    return frozenset({"cpu", "memory", "cpu_limit", "memory_limit", "env", *token})


# ---- both ways


def answers(draft: Draft) -> ServiceAnswers:
    """What a draft without problems means."""
    model, basics, own, more = (draft.group(step) for step in (model_step.STEP, shared.BASICS, STEP, MORE))
    rest, hardware = draft.group(resource_step.STEP), aim_hardware.answers(own)
    scaled, weights = aim_metrics.autoscaled(more), aim_weights.are_own(model)
    named = "" if weights else model["aim_model"].strip()
    is_image = model_step.is_image(named)
    told: dict[str, Any] = {
        "model": "" if is_image else named,
        "image": named if is_image else "",
        "weights": aim_weights.answers(draft, own, hardware) if weights else None,
        "hardware": None if weights or hardware == HardwareAnswers() else hardware,
        "allow_unoptimized": shared.on_off(own["aim.unoptimized"]),
        "replicas": None if scaled else spelling.count(more["aim.replicas"]),
        "min_replicas": spelling.count(more["aim.min"]),
        "max_replicas": spelling.count(more["aim.max"]),
        "metrics": aim_metrics.answers(draft) if scaled else (),
        "headroom_percent": spelling.count(more["aim.headroom"]),
        "resources": msgspec.structs.replace(resource_step.answers(rest), gpus=None, gpu_resource=ResourceAnswers().gpu_resource),
        **{key: shared.said(own[f"aim.{key}"]) for key in ("template", "metric", "precision")},
        "caching": shared.said(more["aim.caching"]),
    }
    return ServiceAnswers(
        name=basics["name"].strip(),
        namespace=basics["namespace"].strip(),
        runtime_config=more["aim.config"].strip(),
        storage_class=more["aim.class"].strip(),
        routing=aim_routing.answers(more),
        env=spelling.env(rest["env"]),
        image_pull_secrets=answering.words(more["aim.pulls"]),
        service_account=more["aim.account"].strip(),
        **told,
    )


def texts(found: ServiceAnswers) -> Groups:
    """The inverse. Raises AnswersError for what the form cannot show."""
    _check(found)
    weights = found.weights
    hardware = found.hardware if weights is None else weights.hardware
    return {
        model_step.STEP: _model_texts(found),
        shared.BASICS: {"name": found.name, "namespace": found.namespace},
        STEP: {
            **(aim_weights.texts(weights) if weights is not None else {}),
            **aim_hardware.texts(hardware or HardwareAnswers()),
            "aim.template": found.template,
            "aim.unoptimized": shared.on_off_text(found.allow_unoptimized),
            "aim.metric": found.metric or shared.DEFAULT,
            "aim.precision": found.precision or shared.DEFAULT,
        },
        MORE: {
            "aim.replicas": spelling.count_text(found.replicas),
            "aim.min": spelling.count_text(found.min_replicas),
            "aim.max": spelling.count_text(found.max_replicas),
            "aim.caching": found.caching or shared.DEFAULT,
            "aim.config": found.runtime_config,
            "aim.class": found.storage_class,
            "aim.headroom": spelling.count_text(found.headroom_percent),
            **aim_routing.texts(found.routing),
            "aim.account": found.service_account,
            "aim.pulls": ", ".join(found.image_pull_secrets),
        },
        aim_metrics.STEP: aim_metrics.texts(found.metrics),
        serving_step.STEP: {"token_secret": aim_weights.token_secret(weights) if weights is not None else ""},
        resource_step.STEP: {**resource_step.texts(found.resources), "env": spelling.env_text(found.env)},
    }


def _model_texts(found: ServiceAnswers) -> Group:
    if found.weights is not None:
        return fetched.texts(found.weights.source_uri)
    return {"origin": model_step.AIM, "aim_model": found.model or found.image}


def _check(found: ServiceAnswers) -> None:
    """Raises AnswersError for answers that would be lost on the way through the form."""
    scaled = found.min_replicas is not None or found.max_replicas is not None
    models = sum(map(bool, (found.model, found.image, found.weights)))
    beyond = {
        f"it says not one model, but {'several' if models else 'none'}": models != 1,
        f'the image "{found.image}" looks like the name of a model': bool(found.image) and not model_step.is_image(found.image),
        "it has hardware of its weights and other hardware of its profile": bool(found.weights and found.hardware),
        "spec.resources speaks of GPUs, which spec.overrides.hardware is for": found.resources.gpus is not None,
        "it has a number of replicas, and an autoscaler that decides it": scaled and found.replicas is not None,
        "it has what an autoscaler goes by, and none": bool(found.metrics) and not scaled,
    }
    if told := next((told for told, when in beyond.items() if when), ""):
        raise unshowable(told)


# ---- where a complaint stands

_CUSTOM: Final = "spec.model.custom"
_SOURCES: Final = f"{_CUSTOM}.modelSources"
_SPOTS: Final = {
    **{f"{_CUSTOM}{below}": (STEP, f"aim.{key}") for below, key in aim_weights.SPOTS.items()},
    **{f"{_CUSTOM}.hardware{below}": (STEP, f"aim.{key}") for below, key in aim_hardware.SPOTS.items()},
    **{f"spec.overrides.hardware{below}": (STEP, f"aim.{key}") for below, key in aim_hardware.SPOTS.items()},
    "spec.template": (STEP, "aim.template"),
    "spec.template.allowUnoptimized": (STEP, "aim.unoptimized"),
    "spec.overrides": (STEP, "aim.metric"),
    "spec.overrides.precision": (STEP, "aim.precision"),
    "spec.replicas": (MORE, "aim.replicas"),
    "spec.minReplicas": (MORE, "aim.min"),
    "spec.maxReplicas": (MORE, "aim.max"),
    "spec.autoScaling": (MORE, "aim.min"),
    "spec.caching": (MORE, "aim.caching"),
    "spec.runtimeConfigName": (MORE, "aim.config"),
    "spec.storage": (MORE, "aim.class"),
    "spec.storage.pvcHeadroomPercent": (MORE, "aim.headroom"),
    **{f"spec.routing{below}": (MORE, f"aim.{key}") for below, key in aim_routing.SPOTS.items()},
    "spec.serviceAccountName": (MORE, "aim.account"),
    "spec.imagePullSecrets": (MORE, "aim.pulls"),
    "spec.env": (resource_step.STEP, "env"),
    "spec.resources": (resource_step.STEP, "memory"),
    **{f"spec.resources.requests.{name}": (resource_step.STEP, name) for name in ("cpu", "memory")},
    **{f"spec.resources.limits.{name}": (resource_step.STEP, f"{name}_limit") for name in ("cpu", "memory")},
}
_MEASURE: Final = re.compile(r"spec\.autoScaling\.metrics\[(?P<place>\d+)\]\.?(?P<below>.*)")


def spot(draft: Draft, path: str) -> Spot | None:
    if found := _MEASURE.match(path):
        return (aim_metrics.STEP, int(found["place"]), aim_metrics.field(found["below"]))
    plain, model = re.sub(r"\[\d+\]", "", path), draft.group(model_step.STEP)
    if plain in ("spec", "spec.model", "spec.model.name", "spec.model.image", _SOURCES, f"{_SOURCES}.sourceUri"):
        return (model_step.STEP, 0, fetched.field(model) if aim_weights.are_own(model) else "aim_model")
    if plain.startswith(f"{_SOURCES}.env") and aim_weights.of_hub(model):
        return (serving_step.STEP, 0, "token_secret")
    known = answering.longest(_SPOTS, plain)
    return (known[0], 0, known[1]) if known else None


FORM: Final = SystemForm(
    of=AIM_SERVICE,
    refuses={model_step.CLAIM: "it fetches weights itself, and takes none from a claim"},
    schemes=("s3",),
    asks=_asks,
    steps=(_STEP, _MORE, aim_metrics.step(chosen(STEP))),
    answers=answers,
    texts=texts,
    spot=spot,
    listed={_TEMPLATES: (TEMPLATES, CLUSTER_TEMPLATES), _CONFIGS: (CONFIGS, CLUSTER_CONFIGS), **kserve_parts.LISTED},
    problems=lambda values: aim_hardware.problems(values, STEP),
)
