"""What AIM Engine needs to know of an AIMService, and the way between a draft and `ServiceAnswers`. Pure.

Of a model that is there or an AIM image the profile decides; weights of the Hub or of an object store are served by a base image, on
hardware that has to be named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from modeltui.systems.aim.answers import HardwareAnswers, RoutingAnswers, ServiceAnswers, WeightsAnswers
from modeltui.systems.aim.deployable import AIM_SERVICE
from modeltui.systems.aim.types import CLUSTER_CONFIGS, CLUSTER_TEMPLATES, CONFIGS, GPU, METRICS, PRECISIONS, TEMPLATES
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.serving.answers import EnvAnswers, KeyAnswers, ResourceAnswers
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import aim_metrics, fetched, kserve_parts, model_step, shared, spelling
from modeltui.ui.wizards.deploy.system_form import Groups, SystemForm
from modeltui.ui.wizards.draft import Draft, Group
from modeltui.ui.wizards.form import Field, Kind, Problem, Step, Values
from modeltui.ui.wizards.frame import Spot

STEP: Final = AIM_SERVICE.word
MORE: Final = "aim.more"
BASE_IMAGE: Final = "amdenterpriseai/aim-base:0.9"
"""What AMD's own examples serve weights of one's own with."""
TOKEN: Final = "HF_TOKEN"
_TEMPLATES, _CONFIGS = "AIM templates", "AIM runtime configs"
_CANNOT: Final = "This AIMService cannot be shown as a form, edit it as YAML"
_MODEL_ID: Final = r"[a-zA-Z0-9_-]+/[a-zA-Z0-9._-]+"


def _custom(values: Values) -> bool:
    """Whether it serves weights of one's own."""
    return model_step.origin(values) in (model_step.HUB, model_step.URI)


def _of_hub(values: Values) -> bool:
    return model_step.origin(values) == model_step.HUB


def _autoscaled(values: Values) -> bool:
    return bool(values.get("aim.min", "").strip() or values.get("aim.max", "").strip())


def _routed(values: Values) -> bool:
    return values.get("aim.routing", shared.DEFAULT) != shared.OFF


def _model_id(text: str) -> str:
    return "" if re.fullmatch(_MODEL_ID, text) else "Of the form organisation/model: letters, digits, _ and -, and dots in the second part."


def _proposed_id(values: Values) -> str:
    if not _custom(values):
        return ""
    found = "/".join(model_step.named(values).rpartition("://")[2].strip("/").split("/")[-2:])
    return found if re.fullmatch(_MODEL_ID, found) else ""


def _percent(text: str) -> str:
    return spelling.number(text, least=0, most=100)


def _choice(key: str, label: str, choices: Sequence[str], help_: str) -> Field:
    return Field(
        key=key,
        label=label,
        kind=Kind.CHOICE,
        choices=(shared.DEFAULT, *choices),
        default=shared.DEFAULT,
        required=True,
        help=f"{help_} Left and right choose:",
    )


def _chosen(values: Values) -> bool:
    return values.get("system") == STEP


