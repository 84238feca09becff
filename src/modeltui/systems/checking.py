"""What the checks of all systems begin and end with: a manifest read as its type, findings in their order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from modeltui.domain import Finding, Severity
from modeltui.kube.objects import Object
from modeltui.redaction import redact_text
from modeltui.systems.protocol import Examine, Facts

_T = TypeVar("_T", bound=Object)


def errors_first(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors, warnings, information; each in the order in which they were found, and none twice. A sentence may repeat what
    stands in the object: what looks like a secret is masked in all of them."""
    rank = list(Severity)
    return tuple(sorted(dict.fromkeys(map(_without_secrets, found)), key=lambda finding: rank.index(finding.severity)))


def in_turn(*sayings: Examine) -> Examine:
    """What all of them say of an object: for a View's `examine`, where what became of it and what its spec asks for are told apart."""

    def examine(obj: Any, facts: Facts) -> Iterable[Finding]:
        return tuple(finding for saying in sayings for finding in saying(obj, facts))

    return examine


def _without_secrets(finding: Finding) -> Finding:
    reason, remedy = redact_text(finding.reason), redact_text(finding.remedy)
    return finding if (reason, remedy) == (finding.reason, finding.remedy) else replace(finding, reason=reason, remedy=remedy)


def typed(manifest: Mapping[str, Any] | _T, kind: type[_T]) -> _T | Finding:
    """The manifest as the console reads objects of that kind, or the finding that it cannot be read."""
    if isinstance(manifest, kind):
        return manifest
    try:
        return msgspec.convert(manifest, kind)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `$")
        return Finding(Severity.ERROR, f"The API server will refuse it: {what}.", "Correct the field.", path.strip("`.") or "")
