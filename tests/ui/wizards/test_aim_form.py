"""The questions about an AIMService: any answers go to the form and come back; what AIM Engine refuses stands beside its field."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace
from tests.systems.aim.test_aim_manifests import ANSWERS
from tests.ui.wizards.typed import typed

from modeltui.catalog.merged import shipped
from modeltui.systems.aim import manifests
from modeltui.systems.aim.answers import HardwareAnswers, MetricAnswers, RoutingAnswers, ServiceAnswers, WeightsAnswers
from modeltui.systems.aim.checks import check_service
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.facts import FactTable
from modeltui.systems.serving.answers import EnvAnswers, KeyAnswers, ResourceAnswers
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards.deploy import aim_form, model_step
from modeltui.ui.wizards.deploy.form import Deploying
from modeltui.ui.wizards.draft import Draft

DEPLOYING = Deploying(systems=(aim_form.FORM,), catalogs=shipped())
FORM = DEPLOYING.form()
HUB = "hf://Qwen/Qwen3-8B"
WEIGHTS = WeightsAnswers(
    base_image="amdenterpriseai/aim-base:0.9", model_id="Qwen/Qwen3-8B", source_uri=HUB, hardware=HardwareAnswers(gpus=1)
)


def sound(answers: ServiceAnswers) -> ServiceAnswers:
    """As the form has it: GPUs are those of the hardware."""
    return replace(answers, resources=replace(answers.resources, gpus=None, gpu_resource="nvidia.com/gpu"))


def shown(answers: ServiceAnswers) -> bool:
    try:
        aim_form.texts(answers)
    except AnswersError:
        return False
    return True


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(answers=ANSWERS.map(sound).filter(shown))
def test_any_answers_go_to_the_form_and_come_back(answers: ServiceAnswers) -> None:
    assert DEPLOYING.answers(DEPLOYING.draft("aim", answers)) == answers


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(answers=ANSWERS.map(sound).filter(shown))
def test_an_object_is_shown_and_written_again_as_it_was(answers: ServiceAnswers) -> None:
    live = manifests.service(answers)
    draft = DEPLOYING.draft("aim", manifests.answers_of(live))
    assert manifests.service(DEPLOYING.answers(draft), live=live) == live


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (ServiceAnswers(), "not one model, but none"),
        (ServiceAnswers(model="a", image="r/b:1"), "not one model, but several"),
        (ServiceAnswers(image="plain"), "looks like the name of a model"),
        (ServiceAnswers(weights=replace(WEIGHTS, source_uri="pvc://claim/x")), "fetches from hf:// and s3://"),
        (ServiceAnswers(weights=WEIGHTS, hardware=HardwareAnswers(gpus=2)), "other hardware of its profile"),
        (ServiceAnswers(model="a", resources=ResourceAnswers(gpus=1)), "spec.resources speaks of GPUs"),
        (ServiceAnswers(model="a", replicas=2, max_replicas=3), "an autoscaler that decides it"),
        (ServiceAnswers(model="a", metrics=(MetricAnswers(name="x"),)), "what an autoscaler goes by, and none"),
        (ServiceAnswers(model="a", routing=RoutingAnswers(enabled=False, gateway="g")), "its route is off"),
        (ServiceAnswers(model="a", routing=RoutingAnswers(gateway_namespace="g")), "a namespace and no name"),
        (ServiceAnswers(model="a", env=(EnvAnswers(name="A", value="1\n2"),)), "cannot be spelled in one line"),
    ],
)
def test_what_the_form_cannot_show(answers: ServiceAnswers, says: str) -> None:
    with pytest.raises(AnswersError, match=says):
        DEPLOYING.draft("aim", answers)


def begun(before: Draft | None = None, **answers: str) -> Draft:
    return typed(FORM, before or drafts.blank(FORM), {"namespace": "team"} | answers)


def made(draft: Draft) -> dict[str, Any]:
    assert drafts.problems(FORM, draft) == ()
    manifest = manifests.service(DEPLOYING.answers(draft))
    assert [one for one in check_service(manifest, FactTable()) if one.severity == "error"] == []
    return manifest


NAMED = """
metadata: {name: qwen3-32b, namespace: team}
spec: {model: {name: qwen3-32b}, replicas: 1}
"""
IMAGE = """
metadata: {name: qwen-qwen3-32b, namespace: team}
spec: {model: {image: "amdenterpriseai/aim-qwen-qwen3-32b:0.8.5"}, replicas: 1}
"""
HUB_CUSTOM = """
metadata: {name: llama-3-2-1b-instruct, namespace: team}
spec:
  model:
    custom:
      baseImage: amdenterpriseai/aim-base:0.9
      modelSources:
      - modelId: meta-llama/Llama-3.2-1B-Instruct
        sourceUri: hf://meta-llama/Llama-3.2-1B-Instruct
        env: [{name: HF_TOKEN, valueFrom: {secretKeyRef: {name: hf-token-secret, key: HF_TOKEN}}}]
      hardware: {gpu: {requests: 1}}
  template: {allowUnoptimized: true}
  replicas: 1
