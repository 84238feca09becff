"""The systems that the console knows: one line per system."""

from __future__ import annotations

from difflib import get_close_matches

from modeltui.systems.dataset.views import DATASETS_VIEW
from modeltui.systems.modelfs.views import MODELS_VIEW, SHARES_VIEW, SOURCES_VIEW
from modeltui.systems.protocol import View

_VIEWS: tuple[View, ...] = (
    *(MODELS_VIEW, SOURCES_VIEW),  # modelfs
    *(DATASETS_VIEW,),  # BaizeAI Dataset
    *(SHARES_VIEW,),  # modelfs over Datasets
)


def views() -> tuple[View, ...]:
    """Every table, in the order in which they are offered."""
    return _VIEWS


def kinds() -> tuple[View, ...]:
    """One view for each kind: those that show all of it."""
    return tuple(view for view in _VIEWS if view.shows is None)


def find(word: str) -> View | None:
    """The view that a person means: by name, alias, plural, kind or `plural.group`, in any case."""
    return next((view for view in views() if word.lower() in words(view)), None)


def words(view: View) -> frozenset[str]:
    """Everything `find` knows a view by, in lower case. The names of a kind mean the view that shows all of it."""
    if view.shows is not None:
        return frozenset({view.name, *view.aliases})
    resource = view.resource
    return frozenset({view.name, *view.aliases, resource.plural, resource.group_resource.lower(), resource.kind.lower()})


def suggestion(word: str) -> str:
    """The nearest view's name to a word that is none; "" when nothing is near."""
    known = {spelling: view.name for view in views() for spelling in words(view)}
    near = get_close_matches(word.lower(), known, n=1)
    return known[near[0]] if near else ""
