"""The words that all floors share: phases, columns, rows and findings.

Nothing here knows Kubernetes, a system or a screen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from typing import Final


class Phase(StrEnum):
    """The normalised state of anything; the system's own word stands beside it in `Status.raw`."""

    FAILED = "Failed"
    DEGRADED = "Degraded"
    PROCESSING = "Processing"
    PENDING = "Pending"
    READY = "Ready"
    PAUSED = "Paused"
    """Wanted absent by its owner (modelfs state ABSENT, a stopped service)."""
    COMPLETED = "Completed"
    """Has done what it was for, and ended: a job, its pod."""
    UNKNOWN = "Unknown"

    @property
    def severity(self) -> int:
        """Larger is worse; the aggregate of several phases is the one with the largest severity."""
        return _SEVERITY[self]


_SEVERITY: Final = {
    Phase.FAILED: 6,
    Phase.DEGRADED: 5,
    Phase.PROCESSING: 4,
    Phase.PENDING: 3,
    Phase.READY: 2,
    Phase.PAUSED: 1,
    Phase.COMPLETED: 1,
    Phase.UNKNOWN: 0,
}


@dataclass(frozen=True, slots=True)
class Status:
    """A phase as a cell value: normalised for colour and sorting, raw and explained for the reader."""

    phase: Phase
    raw: str = ""
    """The word the system itself used, verbatim; empty when it said nothing."""
    reason: str = ""
    """Why, in one line; empty when there is nothing to explain."""


class Special(Enum):
    """Values that are not data. `None` as a cell value means "does not apply" and shows as a dash."""

    UNKNOWN = "unknown"
    """It applies, but nobody has told us: never shown as 0 and never as empty."""


UNKNOWN: Final = Special.UNKNOWN

Value = str | int | float | bool | datetime | Status | tuple[str, ...] | Special | None
"""What a cell may hold. datetimes are timezone-aware UTC; tuples are short lists such as tags."""

RowKey = tuple[str, ...]
"""(namespace, name), and in a table of several kinds "plural.group" after them; the namespace is "" for cluster-scoped objects."""


class ColumnKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    AGE = "age"
    """A datetime shown as coarse elapsed time."""
    STATUS = "status"
    RATIO = "ratio"
    """Text such as "2/3", right-aligned, sorted by the fraction."""
    TAGS = "tags"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. `key` is snake_case: it is the JSON key, the sort name and the filter name."""

    key: str
    title: str
    kind: ColumnKind = ColumnKind.TEXT
    wide: bool = False
    """Shown only in wide mode."""
    hidden: bool = False
    """Never shown as a column, but there for filters (`type:s3`) and for JSON."""
    min_width: int = 4
    max_width: int = 48
    """Display cells; longer text is cut with an ellipsis, the whole is in the detail view."""
    help: str = ""
    end_matters: bool = False
    """Rows are told apart by how it ends, as pods are: what is too long is cut in its middle."""


@dataclass(frozen=True, slots=True)
class Leader:
    """The row that others stand under: they are sorted as it is, and come after it whatever the order."""

    key: RowKey
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What one object looks like in a table. `values` are in the order of the view's columns."""

    key: RowKey
    values: tuple[Value, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    """The object's labels, for `-l` filters."""
    problem: str = ""
    """One sentence when the object could not be read; the row then shows it in place of its cells."""
    fault: bool = False
    """Something is wrong that no phase of it says, such as a source that does not exist: "faults only" shows it too."""
    leader: Leader | None = None
    """In a table whose rows unfold: of the row that it stands under, or of itself. In all rows of a table, or in none."""
    lead: str = ""
    """Stands before its name on the screen, and is no part of it: whether it unfolds, or that it stands under another."""


Subject = tuple[str, str]
"""(what is wrong, with what), such as ("secret", "hf-token")."""


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Outcome(StrEnum):
    """What came of something that was done, as a cell value."""

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    UNFINISHED = "begun, no outcome"
    NOTE = "note"
    """Nothing was done; something is said."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know about an object, with what to do."""

    severity: Severity
    reason: str
    remedy: str = ""
    field: str = ""
    """Path in the object, such as "spec.versions[0].storage"; empty when it is about the whole."""
    about: str = ""
    """The other object that it is about, such as "Pod qwen-0"; empty when it is about the object itself."""
    subject: Subject | None = dataclasses.field(default=None, compare=False)
    """What others may speak of, too, in words of their own; None for what nobody else is known to."""

    def __post_init__(self) -> None:
        """The reason is a sentence on one line, whatever of the object's own text is in it: line ends there are spelled out."""
        if "\n" in self.reason or "\r" in self.reason:
            object.__setattr__(self, "reason", self.reason.replace("\r", "\\r").replace("\n", "\\n"))
