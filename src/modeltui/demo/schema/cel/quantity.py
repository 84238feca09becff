"""Kubernetes quantities (`10Gi`, `250m`, `1e3`) as exact numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_TEXT = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E)|[eE]([+-]?\d+))?")
_FACTORS = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    **{unit: Decimal(10) ** (3 * power) for power, unit in enumerate("kMGTPE", 1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", 1)},
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """Two quantities are equal when their numbers are: 1000m is 1."""

    number: Decimal

    @classmethod
    def parse(cls, text: Any) -> Quantity:
        """Raises ValueError for what is no quantity."""
        found = _TEXT.fullmatch(str(text))
        if found is None:
            raise ValueError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
        digits, unit, exponent = found.groups()
        return cls(Decimal(digits) * (_FACTORS[unit] if unit else Decimal(10) ** int(exponent or 0)))

    def plus(self, other: Any, *, sign: int = 1) -> Quantity:
        return Quantity(self.number + sign * (other.number if isinstance(other, Quantity) else int(other)))
