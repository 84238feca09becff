"""Columns of a Table, and how ages and durations are told in their cells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from modeltui.demo.errors import Object
from modeltui.demo.schema import printer


@dataclass(frozen=True, slots=True)
class Column:
    """`path` is the JSONPath of a CRD's column; the rows of built-in kinds are made by their strategy.

    `shows` is the field of the kind ("status.phase") whose description is that of the column, where `description` does not say it.
    """

    name: str
    type: str = "string"
    format: str = ""
    description: str = ""
    priority: int = 0
    path: str = ""
    shows: str = ""


NAME_TEXT = (
    "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request "
    "the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration "
    "definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names"
)
AGE_TEXT = (
    "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in "
    "happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\n"
    "Populated by the system. Read-only. Null for lists. More info: "
    "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata"
)
NAME = Column("Name", format="name", description=NAME_TEXT)
AGE = Column("Age", description=AGE_TEXT)
AGE_OF_CUSTOM = Column("Age", type="date", description=AGE_TEXT, path=".metadata.creationTimestamp")


def parse_time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def age(timestamp: str | None, now: datetime) -> str:
    """ "5m", "3d2h", "<unknown>": how long ago, as kubectl spells it."""
    then = parse_time(timestamp or "")
    return printer.age(then, now=now) if then else "<unknown>"


def created(obj: Object, now: datetime) -> str:
    return age(obj["metadata"].get("creationTimestamp"), now)


def dig(obj: Any, *path: str | int, default: Any = None) -> Any:
    """The value at a path of keys and indices; `default` where the path ends early."""
    for part in path:
        try:
            obj = obj[part]
        except (KeyError, IndexError, TypeError):
            return default
    return default if obj is None else obj
