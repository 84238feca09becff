"""From an object to what uses it: exactly that, and nothing whose name begins alike."""

from __future__ import annotations

import pytest

from modeltui.domain import Row, Value
from modeltui.kube.objects import ObjectMeta
from modeltui.systems import registry
from modeltui.systems.modelfs.types import Model, ModelSource
from modeltui.ui import filters, lineage


@pytest.mark.parametrize(
    ("view", "kind", "shown", "column"), [("sources", ModelSource, "models", "source"), ("models", Model, "datasets", "model")]
)
def test_a_name_that_another_begins_with_is_not_the_other(view: str, kind: type[Model | ModelSource], shown: str, column: str) -> None:
    user = registry.find(shown)
    used = registry.find(view)
    assert user is not None
    assert used is not None
    target = lineage.used_by(used, kind(metadata=ObjectMeta(name="hub", namespace="team-a")))
    assert target is not None
    passes = filters.compile(target.filter, user.columns).predicate

    def row(name: str) -> Row:
        values: list[Value] = [name if one.key == column else None for one in user.columns]
        return Row(("team-a", "any"), tuple(values))

    assert passes(row("hub"))
    assert not passes(row("hub-gated"))
    assert not passes(row("my-hub"))
