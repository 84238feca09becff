"""Every finding about what is in the cluster: the checks of all systems over one reading of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.kube.client import Client
from modeltui.kube.discovery import Discovery
from modeltui.kube.errors import KubeError, NotFound
from modeltui.kube.objects import Object, Undecodable
from modeltui.kube.resource import Resource
from modeltui.systems import parents, registry
from modeltui.systems.checking import errors_first
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.core.types import Pod
from modeltui.systems.facts import FactTable
from modeltui.systems.once import decoded, read
from modeltui.systems.protocol import Facts, ObjectType, View
from modeltui.systems.serving import versions
from modeltui.systems.serving.deployment import Deployment
from modeltui.systems.serving.explained import EVIDENCE, explained, is_ill
from modeltui.systems.serving.rows import pods_of
from modeltui.systems.serving.tails import read_tails
from modeltui.systems.serving.why import Tails

_AT_ONCE: Final = 8
"""Secrets, or deployments' last words, asked for at the same time."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One finding about one object."""

    kind: str
    namespace: str
    name: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found, in how many objects, and what could not be looked at."""

    diagnoses: list[Diagnosis] = field(default_factory=list)
    objects: int = 0
    failures: dict[tuple[str, str], KubeError] = field(default_factory=dict)
    """(name of the view, namespace or "") -> why its objects could not be listed."""
    unseen: dict[tuple[Resource, str], KubeError] = field(default_factory=dict)
    """(resource, namespace or "") of what the checks would have asked -> why it could not be read. A kind that is not installed is
    not among it: there is nothing of it to be read."""
    facts: Facts = field(default_factory=FactTable)
    """All that was looked at."""


def diagnose(
    facts: Facts, namespaces: Iterable[str], views: Iterable[View] | None = None, *, tails: Mapping[str, Tails] | None = None
) -> list[Diagnosis]:
    """Of every object that is known in these namespaces, by view, namespace and name. `tails`: by namespace. Pure."""
    chosen = sorted(set(namespaces))
    found: list[Diagnosis] = []
    for view in registry.examined() if views is None else views:
        for namespace in chosen:
            if bool(namespace) != view.resource.namespaced:
                continue  # "" is where kinds without namespaces are; of the others it would mean all
            for obj in sorted(facts.all(view.resource, namespace), key=lambda obj: obj.metadata.name):
                found += diagnoses_of(view, obj, facts, tails=(tails or {}).get(namespace))
    return found


def diagnoses_of(view: View, obj: Object, facts: Facts, *, tails: Tails | None = None) -> list[Diagnosis]:
    """Of one object, errors first."""
    return [Diagnosis(view.resource.kind, *obj.metadata.key, finding) for finding in findings(view, obj, facts, tails=tails)]


def findings(view: View, obj: Object, facts: Facts, *, tails: Tails | None = None) -> tuple[Finding, ...]:
    """Of one object, errors first; of a deployment that is not well, why not, as far as `facts` know of its pods and their surroundings.
    `tails`: the last words of fallen containers in its namespace."""
    if isinstance(obj, Undecodable):
        return (Finding(Severity.ERROR, f"{obj.problem}.".replace("..", "."), "Look at it as YAML, and correct the field."),)
    if view.serves is not None and is_ill(deployment := view.serves.read(obj, facts)) and not _made_by_another(obj, deployment, facts):
        told = explained(view, obj, facts, tails=tails)
        return errors_first((*told.causes, *told.others))
    return errors_first(view.examine(obj, facts)) if view.examine else ()


def ill_pods(view: View, obj: Object, facts: Facts) -> list[Pod]:
    """Of a deployment that is not well: those whose last words may say why."""
    if view.serves is None or isinstance(obj, Undecodable) or not is_ill(view.serves.read(obj, facts)):
        return []
    return pods_of(facts, view.serves.pods, obj, view.serves.made(obj, facts)) or []


def _made_by_another(obj: Object, deployment: Deployment, facts: Facts) -> bool:
    """Whether what made it is there, and a deployment, too, that tells the same."""
    made_by = parents.read(parents.parent_of(obj, deployment), parents.by_kind(registry.serving()))
    view = registry.kind_of(made_by.resource) if made_by is not None else None
    if made_by is None or view is None:
        return False
    where = parents.where(made_by, obj.metadata.namespace)
    return any(facts.get(one.resource, where, made_by.name) is not None for one in (view, *view.older))


async def examine(client: Client, namespaces: Sequence[str]) -> Examination:
    """`namespaces`: none means all."""
    looked = await look(client, namespaces)
    await _look_around(client, namespaces, looked)
    own = {view.resource: view.name for view in looked.views}
    failures = {(own[resource], namespace): error for (resource, namespace), error in looked.unseen.items() if resource in own}
    unseen = {place: error for place, error in looked.unseen.items() if place[0] not in own and not is_absent(error)}
    there = {obj.metadata.namespace for view in looked.views for obj in looked.facts.every(view.resource)}
    objects = sum(1 for view in looked.views for _ in looked.facts.every(view.resource))
    tails = await _last_words(client, looked)
    return Examination(diagnose(looked.facts, there, looked.views, tails=tails), objects, failures, unseen, looked.facts)


async def _look_around(client: Client, namespaces: Sequence[str], looked: Looked) -> None:
    """What explains why deployments are not well: read only where there are some that are not."""
    ill = any(
        is_ill(view.serves.read(obj, looked.facts))
        for view in looked.views
        if view.serves is not None
        for obj in looked.facts.every(view.resource)
        if not isinstance(obj, Undecodable)
    )
    kinds = {
        resource: kind for resource, kind in EVIDENCE.items() if all(resource not in {*one.joins, *one.evidence} for one in looked.views)
    }
    if not ill or not kinds:
        return
    found = await read(client, kinds, namespaces)
    for resource in kinds:
        failed = found.failures.get(resource, {})
        for namespace in (namespaces or ("",)) if resource.namespaced else ("",):
            looked.facts.set_known(resource, namespace, known=namespace not in failed)
            if namespace in failed:
                looked.unseen[resource, namespace] = failed[namespace]
        for obj in found.facts.every(resource):
            looked.facts.put(resource, obj)


async def _last_words(client: Client, looked: Looked) -> Mapping[str, Tails]:
    """Of the fallen containers of deployments that are not well, by namespace."""
    gate, found = asyncio.Semaphore(_AT_ONCE), dict[str, dict[tuple[str, str], Sequence[str]]]()

    async def one(namespace: str, pods: list[Pod]) -> None:
        async with gate:
            read = await read_tails(client, pods)
        found.setdefault(namespace, {}).update(read)

    ill = [
        (obj.metadata.namespace, ill_pods(view, obj, looked.facts)) for view in looked.views for obj in looked.facts.every(view.resource)
    ]
    await asyncio.gather(*(one(namespace, pods) for namespace, pods in ill if pods))
    return found


@dataclass(frozen=True, slots=True)
class Looked:
    facts: FactTable
    unseen: dict[tuple[Resource, str], KubeError]
    """(resource, namespace or "") -> why it could not be read; NotFound for a kind that is not installed."""
    views: tuple[View, ...] = ()
    """Those of `registry.examined`, in the versions that the cluster serves."""


async def look(client: Client, namespaces: Sequence[str], *, also: FactTable | None = None, beside: Iterable[View] = ()) -> Looked:
    """All that the checks ask for. Each kind is listed once; Secrets are asked for by name, and only their keys are kept.

    `also`: objects that are not there yet; the Secrets that they refer to are asked for, too. `beside`: further views, such as of an
    older version of a kind than the one that is looked at because the cluster serves it."""
    discovery = Discovery(client)
    views = await versions.served(discovery, registry.examined())
    views += tuple(view for view in beside if view.resource not in {one.resource for one in views})
    kinds: dict[Resource, ObjectType] = {view.resource: view.type for view in views}
    for view in views:
        kinds = {**view.joins, **view.evidence, **kinds}  # its own view counts: another may join with it and read less of it
    kinds = {view.resource: view.type for view in views} | kinds  # what is examined comes first
    absent = await _absent(discovery, kinds)
    found = await read(client, {resource: kind for resource, kind in kinds.items() if resource not in absent}, namespaces)
    unseen: dict[tuple[Resource, str], KubeError] = {
        (resource, namespace): _absence(resource)
        for resource in absent
        for namespace in (namespaces if resource.namespaced and namespaces else ("",))
    }
    unseen |= {(resource, namespace): error for resource, failed in found.failures.items() for namespace, error in failed.items()}
    tables = (found.facts,) if also is None else (found.facts, also)
    referring = [(view, obj) for view in views for table in tables for obj in table.every(view.resource)]
    wanted: dict[str, set[str]] = {}
    for view, obj in referring:
        if not obj.metadata.namespace:
            continue  # a Secret has to be somewhere, and what is in no namespace does not say where
        wanted.setdefault(obj.metadata.namespace, set()).update(secrets_of(view, obj))
    for namespace, keys in (await read_secrets(client, wanted)).items():
        for secret in keys.found:
            found.facts.put(SECRETS, secret)
        found.facts.set_known(SECRETS, namespace, known=keys.error is None)
        if keys.error is not None:
            unseen[SECRETS, namespace] = keys.error
    return Looked(found.facts, unseen, views)


async def _absent(discovery: Discovery, kinds: Iterable[Resource]) -> set[Resource]:
    """Those that are not installed. Asked of the server's own list, since who may not list a kind is refused it whether it is there
    or not. None, when that list cannot be had: then the lists themselves say it."""
    try:
        served = {one.resource for one in await discovery.all()}
    except KubeError:
        return set()
    return {kind for kind in kinds if kind not in served and kind.api_version not in discovery.broken}


def _absence(resource: Resource) -> NotFound:
    error = NotFound(f"the server does not know {resource.group_resource}", status=404)
    error.missing_resource = True
    return error


def is_absent(error: KubeError) -> bool:
    """Whether the kind is not installed."""
    return isinstance(error, NotFound) and error.missing_resource


def secrets_of(view: View, obj: Object) -> frozenset[str]:
    """Names of the Secrets whose keys the checks of an object ask for."""
    return frozenset() if isinstance(obj, Undecodable) else frozenset(name for name in view.secrets(obj) if name)


@dataclass(frozen=True, slots=True)
class SecretKeys:
    """Of the Secrets that were asked for in a namespace: those that are there. With an error not all could be read."""

    found: tuple[Object, ...]
    error: KubeError | None = None


async def read_secrets(client: Client, wanted: Mapping[str, Iterable[str]]) -> dict[str, SecretKeys]:
    """`wanted`: namespace -> names. Each by its name, which needs fewer rights than a list; nothing is kept but the keys.
    Never raises KubeError."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(namespace: str, name: str) -> Object | KubeError | None:
        try:
            async with gate:
                answer = await client.request("GET", SECRETS.path(namespace, name))
        except NotFound:
            return None  # known not to be there
        except KubeError as error:
            return error
        return decoded(Secret, answer, namespace=namespace, name=name)

    async def of(namespace: str) -> SecretKeys:
        answers = await asyncio.gather(*(one(namespace, name) for name in sorted(wanted[namespace])))
        errors = [answer for answer in answers if isinstance(answer, KubeError)]
        return SecretKeys(tuple(answer for answer in answers if isinstance(answer, Object)), errors[0] if errors else None)

    return dict(zip(wanted, await asyncio.gather(*map(of, wanted)), strict=True))
