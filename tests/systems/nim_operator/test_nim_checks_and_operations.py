"""The NIM operator's traps, and what can be done with its services."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from tests.systems.anything import with_something_else
from tests.systems.kserve.kserving import Manifest, Trap, decoded, facts, tell_apart
from tests.systems.nim_operator.nim_cache_traps import CACHE
from tests.systems.nim_operator.nim_making import GPU, STOP, C, N, cached
from tests.systems.nim_operator.nim_service_traps import SERVICE

from modeltui.systems.facts import FactTable
from modeltui.systems.nim_operator import operations
from modeltui.systems.nim_operator.checks import check_cache, check_service
from modeltui.systems.nim_operator.types import NIMService
from modeltui.systems.operations import NotPossible


@pytest.mark.parametrize("trap", SERVICE, ids=lambda trap: trap.name)
def test_a_trap_of_a_service(trap: Trap) -> None:
    tell_apart(trap, check_service)


@pytest.mark.parametrize("trap", CACHE, ids=lambda trap: trap.name)
def test_a_trap_of_a_cache(trap: Trap) -> None:
    tell_apart(trap, check_cache)


def test_sound_ones_have_no_findings_and_what_is_not_known_is_not_held_against_them() -> None:
    assert check_service(N(), FactTable()) == ()
    assert check_cache(C(), FactTable()) == ()


@given(with_something_else(N(**GPU)), with_something_else(C()))
def test_a_manifest_of_any_shape_gets_an_answer(first: Any, second: Any) -> None:
    for check, manifest in ((check_service, first), (check_cache, second)):
        assert all(finding.reason for finding in check(manifest if isinstance(manifest, dict) else {"spec": manifest}, facts(cached())))


def offered(manifest: Manifest) -> dict[str, Any]:
    return {one.word: one for one in operations.of_service(decoded(NIMService, manifest), "", facts())}


def test_one_that_stands_alone_is_stopped_by_replicas_and_comes_back_with_as_many() -> None:
    manifest = N(replicas=3)
    stopped = offered(manifest)["stop"].stages[0].become(manifest)
    assert stopped["spec"]["replicas"] == 0
    assert offered(stopped)["start"].stages[0].become(stopped) == manifest
    with pytest.raises(NotPossible):
        operations.stop(stopped)


def test_one_on_kserve_is_stopped_by_the_annotation_that_is_handed_on() -> None:
    manifest = N(inferencePlatform="kserve")
    stopped = offered(manifest)["stop"].stages[0].become(manifest)
    assert stopped["spec"]["annotations"] == STOP
    assert offered(stopped)["stop"].why_not == offered(stopped)["restart"].why_not == "it is stopped"
    assert offered(stopped)["start"].stages[0].become(stopped) == manifest


def test_an_autoscaler_decides_for_itself() -> None:
    found = offered(N(scale={"enabled": True, "hpa": {"maxReplicas": 2}}))
    assert "autoscaler" in found["scale"].why_not
    assert "autoscaled" in found["stop"].why_not


def test_scaling_and_a_restart() -> None:
    manifest = N()
    assert offered(manifest)["scale"].asks.stages("5")[0].become(manifest)["spec"]["replicas"] == 5
    assert offered(manifest)["restart"].stages[0].become(manifest)["spec"]["annotations"] == {operations.RESTARTED: "generation-1"}
