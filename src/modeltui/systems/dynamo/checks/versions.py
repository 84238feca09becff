"""Which release of Dynamo's runtime an image holds: by its tag, or as somebody says. Pure."""

from __future__ import annotations

import re
from typing import Final

_SEMANTIC: Final = re.compile(r"v?\d+\.\d+\.\d+([-+].*|\.\w+)?")
_OVERRIDE: Final = re.compile(r"(0|[1-9]\d{0,3})(\.(0|[1-9]\d{0,3})){2}")


def is_override(said: str) -> bool:
    """Whether it may be a runtimeVersionOverride: MAJOR.MINOR.PATCH."""
    return _OVERRIDE.fullmatch(said) is not None


def untold(image: str) -> str:
    """What it is that says no version; "" for an image whose tag does, for none at all, and for one that is pinned by digest alone."""
    path, at, _ = image.partition("@")
    tag = path.rpartition("/")[2].partition(":")[2]
    if not image or (at and not tag) or _SEMANTIC.fullmatch(tag):
        return ""
    return f'tag "{tag}"' if tag else "an image without a tag"
