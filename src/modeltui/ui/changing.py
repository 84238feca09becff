"""What can be changed, and what each of it begins: a form, an editor, or at once a review. Nothing here writes anything.

`offers` is what the menu of actions lists; the keys `e`, `shift-e` and ctrl-d are short cuts to some of them. What a managed
system knows to do with its objects stands in its view (`systems.operations`), and which kinds have a form in `wizards/kinds`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from modeltui.changes.operating import change_of
from modeltui.changes.plan import Change, Step
from modeltui.domain import RowKey
from modeltui.kube.apply import Manifest, read
from modeltui.kube.errors import KubeError
from modeltui.kube.objects import Object, Undecodable
from modeltui.kube.resource import Resource
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.operations import NotPossible, Operation, Question
from modeltui.systems.protocol import Facts, View
from modeltui.ui import keys
from modeltui.ui.connection import Cluster, raw_words
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.screens.review import ReviewScreen
from modeltui.ui.wizards.kinds import FORMS, Edit, Form, form_of

if TYPE_CHECKING:
    from modeltui.ui.console import ConsoleApp

Begin = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Target:
    """What a menu is about: rows of a view, the object when it is one and known, and the part of it under the cursor."""

    view: View
    keys: Sequence[RowKey]
    namespace: str
    """Of the rows; "" when they have none."""
    facts: Facts
    obj: Object | Undecodable | None = None
    part: str = ""
    """Of a Model's page: the name of a version."""
    more: Sequence[Offer] = ()
    """What the screen itself can do with it, such as a prompt to what it serves."""
    around: str = ""
    """The namespace in view."""

    @property
    def new_in(self) -> str:
        """Where something new would be made: beside the rows, or in view of those that the whole cluster has."""
        return self.namespace or self.around

    @property
    def told(self) -> str:
        if not self.keys:
            return f"Namespace {self.namespace}"
        more = f" and {len(self.keys) - 3} more" if len(self.keys) > 3 else ""
        return f"{self.view.resource.kind} {', '.join(key[1] for key in self.keys[:3])}{more}"


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be done."""

    title: str
    begin: Begin
    verb: str = "patch"
    """What the user must be allowed to do with the resource; "": it is told when it is known of what."""
    resource: Resource | None = None
    """Of another kind than the row's."""
    why_not: str = ""
    """Why it is of no use here, whatever the user is allowed."""
    ask: Callable[[], Awaitable[str]] | None = None
    """Why the user may not, where that is more than one question; "" when he may, or nobody says."""


