"""Which ServingRuntime serves a predictor's model, or in KServe's words why none does. Pure.

Rules and texts: pkg/controller/v1beta1/inferenceservice/components/predictor.go, pkg/apis/serving/v1beta1/predictor_model.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from modeltui.demo.errors import Object

FRAMEWORKS: Final = ("huggingface", "sklearn", "xgboost", "tensorflow", "pytorch", "triton", "onnx", "pmml", "lightgbm", "paddle")
"""Fields of a predictor that stand for a model of that format; KServe's webhook turns them into `model`."""


@dataclass(frozen=True, slots=True)
class Chosen:
    runtime: Object
    cluster: bool


class NoRuntime(Exception):
    """`reason` and `message` go into modelStatus.lastFailureInfo, the text of the exception into the event."""

    def __init__(self, reason: str, message: str, error: str) -> None:
        super().__init__(error)
        self.reason, self.message = reason, message


def model_of(predictor: Object) -> Object | None:
    """The predictor's model; None when it brings containers of its own."""
    if predictor.get("model"):
        found: Object = predictor["model"]
        return found
    for name in FRAMEWORKS:
        if predictor.get(name):
            return {**predictor[name], "modelFormat": {"name": name}}
    return None


def choose(model: Object, runtimes: Sequence[Object], cluster_runtimes: Sequence[Object]) -> Chosen:
    """The runtime that is named, or the first that may be chosen by itself: the namespace's before the cluster's, then by priority.
    Raises NoRuntime."""
    if name := model.get("runtime"):
        return _named(name, model, runtimes, cluster_runtimes)
    for found, cluster in ((runtimes, False), (cluster_runtimes, True)):
        fitting = [each for each in found if _offers_itself(each, model)]
        if fitting:
            # Newest first, then by priority: Python's sorts are stable.
            newest = sorted(sorted(fitting, key=_name), key=lambda each: each["metadata"].get("creationTimestamp", ""), reverse=True)
            return Chosen(min(newest, key=lambda each: -_priority(each, model)), cluster)
    wanted = model.get("modelFormat") or {}
    raise NoRuntime(
        "NoSupportingRuntime",
        "No runtime found to support specified framework/version",
        f"no runtime found to support predictor with model type: {{{wanted.get('name', '')} {wanted.get('version') or '<nil>'}}}",
    )


def _named(name: str, model: Object, runtimes: Sequence[Object], cluster_runtimes: Sequence[Object]) -> Chosen:
    for found, cluster in ((runtimes, False), (cluster_runtimes, True)):
        runtime = next((each for each in found if each["metadata"]["name"] == name), None)
        if runtime is None:
            continue
        if runtime["spec"].get("disabled"):
            raise NoRuntime("RuntimeDisabled", "Specified runtime is disabled", f"specified runtime {name} is disabled")
        if model.get("protocolVersion") and not _speaks(runtime, model["protocolVersion"]):
            missing = "Specified runtime does not support specified protocol version"
            raise NoRuntime("NoSupportingRuntime", missing, f"specified runtime {name} does not support specified protocol version")
        if not any(_same(each, model) for each in runtime["spec"].get("supportedModelFormats") or []):
            missing = "Specified runtime does not support specified framework/version"
            raise NoRuntime("NoSupportingRuntime", missing, f"specified runtime {name} does not support specified framework/version")
        return Chosen(runtime, cluster)
    error = f"No ServingRuntimes or ClusterServingRuntimes with the name: {name}"
    raise NoRuntime("RuntimeNotRecognized", "Waiting for runtime to become available", error)


def _offers_itself(runtime: Object, model: Object) -> bool:
    spec = runtime["spec"]
    formats = [each for each in spec.get("supportedModelFormats") or [] if each.get("autoSelect") and _same(each, model)]
    return bool(formats) and not spec.get("disabled") and not spec.get("multiModel") and _speaks(runtime, model.get("protocolVersion"))


def _same(supported: Object, model: Object) -> bool:
    """A version matters only where the model asks for one; its first part counts."""
    wanted = model.get("modelFormat") or {}
    if supported["name"] != wanted.get("name"):
        return False
    return not wanted.get("version") or str(supported.get("version", "")).partition(".")[0] == str(wanted["version"]).partition(".")[0]


def _speaks(runtime: Object, protocol: str | None) -> bool:
    known = runtime["spec"].get("protocolVersions") or []
    return not known or not protocol or protocol in known


def _priority(runtime: Object, model: Object) -> int:
    return max(int(each.get("priority", 0)) for each in runtime["spec"]["supportedModelFormats"] if _same(each, model))


def _name(runtime: Object) -> str:
    name: str = runtime["metadata"]["name"]
    return name
