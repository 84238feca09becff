"""The tables of models, templates, caches, artifacts and configurations: every real manifest, and every status worth a look."""

from __future__ import annotations

from typing import Any

import pytest
from tests.systems.aim import aiming
from tests.systems.aim.aiming import KINDS, condition, facts, false, manifest, model, template, there
from tests.systems.aim.test_aim_reading import samples_of

from modeltui.domain import UNKNOWN, Phase, Row, Status, Value
from modeltui.systems.aim import types
from modeltui.systems.aim.views import (
    ARTIFACTS_VIEW,
    CLUSTER_MODELS_VIEW,
    CONFIGS_VIEW,
    MODEL_SOURCES_VIEW,
    MODELS_VIEW,
    TEMPLATE_CACHES_VIEW,
    TEMPLATES_VIEW,
    VIEWS,
)
from modeltui.systems.live import row_of
from modeltui.systems.protocol import View

OF_KIND = {kind: view for kind, (resource, _) in KINDS.items() for view in VIEWS if view.resource == resource}


def cells(view: View, row: Row, *keys: str) -> tuple[Value, ...]:
    named = dict(zip((column.key for column in view.columns), row.values, strict=True))
    return tuple(named[key] for key in keys)


def row(document: dict[str, Any], *others: dict[str, Any], of: tuple[str, ...] = ()) -> Row:
    return row_of(OF_KIND[document["kind"]], there(document), facts(others, of=of))


def status(found: Row) -> Status:
    return next(value for value in found.values if isinstance(value, Status))


# ---- every real manifest --------------------------------------------------------------------------------------------

DUMMY = "ghcr.io/silogen/aim-dummy:0.1.10"
TINY = "hf://sshleifer/tiny-gpt2"
MODELS = {
    "test-model-auto-templates": (None, "Image", None, DUMMY, None),
    "test-cluster-model": (None, "Image", None, "", None),
    "custom-model-nonexistent": (
        ("test/nonexistent",),
        "Custom",
        ("1 x MI300X",),
        "amdenterpriseai/aim-base:0",
        ("hf://test/nonexistent",),
    ),
    "custom-model-valid": (("test/valid",), "Custom", ("1 x MI300X",), "amdenterpriseai/aim-base:0.9", ("hf://test/valid",)),
    "test-spec-provided-metadata": (
        ("spec-provided-model",),
        "Image",
        ("1 x MI300X fp16 throughput",),
        "this-registry-does-not-exist-12345.invalid/fake-model:v1",
        None,
    ),
    "test-auto-select-model": (None, "Image", None, DUMMY, None),
    "test-autoscaling-model": (None, "Image", None, "ghcr.io/silogen/aim-dummy:0.1.9", None),
    "test-service-model": (None, "Image", None, DUMMY, None),
    "test-no-cache-model": (None, "Image", None, DUMMY, None),
    "auto-gen-template-test": (("test/auto-gen-model",), "Custom", ("1 x MI300X",), DUMMY, (TINY,)),
    "test-model": (None, "Image", None, "ghcr.io/example/model:v1", None),
    "test-gpu-s3-model": (("Qwen/Qwen2-0.5B",), "Custom", ("1 x GPU",), "amdenterpriseai/aim-base:0.9", ("s3://models/Qwen2-0.5B",)),
    "test-model-concurrent": (None, "Image", None, "ghcr.io/silogen/aim-dummy:0.1.8", None),
    "test-model-discovery-cluster": (None, "Image", None, "ghcr.io/silogen/aim-dummy:0.1.8", None),
    "test-model-discovery-namespace": (None, "Image", None, "ghcr.io/silogen/aim-dummy:0.1.8", None),
    "test-model-fail": (None, "Image", None, "busybox:latest", None),
    "test-model-inline": (None, "Image", None, DUMMY, None),
    "test-min-vram-model": (None, "Image", None, DUMMY, None),
    "template-cache-fails-if-service-template-failed": (None, "Image", None, DUMMY, None),
    "template-cache-not-available-model": (None, "Image", None, DUMMY, None),
}
"""Name -> model, source type, recommended, image ("" where several manifests of that name differ in it), weights."""

