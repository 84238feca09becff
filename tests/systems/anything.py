"""Manifests with anything at all in one place, for checks that must answer whatever stands there."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
    max_leaves=6,
)


def with_something_else(manifest: Any) -> st.SearchStrategy[Any]:
    """The manifest with anything at all in one place of it."""
    match manifest:
        case dict() if manifest:
            places = st.sampled_from(sorted(manifest))
            inside = places.flatmap(lambda key: with_something_else(manifest[key]).map(lambda value: {**manifest, key: value}))
            return JSON | inside | inside | inside
        case [first, *rest]:
            return JSON | with_something_else(first).map(lambda value: [value, *rest])
    return JSON
