"""create, update, patch and apply: one path from what a client sent to what is stored.

decode (decoding.py) -> what the endpoint may not write is put back -> managedFields -> what the server sets -> validation -> store.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from modeltui.demo import admission, decoding, errors, metadata, ownership, patching
from modeltui.demo.core import Core, object_at
from modeltui.demo.errors import Object
from modeltui.demo.kinds import Target
from modeltui.demo.ownership import ALL_BUT_STATUS, STATUS
from modeltui.demo.schema import FieldError, Schema, embedded, validate, validate_scale
from modeltui.demo.storage import Stored


@dataclass(frozen=True, slots=True)
class Write:
    """One write request, apart from its body."""

    target: Target
    namespace: str | None = None
    name: str = ""
    subresource: str = ""
    manager: str = "unknown"
    dry_run: bool = False
    validation: str = "Warn"
    """fieldValidation: Ignore, Warn or Strict."""
    force: bool = False
    with_status: bool = False
    """In process only: a create keeps the status it is given."""
    duplicates: tuple[str, ...] = ()
    """What strict validation says of keys that the body has twice."""
    warnings: list[str] = field(default_factory=list)
    """Sentences for Warning headers, added on the way."""

    @property
    def key(self) -> str:
        return self.target.key(self.namespace, self.name)

    @property
    def splits_status(self) -> bool:
        return self.target.version.status or self.target.kind.strategy.has_status


class Written(NamedTuple):
    object: Object
    """In the version of the request."""
    created: bool = False


def create(core: Core, write: Write, sent: Object) -> Written:
    """Raises 400, 403, 404, 409 or 422."""
    decoding.check_kind(write.target, sent)
    obj = decoding.typed(write.target, sent, validation=write.validation, warnings=write.warnings, strict=write.duplicates)
    _set_namespace(write, obj)
    if obj["metadata"].get("resourceVersion"):
        raise errors.untyped("resourceVersion should not be set on objects to be created")
    return _create(core, write, obj, status=sent.get("status") if write.with_status else None)


def _create(core: Core, write: Write, obj: Object, *, status: Any = None, applied: bool = False) -> Written:
    kind, strategy = write.target.kind, write.target.kind.strategy
    _check_namespace(core, write)
    ownable = True
    if write.splits_status and not strategy.creates_status:
        given = obj.pop("status", None)
        # A status that does not fit keeps anybody from owning anything, though it is thrown away.
        ownable = not kind.custom or ownership.fits(write.target.version.schema, {"status": given})
        obj |= {key: value for key, value in decoding.empty(write.target).items() if key == "status"}
    meta = obj["metadata"]
    for part in (
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "selfLink",
        "resourceVersion",
    ):
        meta.pop(part, None)
    now = metadata.now()
    if not applied and ownable:
        obj = _owned(write, None, obj, now=now)
        meta = obj["metadata"]
    _once_each(write, meta)
    meta |= {"uid": str(uuid.uuid4()), "creationTimestamp": now}
    if not meta.get("name") and meta.get("generateName"):
        meta["name"] = metadata.generated_name(meta["generateName"])
    if strategy.counts_generation:
        meta["generation"] = 1  # of other kinds it stays as it was given
    strategy.prepare_create(obj)
    if status is not None:
        obj["status"] = status
    _refuse(write, meta.get("name", ""), _problems(write.target, obj, None))
    _warn(write, obj, None)
    key = write.target.key(write.namespace, meta["name"])
    if core.storage.get(kind.resource, key) is not None:
        raise errors.already_exists(plural=kind.plural, group=kind.group, name=meta["name"])
    charged = admission.admit(core, write.target, obj)
    if write.dry_run:
        return Written(obj, True)
    _charge(core, charged)
    return Written(object_at(write.target, core.commit(write.target, key, obj)), True)


def _charge(core: Core, charged: list[tuple[Object, Object]]) -> None:
    """Writes to the quotas what they now have less room for, as the API server itself does before it lets an object in."""
    target = core.registry.resolve(admission.QUOTAS)
    for quota, status in charged:
        meta = quota["metadata"]
        write = Write(target, meta["namespace"], meta["name"], subresource="status", manager="kube-apiserver")
        update(core, write, {**quota, "status": status})


def _set_namespace(write: Write, obj: Object) -> None:
    """The path's namespace goes into the object; another one in it is refused. Raises 400."""
    meta = obj["metadata"]
    if not write.target.kind.namespaced:
        meta.pop("namespace", None)
        return
    if meta.get("namespace", write.namespace) != write.namespace:
        raise errors.bad_request("the namespace of the provided object does not match the namespace sent on the request")
    meta["namespace"] = write.namespace


