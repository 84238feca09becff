"""Answers to manifests of an AIMService and back: fit for the API server, and nothing that no answer speaks of is touched."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.systems.aim.aiming import checked
from tests.systems.aim.test_aim_reading import samples_of
from tests.upstream import unfit

from modeltui.domain import Severity
from modeltui.systems.aim import names
from modeltui.systems.aim.answers import HardwareAnswers, MetricAnswers, RoutingAnswers, ServiceAnswers, WeightsAnswers
from modeltui.systems.aim.deployable import AIM_SERVICE
from modeltui.systems.aim.manifests import answers_of, service
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.serving.answers import EnvAnswers, KeyAnswers, ResourceAnswers

TOKEN = EnvAnswers(name="HF_TOKEN", secret=KeyAnswers(name="hf-token", key="token"))
WEIGHTS = WeightsAnswers(
    base_image="amdenterpriseai/aim-base:0.9",
    model_id="Qwen/Qwen2-0.5B",
    source_uri="hf://Qwen/Qwen2-0.5B",
    hardware=HardwareAnswers(gpus=1),
)


# ---- what is written ------------------------------------------------------------------------------------------------


def test_the_smallest_custom_service_is_that_of_the_documentation() -> None:
    assert service(ServiceAnswers(name="my-qwen", namespace="models", weights=WEIGHTS, replicas=1)) == yaml.safe_load("""
        apiVersion: aim.eai.amd.com/v1alpha1
        kind: AIMService
        metadata: {name: my-qwen, namespace: models}
        spec:
          model:
            custom:
              baseImage: amdenterpriseai/aim-base:0.9
              modelSources:
              - {modelId: Qwen/Qwen2-0.5B, sourceUri: "hf://Qwen/Qwen2-0.5B"}
              hardware: {gpu: {requests: 1}}
          template: {allowUnoptimized: true}
          replicas: 1
    """)


def test_the_smallest_of_a_name_and_of_an_image() -> None:
    assert service(ServiceAnswers(name="a", namespace="b", model="m"))["spec"] == {"model": {"name": "m"}}
    assert service(ServiceAnswers(name="a", namespace="b", image="r/i:1"))["spec"] == {"model": {"image": "r/i:1"}}
    assert service(ServiceAnswers())["spec"] == {"model": {}}


def test_everything_at_once() -> None:
    keys = ("AWS_ACCESS_KEY_ID", "access-key"), ("AWS_SECRET_ACCESS_KEY", "secret-key")
    s3 = tuple(EnvAnswers(name=name, secret=KeyAnswers(name="s3", key=key)) for name, key in keys)
    answers = ServiceAnswers(
        name="chat",
        namespace="team",
        weights=WeightsAnswers(
            base_image="amdenterpriseai/aim-base:0.9",
            model_id="team/tuned",
            source_uri="s3://models/tuned",
            size="16Gi",
            env=(*s3, EnvAnswers(name="AWS_ENDPOINT_URL", value="https://minio.example")),
            hardware=HardwareAnswers(gpus=2, min_vram="64Gi", cpu="8"),
        ),
        caching="Dedicated",
        min_replicas=1,
        max_replicas=4,
        metrics=(MetricAnswers(name="vllm:num_requests_running", operation="avg", value="1"),),
        runtime_config="team-config",
        storage_class="nfs",
        headroom_percent=20,
        routing=RoutingAnswers(
            enabled=True, gateway="gw", gateway_namespace="infra", path_template="/{.metadata.name}", request_timeout="3m"
        ),
        env=(EnvAnswers(name="AIM_ENGINE_ARGS", value='{"max-model-len": 8192}'),),
        resources=ResourceAnswers(memory="64Gi"),
        image_pull_secrets=("regcred",),
        service_account="runner",
    )
    assert service(answers)["spec"] == yaml.safe_load("""
        model:
          custom:
            baseImage: amdenterpriseai/aim-base:0.9
            modelSources:
            - modelId: team/tuned
              sourceUri: s3://models/tuned
              size: 16Gi
              env:
              - {name: AWS_ACCESS_KEY_ID, valueFrom: {secretKeyRef: {name: s3, key: access-key}}}
              - {name: AWS_SECRET_ACCESS_KEY, valueFrom: {secretKeyRef: {name: s3, key: secret-key}}}
              - {name: AWS_ENDPOINT_URL, value: "https://minio.example"}
            hardware: {gpu: {requests: 2, minVram: 64Gi}, cpu: {requests: "8"}}
        template: {allowUnoptimized: true}
        caching: {mode: Dedicated}
        minReplicas: 1
        maxReplicas: 4
        autoScaling:
          metrics:
          - type: PodMetric
            podmetric:
              metric: {metricNames: ["vllm:num_requests_running"], query: "vllm:num_requests_running", operationOverTime: avg}
              target: {type: Value, value: "1"}
        runtimeConfigName: team-config
        storage: {defaultStorageClassName: nfs, pvcHeadroomPercent: 20}
        routing:
          enabled: true
          gatewayRef: {name: gw, namespace: infra}
          pathTemplate: "/{.metadata.name}"
          requestTimeout: 3m
        env: [{name: AIM_ENGINE_ARGS, value: '{"max-model-len": 8192}'}]
        resources: {requests: {memory: 64Gi}}
        imagePullSecrets: [{name: regcred}]
        serviceAccountName: runner
    """)
    assert [one for one in checked(service(answers)) if one.severity is Severity.ERROR] == []


def test_profiles_are_asked_for_by_overrides() -> None:
    answers = ServiceAnswers(model="m", metric="latency", precision="fp8", hardware=HardwareAnswers(gpus=4, gpu_model="MI300X"))
    wanted = {"metric": "latency", "precision": "fp8", "hardware": {"gpu": {"requests": 4, "model": "MI300X"}}}
    assert service(answers)["spec"]["overrides"] == wanted


@pytest.mark.parametrize(
    ("answers", "template"),
    [
        (ServiceAnswers(weights=WEIGHTS), {"allowUnoptimized": True}),
        (ServiceAnswers(weights=WEIGHTS, allow_unoptimized=False), {"allowUnoptimized": False}),
        (ServiceAnswers(weights=WEIGHTS, template="t"), {"name": "t"}),
        (ServiceAnswers(model="m", allow_unoptimized=True), {"allowUnoptimized": True}),
        (ServiceAnswers(model="m"), None),
    ],
)
def test_unoptimized_templates_are_allowed_where_there_are_no_others(answers: ServiceAnswers, template: Any) -> None:
    assert service(answers)["spec"].get("template") == template


# ---- any answers ----------------------------------------------------------------------------------------------------

WORD = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
AMOUNT = st.sampled_from(["1", "8", "500m", "64Gi", "1.5Ti"])
KEY = st.builds(KeyAnswers, name=WORD, key=WORD)
ENV = st.lists(
    st.builds(EnvAnswers, name=st.from_regex(r"[A-Z][A-Z_]{0,6}", fullmatch=True), secret=KEY)
    | st.builds(EnvAnswers, name=WORD, value=st.sampled_from(["", "true", "1"])),
    max_size=3,
    unique_by=lambda one: one.name,
).map(tuple)
GPUS = st.builds(HardwareAnswers, gpus=st.integers(1, 8), gpu_model=st.sampled_from(["", "MI300X"])) | st.builds(
    HardwareAnswers, gpus=st.integers(1, 8), min_vram=st.sampled_from(["", "64Gi"]), gpu_resource=st.sampled_from(["", "amd.com/cpx_nps1"])
)
HARDWARE = GPUS | st.builds(HardwareAnswers, cpu=AMOUNT, cpu_limit=st.sampled_from(["", "8"]))
SOURCES = st.sampled_from(["hf://Qwen/Qwen2-0.5B", "s3://bucket/a/b"])
CUSTOM = st.builds(
    WeightsAnswers,
    base_image=st.just("r/aim-base:0.9"),
    model_id=st.sampled_from(["a/b", "Qwen/Qwen2-0.5B"]),
    source_uri=SOURCES,
    size=st.sampled_from(["", "16Gi"]),
    env=ENV,
    hardware=HARDWARE,
)
CHOICES = (
    st.builds(lambda name: {"model": name}, WORD)
    | st.just({"image": "amdenterpriseai/aim-qwen-qwen3-32b:0.8.5"})
    | st.builds(lambda found: {"weights": found}, CUSTOM)
)
METRIC = st.builds(
    MetricAnswers,
    name=st.just("vllm:num_requests_running"),
    operation=st.sampled_from(["", "avg", "max"]),
    target=st.sampled_from(["Value", "AverageValue", "Utilization"]),
    value=st.integers(1, 90).map(str),
)
SCALING = (
    st.builds(lambda number: {"replicas": number}, st.none() | st.integers(0, 9))
    | st.builds(
        lambda least, more, metrics: {"min_replicas": least, "max_replicas": least + more, "metrics": tuple(metrics)},
        st.integers(1, 4),
        st.integers(0, 4),
        st.lists(METRIC, max_size=2),
    )
)  # fmt: skip
ROUTING = st.just(RoutingAnswers()) | st.builds(
    RoutingAnswers,
    enabled=st.booleans(),
    gateway=WORD,
    gateway_namespace=st.sampled_from(["", "infra"]),
    path_template=st.sampled_from(["", "/{.metadata.namespace}/{.metadata.name}"]),
    request_timeout=st.sampled_from(["", "180s"]),
)
RESOURCES = st.builds(
    ResourceAnswers, gpus=st.none() | st.integers(0, 8), gpu_resource=st.just("amd.com/gpu"), memory=st.sampled_from(["", "64Gi"])
)
REST = st.fixed_dictionaries(
    {
        "name": WORD,
        "namespace": WORD,
        "caching": st.sampled_from(["", "Shared", "Dedicated"]),
        "allow_unoptimized": st.sampled_from([None, True]),
        "runtime_config": st.sampled_from(["", "team"]),
        "storage_class": st.sampled_from(["", "nfs"]),
        "headroom_percent": st.none() | st.integers(0, 50),
        "routing": ROUTING,
        "env": ENV,
        "resources": st.builds(
            ResourceAnswers, gpus=st.none() | st.integers(0, 8), gpu_resource=st.just("amd.com/gpu"), memory=st.sampled_from(["", "64Gi"])
        ),
        "image_pull_secrets": st.lists(WORD, max_size=2, unique=True).map(tuple),
        "service_account": st.sampled_from(["", "runner"]),
    }
)
ANSWERS = st.builds(lambda choice, scaling, rest: ServiceAnswers(**choice, **scaling, **rest), CHOICES, SCALING, REST)
BRIEF = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@BRIEF
@given(answers=ANSWERS)
def test_a_manifest_of_any_sound_answers_is_fit_for_the_api_server(answers: ServiceAnswers) -> None:
    manifest = service(answers)
    assert unfit(manifest) == []
    assert [one for one in checked(manifest) if one.severity is Severity.ERROR] == []


@BRIEF
@given(answers=ANSWERS)
def test_what_was_written_is_read_back(answers: ServiceAnswers) -> None:
    manifest = service(answers)
    again = answers_of(manifest)
    assert service(again) == manifest
    assert service(again, live=manifest) == manifest


@BRIEF
@given(was=ANSWERS, now=ANSWERS)
def test_an_edit_over_a_live_object_comes_to_the_same(was: ServiceAnswers, now: ServiceAnswers) -> None:
    live = service(was)
    assert service(now, live=live)["spec"] == service(now)["spec"]


def test_every_real_service_can_be_shown_and_is_left_as_it_is() -> None:
    for document in samples_of("AIMService"):
        kept = copy.deepcopy(document)
        assert service(answers_of(document), live=document) == kept


# ---- a live object --------------------------------------------------------------------------------------------------

LIVE: dict[str, Any] = {
    "apiVersion": "aim.eai.amd.com/v1alpha1",
    "kind": "AIMService",
    "metadata": {"name": "a", "namespace": "b", "uid": "1", "resourceVersion": "7", "labels": {"team": "nlp"}},
    "spec": {
        "model": {
            "custom": {
                "baseImage": "r/b:1",
                "modelSources": [{"modelId": "a/b", "sourceUri": "hf://a/b", "size": 1024}],
                "hardware": {"gpu": {"requests": 1, "resourceName": "amd.com/gpu"}},
            }
        },
        "caching": {"mode": "Always"},
        "template": {"allowUnoptimized": True},
        "replicas": 2,
        "priorityClassName": "high",
        "storage": {},
    },
    "status": {"status": "Running"},
}


def test_what_no_answer_speaks_of_stays() -> None:
    import msgspec

    before = answers_of(LIVE)
    assert (before.caching, before.replicas) == ("Shared", 2)
    after = service(msgspec.structs.replace(before, replicas=0, runtime_config="x"), live=LIVE)
    assert after["spec"] == {**LIVE["spec"], "replicas": 0, "runtimeConfigName": "x"}
    assert after["metadata"] == {"name": "a", "namespace": "b", "labels": {"team": "nlp"}}
    assert "status" not in after


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ({"model": {"name": "m"}, "routing": {"annotations": {"a": "b"}}}, "spec.routing says more"),
        ({"model": {"name": "m"}, "overrides": {"profile": "x"}}, "spec.overrides says more"),
        ({"model": {"name": "m", "alias": "n"}}, "spec.model says more"),
        ({"model": {"name": "m"}, "autoScaling": {"metrics": [{"type": "PodMetric"}]}}, "does not say what is measured"),
        ({"model": {"custom": {"baseImage": "a", "modelSources": []}}}, "has not one model source"),
        ({"model": {"name": "m"}, "env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "x"}}}]}, "edit it as YAML"),
        ({"model": {"name": "m"}, "replicas": "two"}, "edit it as YAML"),
        ({"model": {"name": "m"}, "caching": {"mode": "Sometimes"}}, "edit it as YAML"),
    ],
)
def test_what_the_form_cannot_show(spec: dict[str, Any], says: str) -> None:
    with pytest.raises(AnswersError, match=says):
        answers_of({"metadata": {"name": "a", "namespace": "b"}, "spec": spec})


# ---- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("Qwen/Qwen2-0.5B", "qwen2-0-5b"),
        ("amdenterpriseai/aim-qwen-qwen3-32b:0.8.5", "qwen-qwen3-32b"),
        ("s3://models/Tuned_Model/", "tuned-model"),
        ("r/a@sha256:00", "a"),
        ("", "model"),
        ("///", "model"),
        ("x" * 80, "x" * 63),
    ],
)
def test_names_are_proposed(model: str, name: str) -> None:
    assert names.propose(model) == name


@given(model=st.text())
def test_a_proposed_name_is_always_good(model: str) -> None:
    assert names.name_problem(names.propose(model)) == ""


@pytest.mark.parametrize(
    ("name", "says"), [("", "Give it a name"), ("Qwen", "lower-case"), ("q" * 64, "64 characters"), ("a.b", "lower-case")]
)
def test_names_that_are_no_good(name: str, says: str) -> None:
    assert says in AIM_SERVICE.name_problem(name)
