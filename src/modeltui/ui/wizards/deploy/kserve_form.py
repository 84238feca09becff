"""What KServe needs to know of an InferenceService, and the way between a draft and `InferenceAnswers`. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from modeltui.systems.kserve import arguments
from modeltui.systems.kserve.answers import InferenceAnswers
from modeltui.systems.kserve.checks.storage import SCHEMES
from modeltui.systems.kserve.deployable import SERVICE
from modeltui.systems.kserve.types import AUTOSCALER, CLUSTER_RUNTIMES, MODE, RUNTIMES, STORAGE_SECRET
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import fetched, kserve_parts, model_step, resource_step, serving_step, shared, spelling
from modeltui.ui.wizards.deploy.system_form import Groups, SystemForm, chosen
from modeltui.ui.wizards.draft import Draft
from modeltui.ui.wizards.form import Field, Problem, Step, Values, choice
from modeltui.ui.wizards.frame import Spot

STEP: Final = SERVICE.word
_RUNTIMES: Final = "runtimes of KServe"
_FORMATS: Final = "model formats"
_MODES: Final = (shared.DEFAULT, "Standard", "Knative", "RawDeployment", "Serverless")
_AUTOSCALERS: Final = (shared.DEFAULT, "hpa", "keda", "external", "none")
_METRICS: Final = (shared.DEFAULT, "cpu", "memory", "concurrency", "rps")


def _engine(values: Values) -> str:
    """Whose flags are written."""
    chosen = values.get("kserve.engine", shared.DEFAULT)
    return arguments.engine_of(values.get("kserve.format", "").strip()) if chosen == shared.DEFAULT else chosen


def _has(flag: str) -> Callable[[Values], bool]:
    return lambda values: arguments.has(_engine(values), flag)


_STEP: Final = Step(
    key=STEP,
    title="KServe",
    wanted=chosen(STEP),
    fields=(
        Field(
            key="kserve.format",
            label="Model format",
            default="huggingface",
            required=True,
            suggests=_FORMATS,
            check=shared.one_word,
            help="As the runtimes call it; KServe chooses a runtime that serves it.",
        ),
        Field(key="kserve.version", label="Its version", check=shared.one_word, help="Of the format. Empty: any."),
        Field(
            key="kserve.runtime",
            label="Runtime",
            suggests=_RUNTIMES,
            check=answering.object_name,
            help="A ServingRuntime of the namespace, or a ClusterServingRuntime. Empty: KServe chooses by the format.",
        ),
        choice(
            "kserve.engine",
            "Engine",
            (shared.DEFAULT, *arguments.ENGINES),
            "Whose flags the runtime takes; default: by the format.",
        ),
        Field(key="kserve.image", label="Image", check=spelling.image, help="In place of the runtime's. Empty: the runtime's."),
        choice("kserve.mode", "Mode", _MODES, "Standard: a Deployment; Knative can go down to none. It cannot be changed later."),
        Field(
            key="kserve.min",
            label="Replicas at least",
            default="1",
            check=spelling.at_least(0),
            help="0: Knative takes the last one away while nobody asks.",
        ),
        Field(
            key="kserve.max",
            label="Replicas at most",
            check=spelling.at_least(1),
            help="Empty: as many as at least, or no limit in Knative.",
        ),
        choice("kserve.autoscaler", "Autoscaler", _AUTOSCALERS, "What adds replicas, in mode Standard."),
        choice("kserve.metric", "Scale by", _METRICS, "cpu and memory in percent; concurrency and rps of Knative."),
        Field(
            key="kserve.target",
            label="Scale beyond",
            check=spelling.at_least(1),
            wanted=lambda values: values.get("kserve.metric", shared.DEFAULT) != shared.DEFAULT,
            help="Of one replica; above it another is added. Empty: KServe's default.",
        ),
        Field(
            key="kserve.tensor",
            label="Tensor parallel",
            check=spelling.at_least(1),
            wanted=_has("tensor_parallel"),
            proposes=kserve_parts.split,
            help="GPUs that the engine splits the model over. Empty: one.",
        ),
        kserve_parts.account("kserve.account"),
        kserve_parts.pull_secrets("kserve.pulls"),
    ),
)


def _asks(values: Values) -> frozenset[str]:
    """Nothing that the engine has no flag for."""
    engine = _engine(values)
    served = ("served_name",) if arguments.has(engine, "served_name") else ()
    return kserve_parts.asked(engine) | {*served, *resource_step.KEYS}


def problems(values: Values) -> tuple[Problem, ...]:
    way, engine = values.get("prefix_caching", shared.DEFAULT), _engine(values)
    if "prefix_caching" in _asks(values) and way != shared.DEFAULT and not arguments.has(engine, f"prefix_caching_{way}"):
        return (
            Problem(serving_step.STEP, 0, "prefix_caching", f"{engine} has no flag that turns it {way}; default leaves it to the engine."),
        )
    return ()


# ---- both ways


def answers(draft: Draft) -> InferenceAnswers:
    """What a draft without problems means."""
    basics, own, rest = (draft.group(step) for step in (shared.BASICS, STEP, resource_step.STEP))
    number = {key: spelling.count(own[f"kserve.{key}"]) for key in ("min", "max", "target", "tensor")}
    said = {key: shared.said(own[f"kserve.{key}"]) for key in ("engine", "mode", "autoscaler", "metric")}
    told: dict[str, Any] = {
        "format": own["kserve.format"].strip(),
        "format_version": own["kserve.version"].strip(),
        "runtime": own["kserve.runtime"].strip(),
        "engine": said["engine"],
        "mode": said["mode"],
        "autoscaler": said["autoscaler"],
        "scale_metric": said["metric"],
        "scale_target": number["target"] if said["metric"] else None,
        "min_replicas": number["min"],
        "max_replicas": number["max"],
        "tensor_parallel": number["tensor"] if _has("tensor_parallel")(own) else None,
        "image": own["kserve.image"].strip(),
        "service_account": own["kserve.account"].strip(),
        "image_pull_secrets": answering.words(own["kserve.pulls"]),
    }
    return InferenceAnswers(
        name=basics["name"].strip(),
        namespace=basics["namespace"].strip(),
        uri=fetched.uri(draft.group(model_step.STEP)),
        env=spelling.env(rest["env"]),
        resources=resource_step.answers(rest),
        placement=resource_step.placement(rest),
        **told,
        **kserve_parts.serving_answers(draft.group(serving_step.STEP), _asks(own)),
    )


def texts(found: InferenceAnswers) -> Groups:
    """The inverse. Raises AnswersError for weights that no URI names, or what one line cannot spell."""
    return {
        model_step.STEP: fetched.texts(found.uri),
        shared.BASICS: {"name": found.name, "namespace": found.namespace},
        STEP: {
            "kserve.format": found.format,
            "kserve.version": found.format_version,
            "kserve.runtime": found.runtime,
            "kserve.engine": found.engine or shared.DEFAULT,
            "kserve.image": found.image,
            "kserve.mode": found.mode or shared.DEFAULT,
            "kserve.min": spelling.count_text(found.min_replicas),
            "kserve.max": spelling.count_text(found.max_replicas),
            "kserve.autoscaler": found.autoscaler or shared.DEFAULT,
            "kserve.metric": found.scale_metric or shared.DEFAULT,
            "kserve.target": spelling.count_text(found.scale_target),
            "kserve.tensor": spelling.count_text(found.tensor_parallel),
            "kserve.account": found.service_account,
            "kserve.pulls": ", ".join(found.image_pull_secrets),
        },
        serving_step.STEP: serving_step.texts(found),
        resource_step.STEP: {
            **resource_step.texts(found.resources),
            **resource_step.placement_texts(found.placement),
            "env": spelling.env_text(found.env),
        },
    }


# ---- where a complaint stands

_PREDICTOR: Final = "spec.predictor"
_MODEL: Final = f"{_PREDICTOR}.model"
_SPOTS: Final = {
    **{f"metadata.annotations.{MODE}": "kserve.mode", f"metadata.annotations.{AUTOSCALER}": "kserve.autoscaler"},
    **{f"metadata.annotations.{STORAGE_SECRET}": "token_secret", _PREDICTOR: "token_secret"},
    **{f"{_PREDICTOR}.minReplicas": "kserve.min", f"{_PREDICTOR}.maxReplicas": "kserve.max"},
    **{f"{_PREDICTOR}.scaleMetric": "kserve.metric", f"{_PREDICTOR}.scaleTarget": "kserve.target"},
    **{f"{_PREDICTOR}.serviceAccountName": "kserve.account", f"{_PREDICTOR}.imagePullSecrets": "kserve.pulls"},
    **{f"{_PREDICTOR}.nodeSelector": "node_selector", f"{_PREDICTOR}.tolerations": "tolerations"},
    **{f"{_MODEL}.modelFormat": "kserve.format", f"{_MODEL}.modelFormat.version": "kserve.version", f"{_MODEL}.runtime": "kserve.runtime"},
    **{_MODEL: "kserve.runtime", f"{_MODEL}.image": "kserve.image", f"{_MODEL}.args": "extra_args", f"{_MODEL}.env": "env"},
    **{f"{_MODEL}.storageUri": "uri", f"{_MODEL}.resources": "gpus", f"{_MODEL}.protocolVersion": "kserve.runtime"},
    **{f"{_MODEL}.resources.requests.{name}": name for name in ("cpu", "memory")},
    **{f"{_MODEL}.resources.limits.{name}": f"{name}_limit" for name in ("cpu", "memory")},
}


def spot(draft: Draft, path: str) -> Spot | None:
    key = answering.longest(_SPOTS, path)
    if key == "uri":
        return (model_step.STEP, 0, fetched.field(draft.group(model_step.STEP)))
    return kserve_parts.spot_of(key, STEP) if key else None


FORM: Final = SystemForm(
    of=SERVICE,
    refuses={model_step.AIM: "it does not know AIM models"},
    schemes=SCHEMES,
    asks=_asks,
    steps=(_STEP,),
    answers=answers,
    texts=texts,
    spot=spot,
    listed={_RUNTIMES: (RUNTIMES, CLUSTER_RUNTIMES), **kserve_parts.LISTED},
    words={_FORMATS: ("huggingface", "vLLM", "sglang", "custom")},
    problems=problems,
)
