"""Kubernetes quantities: "12Gi", "1.5T", 1073741824 to bytes and back.

Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

_PATTERN: Final = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d{1,3}))?", re.ASCII)
_BINARY: Final[dict[str, int]] = {unit: 1024 ** (power + 1) for power, unit in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"))}
_DECIMAL: Final[dict[str, int]] = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_DIGITS: Final = 18
"""More than any integer of an API has; Python refuses to read those of some thousands, which an annotation may hold."""


def whole(text: str) -> int | None:
    """A number that is written in ASCII digits alone, as words and labels have it; None for whatever else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else None


def parse(quantity: str | int | float) -> Decimal | None:
    """The number that a quantity means (bytes, for storage); None when it is not a quantity."""
    return _parsed(str(quantity))


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Decimal | None:
    """Thousands of pods ask for the same few amounts."""
    match = _PATTERN.fullmatch(text)
    if match is None:
        return None
    number, binary, decimal, exponent = match.groups()
    value = Decimal(number)
    if binary:
        return value * Decimal(_BINARY[binary])
    if decimal:
        return value.scaleb(_DECIMAL[decimal])
    return value.scaleb(int(exponent)) if exponent else value


def binary(size: Decimal | int) -> str:
    """Bytes in the largest binary unit that is at most the size: "12Gi", "1.5Ti", "512"."""
    if size <= 0:
        return "0"
    for unit, factor in reversed(_BINARY.items()):
        if size >= factor:
            text = f"{Decimal(size) / factor:.1f}"
            return text.removesuffix(".0") + unit
    return str(int(size))