def _check_namespace(core: Core, write: Write) -> None:
    """Admission of NamespaceLifecycle: nothing new where there is no namespace, or where it is going away."""
    if not write.target.kind.namespaced or not write.namespace:
        return
    namespace = core.storage.get("namespaces", write.namespace)
    if namespace is None:
        raise errors.not_found(plural="namespaces", group="", name=write.namespace)
    if namespace.decode()["metadata"].get("deletionTimestamp"):
        because = f"unable to create new content in namespace {write.namespace} because it is being terminated"
        told = errors.forbidden(plural=write.target.kind.plural, group=write.target.kind.group, name=write.name, because=because)
        message = f"namespace {write.namespace} is being terminated"
        told.details["causes"] = [{"reason": "NamespaceTerminating", "message": message, "field": "metadata.namespace"}]
        raise told


def update(core: Core, write: Write, sent: Object) -> Written:
    """PUT, of the object or of its status. Raises 400, 404, 409 or 422."""
    decoding.check_kind(write.target, sent)
    obj = decoding.typed(write.target, sent, validation=write.validation, warnings=write.warnings, strict=write.duplicates)
    check_name(write, obj)
    stored = _precondition(core, write, obj["metadata"].get("uid", ""))
    return _replace(core, write, stored, obj)


def put_status(core: Core, target: Target, stored: Stored, status: Object) -> None:
    """The API server's own word about an object that it has just stored: nothing of it has to be read or looked through again."""
    live = object_at(target, stored)
    write = Write(target, stored.namespace or None, stored.name, subresource="status", manager="kube-apiserver")
    core.commit(target, stored.key, _owned(write, live, {**live, "status": status}, now=metadata.now()))


def _precondition(core: Core, write: Write, uid: str) -> Stored:
    """What is replaced; a uid that was sent must be its own. Raises 404 or 409."""
    stored = core.required(write.target, write.namespace, write.name)
    known = stored.decode()["metadata"]["uid"]
    if uid and known != uid:
        because = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {known}"
        raise errors.conflict(plural=write.target.kind.plural, group=write.target.kind.group, name=write.name, because=because)
    return stored


def patch(core: Core, write: Write, change: Any, *, media: str) -> Written:
    """JSON, merge or strategic merge patch. Raises 400, 404, 409, 415 or 422."""
    stored = core.required(write.target, write.namespace, write.name)
    live = object_at(write.target, stored)
    changed = patching.patched(write.target, live, change, media=media)
    decoding.check_patched(write.target, changed)
    obj = decoding.typed(write.target, changed, validation=write.validation, warnings=write.warnings, strict=write.duplicates, patched=True)
    check_name(write, obj)
    return _replace(core, write, stored, obj)


def apply(core: Core, write: Write, applied: Object) -> Written:
    """Server-side apply; creates what is not there. Raises 400, 403, 404, 409, 422 or 500."""
    if applied.get("kind") != write.target.kind.kind or not applied.get("apiVersion"):
        group, _, version = str(applied.get("apiVersion", "")).rpartition("/")
        raise errors.bad_request(f"invalid object type: {group}/{version}, Kind={applied.get('kind', '')}")
    applied_meta = applied.get("metadata") or {}
    check_name(write, {"metadata": {**applied_meta, "name": applied_meta.get("name") or write.name}})
    stored = core.stored(write.target, write.namespace, write.name)
    if stored is None and write.subresource:
        raise errors.not_found(plural=write.target.kind.plural, group=write.target.kind.group, name=write.name)
    live = object_at(write.target, stored) if stored is not None else None
    merged_object = merged(
        write,
        live,
        applied,
        schema=write.target.version.schema,
        api_version=write.target.api_version,
        versions=_versions(write),
        now=metadata.now(),
        reset=_reset(write),
    )
    if stored is None and applied_meta.get("uid"):
        because = f"uid mismatch: the provided object specified uid {applied_meta['uid']}, and no existing object was found"
        raise errors.conflict(plural=write.target.kind.plural, group=write.target.kind.group, name=write.name, because=because)
    obj = decoding.defaulted(write.target, merged_object)
    obj["metadata"] = {**obj["metadata"], "name": write.name}
    if stored is None:
        _set_namespace(write, obj)
        return _create(core, write, obj, applied=True)
    return _replace(core, write, stored, obj, applied=True)


