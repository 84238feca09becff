"""Answers -> manifest of an LLMInferenceService, and back. Pure.

KServe's presets hold the command; what answers say of the engine goes into the variable that the presets add to it. Over a live object only
what was answered otherwise is written.
"""

from __future__ import annotations

import copy
import shlex
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from modeltui.systems.kserve import arguments
from modeltui.systems.kserve.answers import LlmAnswers, ParallelismAnswers, PrefillAnswers
from modeltui.systems.kserve.llm_types import LLM_SERVICES, MAIN, OLD_LLM_SERVICES
from modeltui.systems.kserve.manifests import annotate, pod, pod_answers, secret_of, secrets
from modeltui.systems.manifest import Manifest, begun, told
from modeltui.systems.serving import pieces
from modeltui.systems.serving.answers import ResourceAnswers
from modeltui.systems.serving.carrying import carried
from modeltui.systems.showing import answered, unshowable

ADDED: Final = "VLLM_ADDITIONAL_ARGS"
"""Variable of the engine's container that the presets' script adds to `vllm serve`."""
TRANSFER: Final = ("--kv-transfer-config", '{"kv_connector":"NixlConnector","kv_role":"kv_both"}')
"""How what prefill has worked out reaches those that decode."""
_SIDE_CHANNEL: Final = {"name": "VLLM_NIXL_SIDE_CHANNEL_HOST", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}


def service(answers: LlmAnswers, *, live: Mapping[str, Any] | None = None) -> Manifest:
    """Raises AnswersError when the live object is one that the form cannot show."""
    fresh = _service(answers)
    if live is None:
        return fresh
    before = answers_of(live)
    found = carried(begun(LLM_SERVICES, name="", namespace="", live=live), _service(before), fresh)
    if answers.base_refs != before.base_refs and answers.base_refs:
        found["spec"]["baseRefs"] = [{"name": name} for name in answers.base_refs]  # in their order: later ones count
    return found


def older_service(answers: LlmAnswers, *, live: Mapping[str, Any] | None = None) -> Manifest:
    """v1alpha1, for clusters that serve no newer version: what the form says is spelled alike in both. Raises AnswersError."""
    return service(answers, live=live) | {"apiVersion": OLD_LLM_SERVICES.api_version}


def _service(answers: LlmAnswers) -> Manifest:
    manifest = begun(LLM_SERVICES, name=answers.name, namespace=answers.namespace, live=None)
    annotate(manifest, secrets(answers.token_secret))
    spec: dict[str, Any] = {"model": told({"uri": answers.uri, "name": answers.served_name})}
    spec |= told({"baseRefs": [{"name": name} for name in answers.base_refs]})
    spec |= _workload(answers, answers.replicas, answers.parallelism, answers.resources)
    if (prefill := answers.prefill) is not None:
        spec["prefill"] = _workload(answers, prefill.replicas, prefill.parallelism, prefill.resources)
    if router := _router(answers):
        spec["router"] = router
    manifest["spec"] = spec
    return manifest


def _workload(answers: LlmAnswers, replicas: int | None, split: ParallelismAnswers, resources: ResourceAnswers) -> dict[str, Any]:
    template = {"containers": [_main(answers, resources)], **pod(answers)}
    found = told({"replicas": replicas, "parallelism": _parallelism(split)})
    found["template"] = template
    if nodes(split) > 1:
        found["worker"] = copy.deepcopy(template)
    return found


