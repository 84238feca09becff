"""What a system brings to the form that deploys: its own questions, and the way between a draft and its answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from modeltui.systems.deploying import Deployable
from modeltui.ui.wizards.deploy import model_step
from modeltui.ui.wizards.deploy.surroundings import Surroundings
from modeltui.ui.wizards.draft import Draft, Group
from modeltui.ui.wizards.form import Field, Problem, Step, Values
from modeltui.ui.wizards.frame import Spot
from modeltui.ui.wizards.names import Listed

Groups = Mapping[str, Group | Sequence[Group]]
"""Step -> what is answered in it (of one of cards: in each), of those that the answers of a system say something of."""


Asks = Callable[[Values], frozenset[str]]


def always(*keys: str) -> Asks:
    """The same shared questions, whatever is answered."""
    asked = frozenset(keys)
    return lambda _: asked


def chosen(word: str) -> Callable[[Values], bool]:
    """For the steps of one system: whether it is the one that is chosen."""
    return lambda values: values.get("system") == word


def _nothing(_: Values) -> tuple[Problem, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemForm:
    """One system. All of it is pure."""

    of: Deployable
    refuses: Mapping[str, str] = field(default_factory=dict)
    """Where a model comes from (`model_step.ORIGINS`) -> why it cannot be taken from there."""
    schemes: tuple[str, ...] = ()
    """Of the URIs that it fetches from, beside the Hub: "s3". None: it is told no URI."""
    asks: Asks
    """Keys of the shared questions (`shared`) that this system wants answered, given the answers of all steps."""
    steps: tuple[Step, ...] = ()
    """Its own, asked when it is chosen; keys of steps and of fields begin with its word, so that no two systems share one."""
    answers: Callable[[Draft], Any]
    """What a draft without problems means."""
    texts: Callable[[Any], Groups]
    """The inverse. Raises AnswersError for what the form cannot show."""
    spot: Callable[[Draft, str], Spot | None]
    """Which field answers for what stands at a path of the object."""
    listed: Listed = field(default_factory=dict)
    """What its fields suggest (`Field.suggests`) -> the kinds whose names it is, listed when the form is opened."""
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What its fields suggest -> words that are known without asking."""
    learned: Mapping[str, Callable[[Surroundings, Values], str]] = field(default_factory=dict)
    """Key of a field of its own -> what is proposed for it in this cluster."""
    problems: Callable[[Values], tuple[Problem, ...]] = _nothing
    """What is wrong only in view of several answers, before anything is made of them."""

    def steps_in(self, surroundings: Surroundings) -> tuple[Step, ...]:
        """Its steps, with what is proposed in this cluster."""
        return tuple(replace(step, fields=tuple(self._learned(one, surroundings) for one in step.fields)) for step in self.steps)

    def _learned(self, one: Field, surroundings: Surroundings) -> Field:
        told = self.learned.get(one.key)
        if told is None:
            return one
        return replace(one, proposes=partial(told, surroundings))

    @property
    def refused(self) -> Mapping[str, str]:
        """Where a model comes from -> why it cannot be taken from there."""
        return dict(self.refuses) if self.schemes else {model_step.URI: "it fetches from no URI", **self.refuses}