TEMPLATES = {
    "custom-model-nonexistent-tpl": ("custom-model-nonexistent", "1 x MI300X", None, None, "unoptimized", ("hf://test/nonexistent",)),
    "test-auto-select-template": ("test-auto-select-model", "1 x MI300X", None, None, UNKNOWN, None),
    "test-service-template": ("test-service-model", "1 x MI300X", "latency", "fp16", UNKNOWN, None),
    "test-template": ("test-model", "1 x MI300X", None, None, "optimized", None),
    "test-template-success": ("test-model-success", "1 x MI300X", None, None, UNKNOWN, None),
    "test-min-vram-template": ("test-min-vram-model", "1 x GPU with 64Gi", None, None, UNKNOWN, ("hf://test/model",)),
    "node-gpu-test": ("node-gpu-test-model", "1 x MI355X", None, None, UNKNOWN, ("hf://test/model",)),
    "service-template-wrong-scope-namespace": ("test-model", UNKNOWN, None, None, UNKNOWN, ("hf://hello/world", "s3://hello2/world2")),
    "happy-path-cluster": ("test-model", UNKNOWN, None, None, UNKNOWN, (TINY, "hf://HuggingFaceTB/SmolLM-135M")),
    "happy-path-namespace": ("test-model", UNKNOWN, None, None, UNKNOWN, (TINY, "hf://HuggingFaceTB/SmolLM-135M")),
    "waits-for-template-readiness": (
        "template-cache-waits-for-template-readiness",
        UNKNOWN,
        None,
        None,
        UNKNOWN,
        ("hf://hello/world",),
    ),
}
"""Name -> model, hardware, metric, precision, type, weights."""

ARTIFACTS = {
    "basic-lifecycle-s3": ("s3://models/SmolLM-135M", "2.2Gi"),
    "failure-auth-s3": ("s3://models/SmolLM-135M", "2.2Gi"),
    "failure-missing-s3": ("s3://meta-llama-definitely-doesnt-exist/Llama-3.2-1B-Instruct", "5Gi"),
    "progress-success": ("hf://gpt2", "10Mi"),
    "protocol-fallback": ("hf://test-org/test-model", "10Mi"),
    "test-hf": (TINY, UNKNOWN),
    "stall-detection": ("hf://gpt2", "1Gi"),
    "ns-delete-finalizer-artifact": ("hf://org/this-model-does-not-exist", "1Gi"),
}
CACHES = {
    "fails-if-service-template-failed": ("fails-if-service-template-failed", "Namespace"),
    "failure-service-template-not-found-namespace": ("service-template-wrong-scope-cluster", "Namespace"),
    "not-available-due-to-gpu": ("not-available-due-to-gpu", "Namespace"),
    "waits-for-template-readiness": ("waits-for-template-readiness", "Namespace"),
}
CONFIGS = {
    "default": (),
    "recovery-test-config": (None, None, None),
    "test-gpu-custom-model-env": (True, "kgateway-system/kserve-ingress-gateway", "/integration/gpu-custom-model-env/{.metadata.name}"),
    "test-gpu-profile-id": (True, "kgateway-system/kserve-ingress-gateway", "/integration/gpu-profile-id/{.metadata.name}"),
}
SOURCES = {
    "ghcr-models": ("ghcr.io", 10, ("silogen/aim-*",), (">=0.8.5",)),
    "test-ghcr-auth-failure": ("ghcr.io", 10, ("amd-enterprise-ai/aim-private-*",), (">=0.8.0", "<=0.9.0-rc1")),
    "dockerhub-wildcard": ("docker.io", 5, ("amdenterpriseai/aim-*",), ("0.8.4",)),
}


def test_every_real_model() -> None:
    for document in samples_of("AIMModel", "AIMClusterModel"):
        ids, kind, recommended, image, weights = MODELS[document["metadata"]["name"]]
        found = row(document)
        assert cells(MODELS_VIEW, found, "model", "source_type", "recommended", "sources", "templates", "token") == (
            *(ids or UNKNOWN, kind, recommended, weights, UNKNOWN, UNKNOWN),
        )
        assert cells(MODELS_VIEW, found, "image")[0] == image or not image


def test_every_real_template() -> None:
    keys = ("model", "hardware", "metric", "precision", "type", "sources")
    for document in samples_of("AIMServiceTemplate", "AIMClusterServiceTemplate"):
        assert cells(TEMPLATES_VIEW, row(document), *keys) == TEMPLATES[document["metadata"]["name"]]