_WEIGHTS: Final = (
    Field(
        key="aim.base_image",
        label="Base image",
        default=BASE_IMAGE,
        required=True,
        check=spelling.image,
        wanted=_custom,
        help="It serves weights that are not its own.",
    ),
    Field(
        key="aim.model_id",
        label="Model id",
        required=True,
        check=_model_id,
        wanted=_custom,
        proposes=_proposed_id,
        help="Under which the weights are stored and served: organisation/model.",
    ),
    Field(key="aim.size", label="Size", check=answering.size, wanted=_custom, help="Of the weights, such as 64Gi. Empty: it is found out."),
    Field(
        key="aim.fetch",
        label="For fetching",
        kind=Kind.LINES,
        check=spelling.env_problem,
        keeps=lambda text, _: spelling.env_kept(text),
        wanted=_custom,
        help="Variables, as of S3: AWS_ENDPOINT_URL=…, AWS_ACCESS_KEY_ID <- secret NAME/KEY.",
    ),
)
_HARDWARE: Final = (
    Field(
        key="aim.gpus",
        label="GPUs",
        check=spelling.at_least(0, 64),
        proposes=lambda values: "1" if _custom(values) else "",
        help="Of one replica. Empty: as the profile says.",
    ),
    Field(key="aim.gpu_model", label="GPU model", check=shared.one_word, help="Such as MI300X. Empty: any."),
    Field(key="aim.min_vram", label="GPU memory", check=spelling.amount, help="At least, of each GPU, such as 64Gi; in place of a model."),
    Field(
        key="aim.gpu_resource",
        label="GPU resource",
        suggests="gpu resources",
        check=shared.resource_name,
        help=f"The extended resource that the nodes offer. Empty: {GPU}.",
    ),
    Field(key="aim.cpu", label="Cores", check=spelling.amount, help="Of one replica; without GPUs it runs on cores only."),
    Field(key="aim.cpu_limit", label="Cores at most", check=spelling.amount, help="Throttled beyond it. Empty: no limit."),
)
_PROFILE: Final = (
    Field(
        key="aim.template",
        label="Template",
        suggests=_TEMPLATES,
        check=answering.object_name,
        help="A profile of the model. Empty: the best that fits.",
    ),
    _choice(
        "aim.unoptimized", "Unoptimized", (shared.ON, shared.OFF), "Whether such profiles may be chosen; default: only for own weights."
    ),
    _choice("aim.metric", "Made for", METRICS, "What the profile is tuned for."),
    _choice("aim.precision", "Precision", PRECISIONS, "Of the profile."),
)
_STEP: Final = Step(key=STEP, title="AIM", wanted=_chosen, fields=(*_WEIGHTS, *_HARDWARE, *_PROFILE))
_MORE: Final = Step(
    key=MORE,
    title="Replicas",
    wanted=_chosen,
    fields=(
        Field(
            key="aim.replicas",
            label="Replicas",
            default="1",
            check=spelling.at_least(0),
            wanted=lambda values: not _autoscaled(values),
            help="0: it is made, and stopped.",
        ),
        Field(key="aim.min", label="At least", check=spelling.at_least(1), help="Autoscaled, if said: AIM does not scale to zero."),
        Field(key="aim.max", label="At most", check=spelling.at_least(1), help="Autoscaled, if said."),
        _choice("aim.caching", "Caching", ("Shared", "Dedicated"), "Shared: one copy of the weights for the namespace. Never changed."),
        Field(
            key="aim.config",
            label="Runtime config",
            suggests=_CONFIGS,
            check=answering.object_name,
            help='Of the namespace or the cluster. Empty: the one called "default".',
        ),
        Field(key="aim.class", label="Storage class", suggests="storage classes", check=answering.object_name, help="Empty: the config's."),
        Field(key="aim.headroom", label="Headroom", check=_percent, help="Percent of room beside the weights. Empty: the config's."),
        _choice("aim.routing", "Route", (shared.ON, shared.OFF), "A way in through a gateway; default: the config's."),
        Field(key="aim.gateway", label="Gateway", check=answering.object_name, wanted=_routed, help="Empty: the config's."),
        Field(
            key="aim.gateway_namespace",
            label="Its namespace",
            suggests="namespaces",
            check=answering.label_name,
            wanted=lambda values: _routed(values) and bool(values.get("aim.gateway", "").strip()),
        ),
        Field(
            key="aim.path",
            label="Path",
            wanted=_routed,
            help="A template such as /{.metadata.namespace}/{.metadata.name}. Empty: the config's.",
        ),
        Field(key="aim.timeout", label="Request timeout", check=shared.one_word, wanted=_routed, help="Such as 120s."),
        kserve_parts.account("aim.account"),
        kserve_parts.pull_secrets("aim.pulls"),
    ),
)


def _asks(values: Values) -> frozenset[str]:
    token = {"token_secret"} if _of_hub(values) else set()
    return frozenset({"cpu", "memory", "cpu_limit", "memory_limit", "env", *token})


def _problems(values: Values) -> tuple[Problem, ...]:
    said = {key: values.get(f"aim.{key}", "").strip() for key in ("gpus", "gpu_model", "min_vram", "cpu")}
    found = []
    if said["gpu_model"] and said["min_vram"]:
        found.append(Problem(STEP, 0, "aim.min_vram", "Either a GPU model or a minimum of memory: AIM Engine takes one of the two."))
    if _custom(values) and not any(said.values()):
        found.append(Problem(STEP, 0, "aim.gpus", "Weights of one's own need hardware: GPUs, or cores."))
    return tuple(found)


# ---- both ways


