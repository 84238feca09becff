"""One cause, told once: what a pod says, what a check of the spec says and what the system makes of it are often the same. Pure.

The first that speaks of it stays, with its words; where that is a pod, it gets the field of the check, which knows where in the spec to
mend it. They are compared by what they are about, since the words of three programs never are the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from modeltui.domain import Finding, Severity, Subject
from modeltui.systems.serving import subjects


def subject(finding: Finding) -> Subject | None:
    """None for what nothing else speaks of, as far as is known."""
    return finding.subject or subjects.of_words(finding.reason)


def told_once(found: Iterable[Finding]) -> list[Finding]:
    """In their order. Only errors are held to be causes; two of different severity are both told."""
    kept: list[Finding] = []
    places: dict[Subject, int] = {}
    for finding in found:
        about = subject(finding) if finding.severity is Severity.ERROR and not says_nothing(finding) else None
        if about is None:
            kept.append(finding)
        elif about not in places:
            places[about] = len(kept)
            kept.append(finding)
        else:
            kept[places[about]] = _together(kept[places[about]], finding)
    return [one for one in kept if not says_nothing(one)] or kept


def says_nothing(finding: Finding) -> bool:
    return finding.subject == subjects.BARE_WORD


def _together(first: Finding, again: Finding) -> Finding:
    """A finding about a pod knows no field; one that has a field keeps its own. Where a token is named, the check of the spec knows."""
    if first.field or not again.field:
        return first
    return replace(first, field=again.field, remedy=again.remedy if subject(first) == subjects.NO_TOKEN else first.remedy)
