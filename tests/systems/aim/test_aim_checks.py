"""Every trap of AIM Engine's kinds: with it the finding is there, without it it is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.systems.aim.aim_objects import (
    INFO,
    MADE,
    artifact,
    cache,
    config,
    customised,
    env,
    own_model,
    own_template,
    routed,
    scaled,
    source,
)
from tests.systems.aim.aim_traps import TRAPS
from tests.systems.aim.aiming import (
    Manifest,
    Trap,
    checked,
    custom,
    model,
    node,
    secret,
    sentences,
    service,
    template,
    there,
)
from tests.systems.anything import with_something_else
from tests.systems.linked import assert_linked

import modeltui.systems.aim.checks as package
from modeltui.domain import Finding, Severity


def matching(found: tuple[Finding, ...], trap: Trap) -> list[Finding]:
    return [one for one in found if trap.says in one.reason and one.field == trap.field and one.severity is trap.severity]


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_a_trap_is_found_and_what_is_none_is_not(trap: Trap) -> None:
    found = checked(trap.has, trap.known, trap.of)
    assert len(matching(found, trap)) == 1, found
    assert all(one.remedy or one.severity is INFO for one in found)
    assert_linked(found)
    kinds = (*trap.of, *(document["kind"] for document in trap.known))
    others = checked(trap.has_not, trap.known if trap.otherwise is None else trap.otherwise, kinds)
    assert matching(others, trap) == []


def test_every_finding_that_can_be_made_is_made_here() -> None:
    told = [one.reason for trap in TRAPS for one in checked(trap.has, trap.known, trap.of)] + [
        one.reason for one in checked(source() | {"status": {"modelsLimitReached": True}})
    ]
    files = [path for path in Path(next(iter(package.__path__))).glob("*.py")]
    assert [sentence for sentence in sentences(*files) if not any(sentence in reason for reason in told)] == []


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_what_is_not_known_is_not_held_against_it(trap: Trap) -> None:
    """Whatever a finding needs the cluster for is not said of one of which nothing is known."""
    blind = {one.reason for one in checked(trap.has) if one.severity is Severity.ERROR}
    assert not any("There is no" in reason or "No node" in reason or "No template would" in reason for reason in blind)


@pytest.mark.parametrize(
    "document",
    [service(), customised(), own_model(), own_template(), cache(), artifact(), config(), source(), scaled(), routed("/{.metadata.name}")],
    ids=lambda document: document["kind"],
)
def test_what_is_in_order_has_no_error(document: Manifest) -> None:
    assert [one for one in checked(document) if one.severity is Severity.ERROR] == []


def test_errors_come_first() -> None:
    found = checked(service(model={}, caching={"mode": "Always"}, env=[{"name": "HF_TOKEN", "value": "hf_abcdefgh"}]))
    ranks = [list(Severity).index(one.severity) for one in found]
    assert ranks == sorted(ranks)


def test_what_cannot_be_read_says_so_and_what_it_was_called_before() -> None:
    found = checked(customised(hardware={"gpu": {"requests": "two", "models": ["MI300X"]}}))
    assert [one.field for one in found] == ["spec.model.custom.hardware.gpu.models", "spec.model.custom.hardware.gpu.requests"]


FITTING = [
    service(
        model=custom(source={"env": env(), "size": "2Gi"}),
        template={"name": "t", "allowUnoptimized": True},
        overrides={"metric": "latency", "hardware": {"gpu": {"requests": 1, "minVram": "1Gi"}}},
        routing={"enabled": True, "gatewayRef": {"name": "g"}, "pathTemplate": "/{.metadata.labels['a']}"},
        storage={"pvcHeadroomPercent": 1},
        caching={"mode": "Shared"},
    ),
    scaled(),
    own_model(customTemplates=[{"name": "a", "hardware": {"gpu": {"requests": 1}}, "profile": {"metric": "latency"}}]),
    own_template(modelSources=own_model()["spec"]["modelSources"], caching={"enabled": True}),
    cache(modelSources=own_model()["spec"]["modelSources"]),
    artifact(size="1Gi", env=env()),
    config(storage={}, routing={"enabled": True}, labelPropagation={"enabled": True, "match": ["a"]}),
    source(versions=[">=1"], syncInterval="1h"),
]
KNOWN = [model(), model(cluster=True), template(), node("n"), secret("hf-token", "token"), MADE, config(name="default")]


@given(document=st.sampled_from(FITTING).flatmap(lambda fitting: st.tuples(st.just(fitting["kind"]), with_something_else(fitting))))
def test_a_manifest_of_any_shape_gets_an_answer(document: tuple[str, Any]) -> None:
    kind, changed = document
    wanted = {**changed, "kind": kind} if isinstance(changed, dict) else {"kind": kind, "spec": changed}
    for finding in checked(wanted, KNOWN, ("all",)):
        assert finding.reason
        assert "\n" not in finding.reason
    assert there(service()) is not None
