"""Why something of AIM Engine does not work: each reason of its conditions, with what the objects behind it add."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.systems.aim.aiming import (
    CREATED,
    KINDS,
    Manifest,
    condition,
    custom,
    facts,
    false,
    manifest,
    model,
    node,
    secret,
    template,
    there,
)
from tests.systems.anything import with_something_else

from modeltui.domain import Finding, Severity
from modeltui.systems.aim.conditions import MEANINGS
from modeltui.systems.aim.views import VIEWS
from modeltui.systems.live import row_of

OF_KIND = {kind: view for kind, (resource, _) in KINDS.items() for view in VIEWS if view.resource == resource}
RESOLVED = {
    "resolvedModel": {"name": "qwen-model", "scope": "Namespace"},
    "resolvedTemplate": {"name": "qwen-template", "scope": "Namespace"},
}
TEMPLATES = ("AIMServiceTemplate", "AIMClusterServiceTemplate")


def service(*conditions: Manifest, raw: str = "Pending", spec: Manifest | None = None, **told: Any) -> Manifest:
    status = {"status": raw, "conditions": list(conditions), **told}
    return manifest("AIMService", spec={"model": {"name": "qwen-model"}, **(spec or {})}, status=status)


def found(document: Manifest, *others: Manifest, of: tuple[str, ...] = (), at: str = "status") -> list[Finding]:
    examine = OF_KIND[document["kind"]].examine
    assert examine is not None
    return [one for one in examine(there(document), facts(others, of=of)) if one.field.startswith(at)]


def only(document: Manifest, *others: Manifest, of: tuple[str, ...] = ()) -> Finding:
    (finding,) = found(document, *others, of=of)
    return finding


@pytest.mark.parametrize("reason", sorted(MEANINGS))
def test_every_reason_has_a_meaning_and_a_remedy(reason: str) -> None:
    finding = only(service(false("SomethingReady", reason, "what it says itself"), raw="Failed"))
    assert finding.reason.startswith(MEANINGS[reason].says)
    assert "what it says itself" in finding.reason
    assert finding.remedy
    assert finding.field == "status.conditions[SomethingReady]"


def test_what_is_well_needs_no_finding() -> None:
    assert found(service(condition("Ready", reason="AllComponentsReady"), raw="Running")) == []
    assert found(service(false("ModelReady", "ModelNotFound"), spec={"replicas": 0})) == []


# ---- template selection ---------------------------------------------------------------------------------------------


def test_ambiguous_templates_are_named() -> None:
    document = service(false("TemplateReady", "TemplateSelectionAmbiguous", 'Multiple templates (2) satisfy model "qwen-model"'))
    finding = only(document, model(), template("a"), template("b"), of=TEMPLATES)
    assert finding.severity is Severity.ERROR
    assert "Equally good are a, b." in finding.reason
    assert "spec.template.name" in finding.remedy


@pytest.mark.parametrize(
    ("spec", "remedy"),
    [({}, "which can still be added"), ({"template": {"allowUnoptimized": False}}, "Make the service anew")],
)
def test_only_unoptimized_templates(spec: Manifest, remedy: str) -> None:
    document = service(false("TemplateReady", "TemplateNotFound", "1 unoptimized template(s) filtered out"), spec=spec)
    finding = only(document, model(), template("a", kind="unoptimized"), of=TEMPLATES)
    assert "a is not optimized" in finding.reason
    assert "spec.template.allowUnoptimized: true" in finding.remedy
    assert remedy in finding.remedy


def test_no_templates_at_all_and_one_that_is_named() -> None:
    assert (
        "Model qwen-model has no templates at all"
        in only(service(false("TemplateReady", "TemplateNotFound")), model(), of=TEMPLATES).reason
    )
    named = service(false("TemplateReady", "TemplateNotFound"), spec={"template": {"name": "x"}})
    assert 'Create a template "x"' in only(named, model(), of=TEMPLATES).remedy


def test_a_template_whose_gpu_nobody_has() -> None:
    document = service(false("TemplateReady", "TemplateNotReady"), raw="Starting", **RESOLVED)
    finding = only(document, template(status="NotAvailable", gpu="MI355X", count=2), node("n"))
    assert finding.severity is Severity.ERROR
    assert "Template qwen-template wants 2 x MI355X; the nodes have MI300X." in finding.reason
    assert "amd.com/gpu.device-id" in finding.remedy
    assert "no node says which GPU it has" in only(document, template(status="NotAvailable"), of=("Node",)).reason
    assert only(document, template(status="Progressing")).severity is Severity.INFO


def test_a_template_or_a_model_that_failed_says_why() -> None:
    broken = template(status="Failed", told={"conditions": [false("Discovered", "DiscoveryFailed", "exit 1")]})
    finding = only(service(false("TemplateReady", "TemplateNotReady"), **RESOLVED), broken)
    assert "Template qwen-template: The image did not say which profiles it has: exit 1." in finding.reason
    assert "discovery Job" in finding.remedy
    assert finding.severity is Severity.ERROR
    failed = model(status="Failed")
    failed["status"]["conditions"] = [false("ImageMetadataReady", "ImagePullAuthFailure")]
    finding = only(service(false("ModelReady", "ModelNotReady"), **RESOLVED), failed)
    assert "AIMModel qwen-model: The registry refused the credentials for its image." in finding.reason
    assert "AIMModel qwen-model is Progressing." in only(service(false("ModelReady", "ModelNotReady")), model(status="Progressing")).reason


def test_a_model_of_another_namespace_is_told_of() -> None:
    elsewhere = model()
    elsewhere["metadata"]["namespace"] = "other"
    assert "There is one in namespace other" in only(service(false("ModelReady", "ModelNotFound")), elsewhere).reason


# ---- weights --------------------------------------------------------------------------------------------------------


def held(status: str = "Failed") -> Manifest:
    artifacts = {"w": {"name": "w-1", "model": "a/b", "status": status, "uid": "1"}}
    spec = {"templateName": "qwen-template", "templateScope": "Namespace"}
    return manifest("AIMTemplateCache", "c", spec=spec, status={"status": status, "artifacts": artifacts})


@pytest.mark.parametrize(("tried", "says"), [(0, "AIM Engine tries once more for it"), (1, "and does not again")])
def test_a_cache_that_failed_says_which_artifact_and_whether_it_is_tried_again(tried: int, says: str) -> None:
    told = {"cache": {"templateCacheRef": {"name": "c"}, "retryAttempts": tried}}
    artifact = manifest("AIMArtifact", "w-1", status={"status": "Failed", "conditions": [false("Ready", "Failed", "401 Unauthorized")]})
    finding = only(service(false("CacheReady", "CacheFailed"), raw="Failed", **told), held(), artifact)
    assert "AIMArtifact w-1: It failed: 401 Unauthorized" in finding.reason
    assert says in finding.reason
    assert "delete the failed AIMArtifact" in finding.remedy


def test_a_cache_that_is_being_filled_says_how_far_it_is() -> None:
    told = {"cache": {"templateCacheRef": {"name": "c"}}}
    progress = {"percentage": 45, "downloadedBytes": 3 << 30, "totalBytes": 7 << 30}
    artifact = manifest("AIMArtifact", "w-1", status={"status": "Progressing", "progress": progress})
    finding = only(service(false("CacheReady", "CacheNotReady"), raw="Starting", **told), held("Progressing"), artifact)
    assert "AIMArtifact w-1: Being downloaded: 45 % (3Gi of 7Gi)." in finding.reason
    assert "AIMArtifact w-1 is Progressing." in only(service(false("CacheReady", "CacheNotReady"), **told), held("Progressing")).reason


def test_a_lost_cache_is_a_warning() -> None:
    assert only(service(false("CacheReady", "CacheLost"), raw="Degraded")).severity is Severity.WARNING


def test_credentials_that_were_refused_are_named() -> None:
    env = [{"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hf", "key": "token"}}}]
    document = service(false("AuthValid", "AuthError", "401"), raw="Failed", spec={"env": env, "imagePullSecrets": [{"name": "reg"}]})
    assert "It names Secrets hf, reg." in only(document).reason
    assert "It names Secrets hf, reg, of which reg is not there." in only(document, secret("hf", "token")).reason
    assert "It names no Secret." in only(service(false("InferenceServicePodsReady", "ImagePullAuthFailure"), raw="Failed")).reason


# ---- the other kinds ------------------------------------------------------------------------------------------------


def test_a_model_whose_templates_are_of_no_use_here() -> None:
    document = model(status="Degraded")
    document["status"]["conditions"] = [false("Ready", "NoTemplatesAvailable")]
    known = [template("a", status="NotAvailable", gpu="MI325X"), template("b", status="Progressing"), template("c"), node("n", "740f")]
    finding = only(document, *known)
    assert "Template a wants 1 x MI325X; the nodes have MI210; Template b: Progressing." in finding.reason
    assert "add a template" in finding.remedy


def test_a_template_that_no_node_can_run() -> None:
    finding = only(template(status="NotAvailable"), node("n", "740f"))
    assert (finding.severity, finding.field) == (Severity.WARNING, "status.status")
    assert finding.reason == "Template qwen-template wants 1 x MI300X; the nodes have MI210."
    told = template(status="NotAvailable", told={"conditions": [false("HardwareReady", "GPUNotAvailable")]})
    assert only(told, node("n", "740f")).reason == finding.reason


def test_a_download_in_its_second_attempt() -> None:
    how = {"attempt": 2, "totalAttempts": 3, "protocolSequence": "XET,HTTP,HTTP"}
    document = manifest("AIMArtifact", "w", spec={"sourceUri": "hf://a/b"}, status={"status": "Progressing", "download": how})
    assert only(document).reason == "This is attempt 2 of 3: what was tried before of XET,HTTP,HTTP failed."
    assert found(document | {"status": {"status": "Ready", "download": how}}) == []


def test_conditions_of_the_other_kinds() -> None:
    for kind in ("AIMTemplateCache", "AIMRuntimeConfig", "AIMClusterModelSource"):
        document = manifest(kind, "x", status={"status": "Failed", "conditions": [false("ConfigValid", "InvalidSpec", "it is wrong")]})
        assert "The spec cannot be carried out: it is wrong." in [one.reason for one in found(document)]


def test_a_source_that_has_nothing_to_do_is_well_and_one_without_its_registry_is_not() -> None:
    def told(word: str, *conditions: Manifest) -> list[Finding]:
        return found(manifest("AIMClusterModelSource", "x", status={"status": word, "conditions": [idle, *conditions]}))

    idle = false("Syncing", "SyncComplete", "No new models to create")
    assert told("Ready", condition("Ready", reason="ModelsDiscovered")) == []
    (gone,) = told("Failed", false("RegistryReachable", "ConnectionFailed", "no such host"), false("Ready", "RegistryUnreachable"))
    assert (gone.severity, gone.reason) == (Severity.WARNING, "Its registry does not answer: no such host.")
    (none,) = told("Pending", false("Ready", "NoMatches"))
    assert (none.severity, none.remedy) == (Severity.WARNING, "Correct spec.filters: image, exclude, versions.")


def test_what_was_fetched_needs_no_token_any_more() -> None:
    weights = {"sourceUri": "hf://Qwen/Qwen2-0.5B"}
    words = {
        word: [one.reason for one in found(manifest("AIMArtifact", "a", spec=weights, status={"status": word}), at="spec")]
        for word in ("Progressing", "Ready")
    }
    assert [len(reasons) for reasons in words.values()] == [1, 0]
    assert "HF_TOKEN is not set" in words["Progressing"][0]


def test_traps_of_the_spec_are_told_with_what_became_of_it() -> None:
    document = service(spec={"model": custom(), "caching": {"mode": "Always"}})
    assert [one.field for one in found(document, at="spec.caching")] == ["spec.caching.mode"]


# ---- anything at all ------------------------------------------------------------------------------------------------

FITTING = [
    service(
        *(false(kind, reason, "m") for kind, reason in (("TemplateReady", "TemplateNotFound"), ("CacheReady", "CacheFailed"), ("X", "Y"))),
        cache={"templateCacheRef": {"name": "c"}, "retryAttempts": 1},
        runtime={"currentReplicas": 1, "desiredReplicas": 2},
        routing={"path": "/a"},
        spec={"model": custom(), "overrides": {"hardware": {"gpu": {"requests": 1}}}, "resources": {"limits": {"amd.com/gpu": "1"}}},
        **RESOLVED,
    ),
    model(status="Failed"),
    template(told={"discovery": {"attempts": 1}, "conditions": [false("Discovered", "DiscoveryFailed")]}),
    held(),
    manifest("AIMArtifact", "w", spec={"sourceUri": "hf://a/b"}, status={"progress": {"percentage": 3}, "download": {"attempt": 2}}),
    manifest("AIMRuntimeConfig", "default", spec={"env": [{"name": "A"}], "routing": {"gatewayRef": {"name": "g"}}}),
    manifest("AIMClusterModelSource", "s", spec={"filters": [{"image": "a"}]}, status={"lastSyncTime": CREATED}),
]
KNOWN = [model(), template(), held(), node("n"), secret("hf", "token"), manifest("AIMArtifact", "w-1", status={"status": "Failed"})]


@given(document=st.sampled_from(FITTING).flatmap(lambda fitting: st.tuples(st.just(fitting["kind"]), with_something_else(fitting))))
def test_any_object_that_can_be_read_has_a_row_and_findings(document: tuple[str, Any]) -> None:
    """What does not fit its type at all is `Undecodable` before anybody reads it."""
    import msgspec

    kind, changed = document
    view = OF_KIND[kind]
    try:
        obj: Any = msgspec.json.decode(msgspec.json.encode(changed), type=KINDS[kind][1])
    except (msgspec.MsgspecError, TypeError, ValueError):
        return
    for known in (facts(KNOWN, of=("all",)), facts()):
        row = row_of(view, obj, known)
        assert len(row.values) == len(view.columns)
        assert view.examine is not None
        assert all(one.reason and "\n" not in one.reason for one in view.examine(obj, known))
