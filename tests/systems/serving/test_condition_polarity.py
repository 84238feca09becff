"""Which conditions are good news: of each system those that are good when False are shown as such."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from modeltui.kube.objects import Condition
from modeltui.pages.common import conditions_by
from modeltui.systems import registry

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ADVERSE = [
    ("inferenceservices", "Stopped"),
    ("llminferenceservices", "GroupDegraded"),
    ("llminferenceservices", "Stopped"),
    ("nimservices", "NIM_SERVICE_FAILED"),
    ("nimservices", "Failed"),
    ("workspaces", "WorkspaceDeleting"),
    ("modeldeployments", "UnsupportedImage"),
]


def mark(view: str, condition: str, status: str, reason: str = "") -> str:
    """What stands before the condition on the page."""
    found = registry.find(view)
    assert found is not None
    assert found.serves is not None
    one = msgspec.convert({"type": condition, "status": status, "reason": reason, "lastTransitionTime": "2026-11-20T00:00:00Z"}, Condition)
    (row,) = (line for line in conditions_by([one], found.serves.good_when, NOW) if any(condition in text for text, _ in line))
    return next(text.strip() for text, _ in row if text.strip())


@pytest.mark.parametrize(("view", "condition"), ADVERSE)
def test_what_is_good_when_false_is_marked_so(view: str, condition: str) -> None:
    assert mark(view, condition, "False") == "✓"
    assert mark(view, condition, "True") == "✗"


@pytest.mark.parametrize("view", [view.name for view in registry.serving()])
def test_ready_is_good_when_true_everywhere(view: str) -> None:
    assert mark(view, "Ready", "True") == "✓"
    assert mark(view, "Ready", "False") == "✗"
    assert mark(view, "Ready", "Unknown") == "?"


@pytest.mark.parametrize(
    ("view", "condition", "reason"),
    [
        ("dgdr", "Profiling", "ProfilingRunning"),
        ("aimservices", "ModelReady", "CreatingModel"),
        ("aimservices", "CacheReady", "CacheCreating"),
        ("nimservices", "NIM_SERVICE_READY", "InProgress"),
        ("dgd", "Ready", "updating"),
    ],
)
def test_what_somebody_is_at_is_not_marked_as_gone_wrong(view: str, condition: str, reason: str) -> None:
    assert mark(view, condition, "False", reason) == "◐"
    assert mark(view, condition, "True", reason) == "✓"


@pytest.mark.parametrize("reason", ["ImagePullBackOff", "MinimumReplicasUnavailable", "ModelNotFound", "NotRunning!", ""])
def test_other_reasons_are_no_excuse(reason: str) -> None:
    assert mark("aimservices", "Ready", "False", reason) == "✗"
