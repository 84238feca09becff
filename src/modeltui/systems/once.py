"""The rows of a view as of now: one list per resource and namespace, no watch."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
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
from modeltui.systems.facts import ALL_NAMESPACES, FactTable
from modeltui.systems.live import row_of
from modeltui.systems.protocol import ObjectType, View


@dataclass(frozen=True, slots=True)
class Listed:
    """What was found, and which namespaces ("" for all) could not be listed and why."""

    rows: list[Row]
    failures: dict[str, KubeError]


async def list_rows(client: Client, view: View, namespaces: Sequence[str], *, selector: str = "", name: str = "") -> Listed:
    """`namespaces`: none means all, which `name` does not go with. A joined resource that fails only makes cells unknown."""
    wanted = tuple(namespaces) or (ALL_NAMESPACES,)
    joins = {resource: kind for resource, kind in view.joins.items() if resource != view.resource}
    own, *joined = await asyncio.gather(
        _lists(client, view.resource, view.type, wanted, selector=selector, name=name),
        *(_lists(client, resource, kind, wanted) for resource, kind in joins.items()),
    )
    facts = FactTable()
    for resource, found in zip((view.resource, *joins), (own, *joined), strict=True):
        for namespace, objects in found.items():
            if not isinstance(objects, KubeError):
                facts.set_known(resource, namespace, known=True)
                for obj in objects:
                    facts.put(resource, obj)
    rows = [row_of(view, obj, facts) for objects in own.values() if not isinstance(objects, KubeError) for obj in objects]
    return Listed(rows, {namespace: found for namespace, found in own.items() if isinstance(found, KubeError)})


async def _lists(
    client: Client, resource: Resource, kind: ObjectType, namespaces: Sequence[str], *, selector: str = "", name: str = ""
) -> dict[str, list[Object] | KubeError]:
    found = await asyncio.gather(*(_objects(client, resource, kind, namespace, selector, name) for namespace in namespaces))
    return dict(zip(namespaces, found, strict=True))


async def _objects(
    client: Client, resource: Resource, kind: ObjectType, namespace: str, selector: str, name: str
) -> list[Object] | KubeError:
    decoder: Decoder[Any] = Decoder(kind, namespace=namespace)
    try:
        if name:
            answer = await client.request("GET", resource.path(namespace, name))
            return [decoder.object(msgspec.Raw(answer), name)]
        objects: list[Object] = []
        async for page in Listing(resource.path(namespace or None), decoder, selector).pages(client, ""):
            if page.restarted:
                objects.clear()
            for part in page.slices():
                objects += part
        return objects
    except KubeError as error:
        return error
