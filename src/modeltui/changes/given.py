"""Objects as a file gives them: only the fields that it speaks of. What the whole object becomes of that, the server is asked.

The rules are those of server-side apply: what the file leaves out stays as it is, but for what was applied before by us alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modeltui.changes.comparing import Changed, changed_fields
from modeltui.changes.lookup import pointer_to, without
from modeltui.changes.plan import Step
from modeltui.changes.review import all_refusals, review_step
from modeltui.changes.reviewed import Review, Reviewed
from modeltui.kube import errors
from modeltui.kube.apply import Manifest, Pointer, apply, read, writable
from modeltui.kube.client import Client
from modeltui.kube.resource import Resource
from modeltui.kube.secret_data import with_data


@dataclass(frozen=True, slots=True)
class Given:
    resource: Resource
    manifest: Manifest
    """As in the file, with the namespace that it goes into."""


async def review_given(client: Client, title: str, given: Sequence[Given]) -> Review:
    """As `review` of the whole objects. Nothing is written. Raises KubeError only when the server cannot be asked."""
    steps: list[Step] = []
    found: list[Reviewed] = []
    for one in given:
        reviewed = await _reviewed(client, one, steps)
        steps.append(reviewed.step)
        found.append(reviewed)
    return Review(title, tuple(found))


async def _reviewed(client: Client, given: Given, before: Sequence[Step]) -> Reviewed:
    manifest = with_data(given.manifest) if given.resource.kind == "Secret" else given.manifest
    metadata = manifest["metadata"]
    try:
        live = await read(client, given.resource, metadata.get("namespace", ""), metadata["name"])
    except errors.NotFound:  # the whole kind, which may be installed by one of the steps before
        live = None
    step = Step.apply(given.resource, manifest, live)
    if live is not None:
        try:
            would = await apply(client, given.resource, manifest, dry_run=True, force=True)
        except (errors.Unreachable, errors.Unauthorized):
            raise
        except errors.KubeError as error:
            return Reviewed(step, None, refusals=await all_refusals(client, step, error))
        step = Step.apply(given.resource, whole(live, manifest, would.object), live)
    return await review_step(client, step, before)


def whole(live: Mapping[str, Any], given: Mapping[str, Any], would: Mapping[str, Any]) -> Manifest:
    """The object that `given` makes of `live`: `would`, which the server says, without what only the server adds. Pure."""
    asked = writable(given)
    added = [
        _outermost(change, live, asked)
        for change in changed_fields(live, would)
        if change.pointer_before is None and change.pointer_after is not None and pointer_to(asked, change.path) is None
    ]
    return without(would, dict.fromkeys(added))


def _outermost(change: Changed, live: Mapping[str, Any], asked: Mapping[str, Any]) -> Pointer:
    """Where in the new version that begins which is neither in the old one nor in the file: no empty shell is to stay."""
    assert change.pointer_after is not None
    new = next(
        length
        for length in range(1, len(change.path) + 1)
        if pointer_to(live, change.path[:length]) is None and pointer_to(asked, change.path[:length]) is None
    )
    return change.pointer_after[:new]
