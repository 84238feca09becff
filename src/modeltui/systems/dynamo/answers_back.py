"""A v1beta1 graph -> the answers that would have made it. What they leave out is noticed by `manifests.answers_of`. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from modeltui.systems.dynamo.answers import GraphAnswers
from modeltui.systems.dynamo.arguments import arguments
from modeltui.systems.serving import known, pieces
from modeltui.systems.serving.answers import MountAnswers
from modeltui.systems.serving.command_line import engine_by_words, option
from modeltui.systems.showing import answered, unshowable


def read_back(live: Mapping[str, Any]) -> GraphAnswers:
    """Raises AnswersError."""
    try:
        return _read(live)
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise unshowable("it is not put together as the form does it") from error


def _read(live: Mapping[str, Any]) -> GraphAnswers:
    components = {one["name"]: one for one in live["spec"]["components"]}
    halves = "prefill" in components
    worker = components["prefill" if halves else "worker"]
    pod = worker["podTemplate"]["spec"]
    main = _main(worker)
    line = (*main.get("command", ()), *main["args"])
    engine = engine_by_words(line)
    front = components["Frontend"]
    said: dict[str, Any] = {
        "name": live["metadata"]["name"],
        "namespace": live["metadata"].get("namespace", ""),
        "engine": engine,
        "mode": "disaggregated" if halves else "aggregated",
        "frontendReplicas": _replicas(front),
        "gpus": pieces.resources_of(main.get("resources")).gpus or 0,
        "routerMode": next((one.get("value", "") for one in _main(front).get("env") or () if one["name"] == "DYN_ROUTER_MODE"), ""),
        "runtimeVersion": worker.get("runtimeVersionOverride", ""),
        "tokenSecret": next((one["secretRef"]["name"] for one in main.get("envFrom") or ()), ""),
        "image": "" if main["image"] == known.image(engine, "dynamo") else main["image"],
    }
    replicas = {"prefillReplicas": "prefill", "decodeReplicas": "decode"} if halves else {"replicas": "worker"}
    said |= {answer: _replicas(components[name]) for answer, name in replicas.items()}
    found = answered(said, GraphAnswers)
    cache = _cache(main, pod)
    env = tuple(one for one in pieces.env_of(main.get("env")) if cache is None or (one.name, one.value) != ("HF_HOME", cache.path))
    found = msgspec.structs.replace(found, cache=cache, env=env, placement=pieces.placement_of(pod))
    return _with_flags(found, main["args"], "prefill" if halves else "worker")


def _main(component: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(
        one for one in [*component["podTemplate"]["spec"]["containers"], {}] if one.get("name") == "main" or not one
    )
    return found


def _replicas(component: Mapping[str, Any]) -> int:
    found = component.get("replicas")
    return 1 if found is None else int(found)


def _cache(main: Mapping[str, Any], pod: Mapping[str, Any]) -> MountAnswers | None:
    volume = next((one for one in pod.get("volumes") or () if one["name"] == "model-cache"), None)
    mount = next((one for one in main.get("volumeMounts") or () if one["name"] == "model-cache"), None)
    if volume is None or mount is None:
        return None
    return MountAnswers(
        claim=volume["persistentVolumeClaim"]["claimName"],
        path=mount["mountPath"],
        sub_path=mount.get("subPath", ""),
        read_only=bool(mount.get("readOnly")),
    )


def _with_flags(found: GraphAnswers, args: Sequence[str], role: str) -> GraphAnswers:
    """What the flags say; what is left over behind them is what somebody has added by hand."""
    flags = known.spelled(found.engine, "dynamo")
    context = _one(args, flags.context_length)
    caching = True if flags.prefix_caching_on in args else False if flags.prefix_caching_off in args else None
    answers = msgspec.structs.replace(
        found,
        model=_one(args, flags.model),
        served_name=_one(args, flags.served_name),
        context_length=int(context) if context else None,
        prefix_caching=caching,
        eager=bool(flags.eager) and flags.eager in args,
        trust_remote_code=bool(flags.trust_remote_code) and flags.trust_remote_code in args,
    )
    made = arguments(answers, role)
    if list(args[: len(made)]) != made:
        raise unshowable("its arguments stand in another order than the form writes them")
    return msgspec.structs.replace(answers, extra_args=tuple(args[len(made) :]))


def _one(args: Sequence[str], flag: str | None) -> str:
    return next(iter(option(args, flag)), "") if flag else ""