def test_every_real_artifact() -> None:
    for document in samples_of("AIMArtifact"):
        found = row(document)
        assert cells(ARTIFACTS_VIEW, found, "source", "size") == ARTIFACTS[document["metadata"]["name"]]
        assert cells(ARTIFACTS_VIEW, found, "percent", "bytes", "protocol", "attempt") == (UNKNOWN, UNKNOWN, None, None)


def test_every_real_template_cache() -> None:
    for document in samples_of("AIMTemplateCache"):
        found = cells(TEMPLATE_CACHES_VIEW, row(document), "template", "scope", "artifacts", "mode")
        assert found == (*CACHES[document["metadata"]["name"]], UNKNOWN, "Shared")


def test_every_real_config() -> None:
    for document in samples_of("AIMRuntimeConfig", "AIMClusterRuntimeConfig"):
        found = row(document)
        wanted: tuple[Value, ...] = CONFIGS[document["metadata"]["name"]]
        if document["kind"] == "AIMRuntimeConfig" and not wanted:
            assert cells(CONFIGS_VIEW, found, "headroom", "routing") == (10, None)
        elif not wanted:
            wanted = (True, "kgateway-system/kserve-ingress-gateway", "/integration/label-propagation/{.metadata.name}")
            assert cells(CONFIGS_VIEW, found, "labels_passed") == (("team-*", "cost-center"),)
        if wanted:
            assert cells(CONFIGS_VIEW, found, "routing", "gateway", "path") == wanted
        assert status(found).phase is Phase.READY


def test_every_real_model_source() -> None:
    for document in samples_of("AIMClusterModelSource"):
        found = cells(MODEL_SOURCES_VIEW, row(document), "registry", "limit", "filters", "versions", "models", "interval")
        assert found == (*SOURCES[document["metadata"]["name"]], "?/?", "1h")


# ---- models and templates -------------------------------------------------------------------------------------------


def test_a_model_counts_the_templates_of_its_scope() -> None:
    known = [template("a"), template("b", status="NotAvailable"), template("c", cluster=True), template("d", of="other")]
    assert cells(MODELS_VIEW, row(model(), *known), "templates") == ("1/2",)
    assert cells(CLUSTER_MODELS_VIEW, row(model(cluster=True), *known), "templates") == ("1/1",)
    assert cells(MODELS_VIEW, row(model()), "templates") == (UNKNOWN,)
    assert cells(MODELS_VIEW, row(model(), of=("AIMServiceTemplate",)), "templates") == ("0/0",)


def test_what_an_image_says_of_itself() -> None:
    about = {
        "canonicalName": "meta-llama/Llama-3.1-8B-Instruct",
        "title": "Llama",
        "tags": ["chat"],
        "hfTokenRequired": True,
        "recommendedDeployments": [
            {"gpuModel": "MI300X", "gpuCount": 1, "precision": "fp8", "metric": "latency"},
            {"gpuModel": "MI325X", "gpuCount": 2},
        ],
    }
    document = model()
    document["metadata"]["labels"] = {types.ORIGIN_LABEL: types.AUTO_GENERATED}
    document["status"] |= {"imageMetadata": {"model": about}, "sourceType": "Image"}
    found = cells(MODELS_VIEW, row(document), "model", "token", "recommended", "title", "tags", "origin")
    assert found == (
        *(("meta-llama/Llama-3.1-8B-Instruct",), True, ("1 x MI300X fp8 latency", "2 x MI325X"), "Llama", ("chat",), "auto-generated"),
    )


@pytest.mark.parametrize(
    ("raw", "conditions", "phase", "reason"),
    [
        ("", [], Phase.UNKNOWN, "AIM Engine has not looked at it yet."),
        ("Ready", [], Phase.READY, ""),
        ("Ready", [condition("Ready", "True", "SomeTemplatesReady")], Phase.READY, ""),
        ("Progressing", [false("Ready", "AwaitingMetadata")], Phase.PROCESSING, "What the image says of itself is still being read."),
        ("Degraded", [false("Ready", "SomeTemplatesDegraded")], Phase.DEGRADED, "Some of its templates are not in order."),
        ("Failed", [false("ServiceTemplatesReady", "AllTemplatesFailed")], Phase.FAILED, "All of its templates failed."),
        (
            "Failed",
            [false("ImageMetadataReady", "ImageNotFound", "manifest unknown")],
            Phase.FAILED,
            "Its image is not there: manifest unknown.",
        ),
        ("NotAvailable", [], Phase.DEGRADED, ""),
        (
            "Pending",
            [false("ImageMetadataReady", "MetadataExtractionFailed")],
            Phase.FAILED,
            "What the image says of itself cannot be read.",
        ),
    ],
)
def test_the_status_of_a_model(raw: str, conditions: list[dict[str, Any]], phase: Phase, reason: str) -> None:
    document = model()
    document["status"] = {"status": raw, "conditions": conditions} if raw or conditions else {}
    assert status(row(document)) == Status(phase, raw, reason)