def answers(draft: Draft) -> ServiceAnswers:
    """What a draft without problems means."""
    model, basics, own, more = (draft.group(step) for step in (model_step.STEP, shared.BASICS, STEP, MORE))
    rest, hardware = draft.group(shared.RESOURCES), _hardware(own)
    named = model["aim_model"].strip()
    scaled = _autoscaled(more)
    told: dict[str, Any] = {
        "model": "" if _custom(model) or model_step.is_image(named) else named,
        "image": "" if _custom(model) or not model_step.is_image(named) else named,
        "weights": _weights(draft, hardware) if _custom(model) else None,
        "hardware": None if _custom(model) or hardware == HardwareAnswers() else hardware,
        "allow_unoptimized": shared.on_off(own["aim.unoptimized"]),
        "replicas": None if scaled else spelling.count(more["aim.replicas"]),
        "min_replicas": spelling.count(more["aim.min"]),
        "max_replicas": spelling.count(more["aim.max"]),
        "metrics": aim_metrics.answers(draft) if scaled else (),
        "headroom_percent": spelling.count(more["aim.headroom"]),
        "resources": msgspec.structs.replace(shared.resource_answers(rest), gpus=None, gpu_resource=ResourceAnswers().gpu_resource),
        **{key: _said(own, f"aim.{key}") for key in ("template", "metric", "precision")},
        "caching": _said(more, "aim.caching"),
    }
    return ServiceAnswers(
        name=basics["name"].strip(),
        namespace=basics["namespace"].strip(),
        runtime_config=more["aim.config"].strip(),
        storage_class=more["aim.class"].strip(),
        routing=_routing(more),
        env=spelling.env(rest["env"]),
        image_pull_secrets=answering.words(more["aim.pulls"]),
        service_account=more["aim.account"].strip(),
        **told,
    )


def _said(group: Group, key: str) -> str:
    text = group[key].strip()
    return "" if text == shared.DEFAULT else text


def _hardware(own: Group) -> HardwareAnswers:
    texts = {key: own[f"aim.{key}"].strip() for key in ("gpu_model", "min_vram", "gpu_resource", "cpu", "cpu_limit")}
    return HardwareAnswers(gpus=spelling.count(own["aim.gpus"]), **texts)


def _weights(draft: Draft, hardware: HardwareAnswers) -> WeightsAnswers:
    model, own = draft.group(model_step.STEP), draft.group(STEP)
    secret = draft.answer(shared.SERVING, "token_secret").strip() if _of_hub(model) else ""
    token = (EnvAnswers(name=TOKEN, secret=KeyAnswers(name=secret, key=TOKEN)),) if secret else ()
    return WeightsAnswers(
        base_image=own["aim.base_image"].strip(),
        model_id=own["aim.model_id"].strip(),
        source_uri=fetched.uri(model),
        size=own["aim.size"].strip(),
        env=(*token, *spelling.env(own["aim.fetch"])),
        hardware=hardware,
    )


def _routing(more: Group) -> RoutingAnswers:
    enabled = shared.on_off(more["aim.routing"])
    if enabled is False:
        return RoutingAnswers(enabled=False)
    gateway = more["aim.gateway"].strip()
    return RoutingAnswers(
        enabled=enabled,
        gateway=gateway,
        gateway_namespace=more["aim.gateway_namespace"].strip() if gateway else "",
        path_template=more["aim.path"].strip(),
        request_timeout=more["aim.timeout"].strip(),
    )


def texts(found: ServiceAnswers) -> Groups:
    """The inverse. Raises AnswersError for what the form cannot show."""
    model, secret, fetch = _model_texts(found)
    hardware = (found.weights.hardware if found.weights is not None else found.hardware) or HardwareAnswers()
    weights = found.weights or WeightsAnswers(base_image=BASE_IMAGE)
    _check(found)
    return {
        model_step.STEP: model,
        shared.BASICS: {"name": found.name, "namespace": found.namespace},
        STEP: {
            "aim.base_image": weights.base_image,
            "aim.model_id": weights.model_id,
            "aim.size": weights.size,
            "aim.fetch": fetch,
            "aim.gpus": spelling.count_text(hardware.gpus),
            **{f"aim.{key}": getattr(hardware, key) for key in ("gpu_model", "min_vram", "gpu_resource", "cpu", "cpu_limit")},
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
            "aim.routing": shared.on_off_text(found.routing.enabled),
            "aim.gateway": found.routing.gateway,
            "aim.gateway_namespace": found.routing.gateway_namespace,
            "aim.path": found.routing.path_template,
            "aim.timeout": found.routing.request_timeout,
            "aim.account": found.service_account,
            "aim.pulls": ", ".join(found.image_pull_secrets),
        },
        aim_metrics.STEP: aim_metrics.texts(found.metrics),
        shared.SERVING: {"token_secret": secret},
        shared.RESOURCES: {**shared.resource_texts(found.resources), "env": spelling.env_text(found.env)},
    }


def _check(found: ServiceAnswers) -> None:
    """Raises AnswersError for answers that would be lost on the way through the form."""
    scaled = found.min_replicas is not None or found.max_replicas is not None
    routing = found.routing
    beyond = {
        "it has hardware of its weights and other hardware of its profile": bool(found.weights and found.hardware),
        "spec.resources speaks of GPUs, which spec.overrides.hardware is for": found.resources.gpus is not None,
        "it has a number of replicas, and an autoscaler that decides it": scaled and found.replicas is not None,
        "it has what an autoscaler goes by, and none": bool(found.metrics) and not scaled,
        "its route is off, and described": routing.enabled is False and routing != RoutingAnswers(enabled=False),
        "its gateway has a namespace and no name": bool(routing.gateway_namespace) and not routing.gateway,
    }
    if told := next((told for told, when in beyond.items() if when), ""):
        raise AnswersError(f"{_CANNOT}: {told}.")


