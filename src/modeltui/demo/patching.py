"""Patches that are no apply: JSON patch, JSON merge patch and strategic merge patch, each as a function of the live object."""

from __future__ import annotations

from typing import Any

from modeltui.demo import builtin, errors, json_patch
from modeltui.demo.copying import copied
from modeltui.demo.errors import Object
from modeltui.demo.kinds import Target

JSON = "application/json-patch+json"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"


def accepted(target: Target) -> tuple[str, ...]:
    """The content types of PATCH that the kind takes, in upstream's order."""
    return (JSON, MERGE, APPLY) if target.kind.custom else (JSON, MERGE, STRATEGIC, APPLY)


def patched(target: Target, live: Object, patch: Any, *, media: str) -> Object:
    """A new object. Raises 400 for what is no patch, 415 for a type the kind does not take, 422 for a patch that does not fit."""
    if media not in accepted(target):
        raise errors.unsupported_media(accepted(target))
    if media == JSON:
        return _json(live, patch)
    if not isinstance(patch, dict):
        raise errors.bad_request(
            f"json: cannot unmarshal {'array' if isinstance(patch, list) else 'value'} into Go value of type map[string]interface {{}}"
        )
    if media == MERGE:
        merged: Object = merge(live, patch)
        return merged
    try:
        return builtin.strategic_merge(target.version.schema, live, patch)
    except builtin.UnmergeablePatch as problem:
        raise errors.untyped(str(problem)) from None
    except builtin.BadPatch as problem:
        raise errors.bad_request(str(problem)) from None


def _json(live: Object, patch: Any) -> Object:
    if patch is not None and not isinstance(patch, list):
        raise errors.bad_request("error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    if any(not isinstance(step, dict | None) for step in patch or ()):
        raise errors.bad_request("error decoding patch: json: cannot unmarshal value into Go value of type handlers.jsonPatchOp")
    if patch and len(patch) > json_patch.LIMIT:
        told = f"The allowed maximum operations in a JSON patch is {json_patch.LIMIT}, got {len(patch)}"
        raise errors.StatusError(413, "RequestEntityTooLarge", told)
    try:
        result = json_patch.apply(live, patch or [])
    except json_patch.FailedPatch:
        raise errors.rejected_patch() from None
    return result if isinstance(result, dict) else {}


def merge(live: Any, patch: Any) -> Any:
    """RFC 7386: null removes, objects merge, everything else replaces."""
    if not isinstance(patch, dict):
        return copied(patch)
    base = live if isinstance(live, dict) else {}
    merged = {key: value for key, value in base.items() if key not in patch}
    for key, value in patch.items():
        if value is not None:
            merged[key] = merge(base.get(key), value)
    return merged