def test_the_status_of_a_template_that_no_node_can_run() -> None:
    assert status(row(template(status="NotAvailable"))).reason == "No node has the GPU that it wants: MI300X."
    failed = template(status="Failed", told={"discovery": {"attempts": 3, "lastFailureReason": "exit 1"}})
    assert status(row(failed)) == Status(Phase.FAILED, "Failed", "exit 1")


def test_whether_a_template_fetches_ahead() -> None:
    assert cells(TEMPLATES_VIEW, row(template(caching={"enabled": True})), "cached") == (True,)
    assert cells(TEMPLATES_VIEW, row(template()), "cached") == (False,)
    assert cells(TEMPLATES_VIEW, row(template(cluster=True)), "cached") == (None,)


# ---- weights --------------------------------------------------------------------------------------------------------


def artifact(raw: str, *conditions: dict[str, Any], **told: Any) -> dict[str, Any]:
    spec = {"sourceUri": "hf://Qwen/Qwen2-0.5B"}
    return manifest("AIMArtifact", "w", spec=spec, status={"status": raw, "conditions": list(conditions), **told})


def progress(percent: int, done: int = 0, total: int = 0) -> dict[str, Any]:
    return {"percentage": percent, "displayPercentage": f"{percent} %", "downloadedBytes": done, "totalBytes": total}


HOW = {"protocol": "XET", "attempt": 1, "totalAttempts": 2, "protocolSequence": "XET,HTTP"}


VERIFIED = "Downloaded, and being verified."


@pytest.mark.parametrize(
    ("document", "phase", "reason"),
    [
        (artifact("Pending"), Phase.PENDING, ""),
        (
            artifact("Progressing", false("Ready", "Downloading"), progress=progress(45, 3 << 30, 7 << 30), download=HOW),
            Phase.PROCESSING,
            "Being downloaded: 45 % (3Gi of 7Gi), by XET.",
        ),
        (artifact("Progressing", progress=progress(100)), Phase.PROCESSING, VERIFIED),
        (
            artifact("Progressing", condition("DownloadComplete"), progress=progress(99)),
            Phase.PROCESSING,
            "Downloaded, and being verified.",
        ),
        (artifact("Progressing", false("Ready", "Verifying"), progress=progress(99)), Phase.PROCESSING, VERIFIED),
        (artifact("Ready", condition("Ready", "True", "Verified"), progress=progress(100)), Phase.READY, ""),
        (
            artifact("Degraded", false("Ready", "RetryBackoff", "exit 2")),
            Phase.DEGRADED,
            "The download failed and will be tried again: exit 2.",
        ),
        (artifact("Failed", false("Ready", "Failed", "401")), Phase.FAILED, "It failed: 401."),
        (artifact("Progressing", false("CachePvcReady", "PVCPending")), Phase.PROCESSING, "Its claim has no volume yet."),
    ],
)
def test_how_far_a_download_is(document: dict[str, Any], phase: Phase, reason: str) -> None:
    found = status(row(document))
    assert (found.phase, found.reason) == (phase, reason)


def test_bytes_are_told_as_they_are_reported() -> None:
    document = artifact("Progressing", progress=progress(45, 3 << 30, 7 << 30), download=HOW, displaySize="7 GiB", allocatedSize="7.7Gi")
    keys = ("percent", "bytes", "protocol", "attempt", "size", "allocated", "sequence", "claim")
    assert cells(ARTIFACTS_VIEW, row(document), *keys) == (45, "3Gi/7Gi", "XET", "1/2", "7 GiB", "7.7Gi", "XET,HTTP", UNKNOWN)
    without_total = artifact("Progressing", progress={"percentage": 0, "downloadedBytes": 1024})
    assert cells(ARTIFACTS_VIEW, row(without_total), "percent", "bytes", "size") == (0, "1Ki/?", UNKNOWN)
    old = artifact("Ready", discoveredSizeBytes=5 << 20)
    assert cells(ARTIFACTS_VIEW, row(old), "percent", "bytes", "size") == (None, None, "5Mi")


