"""Why InferenceServices of KServe do not run: each failure with its cause first, and what helps."""

from __future__ import annotations

from typing import Any

import pytest
from tests.demo.serving.yard import Obj, Yard
from tests.failing.failing_world import look, until_told, view_of
from tests.failing.pod_failures import GATED, MODES, Mode, Wish, annotations, container, judge, pod_spec

from modeltui.domain import Phase, Severity

UPSTREAM = ("kserve",)
ISVC, RUNTIMES = "inferenceservices.serving.kserve.io", "servingruntimes.serving.kserve.io"
VIEW = view_of("InferenceService")


def own(yard: Yard, wish: Wish, name: str = "llama") -> Obj:
    """With a container of its own."""
    predictor = {"minReplicas": 1, **pod_spec(wish, container(wish, "kserve-container"))}
    return yard.make(ISVC, name, annotations=annotations(wish), spec={"predictor": predictor})


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_what_its_pods_die_of(yard: Yard, mode: Mode) -> None:
    mode.before(yard)
    own(yard, mode.wish)
    judge(until_told(yard, VIEW, "llama", mode.says), mode)


def runtime(yard: Yard, name: str, *, auto: bool = True, formats: tuple[str, ...] = ("huggingface",), **more: Any) -> Obj:
    main = {"name": "kserve-container", "image": f"kserve/{name}:v1", "args": ["--model_dir=/mnt/models"]}
    supported = [{"name": one, "version": "1", "autoSelect": auto, "priority": 1} for one in formats]
    return yard.make(RUNTIMES, name, spec={"supportedModelFormats": supported, "containers": [main], **more})


def serve(yard: Yard, *, noted: Any = None, **model: Any) -> Obj:
    gpu = {"requests": {"nvidia.com/gpu": "1"}, "limits": {"nvidia.com/gpu": "1"}}
    told = {"modelFormat": {"name": "huggingface"}, "storageUri": "hf://Qwen/Qwen3-0.6B", "resources": gpu, **model}
    return yard.make(ISVC, "llama", annotations=noted, spec={"predictor": {"minReplicas": 1, "model": told}})


@pytest.mark.parametrize(
    ("model", "says", "remedy", "about"),
    [
        (
            {"modelFormat": {"name": "gguf"}},
            'No runtime is chosen automatically for format "gguf"',
            "Create a runtime",
            "spec.predictor.model",
        ),
        ({"modelFormat": {"name": "onnx"}}, "ServingRuntime triton would do when named", "Name one", "spec.predictor.model"),
        ({"runtime": "vlm"}, 'There is no ServingRuntime "vlm"', 'Did you mean "vllm"?', "spec.predictor.model.runtime"),
        ({"runtime": "off"}, "ServingRuntime off is disabled", "enable it", "spec.predictor.model.runtime"),
        ({"runtime": "triton"}, 'ServingRuntime triton does not serve format "huggingface"', "choose another", "modelFormat"),
        ({"storageUri": f"hf://{GATED}"}, "The model is gated", "HF_TOKEN", "container storage-initializer"),
        ({"storageUri": "hf://acme/does-not-exist"}, "does not know the model", "spelling", "container storage-initializer"),
        ({"storageUri": "pvc://weights/llama"}, "claim weights, which does not exist", "Make the claim", "Pod "),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_its_runtime_and_its_weights_lack(yard: Yard, model: Obj, says: str, remedy: str, about: str) -> None:
    runtime(yard, "vllm")
    runtime(yard, "triton", auto=False, formats=("onnx",))
    runtime(yard, "off", disabled=True, formats=("none",))
    serve(yard, **model)
    told = until_told(yard, VIEW, "llama", says)
    told.is_an_error(says, remedy, about)
    assert told.phase in (Phase.FAILED, Phase.PROCESSING), told.phase


def test_two_runtimes_that_do_equally_well_are_a_warning_beside_what_serves(yard: Yard) -> None:
    runtime(yard, "one")
    runtime(yard, "two")
    serve(yard)
    yard.until(lambda: yard.condition(ISVC, "llama", "Ready").get("status") == "True")
    told = look(yard, VIEW, "llama")
    assert told.phase is Phase.READY
    assert told.causes == ()
    (found,) = [one for one in told.others if "same priority" in one.reason]
    assert (found.severity, found.remedy) == (Severity.WARNING, "Name the runtime.")


def test_stopped_is_no_failure(yard: Yard) -> None:
    runtime(yard, "vllm")
    serve(yard, noted={"serving.kserve.io/stop": "true"})
    yard.passes(seconds=30)
    told = look(yard, VIEW, "llama")
    assert told.phase is Phase.PAUSED
    assert told.causes == ()


def test_what_only_an_event_says(yard: Yard) -> None:
    runtime(yard, "vllm")
    serve(yard, noted={"serving.kserve.io/deploymentMode": "Serverless"})
    yard.passes(seconds=10)
    told = look(yard, VIEW, "llama")
    told.is_an_error("Knative", "Standard", "")


def test_a_change_that_fails_while_the_old_pod_serves(yard: Yard) -> None:
    own(yard, Wish())
    yard.until(lambda: yard.condition(ISVC, "llama", "Ready").get("status") == "True")
    changed = container(Wish(args=("--max-model-length", "9")), "kserve-container")
    yard.change(ISVC, "llama", {"spec": {"predictor": {"containers": [changed]}}})
    told = until_told(yard, VIEW, "llama", "--max-model-length 9")
    told.is_an_error("--max-model-length 9", "version of its image", "Pod ")
