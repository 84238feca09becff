"""One cause, told once: what a pod says, what a check of the spec says and what the system makes of it are often the same. Pure.

The first that speaks of it stays, with its words; where that is a pod, it gets the field of the check, which knows where in the spec to
mend it. They are compared by what they are about, since the words of three programs never are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from modeltui.domain import Finding, Severity

Subject = tuple[str, str]
"""(what is wrong, with what)."""

_NO_SECRET: Final = re.compile(r'There is no Secret "?([a-z0-9][a-z0-9.-]*)"?|secret "([a-z0-9][a-z0-9.-]*)" not found')
_NO_ROOM: Final = re.compile(r"asks for (\S+ \S+?),? and no node has more than")
_GATED: Final = re.compile(r"\bis gated on\b")
_A_WORD_ONLY: Final = re.compile(r"^\w[\w ]* says \w+\.$")
_TOKEN: Final[Subject] = ("token", "")
_NO_TEMPLATE: Final = re.compile(
    r"^No template can be used|^No template would be chosen|^The templates of a custom model are not optimized"
)


def subject(finding: Finding) -> Subject | None:
    """None for what nothing else speaks of, as far as is known."""
    if (found := _NO_SECRET.search(finding.reason)) is not None:
        return "secret", (found[1] or found[2]).rstrip(".")
    if (found := _NO_ROOM.search(finding.reason)) is not None:
        return "room", found[1]
    if _GATED.search(finding.reason):
        return _TOKEN
    if _NO_TEMPLATE.search(finding.reason):
        return "template", ""
    return None


def told_once(found: Iterable[Finding]) -> list[Finding]:
    """In their order. Only errors are held to be causes; two of different severity are both told."""
    kept: list[Finding] = []
    places: dict[Subject, int] = {}
    for finding in found:
        about = subject(finding) if finding.severity is Severity.ERROR else None
        if about is None:
            kept.append(finding)
        elif about not in places:
            places[about] = len(kept)
            kept.append(finding)
        else:
            kept[places[about]] = _together(kept[places[about]], finding)
    return [one for one in kept if not says_nothing(one)] or kept


def says_nothing(finding: Finding) -> bool:
    """A system's own word without any reason, which is a consequence wherever a cause is known."""
    return finding.field.startswith("status") and _A_WORD_ONLY.match(finding.reason) is not None


def _together(first: Finding, again: Finding) -> Finding:
    """A finding about a pod knows no field; one that has a field keeps its own. Where a token is named, the check of the spec knows."""
    if first.field or not again.field:
        return first
    return replace(first, field=again.field, remedy=again.remedy if subject(first) == _TOKEN else first.remedy)
