"""An annotation of a megabyte, which a server that is set so may hold: it steers nothing, in whatever it is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from hostile import HOSTILE, harm

from modeltui import cells
from modeltui.changes.difference import difference
from modeltui.document import Line, text_of
from modeltui.pages import difference as difference_page
from modeltui.pages import model as model_page
from modeltui.pages import yaml_lines
from modeltui.systems.facts import FactTable
from modeltui.systems.modelfs.types import Model
from modeltui.systems.modelfs.views import MODELS_VIEW

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def model(text: str) -> dict[str, Any]:
    metadata = {"name": "qwen", "namespace": "team-a", "annotations": {"note": text * (1_000_000 // len(text))}, "labels": {}}
    return {"apiVersion": "model.samzong.dev/v1", "kind": "Model", "metadata": metadata, "spec": {"sourceRef": "hub", "versions": []}}


def told(lines: list[Line]) -> str:
    return "\n".join(map(text_of, lines))


def test_in_a_row_and_on_a_page() -> None:
    found = msgspec.convert(model(HOSTILE), Model)
    facts = FactTable.of({})
    row = MODELS_VIEW.row(found, facts)
    shown = [cells.text(column, value, NOW) for column, value in zip(MODELS_VIEW.columns, row.values, strict=True)]
    assert not harm("\n".join([*shown, told(model_page.about(found, facts, None, NOW))]))


def test_as_yaml_and_in_a_difference() -> None:
    before, after = model(HOSTILE), model(f"{HOSTILE} other")
    yaml = told(yaml_lines.lines(before))
    assert "[bold red]loud" in yaml
    assert not harm(yaml)
    changes = difference(before, after, asked=after)
    assert [change.kind for change in changes] == ["changed"]
    assert not harm(told(difference_page.lines(changes)))
