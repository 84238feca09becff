"""From what a client sent to a typed object: kind and version fit the path, unknown fields go, defaults come."""

from __future__ import annotations

import json
from collections.abc import Sequence

from modeltui.demo import errors
from modeltui.demo.errors import Object, StatusError
from modeltui.demo.kinds import Target
from modeltui.demo.schema import DecodeError, ErrorType, FieldError, decode
from modeltui.demo.schema import default as fill_defaults
from modeltui.demo.schema import prune as drop_unknown

_SCHEME = "pkg/runtime/scheme.go:111"


def check_kind(target: Target, obj: Object) -> None:
    """Raises 400 when the body is of another kind or version than the path. Built-in kinds may leave both out."""
    kind, version = obj.get("kind"), obj.get("apiVersion")
    if not target.kind.custom:
        kind, version = kind or target.kind.kind, version or target.api_version
    if not kind or not version:
        missing = "apiVersion" if kind else "Kind"
        shown = json.dumps(obj, separators=(",", ":"))[:400]
        raise errors.bad_request(f"Object '{missing}' is missing in '{shown}'")
    if (kind, version) == (target.kind.kind, target.api_version):
        return
    if target.kind.custom and kind == target.kind.kind:
        raise errors.bad_request(f"the API version in the data ({version}) does not match the expected API version ({target.api_version})")
    told = f'no kind "{kind}" is registered for version "{version}" in scheme "{_SCHEME}"'
    raise errors.bad_request(f'{kind} in version "{str(version).rpartition("/")[2]}" cannot be handled as a {target.kind.kind}: {told}')


def check_patched(target: Target, obj: Object) -> None:
    """Raises 422 when a patch has made another kind or version of the object."""
    kind, version = obj.get("kind"), obj.get("apiVersion")
    if (kind, version) == (target.kind.kind, target.api_version):
        return
    if not kind or not target.kind.custom:
        raise _undecodable(target, "Object 'Kind' is missing" if not kind else "it is of another kind", sent=obj, patched=True)
    wrong = [("kind", kind, target.kind.kind)] if kind != target.kind.kind else []
    wrong += [("apiVersion", version, target.api_version)] if version != target.api_version else []
    told = [FieldError(ErrorType.INVALID, part, value, f"must be {wanted}") for part, value, wanted in wrong]
    raise errors.invalid(kind=str(kind), group=target.kind.group, name=(obj.get("metadata") or {}).get("name", ""), errors=told)


def typed(
    target: Target, sent: Object, *, validation: str, warnings: list[str], strict: Sequence[str] = (), patched: bool = False
) -> Object:
    """A new object: decoded, pruned and defaulted. `patched`: it is the outcome of a patch, whose errors read otherwise;
    `strict`: what strict validation has found before (keys given twice).

    Raises 400 (422 for a patch) for unknown fields under Strict and for what no decoder could read; adds to `warnings` under Warn.
    """
    named = {**sent, "apiVersion": target.api_version, "kind": target.kind.kind}
    obj, unknown = drop_unknown(target.version.schema, without_owners(named))
    _strictly(
        target, obj, [*strict, *(f'unknown field "{path}"' for path in unknown)], validation=validation, warnings=warnings, patched=patched
    )
    try:
        return _with_owners_of(_completed(target, obj), sent)
    except DecodeError as problem:
        if target.kind.custom:
            warnings.clear()  # metadata is read before anything is found to be unknown
        raise _undecodable(target, str(problem), sent=obj, patched=patched) from None


def defaulted(target: Target, obj: Object) -> Object:
    """The outcome of an apply, with defaults that nobody owns yet. Raises 422 for what no decoder could read."""
    merged = obj
    obj, _ = drop_unknown(target.version.schema, without_owners(obj), keep_nulls=True)
    try:
        return _with_owners_of(_completed(target, obj), merged)
    except DecodeError as problem:
        raise _undecodable(target, str(problem), sent=obj, patched=True) from None


def _completed(target: Target, obj: Object) -> Object:
    obj = decode(target.version.schema, obj)
    obj["metadata"] = {key: value for key, value in (obj.get("metadata") or {}).items() if key != "selfLink"}
    if target.kind.custom:
        return fill_defaults(target.version.schema, obj)
    target.kind.strategy.decode(obj)
    obj = fill_defaults(target.version.schema, obj)
    target.kind.strategy.default(obj)
    return obj


def empty(target: Target) -> Object:
    """What an object has before anyone wrote to it: nothing, but for the structs that a typed object always has."""
    return {} if target.kind.custom else decode(target.version.schema, {})


def without_owners(obj: Object) -> Object:
    """Without managedFields, which are half of many objects and of no interest to pruning, defaults and validation."""
    meta = obj.get("metadata")
    if not isinstance(meta, dict) or "managedFields" not in meta:
        return obj
    return {**obj, "metadata": {key: value for key, value in meta.items() if key != "managedFields"}}


def _with_owners_of(obj: Object, sent: Object) -> Object:
    """The managedFields that were sent, put back. Raises DecodeError when they are no list of entries."""
    meta = sent.get("metadata")
    owners = meta.get("managedFields") if isinstance(meta, dict) else None
    if owners is None:
        return obj
    if not isinstance(owners, list) or not all(isinstance(entry, dict) for entry in owners):
        raise DecodeError("json: cannot unmarshal into Go struct field ObjectMeta.metadata.managedFields of type []v1.ManagedFieldsEntry")
    obj["metadata"]["managedFields"] = owners
    return obj


def _strictly(target: Target, obj: Object, told: list[str], *, validation: str, warnings: list[str], patched: bool) -> None:
    if not told or validation == "Ignore":
        return
    if validation == "Warn":
        warnings.extend(told)
        return
    raise _undecodable(target, f"strict decoding error: {', '.join(told)}", sent=obj, patched=patched)


def _undecodable(target: Target, told: str, *, sent: Object, patched: bool) -> StatusError:
    if patched:
        shown = json.dumps(sent, separators=(",", ":"), sort_keys=True)
        return errors.invalid(kind="", group="", name="", errors=[FieldError(ErrorType.INVALID, "patch", shown, told)])
    return errors.bad_request(f'{target.kind.kind} in version "{target.version.name}" cannot be handled as a {target.kind.kind}: {told}')
