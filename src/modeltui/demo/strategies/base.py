"""Strategy: what is special about a kind. The write path calls these hooks; a kind overrides those it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from modeltui.demo import metadata
from modeltui.demo.columns import AGE, NAME, Column, created
from modeltui.demo.errors import Object
from modeltui.demo.schema.errors import FieldError

FieldOf = Callable[[Object], str]


class Strategy:
    """A plain built-in kind. Hooks change the object in place; they get copies that nobody else holds."""

    columns: ClassVar[tuple[Column, ...]] = (NAME, AGE)
    fields: ClassVar[Mapping[str, FieldOf]] = {}
    """What field selectors may name besides metadata.name and metadata.namespace."""
    counts_generation: ClassVar[bool] = False
    unconditional_update: ClassVar[bool] = True
    """May a PUT leave metadata.resourceVersion out (the newest is then replaced)?"""
    default_propagation: ClassVar[str] = "Background"
    """What a deletion that names no policy does to what is owned."""
    returns_deleted: ClassVar[bool] = False
    """Does a deletion answer with the object (or with a Status)?"""
    has_status: ClassVar[bool] = False
    """Is status written through its subresource only?"""
    status_keeps: ClassVar[tuple[str, ...]] = ()
    """Fields of metadata that a write of the status does not change."""

    creates_status: ClassVar[bool] = False
    """May a creation bring the status along, as a kubelet's registration of its node does?"""

    graceful: ClassVar[bool] = False
    """Does a deletion go through a grace period, be it one of 0 seconds?"""

    def name_problems(self, name: str) -> list[str]:
        """The sentences that say what is wrong with a name."""
        return metadata.subdomain(name)

    def decode(self, obj: Object) -> None:
        """What conversion does to what a client sent, such as Secret's stringData. May raise StatusError."""

    def default(self, obj: Object) -> None:
        """Defaults that the writer comes to own."""

    def prepare_create(self, obj: Object) -> None:
        """What the server sets, and nobody owns, at the start."""

    def prepare_update(self, new: Object, old: Object) -> None:
        """What the server carries over, such as a clusterIP that a replacement left out."""

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        """Rules beyond the schema; `old` is None at creation."""
        return []

    def validate_status(self, new: Object, old: Object) -> list[FieldError]:
        return []

    def generated_state(self, obj: Object) -> Object:
        """The part of an object whose changes its generation counts."""
        return {"spec": obj.get("spec")}

    def warnings(self, new: Object, old: Object | None) -> list[str]:
        """Sentences for Warning headers about what is valid all the same."""
        return []

    def grace_seconds(self, obj: Object, wanted: int | None) -> int:
        """How long a deletion waits for a kubelet; 0: gone at once."""
        return 0

    def begin_deletion(self, obj: Object) -> bool:
        """Marks an object whose deletion takes work of the server's own first; False for one that needs none."""
        return False

    def row(self, obj: Object, now: datetime) -> list[Any]:
        """One cell per column."""
        return [obj["metadata"]["name"], created(obj, now)]


def set_default(obj: Object, key: str, value: Any) -> None:
    """Where the key is absent or null."""
    if obj.get(key) is None:
        obj[key] = value
