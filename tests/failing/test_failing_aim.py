"""Why AIM Engine's services do not run: each failure with its cause first, and what helps."""

from __future__ import annotations

from typing import Any

import pytest
from tests.demo.serving.yard import Obj, Yard
from tests.failing.failing_world import look, until_told, view_of
from tests.failing.pod_failures import BY_NAME, GATED

from modeltui.domain import Phase, Severity

UPSTREAM = ("aim-engine",)
SVC, MODELS, TEMPLATES = "aimservices.aim.eai.amd.com", "aimmodels.aim.eai.amd.com", "aimservicetemplates.aim.eai.amd.com"
VIEW = view_of("AIMService")
BASE = "amdenterpriseai/aim-base:0.9"


def custom(
    yard: Yard, *, model: str = "Qwen/Qwen2-0.5B", uri: str = "", gpu: Any = None, image: str = BASE, allow: bool = True, **spec: Any
) -> Obj:
    source = {"modelId": model, "sourceUri": uri or f"hf://{model}"}
    chosen = {"custom": {"baseImage": image, "modelSources": [source], "hardware": {"gpu": gpu or {"requests": 1}}}}
    wanted: Obj = {"model": chosen, "replicas": 1, **spec}
    if allow:
        wanted["template"] = {"allowUnoptimized": True}
    return yard.make(SVC, "llama", spec=wanted)


def until_failing(yard: Yard, *phases: Phase, seconds: int = 600) -> Any:
    end = 0
    while (told := look(yard, VIEW, "llama")).phase not in (phases or (Phase.FAILED,)) and end < seconds:
        yard.passes(seconds=5)
        end += 5
    return told


def test_unoptimized_is_not_allowed(yard: Yard) -> None:
    custom(yard, allow=False)
    until_failing(yard).is_an_error("unoptimized", "allowUnoptimized: true", "")


def test_no_node_has_the_gpu(yard: Yard) -> None:
    custom(yard, gpu={"requests": 1, "model": "MI325X"})
    yard.passes(seconds=60)
    told = look(yard, VIEW, "llama")
    told.is_an_error("MI325X", "device-id", "")
    assert "MI300X" in " ".join(one.reason for one in told.causes), "what there is"


def test_no_node_has_gpus_with_that_much_memory(yard: Yard) -> None:
    custom(yard, gpu={"requests": 1, "minVram": "300G"})
    yard.passes(seconds=60)
    told = look(yard, VIEW, "llama")
    told.is_an_error("300G", "device-id", "")
    assert "MI300X" in told.first.reason, "what there is"


def test_the_runtime_config_is_not_there(yard: Yard) -> None:
    custom(yard, runtimeConfigName="small")
    until_failing(yard).is_an_error("small", "Create", "untimeConfig")


def test_the_model_is_not_there(yard: Yard) -> None:
    yard.make(SVC, "llama", spec={"model": {"name": "nope"}})
    until_failing(yard).is_an_error('Model "nope" not found', "Create an AIMModel", "ModelReady")


def test_the_model_is_not_ready(yard: Yard) -> None:
    yard.make(MODELS, "typo", spec={"image": "amdenterpriseai/aim-nonexistent-model:0.1"})
    yard.make(SVC, "llama", spec={"model": {"name": "typo"}})
    yard.passes(seconds=30)
    look(yard, VIEW, "llama").is_an_error("aim-nonexistent-model:0.1", "", "AIMModel typo")


def test_the_template_is_not_there(yard: Yard) -> None:
    yard.make(MODELS, "base", spec={"image": "amdenterpriseai/aim-qwen-qwen3-32b:0.9"})
    yard.make(SVC, "llama", spec={"model": {"name": "base"}, "template": {"name": "nope"}})
    until_failing(yard).is_an_error('"nope" not found', 'Create a template "nope"', "TemplateReady")


def test_a_model_without_templates(yard: Yard) -> None:
    yard.make(MODELS, "bare", spec={"image": BASE, "discovery": {"createServiceTemplates": False, "extractMetadata": False}})
    yard.make(SVC, "llama", spec={"model": {"name": "bare"}})
    yard.passes(seconds=60)
    told = look(yard, VIEW, "llama")
    told.is_an_error("template", "", "")


def test_gated_weights_without_a_token(yard: Yard) -> None:
    custom(yard, model=GATED)
    told = until_failing(yard)
    told.is_an_error("gated", "HF_TOKEN", "")


def test_the_gateway_is_not_named(yard: Yard) -> None:
    yard.make(SVC, "llama", spec={"model": {"image": "amdenterpriseai/aim-qwen-qwen3-32b:0.9"}, "routing": {"enabled": True}})
    yard.until(lambda: "HTTPRouteReady" in yard.told(SVC, "llama"), step=5)
    look(yard, VIEW, "llama").is_an_error("no gateway is named", "gatewayRef", "")


def test_its_image_is_not_there(yard: Yard) -> None:
    custom(yard, image="amdenterpriseai/aim-base:my-tag")
    told = until_told(yard, VIEW, "llama", "does not exist", seconds=600)
    told.is_an_error("aim-base:my-tag does not exist", "tag", "")


def test_its_image_wants_a_login(yard: Yard) -> None:
    custom(yard, image="ghcr.io/acme/private/aim-base:1")
    told = until_told(yard, VIEW, "llama", "does not let", seconds=600)
    told.is_an_error("without a pull secret", "dockerconfigjson", "")


@pytest.mark.parametrize("name", ["all GPUs are taken", "the quota is used up"])
def test_what_its_pods_lack(yard: Yard, name: str) -> None:
    mode = BY_NAME[name]
    mode.before(yard)
    custom(yard)
    says = mode.says.replace("nvidia.com", "amd.com")
    until_told(yard, VIEW, "llama", says, seconds=600).is_an_error(says, mode.remedy, mode.about)


def test_more_gpus_than_a_node_has(yard: Yard) -> None:
    custom(yard, gpu={"requests": 64})
    yard.until(lambda: [one for one in yard.list("pods") if "predictor" in one["metadata"]["name"]], step=5)
    until_told(yard, VIEW, "llama", "64 amd.com/gpu").is_an_error("64 amd.com/gpu, and no node has more than 8", "Ask for fewer", "Pod ")


def test_a_secret_that_its_variables_take(yard: Yard) -> None:
    custom(yard, env=[{"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hf-token", "key": "token"}}}])
    said = until_told(yard, VIEW, "llama", "hf-token", seconds=600)
    said.is_an_error("hf-token", "", "")


def test_the_card_is_too_small(yard: Yard) -> None:
    custom(yard, model="Qwen/Qwen2.5-110B-Instruct")
    until_told(yard, VIEW, "llama", "GPU ran out of memory", seconds=3600, step=30).is_an_error("ran out of memory", "more GPUs", "Pod ")


def test_stopped_is_no_failure(yard: Yard) -> None:
    custom(yard, replicas=0)
    yard.passes(seconds=60)
    told = look(yard, VIEW, "llama")
    assert told.phase is Phase.PAUSED
    assert not [one for one in told.causes if one.severity is Severity.ERROR]
