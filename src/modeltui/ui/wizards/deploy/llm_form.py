"""What KServe needs to know of an LLMInferenceService, and the way between a draft and `LlmAnswers`. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from modeltui.systems.kserve.answers import LlmAnswers, ParallelismAnswers, PrefillAnswers
from modeltui.systems.kserve.checks.storage import SCHEMES
from modeltui.systems.kserve.deployable import LLM_SERVICE
from modeltui.systems.kserve.llm_types import GATEWAYS, LLM_CONFIGS
from modeltui.systems.kserve.types import STORAGE_SECRET
from modeltui.systems.serving.answers import ResourceAnswers
from modeltui.systems.showing import unshowable
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import fetched, kserve_parts, model_step, resource_step, serving_step, shared, spelling
from modeltui.ui.wizards.deploy.system_form import Groups, SystemForm, always, chosen
from modeltui.ui.wizards.draft import Draft, Group
from modeltui.ui.wizards.form import NO, YES, Field, Kind, Step, Values, choice
from modeltui.ui.wizards.frame import Spot

STEP: Final = LLM_SERVICE.word
PREFILL: Final = "llm-prefill"
_NO_ROUTER: Final = "none"
"""Works everywhere; the others need the Gateway API, and a Gateway."""
_ROUTERS: Final = ("scheduler", "gateway", _NO_ROUTER)
_BASES: Final = "bases of KServe"
_GATEWAYS: Final = "gateways of KServe"
_WAYS: Final = ("tensor", "pipeline", "data", "data_local")
_AMOUNTS: Final = ("cpu", "memory", "cpu_limit", "memory_limit")


_wanted = chosen(STEP)


def _routed(values: Values) -> bool:
    return values.get("llm.router") != _NO_ROUTER


def _parallelism(prefix: str, gpus: str) -> tuple[Field, ...]:
    """How a replica is split. `gpus`: the question how many it has on each node."""
    return (
        Field(
            key=f"{prefix}.tensor",
            label="Tensor parallel",
            check=spelling.at_least(1),
            proposes=lambda values: kserve_parts.split(values, gpus),
            help="GPUs of one node that the model is split over.",
        ),
        Field(
            key=f"{prefix}.pipeline",
            label="Pipeline parallel",
            check=spelling.at_least(1),
            help="Nodes that each hold some layers. It cannot be changed later.",
        ),
        Field(
            key=f"{prefix}.data",
            label="Data parallel",
            check=spelling.at_least(1),
            help="Copies of the engine that share the requests of one replica, on all of its nodes. It cannot be changed later.",
        ),
        Field(
            key=f"{prefix}.data_local",
            label="Of these per node",
            check=spelling.at_least(1),
            wanted=lambda values: bool(values.get(f"{prefix}.data", "").strip()),
            help="Data parallel over this is the number of nodes.",
        ),
        Field(
            key=f"{prefix}.expert",
            label="Expert parallel",
            kind=Kind.SWITCH,
            help="Experts of a mixture are spread over all GPUs.",
        ),
    )


_STEP: Final = Step(
    key=STEP,
    title="KServe LLM",
    wanted=_wanted,
    fields=(
        Field(
            key="llm.replicas",
            label="Replicas",
            default="1",
            check=spelling.at_least(0),
            help="Of the engine; of those that decode, when prompts are worked out apart. Empty: as a base says.",
        ),
        Field(
            key="llm.prefill",
            label="Prefill apart",
            kind=Kind.SWITCH,
            help="Disaggregated: prompts are worked out (prefill) by pods of their own.",
        ),
        choice(
            "llm.router",
            "Requests through",
            _ROUTERS,
            "scheduler: to the pod that has the prompt cached; gateway: to any; none: a Service only.",
            default=_NO_ROUTER,
        ),
        Field(
            key="llm.gateway",
            label="Gateway",
            wanted=_routed,
            suggests=_GATEWAYS,
            check=answering.object_name,
            help="Name of a Gateway. Empty: KServe's.",
        ),
        Field(
            key="llm.gateway_namespace",
            label="In namespace",
            wanted=lambda values: _routed(values) and bool(values.get("llm.gateway", "").strip()),
            suggests="namespaces",
            check=answering.label_name,
            help="Of the Gateway. Empty: the deployment's.",
        ),
        *_parallelism("llm", "gpus"),
        Field(
            key="llm.bases",
            label="Bases",
            suggests=_BASES,
            check=kserve_parts.object_names,
            help="LLMInferenceServiceConfigs that it is laid over, with commas between; later ones count.",
        ),
        Field(
            key="llm.image", label="Image", check=spelling.image, help="Of vLLM, in place of that of KServe's preset. Empty: the preset's."
        ),
        kserve_parts.account("llm.account"),
        kserve_parts.pull_secrets("llm.pulls"),
    ),
)
_PREFILL: Final = Step(
    key=PREFILL,
    title="Prefill",
    wanted=lambda values: _wanted(values) and values.get("llm.prefill") == YES,
    fields=(
        Field(key="prefill.replicas", label="Replicas", default="1", check=spelling.at_least(0), help="That work prompts out."),
        Field(key="prefill.gpus", label="GPUs", default="1", check=spelling.at_least(0, 64), help="Of one pod. Empty: nothing is said."),
        *_parallelism("prefill", "prefill.gpus"),
        *(
            Field(key=f"prefill.{key}", label=label, check=spelling.amount, help=help_)
            for key, label, help_ in (
                ("cpu", "CPU", "Requested by one pod, such as 8."),
                ("memory", "Memory", "Requested by one pod, such as 32Gi."),
                ("cpu_limit", "CPU limit", "Empty: no limit."),
                ("memory_limit", "Memory limit", "Empty: no limit."),
            )
        ),
    ),
)


# ---- both ways


def answers(draft: Draft) -> LlmAnswers:
    """What a draft without problems means."""
    basics, own, rest = (draft.group(step) for step in (shared.BASICS, STEP, resource_step.STEP))
    routed = own["llm.router"] != "none"
    gateway = own["llm.gateway"].strip() if routed else ""
    return LlmAnswers(
        name=basics["name"].strip(),
        namespace=basics["namespace"].strip(),
        uri=fetched.uri(draft.group(model_step.STEP)),
        replicas=spelling.count(own["llm.replicas"]),
        parallelism=_split(own, "llm"),
        prefill=_prefill(draft.group(PREFILL), rest["gpu_resource"].strip()) if own["llm.prefill"] == YES else None,
        router=own["llm.router"],  # type: ignore[arg-type]  # one of the choices
        gateway=gateway,
        gateway_namespace=own["llm.gateway_namespace"].strip() if gateway else "",
        base_refs=answering.words(own["llm.bases"]),
        image=own["llm.image"].strip(),
        service_account=own["llm.account"].strip(),
        image_pull_secrets=answering.words(own["llm.pulls"]),
        env=spelling.env(rest["env"]),
        resources=resource_step.answers(rest),
        placement=resource_step.placement(rest),
        **kserve_parts.serving_answers(draft.group(serving_step.STEP), frozenset(serving_step.KEYS)),
    )


def _split(group: Group, prefix: str) -> ParallelismAnswers:
    ways = {way: spelling.count(group[f"{prefix}.{way}"]) for way in _WAYS}
    if ways["data"] is None:
        ways["data_local"] = None  # it is not asked
    return ParallelismAnswers(**ways, expert=group[f"{prefix}.expert"] == YES)


def _prefill(group: Group, gpu_resource: str) -> PrefillAnswers:
    amounts = {key: group[f"prefill.{key}"].strip() for key in _AMOUNTS}
    found = ResourceAnswers(gpus=spelling.count(group["prefill.gpus"]), **amounts)
    if found.gpus and gpu_resource:
        found = msgspec.structs.replace(found, gpu_resource=gpu_resource)
    return PrefillAnswers(replicas=spelling.count(group["prefill.replicas"]), parallelism=_split(group, "prefill"), resources=found)


def texts(found: LlmAnswers) -> Groups:
    """The inverse. Raises AnswersError for weights that no URI names, GPUs of two makes, or what one line cannot spell."""
    groups: dict[str, Group] = {
        model_step.STEP: fetched.texts(found.uri),
        shared.BASICS: {"name": found.name, "namespace": found.namespace},
        STEP: {
            "llm.replicas": spelling.count_text(found.replicas),
            "llm.prefill": NO if found.prefill is None else YES,
            "llm.router": found.router,
            "llm.gateway": found.gateway,
            "llm.gateway_namespace": found.gateway_namespace,
            **_split_texts(found.parallelism, "llm"),
            "llm.bases": ", ".join(found.base_refs),
            "llm.image": found.image,
            "llm.account": found.service_account,
            "llm.pulls": ", ".join(found.image_pull_secrets),
        },
        serving_step.STEP: serving_step.texts(found),
        resource_step.STEP: {
            **resource_step.texts(found.resources),
            "gpu_resource": _gpu_resource(found),
            **resource_step.placement_texts(found.placement),
            "env": spelling.env_text(found.env),
        },
    }
    if found.prefill is not None:
        groups[PREFILL] = {
            "prefill.replicas": spelling.count_text(found.prefill.replicas),
            "prefill.gpus": spelling.count_text(found.prefill.resources.gpus),
            **_split_texts(found.prefill.parallelism, "prefill"),
            **{f"prefill.{key}": getattr(found.prefill.resources, key) for key in _AMOUNTS},
        }
    return groups


def _gpu_resource(found: LlmAnswers) -> str:
    halves = (found.resources, found.prefill.resources) if found.prefill is not None else (found.resources,)
    named = list(dict.fromkeys(half.gpu_resource for half in halves if half.gpus))
    if len(named) > 1:
        raise unshowable(f"prefill has GPUs of another make ({', '.join(named)})")
    return named[0] if named else found.resources.gpu_resource


def _split_texts(found: ParallelismAnswers, prefix: str) -> Mapping[str, str]:
    ways = {f"{prefix}.{way}": spelling.count_text(getattr(found, way)) for way in _WAYS}
    return {**ways, f"{prefix}.expert": YES if found.expert else NO}


# ---- where a complaint stands

_CONTAINER: Final = re.compile(r"\.containers\[[^\]]*\]")


def _half(path: str, prefix: str, amount: Callable[[str], str]) -> dict[str, str]:
    """`path`: of the workload; `prefix`: of its questions; `amount`: the question that a resource answers."""
    template = f"{path}.template"
    return {
        **{f"{path}.replicas": f"{prefix}.replicas", f"{path}.parallelism": f"{prefix}.tensor", f"{path}.worker": f"{prefix}.pipeline"},
        **{f"{path}.parallelism.pipeline": f"{prefix}.pipeline", f"{path}.parallelism.data": f"{prefix}.data"},
        **{f"{path}.parallelism.dataLocal": f"{prefix}.data_local", f"{path}.parallelism.expert": f"{prefix}.expert"},
        **{template: amount("gpus"), f"{template}.resources": amount("gpus")},
        **{f"{template}.resources.requests.{name}": amount(name) for name in ("cpu", "memory")},
        **{f"{template}.resources.limits.{name}": amount(f"{name}_limit") for name in ("cpu", "memory")},
        **{f"{template}.env": "env", f"{template}.args": "extra_args", f"{template}.image": "llm.image"},
        **{f"{template}.serviceAccountName": "llm.account", f"{template}.imagePullSecrets": "llm.pulls"},
        **{f"{template}.nodeSelector": "node_selector", f"{template}.tolerations": "tolerations"},
    }


_SPOTS: Final = {
    **{f"metadata.annotations.{STORAGE_SECRET}": "token_secret", "spec": "token_secret"},
    **{"spec.model.uri": "uri", "spec.model": "uri", "spec.model.name": "served_name", "spec.baseRefs": "llm.bases"},
    **{"spec.router": "llm.router", "spec.router.gateway": "llm.gateway", "spec.router.gateway.refs": "llm.gateway"},
    **_half("spec", "llm", lambda key: key),
    **_half("spec.prefill", "prefill", lambda key: f"prefill.{key}"),
    "spec.prefill": "llm.prefill",
}


def spot(draft: Draft, path: str) -> Spot | None:
    key = answering.longest(_SPOTS, _CONTAINER.sub("", path))
    if key == "uri":
        return (model_step.STEP, 0, fetched.field(draft.group(model_step.STEP)))
    return kserve_parts.spot_of(key, PREFILL if key.startswith("prefill.") else STEP) if key else None


FORM: Final = SystemForm(
    of=LLM_SERVICE,
    refuses={model_step.AIM: "it does not know AIM models"},
    schemes=SCHEMES,
    asks=always(*serving_step.KEYS, *resource_step.KEYS),
    steps=(_STEP, _PREFILL),
    answers=answers,
    texts=texts,
    spot=spot,
    learned={"llm.router": lambda there, _: _ROUTERS[0] if there.routes else _NO_ROUTER},
    listed={_BASES: LLM_CONFIGS, _GATEWAYS: GATEWAYS, **kserve_parts.LISTED},
)