"""
S3_CUSTOM = """
metadata: {name: base, namespace: team}
spec:
  model:
    custom:
      baseImage: amdenterpriseai/aim-base:0.9
      modelSources: [{modelId: llama/base, sourceUri: "s3://bucket/llama/base"}]
      hardware: {gpu: {requests: 2, minVram: 64Gi}}
  template: {allowUnoptimized: true}
  replicas: 1
"""


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"origin": model_step.AIM, "aim_model": "qwen3-32b"}, NAMED),
        ({"origin": model_step.AIM, "aim_model": "amdenterpriseai/aim-qwen-qwen3-32b:0.8.5"}, IMAGE),
        ({"model": "meta-llama/Llama-3.2-1B-Instruct"}, HUB_CUSTOM),
        ({"origin": model_step.URI, "uri": "s3://bucket/llama/base", "aim__gpus": "2", "aim__min_vram": "64Gi"}, S3_CUSTOM),
    ],
)
def test_each_way_needs_a_model_and_nothing_more(answers: dict[str, str], expected: str) -> None:
    manifest = made(begun(**answers))
    assert {key: manifest[key] for key in ("metadata", "spec")} == yaml.safe_load(expected)


def test_what_was_typed_for_another_way_means_nothing() -> None:
    draft = begun(model="Qwen/Qwen3-8B", aim__fetch="A=1", aim__model_id="a/b", token_secret="s")
    assert made(begun(draft, origin=model_step.AIM, aim_model="qwen", aim__gpus=""))["spec"]["model"] == {"name": "qwen"}
    of_s3 = made(begun(draft, origin=model_step.URI, uri="s3://b/c/d"))["spec"]["model"]["custom"]["modelSources"][0]
    assert [one["name"] for one in of_s3["env"]] == ["A"], "a token of the Hub is for the Hub"


def test_an_autoscaler_takes_the_place_of_a_number() -> None:
    draft = begun(origin=model_step.AIM, aim_model="qwen", aim__replicas="3", aim__min="1", aim__max="4")
    assert {key: made(draft)["spec"].get(key) for key in ("replicas", "minReplicas", "maxReplicas")} == {
        "replicas": None,
        "minReplicas": 1,
        "maxReplicas": 4,
    }
    assert "aim.replicas" not in {field.key for field in FORM.step("aim.more").asked(draft.plain(FORM))}


@pytest.mark.parametrize(
    ("answers", "field", "says"),
    [
        ({"model": "Qwen/Qwen3-8B", "aim__gpu_model": "MI300X", "aim__min_vram": "64Gi"}, "aim.min_vram", "takes one of the two"),
        ({"model": "Qwen/Qwen3-8B", "aim__gpus": ""}, "aim.gpus", "need hardware"),
        ({"model": "Qwen/Qwen3-8B", "name": "x" * 64}, "name", "64 characters, at most 63"),
        ({"origin": model_step.CLAIM, "claim": "weights"}, "system", "takes none from a claim"),
        ({"origin": model_step.URI, "uri": "gs://bucket/x/y"}, "uri", "and not from gs://"),
        ({"origin": model_step.AIM, "aim_model": "Not_A_Name"}, "aim_model", "lower-case"),
        ({"model": "Qwen/Qwen3-8B", "aim__model_id": "a/b/c"}, "aim.model_id", "organisation/model"),
        ({"model": "Qwen/Qwen3-8B", "aim__headroom": "101"}, "aim.headroom", "At most 100"),
        ({"model": "Qwen/Qwen3-8B", "aim__base_image": ""}, "aim.base_image", "is needed"),
    ],
)
def test_a_trap_stands_beside_its_field(answers: dict[str, str], field: str, says: str) -> None:
    found = {one.field: one.sentence for one in drafts.problems(FORM, begun(**answers))}
    assert says in found[field]


def test_weights_of_ones_own_without_unoptimized_profiles_are_an_error_at_the_switch() -> None:
    draft = begun(model="Qwen/Qwen3-8B", aim__unoptimized="off")
    found = [
        one
        for one in check_service(manifests.service(DEPLOYING.answers(draft)), FactTable())
        if one.field == "spec.template.allowUnoptimized"
    ]
    assert found
    assert {DEPLOYING.spot(draft, one.field) for one in found} == {("aim", 0, "aim.unoptimized")}


@pytest.mark.parametrize(
    ("path", "spot"),
    [
        ("metadata.name", ("basics", 0, "name")),
        ("spec.model", ("model", 0, "model")),
        ("spec.model.custom.baseImage", ("aim", 0, "aim.base_image")),
        ("spec.model.custom.modelSources[0].sourceUri", ("model", 0, "model")),
        ("spec.model.custom.modelSources[0].modelId", ("aim", 0, "aim.model_id")),
        ("spec.model.custom.modelSources[0].env[0].valueFrom", ("serving", 0, "token_secret")),
        ("spec.model.custom.hardware", ("aim", 0, "aim.gpus")),
        ("spec.model.custom.hardware.gpu.minVram", ("aim", 0, "aim.min_vram")),
        ("spec.overrides.hardware.gpu.model", ("aim", 0, "aim.gpu_model")),
        ("spec.overrides.precision", ("aim", 0, "aim.precision")),
        ("spec.template.name", ("aim", 0, "aim.template")),
        ("spec.autoScaling.metrics[1].podmetric.target.value", ("aim.metrics", 1, "aim.metric.value")),
        ("spec.minReplicas", ("aim.more", 0, "aim.min")),
        ("spec.storage.defaultStorageClassName", ("aim.more", 0, "aim.class")),
        ("spec.routing.pathTemplate", ("aim.more", 0, "aim.path")),
        ("spec.caching.mode", ("aim.more", 0, "aim.caching")),
        ("spec.env[0].name", ("resources", 0, "env")),
        ("spec.resources.limits.memory", ("resources", 0, "memory_limit")),
        ("status", None),
    ],
)
def test_a_complaint_stands_beside_its_field(path: str, spot: Any) -> None:
    metrics = (MetricAnswers(name="a", value="1"), MetricAnswers(name="b", value="1"))
    token = EnvAnswers(name="HF_TOKEN", secret=KeyAnswers(name="hf", key="HF_TOKEN"))
    answers = ServiceAnswers(name="q", namespace="team", weights=replace(WEIGHTS, env=(token,)), max_replicas=3, metrics=metrics)
    draft = DEPLOYING.draft("aim", answers)
    assert draft.answer("serving", "token_secret") == "hf"
    assert DEPLOYING.spot(draft, path) == spot
    if spot is not None:
        assert spot[2] in draft.group(spot[0], spot[1])
