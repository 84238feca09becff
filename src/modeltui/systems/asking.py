"""What a function of the facts has asked, so that it is run again when an answer changes, and only then."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from modeltui.kube.objects import Object, Undecodable
from modeltui.kube.resource import Resource
from modeltui.systems.facts import ALL_NAMESPACES
from modeltui.systems.protocol import Facts, IndexFunction

K = TypeVar("K", bound=Hashable)

Question = tuple[object, ...]
"""The name of a method of `Facts` and its arguments."""


class Asking:
    """Implements `Facts`, and notes every question."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.questions: set[Question] = set()

    def get(self, resource: Resource, namespace: str, name: str) -> Object | None:
        self.questions.add(("get", resource, namespace, name))
        return self._facts.get(resource, namespace, name)

    def all(self, resource: Resource, namespace: str) -> Iterable[Object]:
        self.questions.add(("all", resource, namespace))
        return self._facts.all(resource, namespace)

    def where(self, resource: Resource, namespace: str, index: IndexFunction, value: str) -> Sequence[Object]:
        self.questions.add(("where", resource, namespace, index, value))
        return self._facts.where(resource, namespace, index, value)

    def known(self, resource: Resource, namespace: str) -> bool:
        self.questions.add(("known", resource, namespace))
        return self._facts.known(resource, namespace)


class Askers(Generic[K]):
    """Who asked what. A change is looked up by the few questions that it can be the answer to, not by asking all of them anew."""

    def __init__(self) -> None:
        self._askers: dict[Question, set[K]] = {}
        self._questions: dict[K, frozenset[Question]] = {}
        self._indexes: dict[Resource, set[IndexFunction]] = {}

    def note(self, asker: K, questions: Iterable[Question]) -> None:
        """These and no others are its questions from now on."""
        self.forget(asker)
        self._questions[asker] = frozenset(questions)
        for question in self._questions[asker]:
            self._askers.setdefault(question, set()).add(asker)
            if question[0] == "where":
                _, resource, _, index, _ = question
                self._indexes.setdefault(resource, set()).add(index)  # type: ignore[arg-type]  # a question is untyped on purpose

    def forget(self, asker: K) -> None:
        for question in self._questions.pop(asker, ()):
            askers = self._askers[question]
            askers.discard(asker)
            if not askers:
                del self._askers[question]

    def of_change(self, resource: Resource, before: Object | None, now: Object | None) -> set[K]:
        """Whom it concerns that `before` became `now`; None: it was not there, or is gone."""
        found: set[K] = set()
        for obj in (before, now):
            if obj is not None:
                for question in self._answered_by(resource, obj):
                    found |= self._askers.get(question, set())
        return found

    def of_knowing(self, resource: Resource, namespace: str) -> set[K]:
        """Whom it concerns that the list of that kind in that namespace is known now, or is not any more."""
        if namespace != ALL_NAMESPACES:
            return {*self._askers.get(("known", resource, namespace), ()), *self._askers.get(("known", resource, ALL_NAMESPACES), ())}
        return {asker for question, askers in self._askers.items() if question[:2] == ("known", resource) for asker in askers}

    def _answered_by(self, resource: Resource, obj: Object) -> Iterator[Question]:
        namespace, name = obj.metadata.key
        yield "get", resource, namespace, name
        for place in {namespace, ALL_NAMESPACES}:
            yield "all", resource, place
            if not isinstance(obj, Undecodable):
                for index in self._indexes.get(resource, ()):
                    for value in index(obj):
                        yield "where", resource, place, index, value
