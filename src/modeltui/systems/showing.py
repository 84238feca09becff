"""An object as the answers that would make it, for a form to show: what stands in the way is said in one sentence. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from modeltui.systems.answer_file import AnswersError

_A = TypeVar("_A", bound=msgspec.Struct)


def unshowable(why: str) -> AnswersError:
    """`why` without a full stop."""
    return AnswersError(f"This cannot be shown as a form, edit it as YAML: {why}.")


def answered(said: Mapping[str, Any], kind: type[_A]) -> _A:
    """Answers of what an object says, by their names in a file; None says nothing. Raises AnswersError for a word that is no answer."""
    try:
        return msgspec.convert({key: value for key, value in said.items() if value is not None}, kind)
    except msgspec.ValidationError as error:
        raise unshowable(str(error)) from error
