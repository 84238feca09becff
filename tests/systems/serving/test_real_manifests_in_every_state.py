"""Every real manifest that serves models, in every state that its system documents: a row that says what the spec says, whatever the state.

What the rows say is in each system's own table of expected rows; that every manifest stands in one is asserted there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
import yaml

from modeltui.domain import Phase, Status
from modeltui.systems import registry
from modeltui.systems.core.types import PODS
from modeltui.systems.facts import FactTable
from modeltui.systems.live import row_of
from modeltui.systems.protocol import View
from modeltui.systems.serving.rows import DEPLOYMENT_COLUMNS

SAMPLES: Final = Path(__file__).resolve().parents[3].parent / "shared" / "samples"
Manifest = dict[str, Any]

WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "AIMService": ("Pending", "Starting", "Running", "Degraded", "Failed"),
    "ModelDeployment": ("Pending", "Deploying", "Running", "Failed", "Terminating"),
    "DynamoGraphDeployment": ("initializing", "pending", "successful", "failed"),
    "DynamoGraphDeploymentRequest": ("Pending", "Profiling", "Ready", "Deploying", "Deployed", "Failed"),
    "Workspace": ("Pending", "Ready", "NotReady", "Running", "Succeeded", "Failed"),
    "InferenceSet": ("Pending", "Ready", "NotReady", "Failed"),
    "NIMService": ("Pending", "NotReady", "Ready", "Failed"),
}
"""Those that report one word of their own; the others have conditions alone."""
FIELD: Final[Mapping[str, str]] = {"AIMService": "status", "ModelDeployment": "phase", "DynamoGraphDeploymentRequest": "phase"}
CONDITIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "AIMService": (
        *("ModelReady", "TemplateReady", "RuntimeConfigReady", "CacheReady", "InferenceServiceReady", "InferenceServicePodsReady"),
        *("HTTPRouteReady", "HPAReady", "DependenciesReachable", "AuthValid", "ConfigValid", "Ready"),
    ),
    "ModelDeployment": (
        *("Validated", "EngineSelected", "ProviderSelected", "ProviderCompatible", "StorageReady", "ModelDownloaded", "ResourceCreated"),
        *("Ready", "GatewayReady", "ImageResolved", "ImageVerified", "UnsupportedImage", "RecipeResolved", "HardwareCompatible"),
    ),
    "DynamoGraphDeployment": ("Ready", "TopologyLevelsAvailable"),
    "DynamoGraphDeploymentRequest": ("Validation", "Profiling", "SpecGenerated", "DeploymentReady", "Succeeded"),
    "Workspace": (
        *("NodeClaimReady", "NodesReady", "ResourceReady", "InferenceReady", "JobStarted", "WorkspaceSucceeded", "BenchmarkCompleted"),
        "ModelMirrorReady",
    ),
    "InferenceSet": ("InferenceSetReady", "Ready"),
    "NIMService": ("NIM_SERVICE_READY", "NIM_SERVICE_FAILED", "Ready", "Failed"),
    "InferenceService": ("PredictorReady", "IngressReady", "RoutesReady", "LatestDeploymentReady", "Stopped", "Ready"),
    "LLMInferenceService": (
        *("PresetsCombined", "MainWorkloadReady", "PrefillWorkloadReady", "WorkloadsReady", "RouterReady", "GatewaysReady"),
        *("HTTPRoutesReady", "InferencePoolReady", "SchedulerWorkloadReady", "Ready"),
    ),
}
CELLS: Final = ("name", "model", "engine", "system", "served", "gpu_resource")
"""Of which the state says nothing."""


def views() -> Mapping[tuple[str, str], View]:
    """By apiVersion and kind, older versions with them."""
    of_all = [one for view in registry.deployments().parts for one in (view, *view.older)]
    return {(view.resource.api_version, view.resource.kind): view for view in of_all}


def real() -> Iterator[tuple[str, View, Manifest]]:
    if not SAMPLES.exists():
        pytest.skip("the reference material is not beside the checkout")
    known = views()
    for path in sorted(SAMPLES.glob("**/*.y*ml")):
        for document in yaml.safe_load_all(path.read_text()):
            view = known.get((document.get("apiVersion"), document.get("kind"))) if isinstance(document, dict) else None
            if view is not None:
                yield f"{path.stem} {document['metadata']['name']}", view, document


def states(kind: str) -> Iterator[Manifest]:
    field = FIELD.get(kind, "state")
    for word in WORDS.get(kind, ("",)):
        for name in CONDITIONS[kind]:
            for said in ("True", "False", "Unknown"):
                told = [{"type": name, "status": said, "reason": "Whatever", "message": "why"}]
                yield {"conditions": told} | ({field: word} if word else {})


def cells(view: View, document: Manifest, status: Manifest | None, known: FactTable) -> dict[str, Any]:
    metadata = {"namespace": "team", "generation": 1, "creationTimestamp": "2026-01-01T00:00:00Z", **document["metadata"]}
    whole = {**document, "metadata": metadata} | ({} if status is None else {"status": status})
    row = row_of(view, msgspec.json.decode(msgspec.json.encode(whole), type=view.type), known)
    assert not row.problem
    return dict(zip((column.key for column in DEPLOYMENT_COLUMNS), row.values, strict=True))


def test_the_state_of_a_real_manifest_never_changes_what_it_serves() -> None:
    known = FactTable.of({PODS: []})
    seen: dict[str, int] = {}
    for name, view, document in real():
        kind = view.resource.kind
        asked = cells(view, document, None, known)
        assert isinstance(asked["status"], Status)
        assert asked["status"].phase in (Phase.PENDING, Phase.PAUSED, Phase.FAILED), (name, asked["status"])  # nobody has looked yet
        for status in states(kind):
            found = cells(view, document, status, known)
            assert {key: found[key] for key in CELLS} == {key: asked[key] for key in CELLS}, (name, status)
            assert str(found["gpus"]).partition("/")[2] == str(asked["gpus"]).partition("/")[2], (name, status)
            assert isinstance(found["status"], Status)
            assert found["status"].phase in Phase, (name, status)
            seen[kind] = seen.get(kind, 0) + 1
    assert seen.keys() >= CONDITIONS.keys() - {"DynamoGraphDeploymentRequest"}, "a kind of which there is no real manifest"


def test_a_word_that_no_system_documents_is_unknown_and_not_well() -> None:
    known = FactTable.of({PODS: []})
    for name, view, document in real():
        if (kind := view.resource.kind) in WORDS:
            status = cells(view, document, {FIELD.get(kind, "state"): "Frobnicating"}, known)["status"]
            assert isinstance(status, Status)
            assert status.phase not in (Phase.READY, Phase.COMPLETED), (name, status)
