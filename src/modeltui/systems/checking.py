"""What the checks of all systems begin and end with: a manifest read as its type, findings in their order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from modeltui.domain import Finding, Severity
from modeltui.kube.objects import Object

_T = TypeVar("_T", bound=Object)


def errors_first(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors, warnings, information; each in the order in which they were found, and none twice."""
    rank = list(Severity)
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: rank.index(finding.severity)))


def typed(manifest: Mapping[str, Any] | _T, kind: type[_T]) -> _T | Finding:
    """The manifest as the console reads objects of that kind, or the finding that it cannot be read."""
    if isinstance(manifest, kind):
        return manifest
    try:
        return msgspec.convert(manifest, kind)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `$")
        return Finding(Severity.ERROR, f"The API server will refuse it: {what}.", "Correct the field.", path.strip("`.") or "")
