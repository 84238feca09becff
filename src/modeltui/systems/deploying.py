"""What a system can be asked to deploy, and the file of answers that says it: `system:` and, in that system's own words, `answers:`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import msgspec

from modeltui import strict_yaml
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.manifest import Manifest
from modeltui.systems.protocol import View
from modeltui.systems.serving.answers import Answers
from modeltui.yaml_output import dump


@dataclass(frozen=True, slots=True, kw_only=True)
class Older:
    """How the same answers are written in an older version of the kind's API, for clusters that serve no newer one."""

    view: View
    manifest: Callable[..., Manifest]
    answers_of: Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployable:
    """One system, as it makes one kind of object of answers. All of it is pure."""

    word: str
    """What `system:` says: "kserve"."""
    title: str
    view: View
    """Of the kind that is made; its checks are asked of the manifest."""
    answers: type[Answers]
    manifest: Callable[..., Manifest]
    """(answers, live=None) -> the whole object as it shall become."""
    answers_of: Callable[[Mapping[str, Any]], Any]
    """The way back. Raises AnswersError for an object that answers cannot say."""
    propose: Callable[[str], str]
    """A name for a model, within the limits of the system."""
    name_problem: Callable[[str], str]
    """What is wrong with a name, in a sentence; "" when it is good."""
    older: tuple[Older, ...] = ()
    """Newest first."""

    @property
    def versions(self) -> tuple[Version, ...]:
        """Newest first: each with the view, the manifest and the way back of one version of the API."""
        return (self, *self.older)


Version = Deployable | Older


class Deployment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of answers, before it is known whose they are."""

    system: str = ""
    answers: dict[str, Any] = {}


def understood(found: Deployment, known: Sequence[Deployable]) -> tuple[Deployable, Answers]:
    """Whose answers these are, and what they say. Raises AnswersError in one sentence."""
    words = [one.word for one in known]
    chosen = next((one for one in known if one.word == found.system), None)
    if chosen is None:
        near = get_close_matches(found.system, words, n=1)
        hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(words)}."
        raise AnswersError(f'system: "{found.system}" is none: {hint}' if found.system else f'system: "system" is missing: {hint}')
    try:
        return chosen, msgspec.convert(found.answers, type=chosen.answers)
    except msgspec.ValidationError as error:
        told = strict_yaml.misfit(error, chosen.answers, whole="answers")
        raise AnswersError(told if told.startswith("answers: ") else f"answers.{told}") from error


def written(of: Deployable, answers: Answers) -> str:
    """As a file, which `understood` understands."""
    return dump({"system": of.word, "answers": msgspec.to_builtins(answers)})
