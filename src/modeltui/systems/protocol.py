"""What a managed system tells the console about itself.

A view is a table of one kind. Its `row` is a pure function from an object and what else is known (`Facts`) to a `Row`,
so that the screen, `modeltui get` and the tests all show the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from modeltui.domain import Column, Row, RowKey
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource

T = TypeVar("T", bound=Object)


class Facts(Protocol):
    """Read access to the joined objects that are known now."""

    def get(self, resource: Resource, namespace: str, name: str) -> Object | None:
        """The object, or None when it is not there or not (yet) known: ask `known` for which."""

    def all(self, resource: Resource, namespace: str) -> Iterable[Object]: ...

    def known(self, resource: Resource, namespace: str) -> bool:
        """Whether the list of that kind in that namespace is complete (live or stale, not denied or loading)."""


class View(Protocol):
    """One table. Implementations are plain classes or instances in `systems/<name>/views.py`."""

    name: str
    """The command word and `get` argument: "models"."""
    title: str
    aliases: tuple[str, ...]
    """Other spellings: singular, short names, the CRD's plural.group."""
    resource: Resource
    type: type[Object]
    """The Struct that `resource` decodes into."""
    joins: dict[Resource, type[Object]]
    """Other kinds its rows need, in the same namespace; one that is denied or not installed only makes cells unknown."""
    columns: tuple[Column, ...]
    """The first column is always `name`, the second `namespace`."""
    default_sort: str
    detail: str
    """Name of the detail screen: "model", "source", "dataset"."""

    def row(self, obj: Any, facts: Facts) -> Row: ...

    def dependents(self, resource: Resource, obj: Object, facts: Facts) -> Iterable[RowKey]:
        """Keys of this view's rows that must be made anew because the joined `obj` was added, changed or removed."""
