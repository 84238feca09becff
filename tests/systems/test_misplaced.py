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


@pytest.mark.parametrize(
    ("api_version", "kind", "right"),
    [
        ("kubeairunway.ai/v1alpha1", "ModelDeployment", "airunway.ai"),
        ("kserve.io/v1beta1", "InferenceService", "serving.kserve.io"),
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
