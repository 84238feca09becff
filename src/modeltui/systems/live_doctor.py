"""The doctor, live: the checks of an object run again when something changes that they asked about, and only then.

Pulled, as `live.LiveRows` is: while nobody calls `take`, no check runs, whatever happens in the cluster.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from modeltui.domain import Row, RowKey
from modeltui.kube.client import Client
from modeltui.kube.errors import KubeError
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.kube.state import Sync, SyncState
from modeltui.systems import registry
from modeltui.systems.asking import Askers, Asking, Question
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import PODS, Pod
from modeltui.systems.doctor import Diagnosis, SecretKeys, diagnoses_of, ill_pods, secrets_of
from modeltui.systems.facts import FactTable
from modeltui.systems.finding_rows import key_of, row
from modeltui.systems.live import Source, Watching
from modeltui.systems.protocol import Facts, ObjectType, View
from modeltui.systems.referred_secrets import ReferredSecrets
from modeltui.systems.serving.explained import EVIDENCE
from modeltui.systems.serving.tails import Tails

BATCH: Final = 250
"""Objects examined in one go, so that the first 10,000 do not hold up the keyboard; the rest follows at the next look."""

Place = tuple[Resource, str, str]
"""(resource, namespace, name) of an object."""


@dataclass(frozen=True, slots=True)
class FindingChanges:
    """What is new since the last look. Apply `removed` before `upserts`."""

    upserts: list[Row]
    removed: list[RowKey]
    more: bool = False
    """Whether objects are left for the next look."""


class LiveDoctor:
    """The findings in some namespaces, kept up to date. Use it on the session's event loop; `close()` gives the watches back."""

    def __init__(self, session: Watching, client: Client, namespaces: Sequence[str], views: Iterable[View] | None = None) -> None:
        """`namespaces`: none means all. `views`: those of `registry.examined`, in the versions that the cluster serves."""
        self.views = {view.resource: view for view in (registry.examined() if views is None else views)}
        self.namespaces = tuple(namespaces)
        self._session = session
        self._facts = FactTable()
        self._askers: Askers[Place] = Askers()
        self._due: dict[Place, None] = {}
        self._diagnoses: dict[Place, dict[RowKey, Diagnosis]] = {}
        self._by_key: dict[RowKey, Diagnosis] = {}
        self._rows: dict[RowKey, Row] = {}
        self._removed: dict[RowKey, None] = {}
        self._upserts: dict[RowKey, Row] = {}
        self._sources: list[Source] = []
        self._watched: set[Resource] = set()
        self._news = asyncio.Event()
        self._secrets = ReferredSecrets(client, learned=self._learn, done=self._news.set)
        self._tails = Tails(client, learned=self._heard)

    # ---- watching

    def start(self) -> None:
        kinds: dict[Resource, ObjectType] = {resource: view.type for resource, view in self.views.items()}
        for view in self.views.values():
            kinds |= {resource: kind for resource, kind in {**view.joins, **view.evidence}.items() if resource not in kinds}
        for resource, kind in kinds.items():
            self._watch(resource, kind)

    def _watch(self, resource: Resource, kind: ObjectType) -> None:
        self._sources.append(Source(self._session, resource, kind, self.namespaces, ""))
        self._watched.add(resource)

    def close(self) -> None:
        for source in self._sources:
            source.close()
        self._sources = []
        self._secrets.close()
        self._tails.close()

    def read_secrets_again(self) -> None:
        self._secrets.again()
        self._news.set()

    async def wait(self) -> None:
        """Until there is something to take."""
        if self._due:
            return
        waits = [asyncio.ensure_future(wait) for wait in (self._news.wait(), *(source.subscription.wait() for source in self._sources))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def take(self, limit: int = BATCH) -> FindingChanges:
        """The changes since the last look; when more than `limit` objects are due, the rest comes with the next one."""
        self._news.clear()
        for source in self._sources:
            self._note(source)
        self._secrets.read()
        for place in [place for place, _ in zip(self._due, range(limit), strict=False)]:
            del self._due[place]
            self._examine(place)
        changes = FindingChanges(list(self._upserts.values()), list(self._removed), bool(self._due))
        self._upserts, self._removed = {}, {}
        return changes

    # ---- what is known

    def diagnosis(self, key: RowKey) -> Diagnosis | None:
        """Behind a row."""
        return self._by_key.get(key)

    def obj(self, found: Diagnosis) -> Object | None:
        """That it is about, as of the last look."""
        return self._facts.get(self.view_of(found).resource, found.namespace, found.name)

    def view_of(self, found: Diagnosis) -> View:
        return next(view for view in self.views.values() if view.resource.kind == found.kind)

    def __len__(self) -> int:
        """How many findings there are."""
        return len(self._rows)

    @property
    def facts(self) -> Facts:
        return self._facts

    @property
    def objects(self) -> int:
        """How many have been examined, or are about to be."""
        return len(self._diagnoses) + sum(1 for place in self._due if place not in self._diagnoses)

    @property
    def settled(self) -> bool:
        """Whether every list has been answered, be it with a refusal, all of it taken over, and every object examined with that."""
        lists = all(state.sync is not Sync.SYNCING for states in self.states.values() for state in states.values())
        untaken = any(source.subscription.waiting for source in self._sources)
        return bool(self._sources) and lists and not untaken and not self._due and self._secrets.settled and self._tails.settled

    @property
    def states(self) -> dict[Resource, Mapping[str, SyncState]]:
        """Of every kind that is watched, the examined ones first: by namespace, "" for all and for kinds without."""
        return {source.resource: source.store.states for source in self._sources}

    @property
    def secrets_unread(self) -> dict[str, KubeError]:
        """Namespace -> why its Secrets could not be read."""
        return self._secrets.errors

    # ---- changes

    def _note(self, source: Source) -> None:
        """Takes over what changed in one store, and finds out which objects are to be examined again."""
        changes = source.subscription.take()
        for key in changes.keys:
            now = source.store.get(key)
            before = self._facts.put(source.resource, now) if now is not None else self._facts.drop(source.resource, key)
            if (view := self.views.get(source.resource)) is not None:
                self._note_own(view, before, now)
            if now is None and isinstance(before, Pod):
                self._tails.forget(before)
            self._mark(self._askers.of_change(source.resource, before, now))
        if changes.states:
            for namespace, known in source.known().items():
                if self._facts.set_known(source.resource, namespace, known=known):
                    self._mark(self._askers.of_knowing(source.resource, namespace))

    def _note_own(self, view: View, before: Object | None, now: Object | None) -> None:
        gone, come = (frozenset[str]() if obj is None else secrets_of(view, obj) for obj in (before, now))
        if (changed := before or now) is not None:
            self._secrets.refer(changed.metadata.namespace, before=gone, now=come)
        if now is not None:
            self._due[(view.resource, *now.metadata.key)] = None
        elif before is not None:
            self._forget((view.resource, *before.metadata.key))

    def _mark(self, places: Iterable[Place]) -> None:
        for place in places:
            if self._facts.get(*place) is not None:
                self._due[place] = None

    def _forget(self, place: Place) -> None:
        self._due.pop(place, None)
        self._askers.forget(place)
        self._show(place, {})
        self._diagnoses.pop(place, None)

    def _examine(self, place: Place) -> None:
        obj = self._facts.get(*place)
        if obj is None:
            return
        asking, view = Asking(self._facts), self.views[place[0]]
        found = diagnoses_of(view, obj, asking, tails=self._tails.of(place[1]))
        self._askers.note(place, asking.questions)
        self._look_around(asking.questions)
        self._tails.want(ill_pods(view, obj, self._facts))
        self._show(place, {key_of(diagnosis): diagnosis for diagnosis in found})

    def _look_around(self, questions: Iterable[Question]) -> None:
        """What explains why deployments are not well is watched once one of them is not, since only then it is asked about."""
        for resource, kind in EVIDENCE.items():
            if resource not in self._watched and any(question[1] == resource for question in questions):
                self._watch(resource, kind)

    def _heard(self, pod: Pod) -> None:
        """The last words of one of its containers."""
        self._mark(self._askers.of_change(PODS, pod, pod))
        self._news.set()

    def _show(self, place: Place, found: dict[RowKey, Diagnosis]) -> None:
        before = self._diagnoses.get(place, {})
        self._diagnoses[place] = found
        for key in before.keys() - found.keys():
            del self._by_key[key], self._rows[key]
            self._upserts.pop(key, None)
            self._removed[key] = None
        labels = obj.metadata.labels if (obj := self._facts.get(*place)) is not None else {}
        for key, diagnosis in found.items():
            self._by_key[key] = diagnosis
            self._removed.pop(key, None)
            if (fresh := row(diagnosis, labels)) != self._rows.get(key):
                self._rows[key] = self._upserts[key] = fresh

    def _learn(self, namespace: str, keys: SecretKeys) -> None:
        found = {secret.metadata.name: secret for secret in keys.found}
        there = {obj.metadata.name for obj in self._facts.all(SECRETS, namespace)}
        for name in there | found.keys():
            before, now = self._facts.get(SECRETS, namespace, name), found.get(name)
            if now is None:
                self._facts.drop(SECRETS, (namespace, name))
            else:
                self._facts.put(SECRETS, now)
            if before != now:
                self._mark(self._askers.of_change(SECRETS, before, now))
        if self._facts.set_known(SECRETS, namespace, known=keys.error is None):
            self._mark(self._askers.of_knowing(SECRETS, namespace))
