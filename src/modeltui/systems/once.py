"""What there is as of now, and the rows of a view: one list per resource and namespace, no watch."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from modeltui.domain import Row
from modeltui.kube.client import Client
from modeltui.kube.decode import Decoder
from modeltui.kube.errors import KubeError
from modeltui.kube.listing import Listing
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems import parents
from modeltui.systems.facts import ALL_NAMESPACES, FactTable
from modeltui.systems.live import is_row, row_of
from modeltui.systems.protocol import Merged, ObjectType, View


@dataclass(frozen=True, slots=True)
class Listed:
    """What was found, and which namespaces ("" for all) could not be listed and why."""

    rows: list[Row]
    failures: dict[str, KubeError]


@dataclass(frozen=True, slots=True)
class Read:
    """What was found, and what could not be listed and why: resource -> namespace ("" for all, or for none) -> error."""

    facts: FactTable
    failures: dict[Resource, dict[str, KubeError]]


async def read(client: Client, kinds: Mapping[Resource, ObjectType], namespaces: Sequence[str]) -> Read:
    """Each kind in each of the `namespaces` (none means all); kinds without a namespace once."""
    wanted = tuple(namespaces) or (ALL_NAMESPACES,)
    lists = await asyncio.gather(
        *(_lists(client, resource, kind, wanted if resource.namespaced else (ALL_NAMESPACES,)) for resource, kind in kinds.items())
    )
    found = dict(zip(kinds, lists, strict=True))
    return Read(_facts(found), {resource: failed for resource, answers in found.items() if (failed := _failed(answers))})


async def list_rows(client: Client, view: View, namespaces: Sequence[str], *, selector: str = "", name: str = "") -> Listed:
    """`namespaces`: none means all, which `name` does not go with. A joined resource that fails only makes cells unknown."""
    wanted = tuple(namespaces) or (ALL_NAMESPACES,)
    joins = {resource: kind for resource, kind in view.joins.items() if resource != view.resource}
    own, *joined = await asyncio.gather(
        _lists(client, view.resource, view.type, wanted, selector=selector, name=name),
        *(_lists(client, resource, kind, wanted if resource.namespaced else (ALL_NAMESPACES,)) for resource, kind in joins.items()),
    )
    facts = _facts(dict(zip((view.resource, *joins), (own, *joined), strict=True)))
    if selector or name:
        for namespace in wanted:  # the list of what was asked for, not of the kind
            facts.set_known(view.resource, namespace, known=False)
    listed = [obj for objects in own.values() if not isinstance(objects, KubeError) for obj in objects]
    rows = [row_of(view, obj, facts) for obj in listed if is_row(view, obj)]
    return Listed(rows, _failed(own))


@dataclass(frozen=True, slots=True)
class ListedTogether:
    """Rows of several kinds that stand under no other, and which of the kinds could not be listed: resource -> namespace -> why."""

    rows: list[Row]
    failures: dict[Resource, dict[str, KubeError]]


async def list_together(client: Client, merged: Merged, namespaces: Sequence[str], *, selector: str = "", name: str = "") -> ListedTogether:
    """As `list_rows`, of all parts of a table. What stands under another row is left out."""
    views, parent = merged.parts, parents.column(merged.columns)
    wanted = tuple(namespaces) or (ALL_NAMESPACES,)
    kinds: dict[Resource, ObjectType] = {view.resource: view.type for view in views}
    joins = {resource: kind for view in views for resource, kind in view.joins.items() if resource not in kinds}
    joined = await read(client, joins, namespaces)
    places = [wanted if view.resource.namespaced else (ALL_NAMESPACES,) for view in views]
    own = await asyncio.gather(
        *(_lists(client, view.resource, view.type, where, selector=selector, name=name) for view, where in zip(views, places, strict=True))
    )
    facts = joined.facts
    for view, answers in zip(views, own, strict=True):
        for namespace, objects in answers.items():
            if not isinstance(objects, KubeError):
                facts.set_known(view.resource, namespace, known=not (selector or name))
                for obj in objects:
                    facts.put(view.resource, obj)
    resources, rows = parents.by_kind(views), []
    for view in views:
        for obj in facts.every(view.resource):
            row = row_of(view, obj, facts)
            made_by = parents.read(str(row.values[parent] or ""), resources) if not row.problem else None
            if made_by is None or facts.get(made_by.resource, parents.where(made_by, obj.metadata.namespace), made_by.name) is None:
                rows.append(row)
    failures = {view.resource: _failed(answers) for view, answers in zip(views, own, strict=True)}
    return ListedTogether(rows, {resource: failed for resource, failed in failures.items() if failed})


Answers = dict[str, list[Object] | KubeError]
"""Of one resource, by namespace."""


def _facts(found: Mapping[Resource, Answers]) -> FactTable:
    facts = FactTable()
    for resource, answers in found.items():
        for namespace, objects in answers.items():
            if not isinstance(objects, KubeError):
                facts.set_known(resource, namespace, known=True)
                for obj in objects:
                    facts.put(resource, obj)
    return facts


def _failed(answers: Answers) -> dict[str, KubeError]:
    return {namespace: found for namespace, found in answers.items() if isinstance(found, KubeError)}


def decoded(kind: ObjectType, answer: bytes, *, namespace: str, name: str) -> Object:
    """One object from the server's answer; `Undecodable` when it does not fit."""
    decoder: Decoder[Any] = Decoder(kind, namespace=namespace)
    found: Object = decoder.object(msgspec.Raw(answer), name)
    return found


async def _lists(
    client: Client, resource: Resource, kind: ObjectType, namespaces: Sequence[str], *, selector: str = "", name: str = ""
) -> Answers:
    found = await asyncio.gather(*(_objects(client, resource, kind, namespace, selector, name) for namespace in namespaces))
    return dict(zip(namespaces, found, strict=True))


async def _objects(
    client: Client, resource: Resource, kind: ObjectType, namespace: str, selector: str, name: str
) -> list[Object] | KubeError:
    decoder: Decoder[Any] = Decoder(kind, namespace=namespace)
    try:
        if name:
            return [decoded(kind, await client.request("GET", resource.path(namespace, name)), namespace=namespace, name=name)]
        objects: list[Object] = []
        async for page in Listing(resource.path(namespace or None), decoder, selector).pages(client, ""):
            if page.restarted:
                objects.clear()
            for part in page.slices():
                objects += part
        return objects
    except KubeError as error:
        return error
