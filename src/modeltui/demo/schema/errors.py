"""Field errors in the words of the Kubernetes API, and the Status that carries them.

The type words and their reasons are those of k8s.io/apimachinery/pkg/util/validation/field.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final


class ErrorType(Enum):
    """What is wrong: the reason of the cause, and the words that stand in the sentence."""

    REQUIRED = ("FieldValueRequired", "Required value")
    INVALID = ("FieldValueInvalid", "Invalid value")
    TYPE_INVALID = ("FieldValueTypeInvalid", "Invalid value")
    NOT_SUPPORTED = ("FieldValueNotSupported", "Unsupported value")
    DUPLICATE = ("FieldValueDuplicate", "Duplicate value")
    FORBIDDEN = ("FieldValueForbidden", "Forbidden")
    TOO_LONG = ("FieldValueTooLong", "Too long")
    TOO_MANY = ("FieldValueTooMany", "Too many")
    NOT_FOUND = ("FieldValueNotFound", "Not found")

    @property
    def reason(self) -> str:
        return self.value[0]

    @property
    def words(self) -> str:
        return self.value[1]


_WITHOUT_VALUE = {ErrorType.REQUIRED, ErrorType.FORBIDDEN, ErrorType.TOO_LONG}

UNSHOWN: Final = object()
"""For `FieldError.value`: a value that the sentence leaves out, such as an object that breaks a CEL rule."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one field. `field` is a path (`spec.parts[1].name`), or `<nil>` for the object as a whole."""

    type: ErrorType
    field: str
    value: Any = None
    detail: str = ""

    @property
    def body(self) -> str:
        """The sentence without the field: what stands in a cause's message."""
        said = self.type.words if self.type in _WITHOUT_VALUE or self.value is UNSHOWN else f"{self.type.words}: {_shown(self.value)}"
        return f"{said}: {self.detail}" if self.detail else said

    def __str__(self) -> str:
        return f"{self.field}: {self.body}"

    def cause(self) -> dict[str, str]:
        """One entry of `details.causes` of a Status."""
        return {"reason": self.type.reason, "message": self.body, "field": self.field}


NOT_CHECKED = FieldError(
    ErrorType.INVALID,
    "<nil>",
    None,
    "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
)
"""Stands last when CEL rules exist but were not run, since other errors came first."""


def invalid_message(*, kind: str, group: str, name: str, errors: Iterable[FieldError]) -> str:
    """`Widget.test.modeltui.dev "a" is invalid: E`, or `[E, E]` when there are several. The core group has no dot and name."""
    said = list(dict.fromkeys(str(error) for error in errors))
    qualified = f"{kind}.{group}" if group else kind
    return f"{qualified} {json.dumps(name)} is invalid: {said[0] if len(said) == 1 else '[' + ', '.join(said) + ']'}"


def invalid_status(*, kind: str, group: str, name: str, errors: Iterable[FieldError]) -> dict[str, Any]:
    """The Status of code 422 and reason Invalid for these errors."""
    errors = list(errors)
    details: dict[str, Any] = {"name": name, "group": group, "kind": kind, "causes": [error.cause() for error in errors]}
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": invalid_message(kind=kind, group=group, name=name, errors=errors),
        "reason": "Invalid",
        "details": {key: value for key, value in details.items() if value},
        "code": 422,
    }


def _shown(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
