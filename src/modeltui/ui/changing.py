"""What can be changed, and what each of it begins: a form, an editor, or at once a review. Nothing here writes anything.

`offers` is what the menu of actions lists; the keys `e`, `shift-e` and ctrl-d are short cuts to some of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from modeltui.changes.plan import Change, Step
from modeltui.domain import RowKey
from modeltui.kube.apply import Manifest, read
from modeltui.kube.errors import KubeError
from modeltui.kube.resource import Resource
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.modelfs import edits
from modeltui.systems.modelfs.edits import NoVersion
from modeltui.systems.modelfs.types import ABSENT, MODELS, SOURCES, Version
from modeltui.ui.connection import Cluster, raw_words
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.screens.review import ReviewScreen
from modeltui.ui.wizards.model import ModelWizard
from modeltui.ui.wizards.source import SourceWizard

if TYPE_CHECKING:
    from modeltui.ui.console import ConsoleApp

Begin = Callable[[], Awaitable[None]]
FORMS: Final = frozenset({MODELS, SOURCES})
"""Kinds that have a form."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be done."""

    title: str
    begin: Begin
    verb: str = "patch"
    """What the user must be allowed to do with the resource."""
    resource: Resource | None = None
    """Of another kind than the row's."""


class Changing:
    """What can be changed of one cluster, from one console."""

    def __init__(self, console: ConsoleApp, cluster: Cluster) -> None:
        self._console = console
        self._cluster = cluster

    # ---- what there is to do

    def offers(self, resource: Resource, keys: Sequence[RowKey], *, namespace: str, version: Version | None = None) -> list[Offer]:
        """Of these objects (several when rows are marked), and, on the page of a Model, of the version under the cursor."""
        found: list[Offer] = []
        if len(keys) == 1:
            (key,) = keys
            found += self._of_version(key, version) if version is not None else []
            if resource in FORMS:
                found.append(Offer("Edit in a form", lambda: self.edit(resource, key)))
            if resource == MODELS:
                found.append(Offer("Add a version", lambda: self.edit(resource, key, add_version=True)))
            found.append(Offer("Edit as YAML", lambda: self.edit_yaml(resource, key)))
        if keys:
            several = f"{len(keys)} of them" if len(keys) > 1 else "it"
            found.append(Offer(f"Delete {several}", lambda: self.delete(resource, keys), verb="delete"))
        found.append(Offer("New Model", lambda: self.new("model", namespace), verb="create", resource=MODELS))
        found.append(Offer("New ModelSource", lambda: self.new("source", namespace), verb="create", resource=SOURCES))
        return found

    def _of_version(self, key: RowKey, version: Version) -> list[Offer]:
        name, shared = version.name, version.share is not None and version.share.enabled

        def edit(title: str, change: Callable[[Mapping[str, Any]], Manifest]) -> Begin:
            return lambda: self._edited(key, f"{title} {key[0]}/{key[1]}", change)

        absent = version.state == ABSENT
        state = (
            Offer(f"Resume version {name} (fetches it anew)", edit(f"Resume version {name} of", lambda live: edits.resumed(live, name)))
            if absent
            else Offer(
                f"Pause version {name} (removes its weights)", edit(f"Pause version {name} of", lambda live: edits.paused(live, name))
            )
        )
        share = "Stop sharing" if shared else "Share"
        return [
            state,
            Offer(f"{share} version {name}", edit(f"{share} version {name} of", lambda live: edits.shared(live, name, enabled=not shared))),
            Offer(f"Take version {name} out", edit(f"Take version {name} out of", lambda live: edits.without_version(live, name))),
        ]

    async def menu(self, resource: Resource, keys: Sequence[RowKey], *, namespace: str, version: Version | None = None) -> None:
        from modeltui.ui.screens.actions import ActionsScreen

        named = ", ".join(key[1] for key in keys[:3]) + (f" and {len(keys) - 3} more" if len(keys) > 3 else "")
        about = f"{resource.kind} {named}" if keys else f"Namespace {namespace}"
        offers = self.offers(resource, keys, namespace=namespace, version=version)
        await self._console.push_screen(ActionsScreen(self, offers, resource, namespace=namespace, about=about))

    async def why_not(self, offer: Offer, resource: Resource, namespace: str) -> str:
        """Why it cannot be done, in a sentence; "" when it can, or when nobody can tell before it is tried."""
        if self._cluster.session.client.read_only:
            return "read-only mode"
        wanted = offer.resource or resource
        try:
            verdict = await self._cluster.session.access.allowed(offer.verb, wanted, namespace or None)
        except KubeError:
            return ""
        if verdict.allowed is not False:
            return ""
        return f"you may not {offer.verb} {wanted.group_resource}" + (f": {verdict.reason}" if verdict.reason else "")

    # ---- beginnings

    async def new(self, what: str, namespace: str) -> None:
        wizard = ModelWizard if what == "model" else SourceWizard
        await self._console.push_screen(wizard(self._cluster, namespace))

    async def edit(self, resource: Resource, key: RowKey, *, add_version: bool = False) -> None:
        if resource not in FORMS:
            self._console.say(f"{resource.kind} has no form; e edits it as YAML.", error=True)
            return
        live = await self._live(resource, key)
        if live is None:
            return
        try:
            if resource == MODELS:
                form: ConsoleScreen = ModelWizard(self._cluster, key[0], live=live, add_version=add_version)
            else:
                form = SourceWizard(self._cluster, key[0], live=live)
        except AnswersError as error:
            self._console.say(str(error), error=True)
            return
        await self._console.push_screen(form)

    async def edit_yaml(self, resource: Resource, key: RowKey) -> None:
        from modeltui.ui.screens.edit import EditScreen

        live = await self._live(resource, key)
        if live is not None:
            await self._console.push_screen(EditScreen(self._cluster, resource, live))

    async def delete(self, resource: Resource, keys: Sequence[RowKey]) -> None:
        steps = []
        for key in keys:
            live = await self._live(resource, key)
            if live is None:
                return
            steps.append(Step.delete(resource, live))
        named = f"{resource.kind} {'/'.join(part for part in keys[0] if part)}" if len(keys) == 1 else f"{len(keys)} {resource.plural}"
        await self.review(Change(f"Delete {named}", tuple(steps)))

    async def review(self, change: Change) -> None:
        await self._console.push_screen(ReviewScreen(self._cluster, change))

    async def _edited(self, key: RowKey, title: str, change: Callable[[Mapping[str, Any]], Manifest]) -> None:
        live = await self._live(MODELS, key)
        if live is None:
            return
        try:
            desired = change(live)
        except (AnswersError, NoVersion) as error:
            self._console.say(str(error), error=True)
            return
        await self.review(Change(title, (Step.apply(MODELS, desired, live),)))

    async def _live(self, resource: Resource, key: RowKey) -> Manifest | None:
        """The whole object as it is now; None, and said, when it cannot be had."""
        named = f"{resource.kind} {'/'.join(part for part in key if part)}"
        try:
            live = await read(self._cluster.session.client, resource, *key)
        except KubeError as error:
            self._console.say(str(error), error=True, raw=raw_words(error))
            return None
        if live is None:
            self._console.say(f"{named} is gone.", error=True)
        return live
