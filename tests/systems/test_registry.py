from __future__ import annotations

import dataclasses

import pytest
from tests.systems.builders import dataset, facts

from modeltui.systems import registry
from modeltui.systems.dataset.views import DATASETS_VIEW
from modeltui.systems.live import row_of
from modeltui.systems.modelfs.views import MODELS_VIEW, SHARES_VIEW, SOURCES_VIEW
from modeltui.systems.protocol import System, View


@pytest.mark.parametrize(
    ("word", "view"),
    [
        *((word, MODELS_VIEW) for word in ("models", "model", "mdl", "Models", "models.model.samzong.dev")),
        *((word, SOURCES_VIEW) for word in ("sources", "source", "msrc", "modelsource", "modelsources.model.samzong.dev")),
        *((word, DATASETS_VIEW) for word in ("datasets", "ds", "data", "datasets.dataset.baizeai.io")),
        *((word, SHARES_VIEW) for word in ("shares", "share", "audit", "references")),
        *((word, None) for word in ("", "widgets", "model s")),
    ],
)
def test_views_are_found_by_any_of_their_names(word: str, view: View | None) -> None:
    assert registry.find(word) is view


def test_a_kind_has_one_view_that_shows_all_of_it() -> None:
    assert all(view in registry.kinds() for view in (MODELS_VIEW, SOURCES_VIEW, DATASETS_VIEW))
    assert len({view.resource for view in registry.kinds()}) == len(registry.kinds())


def test_no_two_views_answer_to_one_word() -> None:
    words = [word for view in registry.views() for word in registry.words(view)]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(("word", "near"), [("modles", "models"), ("souce", "sources"), ("datset", "datasets"), ("xyzzy", "")])
def test_a_misspelt_word_has_a_suggestion(word: str, near: str) -> None:
    assert registry.suggestion(word) == near


@pytest.mark.parametrize("view", registry.views(), ids=lambda view: view.name)
def test_every_view_keeps_the_rules(view: View) -> None:
    keys = [column.key for column in view.columns]
    assert keys[:2] == ["name", "namespace"]
    assert len(keys) == len(set(keys))
    assert all(key.isidentifier() and key.islower() for key in keys)
    assert view.default_sort in keys


def test_a_made_up_view_is_found_and_makes_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    made_up = dataclasses.replace(
        DATASETS_VIEW,
        name="volumes",
        aliases=("vol",),
        resource=dataclasses.replace(DATASETS_VIEW.resource, plural="volumes", kind="Volume"),
    )
    monkeypatch.setattr(registry, "SYSTEMS", (*registry.SYSTEMS, System(name="Made up", views=(made_up,))))
    assert registry.find("vol") is made_up
    row = row_of(made_up, dataset("d"), facts())
    assert row.values[0] == "d"
    assert len(row.values) == len(made_up.columns)
