"""The NIM operator's traps, and what can be done with its services."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from tests.systems.anything import with_something_else
from tests.systems.kserve.kserving import Manifest, Trap, claim, decoded, facts, node, secret, tell_apart

from modeltui.domain import Severity
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, NODES
from modeltui.systems.facts import FactTable
from modeltui.systems.nim_operator import operations
from modeltui.systems.nim_operator.checks import check_cache, check_service
from modeltui.systems.nim_operator.types import CACHES, NIMCache, NIMService
from modeltui.systems.operations import NotPossible

STOP: Final = {"serving.kserve.io/stop": "true"}


def N(*, name: str = "llama", **spec: Any) -> Manifest:
    own = {"image": {"repository": "nvcr.io/nim/meta/llama", "tag": "1"}, "authSecret": "ngc", "replicas": 2} | spec
    return {"apiVersion": "apps.nvidia.com/v1alpha1", "kind": "NIMService", "metadata": {"name": name, "namespace": "team"}, "spec": own}


def C(**source: Any) -> Manifest:
    own = {"source": source or {"ngc": {"modelPuller": "x:1", "authSecret": "ngc"}}, "storage": {}}
    return {"apiVersion": "apps.nvidia.com/v1alpha1", "kind": "NIMCache", "metadata": {"name": "c", "namespace": "team"}, "spec": own}


CACHED: Final = {"storage": {"nimCache": {"name": "c"}}}
ON_CLAIM: Final = {"storage": {"pvc": {"name": "w"}}}
GPU: Final = {"resources": {"limits": {"nvidia.com/gpu": 4}}}
THERE: Final = (CACHES, decoded(NIMCache, C()))
SERVICES = [
    Trap("no name", N(name=""), N(), "The name is missing", "metadata.name"),
    Trap("no tag", N(image={"repository": "x"}), N(), "needs a repository and a tag", "spec.image"),
    Trap("no auth", N(authSecret=""), N(), "names no authSecret", "spec.authSecret", Severity.WARNING),
    Trap("less than none", N(replicas=-1), N(replicas=0), "replicas is -1", "spec.replicas"),
    Trap(
        "stop of one that stands alone",
        N(annotations=STOP),
        N(annotations=STOP, inferencePlatform="kserve"),
        "does nothing to a NIMService that stands alone",
        "spec.annotations.serving.kserve.io/stop",
        Severity.WARNING,
    ),
    Trap(
        "no cache",
        N(**CACHED),
        N(**CACHED),
        'no NIMCache "c"',
        "spec.storage.nimCache.name",
        known=facts(known=(CACHES,)),
        otherwise=facts(THERE, known=(CACHES,)),
    ),
    Trap(
        "no claim",
        N(**ON_CLAIM),
        N(**ON_CLAIM),
        'no PersistentVolumeClaim "w"',
        "spec.storage.pvc.name",
        known=facts(known=(CLAIMS,)),
        otherwise=facts(claim("w"), known=(CLAIMS,)),
    ),
    Trap(
        "no Secret",
        N(),
        N(),
        'no Secret "ngc"',
        "spec",
        known=facts(known=(SECRETS,)),
        otherwise=facts(secret("ngc", "NGC_API_KEY"), known=(SECRETS,)),
    ),
    Trap(
        "too many GPUs",
        N(**GPU),
        N(),
        "no node has more than 2",
        "spec.resources",
        known=facts(node("a", nvidia_com__gpu="2"), known=(NODES,)),
    ),
]
CACHES_ = [
    Trap("two sources", C(ngc={"modelPuller": "x"}, hf={}), C(), "ngc and hf: exactly one", "spec.source"),
    Trap(
        "another puller", C(ngc={"modelPuller": "x:2"}), C(), "modelPuller is immutable", "spec.source.ngc.modelPuller", known=facts(THERE)
    ),
    Trap("no Secret", C(), C(), 'no Secret "ngc"', "spec.source", known=facts(known=(SECRETS,)), otherwise=facts()),
]


@pytest.mark.parametrize("trap", SERVICES, ids=lambda trap: trap.name)
def test_a_trap_of_a_service(trap: Trap) -> None:
    tell_apart(trap, check_service)


@pytest.mark.parametrize("trap", CACHES_, ids=lambda trap: trap.name)
def test_a_trap_of_a_cache(trap: Trap) -> None:
    tell_apart(trap, check_cache)


def test_sound_ones_have_no_findings_and_what_is_not_known_is_not_held_against_them() -> None:
    assert check_service(N(**CACHED), FactTable()) == ()
    assert check_cache(C(), FactTable()) == ()


@given(with_something_else(N(**CACHED, **GPU)), with_something_else(C()))
def test_a_manifest_of_any_shape_gets_an_answer(first: Any, second: Any) -> None:
    for check, manifest in ((check_service, first), (check_cache, second)):
        assert all(finding.reason for finding in check(manifest if isinstance(manifest, dict) else {"spec": manifest}, facts(THERE)))


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
