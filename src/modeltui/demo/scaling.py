"""The scale subresource: the replica count of an object, as an autoscaling/v1 Scale."""

from __future__ import annotations

from typing import Any

from modeltui.demo import decoding, errors, metadata, patching, writing
from modeltui.demo.columns import dig
from modeltui.demo.core import Core, object_at
from modeltui.demo.errors import Object
from modeltui.demo.kinds import Scale, Target
from modeltui.demo.strategies.workloads import selector_text
from modeltui.demo.writing import Write, Written


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
    return {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": shown, "spec": spec, "status": status}


def _paths(target: Target) -> Scale:
    if target.version.scale is None:
        raise errors.no_such_resource()
    return target.version.scale


def update(core: Core, write: Write, sent: Object) -> Written:
    """PUT of a Scale. Raises 400, 404, 409 or 422."""
    if sent.get("kind", "Scale") != "Scale":
        raise errors.bad_request(f"expected input object type to be Scale, but {sent.get('kind')}")
    stored = core.required(write.target, write.namespace, write.name)
    live = object_at(write.target, stored)
    version = dig(sent, "metadata", "resourceVersion", default="")
    if version and version != live["metadata"]["resourceVersion"]:
        raise errors.modified(plural=write.target.kind.plural, group=write.target.kind.group, name=write.name)
    replicas = dig(sent, "spec", "replicas", default=0)
    if not isinstance(replicas, int) or isinstance(replicas, bool):
        raise errors.bad_request(
            'Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal value into Go struct field of type int32'
        )
    if replicas < 0:
        told = metadata.wrong_value("spec.replicas", replicas, "must be greater than or equal to 0")
        raise errors.invalid(kind="Scale", group="autoscaling", name=write.name, errors=[told])
    change: Any = replicas
    for part in reversed(_paths(write.target).replicas):
        change = {part: change}
    written = writing.patch(core, write, change, media=patching.MERGE)
    return Written(scale_of(write.target, written.object))


def patch(core: Core, write: Write, change: Any, *, media: str) -> Written:
    """PATCH of a Scale, by any patch but apply. Raises 400, 404, 409, 415 or 422."""
    live = object_at(write.target, core.required(write.target, write.namespace, write.name))
    shown = scale_of(write.target, live)
    if media in (patching.STRATEGIC, patching.APPLY):
        changed: Object = patching.merge(shown, decoding.without_nulls(change))
    else:
        changed = patching.patched(write.target, shown, change, media=media)
    return update(core, write, changed)
