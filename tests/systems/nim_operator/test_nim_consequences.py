"""What goes with the NIM operator's objects and what stays, told before; and what those that are there wait for."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from modeltui.domain import Severity
from modeltui.systems.core.types import CLAIMS, PODS, PersistentVolumeClaim
from modeltui.systems.facts import FactTable
from modeltui.systems.nim_operator import consequences, observed
from modeltui.systems.nim_operator.types import CACHES, SERVICES, NIMCache, NIMService


def service(*, status: Any = None, **spec: Any) -> NIMService:
    wanted = {"image": {"repository": "nvcr.io/nim/meta/llama", "tag": "1"}, "authSecret": "ngc", "replicas": 2, **spec}
    metadata = {"name": "llama", "namespace": "team", "uid": "uid-llama"}
    return msgspec.convert({"metadata": metadata, "spec": wanted, "status": status or {}}, NIMService)


def cache(**status: Any) -> NIMCache:
    metadata = {"name": "weights", "namespace": "team", "uid": "uid-weights"}
    return msgspec.convert({"metadata": metadata, "spec": {"source": {"ngc": {"modelPuller": "x"}}}, "status": status}, NIMCache)


def said(found: Any) -> list[str]:
    return [finding.reason for finding in found]


CACHED = {"storage": {"nimCache": {"name": "weights"}}}


def test_a_service_that_goes_leaves_its_cache() -> None:
    found = said(consequences.of_service(service(**CACHED, inferencePlatform="kserve"), None, FactTable.of({PODS: []}), {}))
    assert found == [
        "What it serves is not served any more.",
        "The InferenceService that the NIM operator made of it goes with it.",
        "NIMCache weights stays, with the weights.",
    ]


def test_a_claim_that_the_operator_made_goes_with_its_data() -> None:
    owner = {"apiVersion": "apps.nvidia.com/v1alpha1", "kind": "NIMService", "name": "llama", "uid": "uid-llama", "controller": True}
    claim = msgspec.convert({"metadata": {"name": "llama-pvc", "namespace": "team", "ownerReferences": [owner]}}, PersistentVolumeClaim)
    found = said(consequences.of_service(service(storage={"pvc": {"create": True}}), None, FactTable.of({PODS: [], CLAIMS: [claim]}), {}))
    assert "Claim llama-pvc goes with it, and the data: it has to be fetched again." in found
    kept = said(consequences.of_service(service(storage={"pvc": {"name": "mine"}}), None, FactTable.of({PODS: [], CLAIMS: []}), {}))
    assert "Claim mine stays, with the data." in kept


@pytest.mark.parametrize(
    ("after", "says"),
    [
        (service(replicas=0), ["All of its pods go: what it serves does not answer until it is started again."]),
        (service(replicas=1), ["1 of its 2 replicas go."]),
        (service(replicas=3), []),
        (service(args=["--x"]), ["Its pods are replaced; until the new ones are ready, GPUs for both are needed."]),
        (service(), []),
    ],
)
def test_a_change_tells_what_it_costs(after: NIMService, says: list[str]) -> None:
    assert said(consequences.of_service(service(), after, FactTable(), {})) == says


def test_a_cache_names_those_that_read_from_it() -> None:
    using = FactTable.of({SERVICES: [service(**CACHED)], CLAIMS: []})
    assert said(consequences.of_cache(cache(pvc="weights-pvc"), None, using, {})) == [
        "NIMService llama reads from it: new pods of theirs do not start.",
        "Claim weights-pvc stays, with the data.",
    ]
    assert "No NIMService reads from it." in said(consequences.of_cache(cache(), None, FactTable.of({SERVICES: []}), {}))
    assert "Which NIMServices read from it is unknown" in said(consequences.of_cache(cache(), None, FactTable(), {}))[0]
    assert consequences.of_cache(cache(), cache(), FactTable(), {}) == ()


@pytest.mark.parametrize(
    ("state", "severity", "says"),
    [("Failed", Severity.ERROR, "has failed"), ("InProgress", Severity.WARNING, "is not ready"), ("Ready", None, "")],
)
def test_a_service_is_held_up_by_its_cache(state: str, severity: Severity | None, says: str) -> None:
    facts = FactTable.of({CACHES: [cache(state=state)]})
    found = list(observed.of_service(service(**CACHED, status={"state": "NotReady"}), facts))
    assert [one.severity for one in found] == ([severity] if severity else [])
    assert all(says in one.reason and one.remedy for one in found)


def test_a_failure_names_what_has_to_be_installed() -> None:
    why = 'no matches for kind "LeaderWorkerSet"'
    conditions = [{"type": "Failed", "status": "True", "reason": "LeaderWorkerSetFailed", "message": why}]
    (one,) = observed.of_service(service(status={"state": "Failed", "conditions": conditions}), FactTable())
    assert why in one.reason
    assert "Have LeaderWorkerSet installed" in one.remedy
    assert list(observed.of_service(service(status={"state": "Ready", "availableReplicas": 2}), FactTable())) == []
