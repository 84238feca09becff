"""What a check says of a Secret, of a token and of room has to be known for the same thing as what pods and systems say of it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from modeltui.domain import Finding, Severity
from modeltui.systems.aim.conditions import NO_TEMPLATE
from modeltui.systems.serving.subjects import NO_TOKEN, no_room, no_secret

_SECRET = re.compile(r'There is no Secret "?(?P<name>[a-z0-9][a-z0-9.-]*)"?')
_ROOM = re.compile(r"asks for (?P<number>\d+) (?P<resource>\S+?),? and no node has more than")


def assert_linked(found: Iterable[Finding]) -> None:
    """By its words, which the product never goes by."""
    for finding in found:
        _linked(finding)


def _linked(finding: Finding) -> None:
    if (secret := _SECRET.search(finding.reason)) is not None:
        assert finding.subject == no_secret(secret["name"])
    if (room := _ROOM.search(finding.reason)) is not None:
        assert finding.subject == no_room(int(room["number"]), room["resource"])
    if "is gated on the Hub" in finding.reason and finding.severity is Severity.ERROR and "has no Secret" not in finding.reason:
        assert finding.subject == NO_TOKEN
    if finding.reason.startswith(("No template would be chosen", "The templates of a custom model are not optimized")):
        assert finding.subject == NO_TEMPLATE
