"""Facts in one namespace and in all of them, and facts without what is about to go."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from modeltui.systems.core.types import NAMESPACES, Namespace
from modeltui.systems.facts import ALL_NAMESPACES, FactTable
from modeltui.systems.layered import Layered, Without
from modeltui.systems.modelfs.rows import source_of
from modeltui.systems.modelfs.types import MODELS, Model

PLACES, NAMES, SOURCES = st.sampled_from(["a", "b"]), st.sampled_from(["x", "y", "z"]), st.sampled_from(["hub", "s3"])


def model(namespace: str, name: str, source: str) -> Model:
    return msgspec.convert({"metadata": {"namespace": namespace, "name": name}, "spec": {"sourceRef": source}}, Model)


MODELS_THERE = st.builds(model, PLACES, NAMES, SOURCES)


def keys(found: Any) -> list[tuple[str, str]]:
    return [obj.metadata.key for obj in found]


@given(st.lists(st.tuples(st.booleans(), MODELS_THERE), max_size=20))
def test_an_index_over_all_namespaces_is_that_over_each(changes: list[tuple[bool, Model]]) -> None:
    table = FactTable()
    table.where(MODELS, "a", source_of, "hub")  # the index is there from the beginning
    for add, obj in changes:
        if add:
            table.put(MODELS, obj)
        else:
            table.drop(MODELS, obj.metadata.key)
    for source in ("hub", "s3"):
        each = [keys(table.where(MODELS, place, source_of, source)) for place in ("a", "b")]
        assert keys(table.where(MODELS, ALL_NAMESPACES, source_of, source)) == each[0] + each[1]
        held = [obj.metadata.key for obj in table.every(MODELS) if isinstance(obj, Model) and obj.spec.source_ref == source]
        assert sorted(held) == each[0] + each[1]
    assert sorted(keys(table.all(MODELS, ALL_NAMESPACES))) == sorted(keys(table.every(MODELS)))


def test_all_namespaces_is_the_only_one_of_kinds_that_have_none() -> None:
    table = FactTable.of({NAMESPACES: [msgspec.convert({"metadata": {"name": "a"}}, Namespace)]})
    assert keys(table.all(NAMESPACES, "")) == [("", "a")]


@given(st.lists(MODELS_THERE, max_size=6), st.lists(MODELS_THERE, max_size=3))
def test_what_goes_is_nowhere_and_the_rest_is_as_it_was(there: list[Model], going: list[Model]) -> None:
    table = FactTable.of({MODELS: there})
    left = Without([(MODELS, *obj.metadata.key) for obj in going], table)
    gone = {obj.metadata.key for obj in going}
    for place in ("a", "b", ALL_NAMESPACES):
        assert keys(left.all(MODELS, place)) == [key for key in keys(table.all(MODELS, place)) if key not in gone]
        found = keys(left.where(MODELS, place, source_of, "hub"))
        assert found == [key for key in keys(table.where(MODELS, place, source_of, "hub")) if key not in gone]
    for obj in there:
        assert (left.get(MODELS, *obj.metadata.key) is None) == (obj.metadata.key in gone)
    assert left.known(MODELS, "a")


@given(st.lists(MODELS_THERE, max_size=6), st.lists(MODELS_THERE, max_size=3))
def test_layers_agree_over_all_namespaces(under: list[Model], over: list[Model]) -> None:
    lower, upper = FactTable.of({MODELS: under}), FactTable.of({MODELS: over})
    both = Layered(upper, lower)
    expected = {obj.metadata.key: obj for obj in under} | {obj.metadata.key: obj for obj in over}
    assert sorted(keys(both.all(MODELS, ALL_NAMESPACES))) == sorted(expected)
    of_hub = sorted(key for key, obj in expected.items() if obj.spec.source_ref == "hub")
    assert keys(both.where(MODELS, ALL_NAMESPACES, source_of, "hub")) == of_hub