def merged(
    write: Write,
    live: Object | None,
    applied: Object,
    *,
    schema: Schema,
    api_version: str,
    versions: set[str],
    now: str,
    reset: tuple[tuple[str, ...], ...],
) -> Object:
    """What comes of applying, with its owners. Raises 400, 409 or 500."""
    try:
        return ownership.apply(
            live,
            applied,
            manager=write.manager,
            force=write.force,
            schema=schema,
            api_version=api_version,
            now=now,
            subresource=write.subresource,
            reset=reset,
            versions=versions,
        )
    except ownership.ApplyConflict as conflict:
        raise errors.StatusError(409, "Conflict", conflict.message, details={"causes": conflict.causes}) from None
    except ownership.TypedPatchError as problem:
        raise errors.untyped(str(problem)) from None
    except ownership.BadApply as problem:
        raise errors.bad_request(str(problem)) from None


def replace(core: Core, write: Write, new: Object) -> Written:
    """Store `new`, whose owners are settled, over what is there. Raises 404, 409 or 422."""
    return _replace(core, write, core.required(write.target, write.namespace, write.name), new, applied=True)


def check_name(write: Write, obj: Object) -> None:
    """Raises 400 when it is not the one that the path names."""
    meta = obj["metadata"]
    if not meta.get("name"):
        raise errors.bad_request(f"the name of the object ({write.name} based on URL) was undeterminable: name must be provided")
    if meta["name"] != write.name:
        raise errors.bad_request(f"the name of the object ({meta['name']}) does not match the name on the URL ({write.name})")
    if write.target.kind.namespaced and meta.get("namespace", write.namespace) != write.namespace:
        raise errors.bad_request(
            f"the namespace of the object ({meta['namespace']}) does not match the namespace on the URL ({write.namespace})"
        )


def _modified(write: Write) -> errors.StatusError:
    return errors.modified(plural=write.target.kind.plural, group=write.target.kind.group, name=write.name)


def _replace(core: Core, write: Write, stored: Stored, new: Object, *, applied: bool = False) -> Written:
    """Store `new` over `stored`, within what the endpoint may write."""
    kind, strategy = write.target.kind, write.target.kind.strategy
    live = object_at(write.target, stored)
    old_meta, meta = live["metadata"], new["metadata"]
    version = meta.get("resourceVersion", "")
    if version and not version.isdecimal():
        raise errors.untyped(f'strconv.ParseUint: parsing "{version}": invalid syntax')
    if version in ("", "0") and not strategy.unconditional_update:
        told = metadata.wrong_value("metadata.resourceVersion", 0, "must be specified for an update")
        raise errors.invalid(kind=kind.plural, group=kind.group, name=write.name, errors=[told])
    if version not in ("", "0", old_meta["resourceVersion"]):
        raise _modified(write)
    new = _within(write, live, new)
    if not applied:
        new = _owned(write, live, new, now=metadata.now())
    _once_each(write, new["metadata"], when=" after mutating admission happens")
    if not write.subresource:
        strategy.prepare_update(new, live)
    counts = strategy.counts_generation and write.subresource != "status"
    if counts and _generated_state(write, new) != _generated_state(write, live):
        new["metadata"]["generation"] = int(old_meta.get("generation", 0)) + 1
    admission.check_update(core, write.target, new, live)
    _refuse(write, write.name, _problems(write.target, new, live, subresource=write.subresource))
    _warn(write, new, live)
    new = ownership.keep_times(live, new)
    if new is live or write.dry_run:
        return Written(new)
    if new["metadata"].get("deletionTimestamp") and not new["metadata"].get("finalizers") and not _waits(new):
        core.remove(write.target, stored.key)
        return Written(new)
    return Written(object_at(write.target, core.commit(write.target, stored.key, new)))


def _waits(obj: Object) -> bool:
    """Is a kubelet still stopping it?"""
    return bool(obj["metadata"].get("deletionGracePeriodSeconds"))


_SERVER_SET = ("creationTimestamp", "deletionTimestamp", "generation", "resourceVersion")