def test_a_template_cache_counts_its_artifacts() -> None:
    held = {
        "a": {"name": "a-1", "model": "x/a", "status": "Ready", "uid": "1", "persistentVolumeClaim": "a-pvc"},
        "b": {"name": "b-1", "model": "x/b", "status": "Progressing", "uid": "2"},
    }
    spec = {"templateName": "t", "templateScope": "Cluster", "mode": "Dedicated"}
    document = manifest(
        "AIMTemplateCache", "c", spec=spec, status={"status": "Progressing", "artifacts": held}, labels={types.SERVICE_LABEL: "qwen"}
    )
    keys = ("scope", "artifacts", "mode", "claims", "models", "made_by")
    assert cells(TEMPLATE_CACHES_VIEW, row(document), *keys) == ("Cluster", "1/2", "Dedicated", ("a-pvc",), ("x/a", "x/b"), "qwen")


# ---- configurations -------------------------------------------------------------------------------------------------


def test_a_config_shows_names_of_variables_and_no_values() -> None:
    env = [{"name": "HF_TOKEN", "value": "hf_abcdefghijklmnop"}]
    document = manifest("AIMRuntimeConfig", "c", spec={"env": env, "defaultStorageClassName": "nfs", "pvcHeadroomPercent": 5})
    found = row(document)
    assert cells(CONFIGS_VIEW, found, "env", "storage_class", "headroom") == (("HF_TOKEN",), "nfs", 5)
    assert "hf_abcdefghijklmnop" not in str(found)
    newer = manifest("AIMRuntimeConfig", "c", spec={"storage": {"defaultStorageClassName": "ceph", "pvcHeadroomPercent": 20}})
    assert cells(CONFIGS_VIEW, row(newer), "storage_class", "headroom") == ("ceph", 20)


def test_a_model_source_that_stops_at_its_limit() -> None:
    told = {"status": "Ready", "modelsLimitReached": True, "discoveredModels": 5, "availableModels": 9, "lastSyncTime": aiming.CREATED}
    spec = {"filters": [{"image": "a/*"}], "maxModels": 5}
    found = row(manifest("AIMClusterModelSource", "s", spec=spec, status=told))
    assert cells(MODEL_SOURCES_VIEW, found, "models") == ("5/9",)
    assert status(found) == Status(Phase.DEGRADED, "Ready", "It stops at 5 models (spec.maxModels): there are more.")


@pytest.mark.parametrize("kind", sorted(OF_KIND))
def test_one_that_is_going_says_so(kind: str) -> None:
    document = manifest(kind, deletionTimestamp=aiming.CREATED, finalizers=["aim.eai.amd.com/x"])
    assert status(row(document)).raw == "Deleting"


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_rows_that_hang_on_others_are_made_anew(view: View) -> None:
    assert list(view.dependents(types.TEMPLATES, there(template()), facts())) == (
        [("team", "qwen-model")] if view.columns is MODELS_VIEW.columns else []
    )


def test_services_are_made_anew_with_what_they_are_made_of() -> None:
    services = OF_KIND["AIMService"]
    resolved = {"resolvedTemplate": {"name": "t", "scope": "Cluster"}, "cache": {"templateCacheRef": {"name": "c"}}}
    known = facts([manifest("AIMService", spec={"model": {"name": "qwen-model"}}, status=resolved), manifest("AIMService", "other")])
    for made_of, resource in (
        (model(), types.MODELS),
        (model(cluster=True), types.CLUSTER_MODELS),
        (template("t", cluster=True), types.CLUSTER_TEMPLATES),
        (manifest("AIMTemplateCache", "c"), types.TEMPLATE_CACHES),
    ):
        assert list(services.dependents(resource, there(made_of), known)) == [("team", "qwen")]
    assert list(services.dependents(types.MODELS, there(model("unknown")), known)) == []
