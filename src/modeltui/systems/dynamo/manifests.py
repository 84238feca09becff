"""Answers -> manifest of a graph, or of a request, and back. Pure.

v1beta1 is written wherever it is served; `older_manifests` is for clusters that have v1alpha1 only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from modeltui.systems.dynamo.answers import GraphAnswers, RequestAnswers
from modeltui.systems.dynamo.answers_back import read_back
from modeltui.systems.dynamo.arguments import arguments, command
from modeltui.systems.dynamo.types import GRAPHS, REQUESTS
from modeltui.systems.manifest import Manifest, begun, told
from modeltui.systems.serving import known, pieces
from modeltui.systems.serving.answers import NVIDIA, PlacementAnswers
from modeltui.systems.serving.carrying import written
from modeltui.systems.showing import answered, unshowable

FRONTEND: Final = "Frontend"
VOLUME: Final = "model-cache"


def graph(answers: GraphAnswers, *, live: Mapping[str, Any] | None = None) -> Manifest:
    """v1beta1. Raises AnswersError when the live object is one that the form cannot show."""
    return written(GRAPHS, answers, live, fresh=_graph, back=answers_of)


def _graph(answers: GraphAnswers) -> Manifest:
    manifest = begun(GRAPHS, name=answers.name, namespace=answers.namespace, live=None)
    components = [_component(answers, FRONTEND, "frontend", answers.frontend_replicas)]
    components += [_component(answers, role, role, replicas) for role, replicas in workers(answers)]
    manifest["spec"] = {"backendFramework": answers.engine, "components": components}
    return manifest


def workers(answers: GraphAnswers) -> list[tuple[str, int]]:
    if answers.mode == "disaggregated":
        return [("prefill", answers.prefill_replicas), ("decode", answers.decode_replicas)]
    return [("worker", answers.replicas)]


def image_of(answers: GraphAnswers) -> str:
    return answers.image or known.image(answers.engine, "dynamo")


def _component(answers: GraphAnswers, name: str, role: str, replicas: int) -> dict[str, Any]:
    main: dict[str, Any] = {"name": "main", "image": image_of(answers)}
    if answers.token_secret:
        main["envFrom"] = [{"secretRef": {"name": answers.token_secret}}]
    pod: dict[str, Any] = {"containers": [main]}
    if role == "frontend":
        if answers.router_mode:
            main["env"] = [{"name": "DYN_ROUTER_MODE", "value": answers.router_mode}]
        if in_claim(answers):
            mount(answers, main, pod)
    else:
        _work(answers, role, main, pod)
    found = {"name": name, "type": role, "replicas": replicas, "podTemplate": {"spec": pod}}
    return found | ({"runtimeVersionOverride": answers.runtime_version} if answers.runtime_version else {})


def _work(answers: GraphAnswers, role: str, main: dict[str, Any], pod: dict[str, Any]) -> None:
    main |= {"command": command(answers.engine), "args": arguments(answers, role)}
    main["resources"] = {"limits": {NVIDIA: str(answers.gpus)}}
    if found := variables(answers):
        main["env"] = found
    mount(answers, main, pod)
    pieces.lay_placement(pod, answers.placement, PlacementAnswers())


def variables(answers: GraphAnswers) -> list[dict[str, Any]]:
    """Models are fetched into the claim, unless the answers say where, or the model lies in it already."""
    own, cache = pieces.env(answers.env), answers.cache
    if cache is None or in_claim(answers) or any(one["name"] == "HF_HOME" for one in own):
        return own
    return [*own, {"name": "HF_HOME", "value": cache.path}]


def in_claim(answers: GraphAnswers) -> bool:
    """Whether the model lies in the claim. The frontend has to see it there too, under the same path: it reads the tokenizer itself."""
    return answers.cache is not None and f"{answers.model}/".startswith(f"{answers.cache.path.rstrip('/')}/")


def mount(answers: GraphAnswers, main: dict[str, Any], pod: dict[str, Any]) -> None:
    if (cache := answers.cache) is None:
        return
    found: dict[str, Any] = {"name": VOLUME, "mountPath": cache.path}
    found |= ({"subPath": cache.sub_path} if cache.sub_path else {}) | ({"readOnly": True} if cache.read_only else {})
    main["volumeMounts"] = [found]
    pod["volumes"] = [{"name": VOLUME, "persistentVolumeClaim": {"claimName": cache.claim}}]


# ---- back -----------------------------------------------------------------------------------------------------------


def answers_of(live: Mapping[str, Any]) -> GraphAnswers:
    """What the form shows of a v1beta1 graph. Raises AnswersError for one that is put together in another way."""
    found = read_back(live)
    made, there = _graph(found)["spec"], live.get("spec") or {}
    by_name = {one.get("name"): one for one in there.get("components") or () if isinstance(one, Mapping)}
    if made["backendFramework"] != there.get("backendFramework", made["backendFramework"]):
        raise unshowable("backendFramework is another than its workers run")
    if set(by_name) != {one["name"] for one in made["components"]}:
        raise unshowable(f"it has components that the form does not make ({', '.join(sorted(map(str, by_name)))})")
    for component in made["components"]:
        if (path := differs(component, by_name[component["name"]])) is not None:
            raise unshowable(f"component {component['name']} is set up otherwise than the form would ({path})")
    return found


def differs(made: Any, there: Any, path: str = "") -> str | None:
    """Where the live object does not say what the form would write; what it says besides is kept, and is no difference."""
    if isinstance(made, Mapping):
        if not isinstance(there, Mapping):
            return path or "it"
        return next((found for key, value in made.items() if (found := differs(value, there.get(key), f"{path}.{key}".lstrip(".")))), None)
    if isinstance(made, list) and made and all(isinstance(one, Mapping) and "name" in one for one in made):
        named = {one.get("name"): one for one in there or () if isinstance(one, Mapping)}
        return next((found for one in made if (found := differs(one, named.get(one["name"]), f"{path}[{one['name']}]"))), None)
    if isinstance(made, list):
        if not isinstance(there, list) or len(made) != len(there):
            return path
        pairs = enumerate(zip(made, there, strict=True))
        return next((found for place, (one, other) in pairs if (found := differs(one, other, f"{path}[{place}]"))), None)
    return None if str(made) == str(there) or (made == 1 and there is None and path == "replicas") else path


# ---- a request ------------------------------------------------------------------------------------------------------


def request(answers: RequestAnswers, *, live: Mapping[str, Any] | None = None) -> Manifest:
    """v1beta1. Raises AnswersError."""
    return written(REQUESTS, answers, live, fresh=_request, back=request_of)


def _request(answers: RequestAnswers) -> Manifest:
    manifest = begun(REQUESTS, name=answers.name, namespace=answers.namespace, live=None)
    hardware = {"gpuSku": answers.gpu_sku, "numGpusPerNode": answers.gpus_per_node, "totalGpus": answers.total_gpus}
    spec: dict[str, Any] = {
        "model": answers.model,
        "backend": answers.engine,
        "image": answers.image,
        "searchStrategy": answers.search,
        "autoApply": answers.apply,
        "hardware": told(hardware),
        "workload": told({"isl": answers.input_tokens, "osl": answers.output_tokens}),
        "sla": told({"ttft": answers.ttft, "itl": answers.itl}),
        "modelCache": told({"pvcName": answers.cache_claim}),
    }
    manifest["spec"] = told(spec)
    return manifest


def request_of(live: Mapping[str, Any]) -> RequestAnswers:
    """Raises AnswersError."""
    spec, metadata = live.get("spec") or {}, live.get("metadata") or {}
    hardware, load, sla = (spec.get(key) or {} for key in ("hardware", "workload", "sla"))
    said = {
        **{"name": metadata.get("name"), "namespace": metadata.get("namespace"), "model": spec.get("model"), "engine": spec.get("backend")},
        **{"image": spec.get("image"), "gpuSku": hardware.get("gpuSku"), "gpusPerNode": hardware.get("numGpusPerNode")},
        **{"totalGpus": hardware.get("totalGpus"), "inputTokens": load.get("isl"), "outputTokens": load.get("osl")},
        **{"ttft": sla.get("ttft"), "itl": sla.get("itl"), "search": spec.get("searchStrategy"), "apply": spec.get("autoApply")},
        "cacheClaim": (spec.get("modelCache") or {}).get("pvcName"),
    }
    return answered(said, RequestAnswers)
