"""The scale subresource: the replica count of an object, as an autoscaling/v1 Scale."""

from __future__ import annotations

import json
from typing import Any

from modeltui.demo import errors, metadata, ownership, patching, writing
from modeltui.demo.columns import dig
from modeltui.demo.core import Core, object_at
from modeltui.demo.errors import Object
from modeltui.demo.kinds import Scale, Target
from modeltui.demo.ownership.scale import SCALE_VERSION, of_object, of_scale
from modeltui.demo.schema import DecodeError, ErrorType, FieldError, decode, prune, structural
from modeltui.demo.strategies.workloads import selector_text
from modeltui.demo.writing import Write, Written

_COUNT = {"type": "integer", "format": "int32"}
SCHEMA = {
    **structural.root(
        {
            "type": "object",
            "properties": {
                "spec": {"type": "object", "properties": {"replicas": {**_COUNT, structural.OMITTED: True}}},
                "status": {
                    "type": "object",
                    "properties": {"replicas": _COUNT, "selector": {"type": "string", structural.OMITTED: True}},
                    structural.WRITTEN: ["replicas"],
                },
            },
            structural.WRITTEN: ["spec", "status"],
        }
    ),
    structural.TYPED: True,
}


def scale_of(target: Target, obj: Object) -> Object:
    """Raises 404 when the kind does not scale."""
    scale = _paths(target)
    meta = obj["metadata"]
    shown = {key: meta[key] for key in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp") if key in meta}
    status: Object = {"replicas": int(dig(obj, *scale.observed, default=0))}
    selector = dig(obj, *scale.selector, default="") if scale.selector else ""
    if selector:
        status["selector"] = selector_text(selector) if isinstance(selector, dict) else selector
    wanted = int(dig(obj, *scale.replicas, default=0))
    spec = {"replicas": wanted} if wanted else {}  # of a Scale, zero is what is not written
    return {"kind": "Scale", "apiVersion": SCALE_VERSION, "metadata": shown, "spec": spec, "status": status}


def _paths(target: Target) -> Scale:
    if target.version.scale is None:
        raise errors.no_such_resource()
    return target.version.scale


def _field(target: Target) -> tuple[str, ...]:
    """Where the replicas stand, as a path of managedFields."""
    return tuple(f"f:{part}" for part in _paths(target).replicas)


def update(core: Core, write: Write, sent: Object) -> Written:
    """PUT of a Scale. Raises 400, 404, 409 or 422."""
    live, shown = _live(core, write)
    if (sent.get("kind") or "Scale", sent.get("apiVersion") or SCALE_VERSION) != ("Scale", SCALE_VERSION):
        raise errors.bad_request('no kind is registered for the type v1.Scale in scheme "pkg/runtime/scheme.go:111"')
    return _stored(core, write, live, _owned(write, shown, _typed(write, sent)))


def patch(core: Core, write: Write, change: Any, *, media: str) -> Written:
    """PATCH of a Scale, apply included. Raises 400, 404, 409, 415, 422 or 500."""
    live, shown = _live(core, write)
    if media == patching.APPLY:
        return _stored(core, write, live, _applied(write, shown, change))
    # A Scale has no lists: merging it strategically is merging it.
    as_merge = patching.MERGE if media == patching.STRATEGIC else media
    changed = patching.patched(write.target, shown, change, media=as_merge)
    return _stored(core, write, live, _owned(write, shown, _typed(write, changed, patched=True)))


def _live(core: Core, write: Write) -> tuple[Object, Object]:
    """The object, and its Scale with the owners of the replicas. Raises 404."""
    live = object_at(write.target, core.required(write.target, write.namespace, write.name))
    shown = scale_of(write.target, live)
    if owners := of_scale(live, _field(write.target)):
        shown["metadata"]["managedFields"] = owners
    return live, shown


def _typed(write: Write, sent: Object, *, patched: bool = False) -> Object:
    """Raises 400 (422 for a patch) for what no Scale can be."""
    known, unknown = prune(SCHEMA, sent)
    told = [f'unknown field "{path}"' for path in unknown]
    try:
        if told and write.validation == "Strict":
            raise DecodeError(f"strict decoding error: {', '.join(told)}")
        found = decode(SCHEMA, known)
    except DecodeError as problem:
        if patched:
            shown = FieldError(ErrorType.INVALID, "patch", json.dumps(sent), str(problem))
            raise errors.invalid(kind="", group="", name="", errors=[shown]) from None
        raise errors.bad_request(f'Scale in version "v1" cannot be handled as a Scale: {problem}') from None
    if write.validation == "Warn":
        write.warnings.extend(told)
    return found


def _owned(write: Write, shown: Object, new: Object) -> Object:
    return ownership.update(
        shown, new, manager=write.manager, schema=SCHEMA, api_version=SCALE_VERSION, now=metadata.now(), subresource="scale"
    )


def _applied(write: Write, shown: Object, applied: Object) -> Object:
    if write.target.kind.custom and not shown["metadata"].get("managedFields"):
        told = "failed to create manager for existing fields: request to convert CR to an invalid group/version"
        raise errors.untyped(f"{told}: {SCALE_VERSION}")
    merged = writing.merged(
        write, shown, applied, schema=SCHEMA, api_version=SCALE_VERSION, versions={SCALE_VERSION}, now=metadata.now(), reset=()
    )
    return _typed(write, merged, patched=True)


def _stored(core: Core, write: Write, live: Object, scale: Object) -> Written:
    meta = scale["metadata"]
    writing.check_name(write, scale)
    kind = write.target.kind
    if meta.get("uid", live["metadata"]["uid"]) != live["metadata"]["uid"]:
        because = f"Precondition failed: UID in precondition: {meta['uid']}, UID in object meta: {live['metadata']['uid']}"
        raise errors.conflict(plural=kind.plural, group=kind.group, name=write.name, because=because)
    replicas = scale["spec"].get("replicas", 0)
    if replicas < 0:
        told = metadata.wrong_value("spec.replicas", replicas, "must be greater than or equal to 0")
        raise errors.invalid(kind="Scale", group="autoscaling", name=write.name, errors=[told])
    new = of_object(_with(live, _paths(write.target).replicas, replicas), scale, _field(write.target), api_version=write.target.api_version)
    new["metadata"]["resourceVersion"] = meta.get("resourceVersion") or live["metadata"]["resourceVersion"]
    return Written(scale_of(write.target, writing.replace(core, write, new).object))


def _with(obj: Object, path: tuple[str, ...], value: Any) -> Object:
    """A copy of `obj` with `value` at `path`."""
    first, *rest = path
    return {**obj, first: _with(obj.get(first) or {}, tuple(rest), value) if rest else value}
