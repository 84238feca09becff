"""Labels and annotations of the domain that AIM Engine had before."""

from __future__ import annotations

from typing import Any

from modeltui.domain import Severity
from modeltui.systems.aim.checks import check_service
from modeltui.systems.facts import FactTable


def test_labels_of_the_former_domain_are_told_by_those_of_today() -> None:
    service: dict[str, Any] = {
        "apiVersion": "aim.eai.amd.com/v1alpha1",
        "kind": "AIMService",
        "metadata": {"name": "a", "namespace": "team", "annotations": {"aim.silogen.ai/reconciliation-paused": "true"}},
        "spec": {"model": {"name": "qwen"}},
    }
    (found,) = [one for one in check_service(service, FactTable()) if "silogen" in one.reason]
    assert (found.severity, found.remedy) == (Severity.WARNING, "Write aim.eai.amd.com/reconciliation-paused.")
    service["metadata"]["annotations"] = {"aim.eai.amd.com/service.name": "a"}
    assert not [one for one in check_service(service, FactTable()) if "silogen" in one.reason]
