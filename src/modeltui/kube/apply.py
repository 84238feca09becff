"""Writing: server-side apply, creating, taking fields away, deleting. Every call can be a dry run, and every real one a guarded one.

Rules of the API server that this page knows, so that nobody above needs to:

- An apply patch is read as YAML, where JSON strings are not all allowed, and some mean something else (`_yaml`).
- An apply with a resourceVersion that the object no longer has is refused, but when the object is gone it is made anew, from the
  few fields of the patch; only a uid prevents that. So a guard (`Seen`) is always both.
- A DELETE with a body does not look at the query, so `dryRun` stands in both: in the body for the server, in the query for the
  read-only client.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from modeltui.kube import errors
from modeltui.kube.asked_fields import asked_fields
from modeltui.kube.client import Answer, Client, decoded
from modeltui.kube.resource import Resource
from modeltui.kube.secret_data import with_data

Manifest = dict[str, Any]
"""A whole Kubernetes object as JSON."""

Pointer = tuple[str | int, ...]
"""Where a field is in one version of an object: names of fields and positions in lists."""

FIELD_MANAGER: Final = "modeltui"

WRITE_TIMEOUT: Final = 65.0
"""Seconds without a byte. A server gives a write, with all the webhooks that it asks, up to 60 s; to give up before leaves us unsure."""

_WRITTEN_METADATA: Final = ("name", "namespace", "generateName", "labels", "annotations", "finalizers", "ownerReferences")
"""All that a user sets of metadata. The rest (uid, resourceVersion, managedFields, ...) is the server's."""

_TRIES: Final = 5


class Stale(errors.KubeError):
    """The object is no longer the one that was seen: changed, or deleted and made anew. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The version of an object that a write is meant for."""

    uid: str
    resource_version: str

    @classmethod
    def of(cls, obj: Mapping[str, Any]) -> Seen:
        metadata = obj["metadata"]
        return cls(metadata["uid"], metadata["resourceVersion"])


@dataclass(frozen=True, slots=True)
class Applied:
    """What the server made of a write, or would make of it."""

    object: Manifest
    created: bool
    warnings: tuple[str, ...] = ()


def writable(manifest: Mapping[str, Any]) -> Manifest:
    """What of `manifest` may be sent: never status or what the server keeps in metadata, and a Secret's values only as `data`."""
    metadata = {key: manifest["metadata"][key] for key in _WRITTEN_METADATA if key in manifest.get("metadata", {})}
    sent = {key: value for key, value in manifest.items() if key not in ("status", "metadata")} | {"metadata": metadata}
    return with_data(sent) if sent.get("kind") == "Secret" else sent


async def read(client: Client, resource: Resource, namespace: str, name: str) -> Manifest | None:
    """The object as it is now. None: it is certainly not there; that the whole kind is not served raises NotFound."""
    try:
        return await client.get(resource.path(namespace, name), Manifest)
    except errors.NotFound as error:
        if error.missing_resource:
            raise
        return None


async def apply(
    client: Client, resource: Resource, manifest: Manifest, *, dry_run: bool, force: bool = False, seen: Seen | None = None
) -> Applied:
    """Server-side apply of `manifest` (strict). Raises Conflict with `managers` when others own what it sets, unless `force`.

    With `seen` it is written only to that version of that object (else Stale). Fields that we own by an earlier update (not
    by apply) are taken over without asking: that manager is us.
    """
    body = writable(manifest)
    if seen is not None:
        body["metadata"] |= {"uid": seen.uid, "resourceVersion": seen.resource_version}
    path = resource.path(manifest["metadata"].get("namespace"), manifest["metadata"]["name"])
    try:
        answer = await _patch(client, path, body, kind="apply", dry_run=dry_run, force=force)
    except errors.Conflict as conflict:
        if not conflict.managers and seen is not None:
            raise Stale(conflict.message) from conflict
        if force or set(conflict.managers) != {FIELD_MANAGER}:
            raise
        return await apply(client, resource, manifest, dry_run=dry_run, force=True, seen=seen)
    except errors.Invalid as invalid:
        if seen is not None and invalid.causes and all(cause.field == "metadata.uid" for cause in invalid.causes):
            raise Stale(f"{resource.group_resource} {manifest['metadata']['name']} was deleted and made anew") from invalid
        raise
    return _applied(answer)


async def create_only(client: Client, resource: Resource, manifest: Manifest, *, dry_run: bool) -> Applied:
    """Make an object that must not exist yet (else AlreadyExists). Its fields are then ours as if it had been applied."""
    params = _params(dry_run) | {"fieldValidation": "Strict"}
    path = resource.path(manifest["metadata"].get("namespace"))
    sent = writable(manifest)
    answer = await client.answer("POST", path, params=params, body=sent, timeout=WRITE_TIMEOUT)
    made = _applied(answer)
    return made if dry_run else await _owned_by_apply(client, resource, sent, made)