def _within(write: Write, live: Object, new: Object) -> Object:
    """`new` with everything put back that this endpoint does not write."""
    old_meta, meta = live["metadata"], dict(new["metadata"])
    if write.subresource == "status" and write.target.kind.custom:
        meta = {**old_meta, **{key: value for key, value in meta.items() if key == "managedFields"}}
    if not write.target.kind.namespaced:
        meta.pop("namespace", None)
    for part in ("uid", "namespace", "deletionGracePeriodSeconds"):
        if meta.get(part) is None and part in old_meta:
            meta[part] = old_meta[part]
    for part in _SERVER_SET:
        meta.pop(part, None)
        if part in old_meta:
            meta[part] = old_meta[part]
    if write.subresource == "status":
        kept = {key: value for key, value in live.items() if key != "status"}
        for part in write.target.kind.strategy.status_keeps:
            meta.pop(part, None)
            meta |= {part: old_meta[part]} if part in old_meta else {}
        return {**kept, "metadata": meta, **({"status": new["status"]} if "status" in new else {})}
    result = {**new, "metadata": meta}
    if write.splits_status:
        result.pop("status", None)
        if "status" in live:
            result["status"] = live["status"]
    return result


def _generated_state(write: Write, obj: Object) -> Object:
    """The part of an object whose changes generation counts."""
    if not write.target.kind.custom:
        return write.target.kind.strategy.generated_state(obj)
    left_out = {"metadata", "apiVersion", "kind"} | ({"status"} if write.splits_status else set())
    return {key: value for key, value in obj.items() if key not in left_out}


def _reset(write: Write) -> tuple[tuple[str, ...], ...]:
    if write.subresource == "status":
        if write.target.kind.custom:
            return ALL_BUT_STATUS
        return (("f:spec",), *(("f:metadata", f"f:{part}") for part in write.target.kind.strategy.status_keeps))
    return STATUS if write.splits_status else ()


def owned(write: Write, obj: Object) -> Object:
    """A created object with its managedFields, for what is answered and not stored."""
    return _owned(write, None, obj, now=metadata.now())


def _owned(write: Write, live: Object | None, new: Object, *, now: str) -> Object:
    return ownership.update(
        live,
        new,
        manager=write.manager,
        schema=write.target.version.schema,
        api_version=write.target.api_version,
        now=now,
        subresource=write.subresource,
        reset=_reset(write),
        empty=decoding.empty(write.target),
        versions=_versions(write),
    )


def _versions(write: Write) -> set[str]:
    kind = write.target.kind
    return {kind.api_version(version.name) for version in kind.versions}


def _problems(target: Target, new: Object, old: Object | None, *, subresource: str = "") -> list[FieldError]:
    strategy = target.kind.strategy
    kind = target.kind
    wrong = metadata.check(new["metadata"], namespaced=kind.namespaced, name_rule=strategy.name_problems, custom=kind.custom)
    if old is not None:
        wrong += metadata.check_update(new["metadata"], old["metadata"])
    new, old = decoding.without_owners(new), decoding.without_owners(old) if old is not None else None
    if target.kind.custom:
        for path, inner in embedded.objects(target.version.schema, new):
            wrong += metadata.check_embedded(inner, path)
        scale = target.version.scale
        if scale is not None:
            wrong += validate_scale(new, spec_path="." + ".".join(scale.replicas), status_path="." + ".".join(scale.observed))
        return validate(target.version.schema, new, old, before=wrong, part="status" if subresource == "status" else "")
    wrong += [error for error in validate(target.version.schema, new, old) if error.field != "<nil>"]
    return wrong + (strategy.validate_status(new, old) if subresource and old is not None else strategy.validate(new, old))


def _once_each(write: Write, meta: Object, *, when: str = "") -> None:
    if told := metadata.without_repeated_owners(meta, when=when):
        write.warnings.append(told)


def _warn(write: Write, new: Object, old: Object | None) -> None:
    if write.target.kind.custom:
        write.warnings.extend(metadata.finalizer_warnings(new["metadata"], old["metadata"] if old else None))
    write.warnings.extend(write.target.kind.strategy.warnings(new, old))


def _refuse(write: Write, name: str, wrong: list[FieldError]) -> None:
    if wrong:
        raise errors.invalid(kind=write.target.kind.kind, group=write.target.kind.group, name=name, errors=wrong)
