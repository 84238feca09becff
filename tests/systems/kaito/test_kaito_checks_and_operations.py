"""KAITO's traps, and what can be done with its objects."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from tests.systems.kserve.kserving import Manifest, Trap, decoded, facts, secret, tell_apart
from tests.systems.kserve.test_inference_service_checks import with_something_else

from modeltui.domain import Severity
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.facts import FactTable
from modeltui.systems.kaito import operations
from modeltui.systems.kaito.checks import check_set, check_workspace
from modeltui.systems.kaito.types import CONFIG_MAPS, SETS, InferenceSet, Workspace
from modeltui.systems.operations import NotPossible

LABELS: Final = {"matchLabels": {"apps": "phi"}}
PRESET: Final = {"preset": {"name": "phi-4"}}


def W(*, name: str = "phi", labels: Any = LABELS, **top: Any) -> Manifest:
    resource = {"instanceType": "Standard_NC24ads_A100_v4", **({"labelSelector": labels} if labels is not None else {})}
    found = {"apiVersion": "kaito.sh/v1beta1", "kind": "Workspace", "metadata": {"name": name, "namespace": "team"}, "resource": resource}
    return found | ({"inference": PRESET} | top)


def I(inference: Any = PRESET, *, labels: Any = LABELS, **spec: Any) -> Manifest:  # noqa: E743
    own = {"template": {"inference": inference}, **({"labelSelector": labels} if labels is not None else {})}
    return {
        "apiVersion": "kaito.sh/v1beta1",
        "kind": "InferenceSet",
        "metadata": {"name": "phi", "namespace": "team"},
        "spec": own | spec,
    }


def gated(name: str) -> Manifest:
    return {"preset": {"name": "x", "presetOptions": {"modelAccessSecret": name}}}


CONTAINER: Final = {"containers": [{"name": "a", "image": "i"}]}
WORKSPACES = [
    Trap("no name", W(name=""), W(), "The name is missing", "metadata.name"),
    Trap("a spec", {**W(), "spec": {"inference": PRESET}}, W(), "A Workspace has no spec", "spec"),
    Trap("nothing", {**W(), "inference": None}, W(), "neither inference nor tuning", "inference"),
    Trap("both", W(tuning={"preset": {"name": "x"}}), W(), "inference and tuning", "tuning"),
    Trap("no selector", W(labels=None), W(), "labelSelector is missing", "resource.labelSelector"),
    Trap("an empty selector", W(labels={}), W(), "has no matchLabels", "resource.labelSelector.matchLabels"),
    Trap("a bad label", W(labels={"matchLabels": {"a": "x y"}}), W(), "cannot be the value of a label", "resource.labelSelector"),
    Trap("no preset", W(inference={}), W(), "neither a preset nor a template", "inference.preset"),
    Trap("two ways", W(inference={**PRESET, "template": {"spec": CONTAINER}}), W(), "a preset and a template", "inference.template"),
    Trap("a nameless preset", W(inference={"preset": {"name": ""}}), W(), "The preset has no name", "inference.preset.name"),
    Trap(
        "no config", W(inference={**PRESET, "config": "c"}), W(), 'no ConfigMap "c"', "inference.config", known=facts(known=(CONFIG_MAPS,))
    ),
    Trap(
        "no Secret",
        W(inference=gated("hf")),
        W(inference=gated("hf")),
        'no Secret "hf"',
        "inference",
        known=facts(known=(SECRETS,)),
        otherwise=facts(secret("hf", "HF_TOKEN"), known=(SECRETS,)),
    ),
]
SETS_ = [
    Trap("less than none", I(replicas=-1), I(replicas=0), "replicas is -1", "spec.replicas"),
    Trap(
        "a limit too low",
        I(replicas=3, nodeCountLimit=2),
        I(replicas=2, nodeCountLimit=2),
        "nodeCountLimit is 2",
        "spec.nodeCountLimit",
        Severity.WARNING,
    ),
    Trap("no selector", I(labels=None), I(), "labelSelector is missing", "spec.labelSelector"),
    Trap("no preset", I({}), I(), "neither a preset nor a template", "spec.template.inference.preset"),
]


@pytest.mark.parametrize("trap", WORKSPACES, ids=lambda trap: trap.name)
def test_a_trap_of_a_workspace(trap: Trap) -> None:
    tell_apart(trap, check_workspace)


@pytest.mark.parametrize("trap", SETS_, ids=lambda trap: trap.name)
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
