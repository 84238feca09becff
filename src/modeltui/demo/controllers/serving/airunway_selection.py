"""Which engine and which provider run a ModelDeployment, and what its admission would have refused. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from celpy.adapter import json_to_cel
from celpy.celparser import CELParseError

from modeltui.demo.errors import Object
from modeltui.demo.schema.cel.program import EvaluationError, compiled

_ENGINES: Final = ("vllm", "sglang", "trtllm", "llamacpp")


@dataclass(frozen=True, slots=True)
class Chosen:
    name: str
    reason: str


class NotSelected(Exception):
    """In the controller's words."""


def gpus(spec: Object) -> int:
    return int((((spec.get("resources") or {}).get("gpu")) or {}).get("count", 0))


def mode(spec: Object) -> str:
    return str((spec.get("serving") or {}).get("mode", "aggregated"))


def wants_gpus(spec: Object) -> bool:
    scaling = spec.get("scaling") or {}
    return bool(gpus(spec) or any(((scaling.get(part) or {}).get("gpu") or {}).get("count") for part in ("prefill", "decode")))


def invalid(deployment: Object) -> str:
    """The first thing that validation refuses; empty when it passes."""
    spec, metadata = deployment["spec"], deployment["metadata"]
    model, scaling = spec.get("model") or {}, spec.get("scaling") or {}
    if "." in metadata["name"]:
        return "metadata.name must not contain dots"
    if model.get("source", "huggingface") == "huggingface" and not model.get("id"):
        return "model.id is required when source is huggingface"
    if mode(spec) == "disaggregated":
        if gpus(spec):
            return "cannot specify both resources.gpu and scaling.prefill/decode in disaggregated mode"
        for part in ("prefill", "decode"):
            if not ((scaling.get(part) or {}).get("gpu") or {}).get("count"):
                return f"disaggregated mode requires scaling.{part}.gpu.count > 0"
    return ""


def engine(spec: Object, providers: Sequence[Object]) -> Chosen:
    """The one that is asked for, or the first that a provider which is ready can run. Raises NotSelected."""
    asked = (spec.get("engine") or {}).get("type")
    if asked:
        return Chosen(asked, "explicitly specified")
    named = (spec.get("provider") or {}).get("name")
    for word in _ENGINES:
        for each in providers:
            if named in (None, each["metadata"]["name"]) and _ready(each) and _can(each, word, spec):
                return Chosen(word, f"auto-selected from provider {each['metadata']['name']} capabilities")
    raise NotSelected("no provider supports an engine for this configuration")


def provider(spec: Object, chosen: str, providers: Sequence[Object]) -> Chosen:
    """The one that is asked for, or of those that can the one whose rules count most. Raises NotSelected."""
    named = (spec.get("provider") or {}).get("name")
    if named:
        return Chosen(named, "explicitly specified")
    fitting = []
    for each in providers:
        if not _ready(each) or not _can(each, chosen, spec):
            continue
        matching = [rule for rule in each["spec"].get("selectionRules") or [] if _holds(rule["condition"], spec, chosen)]
        if matching:
            best = max(matching, key=lambda rule: int(rule.get("priority", 0)))
            fitting.append((-int(best.get("priority", 0)), each["metadata"]["name"], best["condition"]))
    if not fitting:
        raise NotSelected(f"no compatible provider found for engine {chosen} in {mode(spec)} mode")
    _, name, condition = min(fitting)
    return Chosen(name, f"matched rule: {condition}")


def compatible(spec: Object, chosen: str, config: Object | None) -> str:
    """Why the provider cannot run it; empty when it can."""
    if config is None:
        return "provider not registered: there is no InferenceProviderConfig of this name"
    name = config["metadata"]["name"]
    known = {each["name"]: each for each in (config["spec"].get("capabilities") or {}).get("engines") or []}
    if chosen not in known:
        return f"provider {name} does not support engine {chosen}"
    if mode(spec) not in (known[chosen].get("servingModes") or ["aggregated"]):
        return f"provider {name} does not support {mode(spec)} mode with engine {chosen}"
    if wants_gpus(spec) and not known[chosen].get("gpuSupport"):
        return f"provider {name} does not support GPUs with engine {chosen}"
    if not wants_gpus(spec) and not known[chosen].get("cpuSupport"):
        return f"engine {chosen} requires a GPU with provider {name}: set resources.gpu.count"
    return ""


def _ready(config: Object) -> bool:
    return bool((config.get("status") or {}).get("ready"))


def _can(config: Object, word: str, spec: Object) -> bool:
    return not compatible(spec, word, config)


def _holds(condition: str, spec: Object, chosen: str) -> bool:
    """A rule that comes to no answer does not match."""
    whole = {**spec, "engine": {**(spec.get("engine") or {}), "type": chosen}, "resources": spec.get("resources") or {}}
    try:
        return compiled(condition).evaluate({"spec": json_to_cel(whole)}) is True
    except (EvaluationError, CELParseError):
        return False