async def take_away(
    client: Client,
    resource: Resource,
    namespace: str,
    name: str,
    paths: Iterable[Pointer],
    *,
    resource_version: str,
    dry_run: bool,
) -> Manifest:
    """Remove fields whoever owns them, if the object still has `resource_version` (else Stale). The pointers speak of that version."""
    last_first = sorted(paths, key=lambda path: [(isinstance(part, int), part) for part in path], reverse=True)
    operations: list[Manifest] = [{"op": "test", "path": "/metadata/resourceVersion", "value": resource_version}]
    operations += [{"op": "remove", "path": _json_pointer(path)} for path in last_first]
    answer = await _json_patch(client, resource.path(namespace, name), operations, dry_run=dry_run)
    return _applied(answer).object


async def delete(
    client: Client,
    resource: Resource,
    namespace: str,
    name: str,
    *,
    uid: str,
    resource_version: str = "",
    propagation: str = "Background",
    dry_run: bool,
) -> bool:
    """Delete that object and no other of its name (else Stale). True: gone; False: it waits for its finalizers or dependents.

    `propagation` is "Background", "Foreground" or "Orphan". Raises NotFound when it is gone already.
    """
    preconditions = {"uid": uid} | ({"resourceVersion": resource_version} if resource_version else {})
    options: Manifest = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": preconditions, "propagationPolicy": propagation}
    if dry_run:
        options["dryRun"] = ["All"]
    params = {"dryRun": "All"} if dry_run else {}
    try:
        answer = await client.answer("DELETE", resource.path(namespace, name), params=params, body=options, timeout=WRITE_TIMEOUT)
    except errors.Conflict as conflict:
        raise Stale(conflict.message) from conflict
    return _applied(answer).object.get("kind") == "Status"


async def _owned_by_apply(client: Client, resource: Resource, sent: Manifest, made: Applied) -> Applied:
    """The object just made, what was sent of it counted as applied: what an update made, an apply that omits it could never remove."""
    for _ in range(_TRIES):
        metadata = made.object["metadata"]
        entries = metadata.get("managedFields") or ()
        ours = [
            position for position, entry in enumerate(entries) if entry.get("manager") == FIELD_MANAGER and not entry.get("subresource")
        ]
        if not ours or entries[ours[0]].get("operation") == "Apply":
            return made
        path = resource.path(metadata.get("namespace"), metadata["name"])
        owned = entries[ours[0]].get("fieldsV1") or {}
        asked = asked_fields(owned, sent) or owned  # who owns nothing is forgotten, and the next apply takes all for somebody else's
        entry = {**entries[ours[0]], "operation": "Apply", "fieldsV1": asked}
        operations: list[Manifest] = [
            {"op": "test", "path": "/metadata/resourceVersion", "value": metadata["resourceVersion"]},
            {"op": "replace", "path": f"/metadata/managedFields/{ours[0]}", "value": entry},
        ]
        try:
            answer = await _json_patch(client, path, operations, dry_run=False)
            return Applied(_applied(answer).object, True, made.warnings)
        except Stale:
            now = await read(client, resource, metadata.get("namespace", ""), metadata["name"])
            if now is None:
                return made
            made = Applied(now, True, made.warnings)
        except errors.KubeError as error:  # it was made, which is what counts
            return Applied(made.object, True, (*made.warnings, f"made, but its fields do not count as applied: {error}"))
    return made


async def _json_patch(client: Client, path: str, operations: Sequence[Manifest], *, dry_run: bool) -> Answer:
    try:
        return await _patch(client, path, operations, kind="json", dry_run=dry_run)
    except errors.Invalid as invalid:
        if invalid.causes:
            raise
        raise Stale("the object has changed since it was read") from invalid  # the failed test; the server gives no reason


async def _patch(client: Client, path: str, body: object, *, kind: str, dry_run: bool, force: bool = False) -> Answer:
    params = _params(dry_run) | {"fieldValidation": "Strict"} | ({"force": "true"} if force else {})
    content = _yaml(body) if kind == "apply" else body
    content_type = "application/apply-patch+yaml" if kind == "apply" else "application/json-patch+json"
    return await client.answer("PATCH", path, params=params, body=content, content_type=content_type, timeout=WRITE_TIMEOUT)


def _params(dry_run: bool) -> dict[str, str]:
    return {"fieldManager": FIELD_MANAGER} | ({"dryRun": "All"} if dry_run else {})


def _applied(answer: Answer) -> Applied:
    return Applied(decoded(answer.body, Manifest, what="what the server made of the write"), answer.status == 201, answer.warnings)


def _json_pointer(path: Pointer) -> str:
    """RFC 6901."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


_NOT_IN_YAML: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Legal in a JSON string; in YAML forbidden, or (U+0085) a line end that becomes a space. Characters beyond U+FFFF stay as they
are: an escaped pair of surrogates is an error in YAML."""


def _yaml(body: object) -> bytes:
    """`body` as JSON that means the same when it is read as YAML."""
    text = msgspec.json.encode(body).decode()
    return _NOT_IN_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()
