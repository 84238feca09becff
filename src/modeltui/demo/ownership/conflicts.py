"""What server-side apply refuses, in the API server's own sentences."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from modeltui.demo.ownership import fieldset
from modeltui.demo.ownership.fieldset import FieldSet, Path


@dataclass(frozen=True, slots=True)
class Conflict:
    """Fields that another manager owns. `api_version` is empty for a manager that applied (its conflicts do not name it)."""

    manager: str
    operation: str
    api_version: str
    subresource: str
    fields: FieldSet
    time: str | None = None

    @property
    def paths(self) -> list[Path]:
        return sorted(self.fields, key=fieldset.sort_key)

    @property
    def who(self) -> str:
        said = json.dumps(self.manager)
        if self.subresource:
            said += f" with subresource {json.dumps(self.subresource)}"
        return f"{said} using {self.api_version}" if self.operation == "Update" else said


class ApplyConflict(Exception):
    """Other managers own applied fields and give them other values. HTTP 409, reason Conflict."""

    def __init__(self, conflicts: Iterable[Conflict]) -> None:
        self.conflicts = tuple(sorted(conflicts, key=lambda conflict: (conflict.manager, conflict.operation, conflict.api_version)))
        super().__init__(self.message)

    @property
    def message(self) -> str:
        pairs = [(conflict, path) for conflict in self.conflicts for path in conflict.paths]
        if len(pairs) == 1:
            return f"Apply failed with 1 conflict: conflict with {pairs[0][0].who}: {fieldset.display(pairs[0][1])}"
        lines = []
        for conflict in self.conflicts:
            lines.append(f"conflicts with {conflict.who}:")
            lines += [f"- {fieldset.display(path)}" for path in conflict.paths]
        return f"Apply failed with {len(pairs)} conflicts: " + "\n".join(lines)

    @property
    def causes(self) -> list[dict[str, Any]]:
        return [
            {"reason": "FieldManagerConflict", "message": f"conflict with {conflict.who}", "field": fieldset.display(path)}
            for conflict in self.conflicts
            for path in conflict.paths
        ]


class TypedPatchError(Exception):
    """An applied object that does not fit its schema. The API server answers it with code 500 and no reason."""


class BadApply(Exception):
    """An applied object that no one may apply: HTTP 400, reason BadRequest."""
