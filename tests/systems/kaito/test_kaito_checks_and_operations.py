"""KAITO's traps, and what can be done with its objects."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from tests.systems.anything import with_something_else
from tests.systems.kaito.kaito_traps import SET, WORKSPACE, I, W, gated
from tests.systems.kserve.kserving import Trap, decoded, facts, tell_apart

from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.facts import FactTable
from modeltui.systems.kaito import operations
from modeltui.systems.kaito.checks import check_set, check_workspace
from modeltui.systems.kaito.types import CONFIG_MAPS, SETS, InferenceSet, Workspace
from modeltui.systems.operations import NotPossible


@pytest.mark.parametrize("trap", WORKSPACE, ids=lambda trap: trap.name)
def test_a_trap_of_a_workspace(trap: Trap) -> None:
    tell_apart(trap, check_workspace)


@pytest.mark.parametrize("trap", SET, ids=lambda trap: trap.name)
def test_a_trap_of_a_set(trap: Trap) -> None:
    tell_apart(trap, check_set)


def test_sound_ones_have_no_findings() -> None:
    assert check_workspace(W(), facts(known=(SECRETS, CONFIG_MAPS))) == ()
    assert check_set(I(), facts(known=(SECRETS, CONFIG_MAPS))) == ()
    assert check_workspace(W(inference={**gated("hf"), "config": "c"}), FactTable()) == ()


@given(with_something_else(W(inference={**gated("hf"), "config": "c"})), with_something_else(I()))
def test_a_manifest_of_any_shape_gets_an_answer(first: Any, second: Any) -> None:
    for check, manifest in ((check_workspace, first), (check_set, second)):
        assert all(finding.reason for finding in check(manifest if isinstance(manifest, dict) else {"spec": manifest}, facts()))


def test_a_set_is_scaled_stopped_and_started_with_as_many_as_before() -> None:
    manifest = I(replicas=3)
    scale, stop, start, restart = operations.of_set(SETS)(decoded(InferenceSet, manifest), "", facts())
    assert scale.asks is not None
    assert scale.asks.stages("5")[0].become(manifest)["spec"]["replicas"] == 5
    stopped = stop.stages[0].become(manifest)
    assert stopped["spec"]["replicas"] == 0
    assert start.stages[0].become(stopped) == manifest
    assert (start.why_not, "no way to restart" in restart.why_not) == ("it is not stopped", True)
    with pytest.raises(NotPossible):
        stop.stages[0].become(stopped)
    with pytest.raises(NotPossible):
        start.stages[0].become(manifest)


def test_a_workspace_says_why_nothing_can_be_done_with_it() -> None:
    made = decoded(Workspace, W(), labels={"inferenceset.kaito.sh/created-by": "s"})
    tuning = decoded(Workspace, {**W(), "inference": None, "tuning": {}})
    for obj, why in ((made, "InferenceSet s made it"), (tuning, "tuning job"), (decoded(Workspace, W()), "has no replicas")):
        found = {one.word: one.why_not for one in operations.of_workspace(obj, "", facts())}
        assert set(found) == {"scale", "stop", "start", "restart"}
        assert all(why in found[word] for word in ("scale", "stop", "start"))
