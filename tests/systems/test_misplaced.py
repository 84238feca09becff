"""A kind in a group that is not its system's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from modeltui.domain import Severity
from modeltui.systems import misplaced

PLAN = Path(__file__).resolve().parents[2].parent / "shared" / "plans" / "dynamote-implementation-plan.md"


def reasons(manifest: dict[str, Any]) -> list[str]:
    found = misplaced.findings(manifest)
    assert all(finding.severity is Severity.ERROR and finding.remedy for finding in found)
    return [finding.reason for finding in found]


def test_the_manifest_of_the_plan_is_refused_with_what_it_would_have_done() -> None:
    if not PLAN.exists():
        pytest.skip("the reference material is not beside the checkout")
    block = next(part for part in PLAN.read_text().split("```yaml")[1:] if "DynamoGraphDeployment" in part)
    manifest = yaml.safe_load(block.split("```")[0])
    found = reasons(manifest)
    assert found[0] == "The group of DynamoGraphDeployment is nvidia.com; dynamo.nvidia.com is served by no cluster."
    assert sum("the API server drops it, and what stands in it never runs" in reason for reason in found) == 2
    assert found[-1] == 'With the group put right: It has no components: Dynamo makes nothing of it, and calls that "successful".'
    assert misplaced.told(manifest).count(misplaced.PUT_RIGHT) == 1
    remedies = [finding.remedy for finding in misplaced.findings(manifest)]
    assert "Write apiVersion: nvidia.com/v1alpha1." in remedies, "the version whose components are a mapping, as the next sentence says"
    assert "Components are a mapping spec.services." in remedies


def test_a_kind_of_former_times_is_told_by_its_name_of_today() -> None:
    old = {"kind": "AIMModelCache", "metadata": {"name": "weights", "namespace": "team"}, "spec": {"sourceUri": "hf://org/name"}}
    both = reasons({"apiVersion": "aim.silogen.ai/v1alpha1", **old})
    assert both == [
        "The group of AIMArtifact is aim.eai.amd.com; aim.silogen.ai is served by no cluster.",
        "AIMModelCache is called AIMArtifact by now; the old name is not served.",
    ]
    assert reasons({"apiVersion": "aim.eai.amd.com/v1alpha1", **old}) == both[1:]
    assert reasons({"apiVersion": "aim.eai.amd.com/v1alpha1", **old, "kind": "AIMArtifact"}) == []


@pytest.mark.parametrize(
    ("api_version", "kind", "right"),
    [
        ("kubeairunway.ai/v1alpha1", "ModelDeployment", "airunway.ai"),
        ("kserve.io/v1beta1", "InferenceService", "serving.kserve.io"),
        ("aim.silogen.ai/v1alpha1", "AIMService", "aim.eai.amd.com"),
        ("nvidia.com/v1beta1", "DynamoGraphDeployment", ""),
        ("mlops.example/v1", "Model", ""),
        ("v1", "Model", ""),
        ("nvidia.com/v1beta1", "Nothing", ""),
    ],
)
def test_only_what_is_nearly_right_is_taken_for_it(api_version: str, kind: str, right: str) -> None:
    found = reasons({"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, "spec": {}})
    assert bool(found) is bool(right)
    assert not right or f"The group of {kind} is {right};" in found[0]
    assert bool(misplaced.told({"apiVersion": api_version, "kind": kind})) is bool(right)
