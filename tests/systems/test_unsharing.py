"""Before a reference is deleted: whether it is stale, and whether the Model has to change first."""

from __future__ import annotations

from typing import Any

import pytest
from tests.systems.test_audit import SHARED, facts, model, namespace, reference, source

from modeltui.changes import findings
from modeltui.changes.plan import Change, Step
from modeltui.domain import Finding, Severity
from modeltui.kube.errors import Forbidden
from modeltui.kube.objects import Object
from modeltui.systems.core.types import NAMESPACES
from modeltui.systems.dataset.types import DATASETS
from modeltui.systems.modelfs import audit, unsharing
from modeltui.systems.modelfs.types import MODELS
from modeltui.systems.modelfs.views import DATASETS_VIEW, SHARES_VIEW

MADE = "share-a-qwen-v1"
"""What modelfs calls the references that it makes."""
PROD = namespace("b", env="prod")


def of(name: str, *objects: Object, known: Any = None, unseen: Any = None) -> list[Finding]:
    table = facts(*objects) if known is None else facts(*objects, known=known)
    return [*unsharing.of_reference(reference(name=name), None, table, unseen or {})]


def said(found: list[Finding], severity: Severity) -> str:
    return "\n".join(f"{one.reason} {one.remedy}" for one in found if one.severity is severity)


def test_what_the_model_still_asks_for_is_made_again_and_the_model_has_to_change_first() -> None:
    warnings = said(of(MADE, source(share=False), model(SHARED), PROD), Severity.WARNING)
    assert "Its deletion does not last: version v1 of Model a/qwen is shared with namespace b" in warnings
    assert "Change the Model first: stop sharing version v1" in warnings


@pytest.mark.parametrize(
    ("name", "objects"),
    [
        pytest.param(MADE, (source(), model(), PROD), id="not shared"),
        pytest.param(MADE, (source(), model({**SHARED, "enabled": False}), PROD), id="switched off"),
        pytest.param(MADE, (source(), model(SHARED), namespace("b", env="test")), id="other namespaces"),
        pytest.param(MADE, (source(owner=""), PROD), id="no Model"),
        pytest.param(MADE, (source(), model(SHARED, version="v2"), PROD), id="another version"),
        pytest.param(MADE, (source(), model(SHARED, deletionTimestamp="2026-11-21T08:00:00Z"), PROD), id="the Model goes"),
        pytest.param("copy", (source(), model(SHARED), PROD), id="made by hand, which modelfs does not look at"),
    ],
)
def test_what_no_model_asks_for_stays_away(name: str, objects: tuple[Object, ...]) -> None:
    assert "does not last" not in said(of(name, *objects), Severity.WARNING)
    assert audit.keeper(reference(name=name), facts(*objects)) is None


def test_stale_or_not_is_told_first() -> None:
    (stale,) = of("copy", source(share=False), PROD)
    assert (stale.severity, stale.reason) == (Severity.INFO, "It is stale: Dataset a/mdl-qwen-v1 is not shared.")
    (used,) = of("copy", source(owner=""), PROD)
    assert used.severity is Severity.WARNING
    assert used.reason == "It is not stale: Dataset a/mdl-qwen-v1 is there, and shared with namespace b."


def test_what_may_not_be_listed_is_unknown() -> None:
    denied = {(MODELS, "a"): Forbidden("models is forbidden", status=403, reason="Forbidden")}
    found = of(MADE, PROD, known=(NAMESPACES,), unseen=denied)
    assert "Whether it is stale is unknown" in said(found, Severity.WARNING)
    assert "Whether a Model would have it made again is unknown: models" in said(found, Severity.WARNING)
    assert "Model would have" not in said(of("copy", PROD, known=(NAMESPACES,), unseen=denied), Severity.WARNING)


def test_the_table_and_the_page_say_it_too() -> None:
    kept, known = reference(name=MADE), facts(source(share=False), model(SHARED), PROD)
    cells = dict(zip((column.key for column in SHARES_VIEW.columns), SHARES_VIEW.row(kept, known).values, strict=True))
    assert cells["kept_by"] == "version v1 of Model a/qwen"
    assert SHARES_VIEW.examine is not None
    told = [one.reason for one in SHARES_VIEW.examine(kept, known)]
    assert told[0] == "Stale: Dataset a/mdl-qwen-v1 is not shared."
    assert "does not last" in told[1]


def test_the_review_of_any_deletion_tells_it_beside_what_every_dataset_costs() -> None:
    manifest = {
        "apiVersion": DATASETS.api_version,
        "kind": "Dataset",
        "metadata": {"name": MADE, "namespace": "b", "uid": "1"},
        "spec": {"source": {"type": "REFERENCE", "uri": "dataset://a/mdl-qwen-v1"}},
    }
    (found,) = findings.of(Change("", (Step.delete(DATASETS, manifest),)), facts(source(share=False), model(SHARED), PROD))
    assert "does not last" in said([*found], Severity.WARNING)
    assert SHARES_VIEW.consequences is not DATASETS_VIEW.consequences
    plain = {**manifest, "spec": {"source": {"type": "HTTP", "uri": "https://example.com/one"}}}
    (found,) = findings.of(Change("", (Step.delete(DATASETS, plain),)), facts(PROD))
    assert not any("stale" in one.reason for one in found)
