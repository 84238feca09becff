"""Before an object is deleted it is said who else says what it shall be, and may make it again."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui.changes.findings import of
from modeltui.changes.plan import Change, Step
from modeltui.domain import Finding, Severity
from modeltui.kube.resource import Resource
from modeltui.systems.facts import FactTable

THINGS = Resource("example.com", "v1", "things", "Thing")


def told(*managers: tuple[str, str, dict[str, Any]], delete: bool = True) -> tuple[Finding, ...]:
    fields = [
        {"manager": name, "operation": "Update", "fieldsType": "FieldsV1", "fieldsV1": owned, **({"subresource": of} if of else {})}
        for name, of, owned in managers
    ]
    live = {
        "apiVersion": "example.com/v1",
        "kind": "Thing",
        "metadata": {"name": "x", "namespace": "team", "managedFields": fields},
        "spec": {"replicas": 1},
    }
    step = Step.delete(THINGS, live) if delete else Step.apply(THINGS, live, live)
    (found,) = of(Change("change", (step,)), FactTable())
    return found


SPEC = {"f:spec": {"f:replicas": {}}}


def test_others_who_write_its_spec_are_named() -> None:
    (found,) = told(("kubectl-edit", "", SPEC), ("helm", "", SPEC))
    assert found.severity is Severity.INFO
    assert found.reason == "Its spec was written by helm, kubectl-edit, too: whoever applies it again makes it anew."


@pytest.mark.parametrize("keeper", ["argocd-controller", "kustomize-controller", "helm-controller"])
def test_what_is_kept_from_elsewhere_comes_again(keeper: str) -> None:
    found = told((keeper, "", SPEC), ("kubectl-edit", "", SPEC))
    assert [one.severity for one in found] == [Severity.WARNING, Severity.INFO]
    assert found[0].reason == f"{keeper} keeps it as it is declared elsewhere, and may make it again."


@pytest.mark.parametrize(
    "manager",
    [
        ("modeltui", "", SPEC),
        ("manager", "status", {"f:status": {}}),
        ("controller", "", {"f:metadata": {"f:finalizers": {}}}),
        ("autoscaler", "scale", SPEC),
    ],
)
def test_who_does_not_write_its_spec_is_not_named(manager: tuple[str, str, dict[str, Any]]) -> None:
    assert told(manager) == ()


def test_of_what_stays_nothing_is_said() -> None:
    assert told(("kubectl-edit", "", SPEC), delete=False) == ()