def nodes(split: ParallelismAnswers) -> int:
    """Of one replica."""
    if split.data or split.data_local:
        return max((split.data or 1) // max(split.data_local or 1, 1), 1)
    return split.pipeline or 1


def _parallelism(split: ParallelismAnswers) -> dict[str, Any]:
    found = {"tensor": split.tensor, "pipeline": split.pipeline, "data": split.data, "dataLocal": split.data_local}
    return told(found | ({"expert": True} if split.expert else {}))


def _main(answers: LlmAnswers, resources: ResourceAnswers) -> dict[str, Any]:
    """Without a word about it the container of the preset is taken as it is."""
    env = pieces.env(answers.env)
    if line := [*arguments.words(answers, named=False), *(TRANSFER if answers.prefill is not None else ())]:
        env.append({"name": ADDED, "value": shlex.join(line)})
    if answers.prefill is not None:
        env.append(dict(_SIDE_CHANNEL))
    return {"name": MAIN} | told({"image": answers.image, "env": env, "resources": pieces.resources(resources)})


def _router(answers: LlmAnswers) -> dict[str, Any]:
    if answers.router == "none":
        return {}
    ref = told({"name": answers.gateway, "namespace": answers.gateway_namespace})
    found: dict[str, Any] = {"route": {}, "gateway": {"refs": [ref]} if ref else {}}
    return found | ({"scheduler": {}} if answers.router == "scheduler" else {})


# ---- back -----------------------------------------------------------------------------------------------------------


def answers_of(live: Mapping[str, Any]) -> LlmAnswers:
    """What the form shows of an LLMInferenceService. Raises AnswersError."""
    try:
        return _read(live)
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise unshowable("it is not put together as the form does it") from error


def _read(live: Mapping[str, Any]) -> LlmAnswers:
    metadata, spec = live["metadata"], live["spec"]
    said = {
        "name": metadata.get("name"),
        "namespace": metadata.get("namespace"),
        "uri": spec["model"].get("uri"),
        "servedName": spec["model"].get("name"),
        "replicas": spec.get("replicas"),
        "tokenSecret": secret_of(metadata.get("annotations") or {}),
        **_routed(spec.get("router")),
    }
    found = answered(said, LlmAnswers)
    main = _half(spec, "spec", halves=spec.get("prefill") is not None)
    found = msgspec.structs.replace(
        found,
        base_refs=tuple(str(one["name"]) for one in spec.get("baseRefs") or ()),
        parallelism=_split(spec, "spec"),
        resources=_resources(spec.get("template"), "spec.template"),
        **main,
    )
    return found if spec.get("prefill") is None else msgspec.structs.replace(found, prefill=_prefill(spec["prefill"], main))


def _prefill(workload: Mapping[str, Any], main: Mapping[str, Any]) -> PrefillAnswers:
    """Raises AnswersError when it is set up otherwise than those that decode, which the form does not ask apart."""
    own = _half(workload, "spec.prefill", halves=True)
    if other := next((name for name in main if own[name] != main[name]), ""):
        raise unshowable(f"spec.prefill has another {other.replace('_', ' ')} than the pods that decode")
    replicas = workload.get("replicas")
    return PrefillAnswers(
        replicas=None if replicas is None else int(replicas),
        parallelism=_split(workload, "spec.prefill"),
        resources=_resources(workload.get("template"), "spec.prefill.template"),
    )


def _half(workload: Mapping[str, Any], where: str, *, halves: bool) -> dict[str, Any]:
    """What answers say of its pods, but for their number and resources. Raises AnswersError."""
    template = workload.get("template") or {}
    main = _container(template)
    for name in ("command", "args"):
        if main.get(name):
            raise unshowable(f"{where}.template has a command line of its own, and none of KServe's presets")
    if (worker := workload.get("worker")) is not None and worker != template:
        raise unshowable(f"{where}.worker is set up otherwise than {where}.template")
    if (worker is not None) != (nodes(_split(workload, where)) > 1):
        raise unshowable(f"{where}.worker does not go with its parallelism")
    entries = [one for one in main.get("env") or () if not (halves and one == _SIDE_CHANNEL)]
    variables = pieces.env_of(entries, where=f"{where}.template.env")
    added = next((one.value for one in variables if one.name == ADDED and one.secret is None and one.config_map is None), "")
    line = _without_transfer(shlex.split(added)) if halves else shlex.split(added)
    return {
        "image": str(main.get("image") or ""),
        "env": tuple(one for one in variables if one.name != ADDED),
        **pod_answers(template, where=f"{where}.template"),
        **arguments.read(line, of="vllm", named=False, tensor=False),
    }


def _without_transfer(line: list[str]) -> list[str]:
    """Raises AnswersError when it is said otherwise than the form would."""
    if tuple(line[-2:]) == TRANSFER:
        return line[:-2]
    raise unshowable("what prefill hands on is set up otherwise than the form does it")


def _container(template: Mapping[str, Any]) -> Mapping[str, Any]:
    return next((one for one in template.get("containers") or () if one.get("name") == MAIN), {})


def _resources(template: Mapping[str, Any] | None, where: str) -> ResourceAnswers:
    return pieces.resources_of(_container(template or {}).get("resources"), where=f"{where}.resources")


def _split(workload: Mapping[str, Any], where: str) -> ParallelismAnswers:
    found = {key: value for key, value in (workload.get("parallelism") or {}).items() if key != "dataRPCPort"}
    return answered(found, ParallelismAnswers)


def _routed(router: Mapping[str, Any] | None) -> dict[str, Any]:
    """Raises AnswersError for a router that is only half there, or goes through several gateways."""
    if not router:
        return {"router": "none"}
    refs = (router.get("gateway") or {}).get("refs") or ()
    if "route" not in router or "gateway" not in router or len(refs) > 1:
        raise unshowable("spec.router has no route, no gateway, or several gateways")
    ref = refs[0] if refs else {}
    how = "gateway" if router.get("scheduler") is None else "scheduler"
    return {"router": how, "gateway": ref.get("name"), "gatewayNamespace": ref.get("namespace")}
