"""A secret that somebody has typed: it can be written into a Secret's manifest, and shows nowhere else."""

from __future__ import annotations

from typing import Any, Final, NoReturn, final

from modeltui.redaction import MASK


@final
class SecretValue:
    """Text whose repr, str, format and JSON are the mask. Immutable. Unset when it is empty: "leave what is there as it is".

    Deliberately no `str`: everything that knows how to print, encode or compare text would get hold of it.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself. Only for the manifest of a Secret, and for talking to the service that it opens."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecretValue) and self._text == other._text

    def __hash__(self) -> int:
        return hash((SecretValue, self._text))

    def __repr__(self) -> str:
        return MASK if self._text else "(unset)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __copy__(self) -> SecretValue:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> SecretValue:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is never pickled")


UNSET: Final = SecretValue()
