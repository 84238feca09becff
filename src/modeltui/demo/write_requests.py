"""Requests that write: from the query, the content type and the body to a Write, and on to the verb."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from modeltui.demo import duplicates, errors, negotiation, patching, scaling, writing
from modeltui.demo.api import Api
from modeltui.demo.calls import Call
from modeltui.demo.request_info import is_true
from modeltui.demo.schema import ErrorType, FieldError
from modeltui.demo.writing import Write, Written


def write_of(call: Call) -> Write:
    """Raises 415 for a patch of no known type, and 422 for options that cannot be."""
    query, wrong = call.query, list[FieldError]()
    options = {"update": "UpdateOptions", "patch": "PatchOptions"}.get(call.info.verb, "CreateOptions")
    dry_run, validation = query.get("dryRun", "All"), query.get("fieldValidation", "")
    manager = query.get("fieldManager", "")
    if dry_run != "All":
        wrong.append(FieldError(ErrorType.NOT_SUPPORTED, "dryRun", [dry_run], 'supported values: "All"'))
    if len(manager.encode()) > 128:
        wrong.append(FieldError(ErrorType.TOO_LONG, "fieldManager", None, "may not be more than 128 bytes"))
    if not manager.isprintable():
        wrong.append(FieldError(ErrorType.INVALID, "fieldManager", manager, "should only contain printable characters"))
    if validation not in ("", "Ignore", "Warn", "Strict"):
        supported = 'supported values: "", "Ignore", "Strict", "Warn"'
        wrong.append(FieldError(ErrorType.NOT_SUPPORTED, "fieldValidation", validation, supported))
    media = negotiation.media_type(call.content_type)
    if options == "PatchOptions" and media not in patching.accepted(call.target):
        raise errors.unsupported_media(patching.accepted(call.target))
    applies = media == patching.APPLY
    if options == "PatchOptions":
        if applies and not manager:
            wrong.append(FieldError(ErrorType.REQUIRED, "fieldManager", None, "is required for apply patch"))
        if not applies and "force" in query:
            wrong.append(FieldError(ErrorType.FORBIDDEN, "force", None, "may not be specified for non-apply patch"))
    if wrong:
        raise errors.invalid_options(options, wrong)
    return Write(
        call.target,
        call.info.namespace if call.target.kind.namespaced else None,
        call.info.name,
        subresource=call.info.subresource,
        manager=manager or _manager_of(call.user_agent),
        dry_run="dryRun" in query,
        validation=validation or "Warn",
        force=is_true(query.get("force")),
    )


def _strict(write: Write, call: Call) -> Write:
    """The write, told of the keys that its body has twice."""
    media = negotiation.media_type(call.content_type)
    if write.validation == "Ignore" or media == negotiation.PROTOBUF:
        return write
    if media != negotiation.YAML:
        found = duplicates.in_json(call.body)
        return replace(write, duplicates=tuple(f"json patch {told}" for told in found) if media == patching.JSON else tuple(found))
    told = duplicates.in_yaml(call.body)
    if told and write.validation == "Strict":
        told = [duplicates.unmarshal_errors(told)]
    return replace(write, duplicates=tuple(told))


def _manager_of(user_agent: str) -> str:
    """Who gives no field manager is known by the first word of the user agent."""
    return user_agent.partition("/")[0][:128] or "unknown"


def create(api: Api, call: Call, write: Write) -> Written:
    sent = negotiation.read_object(call.body, call.content_type, call.target)
    return writing.create(api.core, _strict(write, call), sent)


def update(api: Api, call: Call, write: Write) -> Written:
    sent = negotiation.read_object(call.body, call.content_type, call.target)
    if call.info.subresource == "scale":
        return scaling.update(api.core, write, sent)
    return writing.update(api.core, _strict(write, call), sent)


def patch(api: Api, call: Call, write: Write) -> Written:
    media, accepted = negotiation.media_type(call.content_type), patching.accepted(call.target)
    change: Any = negotiation.read(call.body, media, readable=accepted, what=call.target.kind.kind)
    if call.info.subresource == "scale":
        return scaling.patch(api.core, write, change, media=media)
    if media != patching.APPLY:
        return writing.patch(api.core, _strict(write, call), change, media=media)
    if not isinstance(change, dict | None):
        raise errors.bad_request("error decoding YAML: the patch is no object")
    told = duplicates.in_yaml(call.body) if write.validation != "Ignore" else []
    if told and write.validation == "Strict":
        raise errors.bad_request(f"error strict decoding YAML: error converting YAML to JSON: {duplicates.unmarshal_errors(told)}")
    write.warnings.extend(told)
    return writing.apply(api.core, write, change or {})
