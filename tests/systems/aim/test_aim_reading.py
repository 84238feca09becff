"""What an AIMService is: from every real manifest, and from every status that AIM Engine gives one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from tests.systems.aim import aiming
from tests.systems.aim.aiming import condition, custom, false, manifest, pod, service, template, there

from modeltui.domain import Phase
from modeltui.systems.aim import reading, types
from modeltui.systems.aim.service_types import AIMService
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.facts import FactTable
from modeltui.systems.serving.deployment import Deployment, Ref

SAMPLES = Path(__file__).resolve().parents[3].parent / "shared" / "samples" / "aim-engine"
DUMMY = "ghcr.io/silogen/aim-dummy:0.1.10"
QWEN = "amdenterpriseai/aim-qwen-qwen3-32b:0.8.5"


class Wanted(NamedTuple):
    """A row, as a person reads it off the manifest. Before AIM Engine has chosen a template nobody knows engine or GPUs."""

    name: str
    model: str
    desired: int | None = 1
    gpus: int | None = None
    """Per replica."""
    resource: str = ""
    served: str = ""
    image: str = ""


ROWS = {
    "common__autoscaling-update__service-updated": Wanted("test-autoscaling-update-service", "test-autoscaling-update-model", None),
    "common__cache-cleanup__cache-cleanup-failed-deleted__service": Wanted("cache-cleanup-fail-service", DUMMY, image=DUMMY),
    "common__cache-cleanup__namespace-deletion-not-blocked__service": Wanted("ns-delete-finalizer-service", DUMMY, image=DUMMY),
    "common__cache-deleted-dedicated__service": Wanted("cache-deleted-dedicated-svc", DUMMY, image=DUMMY),
    "common__custom-model__inline-custom-model__service": Wanted(
        "test-inline-custom-model", "inline/test-model", 1, 1, "amd.com/gpu", "inline/test-model", DUMMY
    ),
    "common__custom-model__model-deduplication-s3-endpoint__service-2": Wanted(
        "test-dedup-endpoint-service-2", "shared/s3-endpoint-model", 1, 0, "", "shared/s3-endpoint-model", DUMMY
    ),
    "common__custom-model__model-deduplication__service-2": Wanted(
        "test-dedup-service-2", "shared/dedup-model", 1, 1, "amd.com/gpu", "shared/dedup-model", DUMMY
    ),
    "common__model-by-image__service": Wanted("test-image-service", DUMMY, image=DUMMY),
    "common__profile-id-propagation__service": Wanted("test-profile-id", DUMMY, image=DUMMY),
    "common__replicas-default__service": Wanted("test-replicas-default-service", "test-replicas-default-model"),
    "common__replicas__service": Wanted("test-replicas-service", "test-replicas-model", 3),
    "common__template-not-found__service": Wanted("test-missing-tpl-service", "test-missing-tpl-model"),
    "frozen__all-ready__service": Wanted("test-service", "test-model"),
    "frozen__cluster-model-ready__service": Wanted("test-service", "test-cluster-model"),
    "frozen__env-propagation-to-cache__service": Wanted("test-env-propagation", "test-model"),
    "frozen__model-not-found__service": Wanted("test-service", "nonexistent-model"),
    "frozen__model-progressing__service": Wanted("test-service", "test-model"),
    "frozen__template-failed__service": Wanted("test-service", "test-model"),
    "gpu__custom-model-s3__service": Wanted("test-gpu-s3-service", "test-gpu-s3-model"),
    "gpu__custom-model__service": Wanted(
        "test-gpu-custom-model", "Qwen/Qwen2-0.5B", 1, 1, "amd.com/gpu", "Qwen/Qwen2-0.5B", "amdenterpriseai/aim-base:0.9"
    ),
    "gpu__happy-path__cached__service": Wanted("test-gpu-cached", QWEN, image=QWEN),
    "gpu__happy-path__non-cached__service": Wanted("test-gpu-non-cached", QWEN, image=QWEN),
    "aimtemplatecache__service-legacy-mode-mapping__service-always": Wanted("legacy-always-service", DUMMY, image=DUMMY),
    "aimtemplatecache__service-legacy-mode-mapping__service-never": Wanted("legacy-never-service", DUMMY, image=DUMMY),
    "aimtemplatecache__shared-ignores-dedicated-artifacts__service": Wanted("shared-artifact-owner-service", DUMMY, image=DUMMY),
}


def file_of(sample: str) -> Path:
    within = sample if sample.startswith("aimtemplatecache") else f"aimservice__{sample}"
    return SAMPLES / f"tests__e2e__{within}.yaml"


def samples_of(*kinds: str) -> list[dict[str, Any]]:
    if not SAMPLES.exists():
        pytest.skip("the reference material is not beside the checkout")
    documents = [document for path in sorted(SAMPLES.glob("*.yaml")) for document in yaml.safe_load_all(path.read_text())]
    return [document for document in documents if document and document["kind"] in kinds]


@pytest.mark.parametrize("sample", ROWS)
def test_every_real_service_is_read_as_it_is_meant(sample: str) -> None:
    if not SAMPLES.exists():
        pytest.skip("the reference material is not beside the checkout")
    wanted = ROWS[sample]
    found: AIMService = there(yaml.safe_load(file_of(sample).read_text()))
    deployment = reading.read(found, FactTable())
    component = deployment.components[0]
    assert found.metadata.name == wanted.name
    assert deployment.models == (wanted.model,)
    assert deployment.served == ((wanted.served,) if wanted.served else ())
    assert deployment.engine == ""
    assert (component.desired, component.gpus, deployment.gpu_resource) == (wanted.desired, wanted.gpus, wanted.resource)
    assert (component.image, component.ready) == (wanted.image, None)
    assert (deployment.status.phase, deployment.status.raw) == (Phase.PENDING, "")
    assert not deployment.stopped


def test_no_real_service_is_left_out() -> None:
    assert len(samples_of("AIMService")) == len(ROWS)


# ---- with a status --------------------------------------------------------------------------------------------------

RESOLVED = {
    "resolvedModel": {"name": "qwen-model", "namespace": "team", "scope": "Namespace", "kind": "AIMModel"},
    "resolvedTemplate": {"name": "qwen-template", "namespace": "team", "scope": "Namespace"},
}
WELL = [
    condition("ModelReady", reason="ModelResolved"),
    condition("TemplateReady", reason="Resolved"),
    condition("CacheReady", reason="CacheReady"),
    condition("InferenceServiceReady", reason="RuntimeReady"),
    condition("Ready", reason="AllComponentsReady"),
]


def read(document: dict[str, Any], *others: dict[str, Any]) -> Deployment:
    return reading.read(there(document), aiming.facts(others))


def told(raw: str, *conditions: dict[str, Any], spec: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    status = {"status": raw, "conditions": list(conditions), **more}
    return manifest("AIMService", spec={"model": {"name": "qwen-model"}, "replicas": 1, **(spec or {})}, status=status)


def test_one_that_runs_says_what_its_template_decides() -> None:
    document = told(
        "Running",
        *WELL,
        **RESOLVED,
        routing={"path": "/team/qwen"},
        runtime={"currentReplicas": 2, "desiredReplicas": 2, "replicas": "2"},
        spec={"replicas": 2},
    )
    found = read(document, template(count=4, told={"modelSources": [{"modelId": "Qwen/Qwen3-32B", "sourceUri": "hf://Qwen/Qwen3-32B"}]}))
    assert (found.engine, found.served, found.gpu_resource, found.gpus) == ("vllm", ("Qwen/Qwen3-32B",), "amd.com/gpu", 8)
    assert (found.status.phase, found.status.raw, found.status.reason) == (Phase.READY, "Running", "")
    assert (found.ready, found.desired) == (2, 2)
    assert found.endpoint is not None
    assert (str(found.endpoint), found.endpoint.port) == ("/team/qwen", 8000)


@pytest.mark.parametrize(
    ("raw", "conditions", "phase", "reason"),
    [
        ("Pending", [], Phase.PENDING, ""),
        ("Starting", [], Phase.PROCESSING, ""),
        ("Running", WELL, Phase.READY, ""),
        ("Degraded", [], Phase.DEGRADED, ""),
        ("Failed", [], Phase.FAILED, ""),
        ("Frobnicating", [], Phase.UNKNOWN, ""),
        ("Pending", [false("ModelReady", "CreatingModel")], Phase.PROCESSING, "An AIMModel is being made"),
        ("Pending", [false("ModelReady", "ModelNotFound")], Phase.FAILED, "There is no such model"),
        (
            "Pending",
            [false("TemplateReady", "TemplateNotFound", "1 unoptimized template(s) filtered out.")],
            Phase.FAILED,
            "No template can be used: 1 unoptimized template(s) filtered out.",
        ),
        ("Pending", [false("TemplateReady", "TemplateSelectionAmbiguous")], Phase.FAILED, "Several templates fit equally well"),
        ("Starting", [false("TemplateReady", "TemplateNotReady")], Phase.PROCESSING, "Its template is not ready"),
        ("Starting", [false("CacheReady", "CacheNotReady")], Phase.PROCESSING, "Its weights are being fetched"),
        ("Failed", [false("CacheReady", "CacheFailed", "exit 1")], Phase.FAILED, "Its weights could not be fetched: exit 1."),
        ("Degraded", [*WELL[:2], false("CacheReady", "CacheLost"), *WELL[3:4]], Phase.DEGRADED, "The cache with its weights was deleted"),
        ("Failed", [false("CacheReady", "StorageSizeError")], Phase.FAILED, "How much storage"),
        ("Starting", [false("InferenceServiceReady", "CreatingRuntime")], Phase.PROCESSING, "Its InferenceService is not ready"),
        ("Running", [false("InferenceServiceReady", "RuntimeScaling")], Phase.PROCESSING, "The number of its replicas is changing"),
        ("Failed", [false("InferenceServicePodsReady", "ImagePullAuthFailure")], Phase.FAILED, "The registry refused"),
        ("Failed", [false("InferenceServicePodsReady", "ImageNotFound")], Phase.FAILED, "Its image is not there"),
        ("Failed", [false("HTTPRouteReady", "GatewayNotConfigured")], Phase.FAILED, "Routing is on, and no gateway is named"),
        ("Failed", [*WELL[3:4], false("HTTPRouteReady", "GatewayNotConfigured")], Phase.DEGRADED, "It serves, but: Routing is on"),
        ("Degraded", [*WELL[3:4], false("HTTPRouteReady", "PathTemplateInvalid")], Phase.DEGRADED, "It serves, but: The path"),
        ("Starting", [*WELL[3:4], false("HTTPRouteReady", "HTTPRoutePending")], Phase.PROCESSING, "The gateway has not accepted"),
        ("Starting", [*WELL[3:4], false("HPAReady", "WaitingForMetrics")], Phase.PROCESSING, "Its autoscaler has no metrics yet"),
        ("Failed", [false("AuthValid", "AuthError", "401 of ghcr.io")], Phase.FAILED, "credentials: 401 of ghcr.io."),
        ("Failed", [false("TemplateReady", "TemplateNotReady")], Phase.FAILED, "Its template is not ready."),
        ("Failed", [*WELL[3:4], false("HTTPRouteReady", "HTTPRoutePending")], Phase.DEGRADED, "It serves, but: The gateway has not"),
        ("Starting", [false("Ready", "ComponentsNotReady")], Phase.PROCESSING, "Some of what it needs is not ready."),
        ("Failed", [false("Ready", "Strange", "why")], Phase.FAILED, "Ready is not met (Strange): why."),
        ("Running", [false("NewReady", "Strange")], Phase.PROCESSING, "NewReady is not met (Strange)."),
    ],
)
def test_the_status_is_that_of_the_conditions(raw: str, conditions: list[dict[str, Any]], phase: Phase, reason: str) -> None:
    found = read(told(raw, *conditions)).status
    assert (found.phase, found.raw) == (phase, raw)
    assert reason in found.reason
    assert bool(found.reason) == bool(reason)


def test_a_summary_is_told_only_when_it_says_more() -> None:
    both = [false("ConfigValid", "ReferenceNotFound", "x"), false("ModelReady", "ModelNotFound", "no model qwen")]
    assert "no model qwen" in read(told("Failed", *both)).status.reason
    worse = [false("AuthValid", "AuthError", "401"), false("ModelReady", "ModelNotReady", "waits")]
    assert "401" in read(told("Failed", *worse)).status.reason


@pytest.mark.parametrize("state", ["Failed", "NotAvailable"])
def test_a_template_that_will_not_become_ready_is_no_wait(state: str) -> None:
    document = told("Starting", false("TemplateReady", "TemplateNotReady"), **RESOLVED)
    assert read(document, template(status=state)).status.phase is Phase.FAILED
    assert read(document, template(status="Progressing")).status.phase is Phase.PROCESSING
    assert read(document).status.phase is Phase.PROCESSING


def test_the_status_of_an_earlier_spec_is_not_believed() -> None:
    document = told("Running", *WELL, observedGeneration=2)
    document["metadata"]["generation"] = 3
    found = read(document).status
    assert (found.phase, found.raw) == (Phase.PROCESSING, "Running")
    assert "changed since" in found.reason
    document["metadata"]["generation"] = 2
    assert read(document).status.phase is Phase.READY


def test_running_without_a_ready_pod_is_not_believed() -> None:
    document = told("Running", *WELL, runtime={"currentReplicas": 1})
    assert read(document, pod("a", ready=False)).status.phase is Phase.PROCESSING
    assert read(document, pod("a", ready=False)).ready == 0
    assert read(document, pod("a")).status.phase is Phase.READY


def test_ready_replicas_are_counted_where_pods_may_be_seen() -> None:
    document = told("Running", *WELL, runtime={"currentReplicas": 3}, spec={"replicas": 3})
    going = pod("c")
    going["metadata"]["deletionTimestamp"] = aiming.CREATED
    seen = [pod("a"), pod("b", ready=False), going, pod("d", of="other"), pod("e", **{types.COMPONENT_LABEL: "download"})]
    assert read(document, *seen).ready == 1
    assert read(document).ready == 3
    assert read(told("Starting", false("InferenceServiceReady", "CreatingRuntime"))).ready == 0


def test_no_replicas_wanted_is_stopped_whatever_the_word() -> None:
    found = read(told("Running", *WELL, spec={"replicas": 0}))
    assert (found.stopped, found.status.phase, found.status.raw) == (True, Phase.PAUSED, "Running")
    assert (found.desired, found.gpus) == (0, 0)
    scaled = read(told("Running", *WELL, spec={"replicas": 0, "minReplicas": 1, "maxReplicas": 3}, runtime={"desiredReplicas": 2}))
    assert (scaled.stopped, scaled.desired) == (False, 2)


def test_one_that_aim_engine_leaves_alone_says_so() -> None:
    document = told("Running", *WELL)
    document["metadata"]["annotations"] = {types.PAUSED: "true", "other": "x"}
    found = read(document).status
    assert found.phase is Phase.READY
    assert "told to leave it alone" in found.reason


# ---- GPUs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "others", "resource", "count"),
    [
        ({"resources": {"limits": {"amd.com/gpu": "2"}}}, [template(count=8)], "amd.com/gpu", 2),
        ({"resources": {"limits": {"memory": "8Gi"}}}, [template(count=8)], "amd.com/gpu", 8),
        ({}, [template(count=8, resources={"requests": {"amd.com/gpu": 4}})], "amd.com/gpu", 4),
        ({}, [template(told={"resolvedHardware": {"gpu": {"model": "MI300X"}}})], "amd.com/gpu", 0),
        ({}, [template(told={"resolvedHardware": {"gpu": {"requests": 2, "resourceName": "amd.com/cpx"}}})], "amd.com/cpx", 2),
        ({}, [template(told={"resolvedHardware": {"cpu": {"requests": "8"}}})], "", 0),
        ({}, [template(told={"resolvedHardware": None}, count=2)], "amd.com/gpu", 2),
        ({}, [template(told={"resolvedHardware": None}, hardware={"cpu": {"requests": "8"}})], "", 0),
        ({}, [template(told={"resolvedHardware": None}, hardware=None, count=2)], "amd.com/gpu", 2),
        ({"overrides": {"hardware": {"gpu": {"requests": 2}}}}, [], "amd.com/gpu", 2),
        ({"model": custom(hardware={"gpu": {"requests": 1, "minVram": "64Gi"}})}, [], "amd.com/gpu", 1),
        ({"model": custom(hardware={"gpu": {"requests": 1}})}, [template(count=4)], "amd.com/gpu", 4),
        ({"model": custom(hardware={"cpu": {"requests": "500m"}})}, [], "", 0),
        ({}, [], "", None),
    ],
)
def test_gpus_are_those_that_the_controller_will_ask_for(spec: dict[str, Any], others: Any, resource: str, count: int | None) -> None:
    document = told("Running", *WELL, spec=spec, **RESOLVED)
    for other in others:
        other["status"] = {key: value for key, value in other["status"].items() if value is not None}
        other["spec"] = {key: value for key, value in other["spec"].items() if value is not None}
    found = read(document, *others)
    assert (found.gpu_resource, found.components[0].gpus) == (resource, count)


# ---- names, references ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "served"),
    [
        ('{"served-model-name": "chat"}', ("chat",)),
        ('{"served-model-name": ["chat", "qwen"]}', ("chat", "qwen")),
        ('{"max-model-len": 4096}', ("Qwen/Qwen2-0.5B",)),
        ("[1, 2]", ("Qwen/Qwen2-0.5B",)),
        ("no json", ("Qwen/Qwen2-0.5B",)),
    ],
)
def test_the_engine_arguments_may_name_it_otherwise(arguments: str, served: tuple[str, ...]) -> None:
    document = service(model=custom(), env=[{"name": "AIM_ENGINE_ARGS", "value": arguments}])
    assert read(document).served == served


def test_what_it_uses() -> None:
    env = [{"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hf-token", "key": "token"}}}]
    document = told(
        "Running",
        *WELL,
        resolvedModel={"name": "m", "scope": "Cluster"},
        resolvedTemplate={"name": "t", "scope": "Namespace"},
        resolvedRuntimeConfig={"name": "default", "scope": "Merged"},
        cache={"templateCacheRef": {"name": "c", "scope": "Namespace"}},
        spec={"env": env, "imagePullSecrets": [{"name": "regcred"}]},
    )
    artifacts = {"w": {"name": "w-1", "model": "a/b", "status": "Ready", "uid": "1", "persistentVolumeClaim": "w-pvc"}}
    cache = manifest("AIMTemplateCache", "c", spec={"templateName": "t", "templateScope": "Namespace"}, status={"artifacts": artifacts})
    assert [str(ref) for ref in read(document, cache).uses] == [
        "AIMClusterModel m",
        "AIMServiceTemplate t",
        "AIMRuntimeConfig default",
        "AIMClusterRuntimeConfig default",
        "AIMTemplateCache c",
        "AIMArtifact w-1",
        "PersistentVolumeClaim w-pvc",
        "Secret hf-token",
        "Secret regcred",
    ]
    assert not read(document, cache).uses[0].namespaced
    custom_env = read(service(model=custom(source={"env": env}))).uses
    assert custom_env == (Ref(SECRETS, "hf-token"),)


def test_a_named_model_that_is_only_in_the_cluster_is_meant() -> None:
    wide = aiming.model(cluster=True)
    assert [str(ref) for ref in read(service(), wide).uses] == ["AIMClusterModel qwen-model"]
    assert [str(ref) for ref in read(service(), wide, aiming.model()).uses] == ["AIMModel qwen-model"]
    assert read(service(), wide).components[0].image == QWEN
