"""Kubernetes quantities (`10Gi`, `250m`, `1e3`) as exact numbers.

Source of the canonical form: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_TEXT = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E)|[eE]([+-]?\d+))?")
_DECIMAL = {"E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "": 0, "m": -3, "u": -6, "n": -9}
_BINARY = {f"{unit}i": 1024**power for power, unit in reversed(list(enumerate("KMGTPE", 1)))}
_FACTORS = {**{unit: Decimal(10) ** power for unit, power in _DECIMAL.items()}, **{unit: Decimal(size) for unit, size in _BINARY.items()}}
_NANO = Decimal("1e-9")


@dataclass(frozen=True, slots=True)
class Quantity:
    """Two quantities compare by their numbers: 1000m is 1. `unit` is how it was written: "Gi", "m", "", or "e" for an exponent."""

    number: Decimal
    unit: str = ""

    @classmethod
    def parse(cls, text: Any) -> Quantity:
        """Raises ValueError for what is no quantity."""
        found = _TEXT.fullmatch(str(text))
        if found is None:
            raise ValueError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
        digits, unit, exponent = found.groups()
        if exponent is not None:
            return cls(Decimal(digits) * Decimal(10) ** int(exponent), "e")
        return cls(Decimal(digits) * _FACTORS[unit or ""], unit or "")

    def plus(self, other: Any, *, sign: int = 1) -> Quantity:
        return Quantity(self.number + sign * (other.number if isinstance(other, Quantity) else int(other)), self.unit)

    @property
    def canonical(self) -> str:
        """The shortest form without a fraction, in the family of units it was written in; finer than a nano is rounded up."""
        if self.number == 0:
            return "0"
        if self.unit in _BINARY and self.number == self.number.to_integral_value():
            return self._with(next((u for u, size in _BINARY.items() if self.number % size == 0), ""))
        unit = next((u for u in _DECIMAL if (self.number / _FACTORS[u]) % 1 == 0), None)
        if unit is None:
            return Quantity((self.number / _NANO).to_integral_value(rounding="ROUND_UP") * _NANO).canonical
        if self.unit == "e" and unit:
            return f"{int(self.number / _FACTORS[unit])}e{_DECIMAL[unit]}"
        return self._with(unit)

    def _with(self, unit: str) -> str:
        return f"{int(self.number / _FACTORS[unit])}{unit}"