def _model_texts(found: ServiceAnswers) -> tuple[Group, str, str]:
    """The first step, the Secret with a token, and the other variables for fetching."""
    if sum(map(bool, (found.model, found.image, found.weights))) != 1:
        raise AnswersError(f"{_CANNOT}: it says not one model, but {'several' if found.model or found.image else 'none'}.")
    if found.weights is None:
        if found.image and not model_step.is_image(found.image):
            raise AnswersError(f'{_CANNOT}: the image "{found.image}" looks like the name of a model.')
        return {"origin": model_step.AIM, "aim_model": found.model or found.image}, "", ""
    model = fetched.texts(found.weights.source_uri)
    if not _custom(model):
        raise AnswersError(f"{_CANNOT}: AIM Engine fetches from hf:// and s3://, not from {found.weights.source_uri}.")
    first, *others = found.weights.env or (EnvAnswers(),)
    is_token = first.name == TOKEN and first.secret is not None and first.secret.key == TOKEN and _of_hub(model)
    kept = others if is_token else found.weights.env
    return model, first.secret.name if is_token and first.secret is not None else "", spelling.env_text(kept)


# ---- where a complaint stands

_HARDWARE_SPOTS: Final = {
    "": "gpus",
    ".gpu": "gpus",
    ".gpu.model": "gpu_model",
    ".gpu.minVram": "min_vram",
    ".gpu.resourceName": "gpu_resource",
    ".cpu": "cpu",
    ".cpu.limits": "cpu_limit",
}
_SOURCES: Final = "spec.model.custom.modelSources"
_SPOTS: Final = {
    **{f"spec.model.custom.hardware{path}": (STEP, f"aim.{key}") for path, key in _HARDWARE_SPOTS.items()},
    **{f"spec.overrides.hardware{path}": (STEP, f"aim.{key}") for path, key in _HARDWARE_SPOTS.items()},
    "spec.model.custom": (STEP, "aim.base_image"),
    f"{_SOURCES}.modelId": (STEP, "aim.model_id"),
    f"{_SOURCES}.size": (STEP, "aim.size"),
    f"{_SOURCES}.env": (STEP, "aim.fetch"),
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
    "spec.routing": (MORE, "aim.routing"),
    "spec.routing.gatewayRef": (MORE, "aim.gateway"),
    "spec.routing.gatewayRef.namespace": (MORE, "aim.gateway_namespace"),
    "spec.routing.pathTemplate": (MORE, "aim.path"),
    "spec.routing.requestTimeout": (MORE, "aim.timeout"),
    "spec.serviceAccountName": (MORE, "aim.account"),
    "spec.imagePullSecrets": (MORE, "aim.pulls"),
    "spec.env": (shared.RESOURCES, "env"),
    "spec.resources": (shared.RESOURCES, "memory"),
    **{f"spec.resources.requests.{name}": (shared.RESOURCES, name) for name in ("cpu", "memory")},
    **{f"spec.resources.limits.{name}": (shared.RESOURCES, f"{name}_limit") for name in ("cpu", "memory")},
}
_MEASURE: Final = re.compile(r"spec\.autoScaling\.metrics\[(?P<place>\d+)\]\.?(?P<below>.*)")


def spot(draft: Draft, path: str) -> Spot | None:
    if found := _MEASURE.match(path):
        return (aim_metrics.STEP, int(found["place"]), aim_metrics.field(found["below"]))
    plain, model = re.sub(r"\[\d+\]", "", path), draft.group(model_step.STEP)
    if plain in ("spec", "spec.model", "spec.model.name", "spec.model.image", _SOURCES, f"{_SOURCES}.sourceUri"):
        return (model_step.STEP, 0, fetched.field(model) if _custom(model) else "aim_model")
    if plain.startswith(f"{_SOURCES}.env") and _of_hub(model):
        return (shared.SERVING, 0, "token_secret")
    known = answering.longest(_SPOTS, plain)
    return (known[0], 0, known[1]) if known else None


FORM: Final = SystemForm(
    of=AIM_SERVICE,
    refuses={model_step.CLAIM: "it fetches weights itself, and takes none from a claim"},
    schemes=("s3",),
    asks=_asks,
    steps=(_STEP, _MORE, aim_metrics.step()),
    answers=answers,
    texts=texts,
    spot=spot,
    listed={_TEMPLATES: (TEMPLATES, CLUSTER_TEMPLATES), _CONFIGS: (CONFIGS, CLUSTER_CONFIGS), **kserve_parts.LISTED},
    problems=_problems,
)
