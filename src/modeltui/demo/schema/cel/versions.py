"""The semver() functions of Kubernetes' CEL."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from celpy import celtypes

_TEXT = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")
_LOOSE = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-.*)?")


@dataclass(frozen=True, slots=True)
class Version:
    """`number` orders versions: a pre-release comes before its release, its numbers before its words."""

    parts: tuple[int, int, int]
    number: tuple[Any, ...]


def parse(text: str, normalize: bool = False) -> Version:
    """Raises ValueError. `normalize` reads `v1.2` as 1.2.0."""
    if normalize and (loose := _LOOSE.fullmatch(text)):
        text = ".".join(str(int(part or 0)) for part in loose.groups()[:3]) + (loose[4] or "")
    found = _TEXT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} is no semantic version")
    parts = (int(found[1]), int(found[2]), int(found[3]))
    words = [(0, int(word), "") if word.isdigit() else (1, 0, word) for word in (found[4] or "").split(".") if word]
    return Version(parts, (parts, not words, words))


def _is_semver(text: str, normalize: bool = False) -> Any:
    try:
        parse(text, normalize)
    except ValueError:
        return celtypes.BoolType(False)
    return celtypes.BoolType(True)


VERSIONS: dict[str, Callable[..., Any]] = {
    "semver": parse,
    "isSemver": _is_semver,
    "major": lambda version: celtypes.IntType(version.parts[0]),
    "minor": lambda version: celtypes.IntType(version.parts[1]),
    "patch": lambda version: celtypes.IntType(version.parts[2]),
}