class Changing:
    """What can be changed of one cluster, from one console."""

    def __init__(self, console: ConsoleApp, cluster: Cluster) -> None:
        self._console = console
        self._cluster = cluster

    # ---- what there is to do

    def offers(self, target: Target) -> list[Offer]:
        """The most particular first: of the part under the cursor, of the object, of all that are marked, of the namespace."""
        found: list[Offer] = []
        if len(target.keys) == 1:
            found += [*self._of_one(target, target.keys[0]), *target.more]
        if target.keys:
            several = f"{len(target.keys)} of them" if len(target.keys) > 1 else "it"
            found.append(
                Offer(f"Delete {several}", lambda: self.delete([(target.view.resource, key) for key in target.keys]), verb="delete")
            )
        found += [self._new(form, target.new_in) for form in FORMS]
        return found

    def _of_one(self, target: Target, key: RowKey) -> Iterable[Offer]:
        resource = target.view.resource
        if target.obj is not None and not isinstance(target.obj, Undecodable):
            for operation in target.view.operations(target.obj, target.part, target.facts):
                yield self._operation(target, key, operation)
        if (form := form_of(resource)) is not None:
            yield Offer("Edit in a form", lambda: self.edit(resource, key))
            for title, edit in form.more.items():
                yield Offer(title, partial(self._in_form, resource, key, edit))
        if target.view.detail == "source":
            yield Offer("Test its connections", lambda: self._console.navigator.open_connections(key), verb="get")
        yield Offer("Edit as YAML", lambda: self.edit_yaml(resource, key))

    def _operation(self, target: Target, key: RowKey, operation: Operation) -> Offer:
        if operation.chooses:
            return Offer(operation.title, lambda: self._choose(target, operation), why_not=operation.why_not)
        return Offer(operation.title, lambda: self._operated(target.view.resource, key, operation), why_not=operation.why_not)

    def _new(self, form: Form, namespace: str) -> Offer:
        async def begin() -> None:
            await self._console.push_screen(form.new(self._cluster, namespace))

        only = form.resources[0] if len(form.resources) == 1 else None
        return Offer(form.title, begin, verb="create" if only is not None else "", resource=only)

    async def menu(self, target: Target) -> None:
        from modeltui.ui.screens.actions import ActionsScreen

        await self._console.push_screen(ActionsScreen(self, self.offers(target), target))

    async def operate(self, word: str, target: Target) -> None:
        """The operation of that word, by its key; when there are several, such as one for each component, the choice of them."""
        from modeltui.ui.screens.actions import ActionsScreen

        if len(target.keys) != 1 or target.obj is None or isinstance(target.obj, Undecodable):
            self._console.say(f"To {word} is for one row at a time, which could be read.", error=True)
            return
        found = [one for one in target.view.operations(target.obj, target.part, target.facts) if one.word == word]
        offers = [self._operation(target, target.keys[0], one) for one in found]
        if not offers:
            self._console.say(f"A {target.view.resource.kind} cannot be told to {word}; a lists what can be done with it.", error=True)
        elif len(offers) > 1:
            await self._console.push_screen(ActionsScreen(self, offers, target))
        elif why := await self.why_not(offers[0], target):
            self._console.say(f"{offers[0].title}: {why}.", error=True)
        else:
            await offers[0].begin()

    async def why_not(self, offer: Offer, target: Target) -> str:
        """Why it cannot be done, in a sentence; "" when it can, or when nobody can tell before it is tried."""
        if self._cluster.session.client.read_only:
            return "read-only mode"
        if offer.why_not:
            return offer.why_not
        if offer.ask is not None:
            return await offer.ask()
        if not offer.verb:
            return ""
        wanted, namespace = (offer.resource, target.new_in) if offer.resource is not None else (target.view.resource, target.namespace)
        try:
            verdict = await self._cluster.session.access.allowed(offer.verb, wanted, namespace or None)
        except KubeError:
            return ""
        if verdict.allowed is not False:
            return ""
        return f"you may not {offer.verb} {wanted.group_resource}" + (f": {verdict.reason}" if verdict.reason else "")

    # ---- beginnings

    async def edit(self, resource: Resource, key: RowKey) -> None:
        if (form := form_of(resource)) is None:
            self._console.say(f"{resource.kind} has no form; e edits it as YAML.", error=True)
        else:
            await self._in_form(resource, key, form.edit)

    async def edit_yaml(self, resource: Resource, key: RowKey) -> None:
        from modeltui.ui.screens.edit import EditScreen

        live = await self._live(resource, key)
        if live is not None:
            await self._console.push_screen(EditScreen(self._cluster, resource, live))

    async def delete(self, targets: Sequence[tuple[Resource, RowKey]]) -> None:
        """`targets`: each (resource, (namespace, name))."""
        steps = []
        for resource, key in targets:
            live = await self._live(resource, key)
            if live is None:
                return
            steps.append(Step.delete(resource, live))
        kinds = list(dict.fromkeys(resource.plural for resource, _ in targets))
        named = _named(*targets[0]) if len(targets) == 1 else f"{len(targets)} {kinds[0] if len(kinds) == 1 else 'objects'}"
        await self.review(Change(f"Delete {named}", tuple(steps)))

    async def review(self, change: Change) -> None:
        await self._console.push_screen(ReviewScreen(self._cluster, change))

    async def _in_form(self, resource: Resource, key: RowKey, edit: Edit) -> None:
        live = await self._live(resource, key)
        if live is None:
            return
        try:
            form = edit(self._cluster, live)
        except AnswersError as error:
            self._console.say(str(error), error=True)
            return
        await self._console.push_screen(form)

    async def _operated(self, resource: Resource, key: RowKey, operation: Operation) -> None:
        screen = self._console.screen
        if operation.asks is not None and isinstance(screen, ConsoleScreen):
            await self._ask(screen, resource, key, operation, operation.asks, operation.asks.default)
        else:
            await self._reviewed(resource, key, operation)

    async def _choose(self, target: Target, operation: Operation) -> None:
        """What an operation is about is chosen from a list of its own."""
        from modeltui.ui.choosers import CHOOSERS

        await self._console.push_screen(CHOOSERS[operation.chooses](self._cluster, target.obj))

    async def _ask(
        self, screen: ConsoleScreen, resource: Resource, key: RowKey, operation: Operation, question: Question, typed: str
    ) -> None:
        """Until the answer is good; what was typed stays."""

        def answered(line: str) -> None:
            answer = line.strip()
            if problem := question.problem(answer):
                self._console.say(problem, error=True)
                screen.call_next(self._ask, screen, resource, key, operation, question, line)
            else:
                screen.call_next(self._reviewed, resource, key, operation, answer)

        if question.help:
            self._console.say(question.help)
        await screen.ask(f"{operation.title}: {keys.brief(question.label)}?", answered, value=typed, proposed=True)

    async def _reviewed(self, resource: Resource, key: RowKey, operation: Operation, answer: str = "") -> None:
        live = await self._live(resource, key)
        if live is None:
            return
        try:
            change = change_of(operation, resource, live, answer=answer)
        except (AnswersError, NotPossible) as error:
            self._console.say(str(error), error=True)
            return
        await self.review(change)

    async def _live(self, resource: Resource, key: RowKey) -> Manifest | None:
        """The whole object as it is now; None, and said, when it cannot be had."""
        try:
            live = await read(self._cluster.session.client, resource, *key)
        except KubeError as error:
            self._console.say(str(error), error=True, raw=raw_words(error))
            return None
        if live is None:
            self._console.say(f"{_named(resource, key)} is gone.", error=True)
        return live


def _named(resource: Resource, key: RowKey) -> str:
    return f"{resource.kind} {'/'.join(part for part in key if part)}"
