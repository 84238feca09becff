"""What a controller makes for an object of its own kind: created once, brought back to what is wanted, taken away again."""

from __future__ import annotations

from typing import Final

from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Failed, controlling_owner, deleting, owner_reference
from modeltui.demo.controllers.kinds import CLAIMS, JOBS
from modeltui.demo.errors import Object

_MADE_ONCE: Final = (JOBS, CLAIMS)
"""What nobody may change any more: a controller that has just begun must not try to."""


class Children:
    """Of one controller. It remembers what it wrote last, so that a step which changes nothing costs no write."""

    def __init__(self, manager: str) -> None:
        self._manager = manager
        self._written: dict[str, tuple[Object, int]] = {}
        """By uid: what was wanted, and the generation that this made."""

    def keep(self, api: Api, resource: str, wanted: Object, *, owner: Object | None) -> Object:
        """The child as it then is. `wanted` needs no apiVersion and kind; everything beside its metadata is taken over as it stands, status
        excepted. Raises Failed when it belongs to somebody else."""
        metadata = wanted["metadata"]
        namespace, name = metadata.get("namespace"), metadata["name"]
        references = {"ownerReferences": [owner_reference(owner)]} if owner is not None else {}
        existing = api.find(resource, name, namespace=namespace)
        if existing is None:
            made = api.create(resource, {**wanted, "metadata": {**metadata, **references}}, manager=self._manager)
            return self._noted(made, wanted)
        holder = controlling_owner(existing)
        if owner is not None and holder is not None and holder["uid"] != owner["metadata"]["uid"]:
            raise Failed(f"Object {namespace}/{name} is already owned by another {holder['kind']} controller {holder['name']}")
        if resource in _MADE_ONCE:
            return existing
        if deleting(existing) or self._written.get(existing["metadata"]["uid"]) == (wanted, existing["metadata"].get("generation", 0)):
            return existing
        merged = {**existing["metadata"]}
        for field in ("labels", "annotations"):
            if metadata.get(field):
                merged[field] = {**(merged.get(field) or {}), **metadata[field]}
        rest = {key: value for key, value in wanted.items() if key != "metadata"}
        return self._noted(api.update(resource, {**existing, **rest, "metadata": merged}, manager=self._manager), wanted)

    def drop(self, api: Api, resource: str, name: str, *, namespace: str) -> None:
        if (existing := api.find(resource, name, namespace=namespace)) is not None and not deleting(existing):
            api.delete(resource, name, namespace=namespace)

    def _noted(self, child: Object, wanted: Object) -> Object:
        self._written[child["metadata"]["uid"]] = (wanted, child["metadata"].get("generation", 0))
        return child


def owned(api: Api, resource: str, owner: Object) -> list[Object]:
    """Those that this very object controls."""
    uid = owner["metadata"]["uid"]
    found = api.list(resource, namespace=owner["metadata"].get("namespace"))
    return [each for each in found if (controlling_owner(each) or {}).get("uid") == uid]
