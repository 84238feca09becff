"""Requests to resources: from the query and the body to a verb, and from its result to an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from modeltui.demo import (
    authorization,
    clock,
    decoding,
    delete_options,
    deletion,
    errors,
    log_requests,
    negotiation,
    reading,
    scaling,
    tables,
    write_requests,
    writing,
)
from modeltui.demo.api import Api
from modeltui.demo.authorization import Authorizer
from modeltui.demo.calls import Answer, Call, Query
from modeltui.demo.columns import dig
from modeltui.demo.core import bytes_at, object_at
from modeltui.demo.delete_options import DeleteOptions
from modeltui.demo.errors import Object
from modeltui.demo.kinds import CONNECTIONS, SUBRESOURCE_VERBS, Target
from modeltui.demo.negotiation import JSON
from modeltui.demo.reading import ListOptions, Page
from modeltui.demo.request_info import RequestInfo
from modeltui.demo.storage import encode
from modeltui.demo.writing import Write, Written


async def answer(api: Api, authorizer: Authorizer, call: Call) -> Answer:
    """Everything but watches and followed logs. Raises StatusError."""
    info, target = call.info, call.target
    if not target.kind.stored:
        return _review(authorizer, call)
    _check_subresource(target, info)
    if info.verb not in target.kind.verbs:
        raise errors.method_not_allowed()
    if info.subresource in target.kind.subresources and info.verb not in SUBRESOURCE_VERBS[info.subresource]:
        raise errors.method_not_allowed()
    if info.subresource in CONNECTIONS:
        raise _unconnected(api, call)
    if info.verb == "create" and target.kind.ending:
        because = "create not allowed while custom resource definition is terminating"
        raise errors.forbidden(plural=target.kind.plural, group=target.kind.group, name="", because=because)
    match info.verb:
        case "get":
            return _get(api, call)
        case "list":
            return await _list(api, call)
        case "create" if not info.name:
            return _written(call, api, write_requests.create)
        case "update" if info.name:
            return _written(call, api, write_requests.update)
        case "patch" if info.name:
            return _written(call, api, write_requests.patch)
        case "delete":
            return _delete(api, call)
        case "deletecollection":
            return await _delete_collection(api, call)
    raise errors.method_not_allowed()


def _check_subresource(target: Target, info: RequestInfo) -> None:
    if target.kind.custom and _outside(target, info):
        raise errors.no_such_path()
    known = {"": True, "status": target.version.status, "scale": target.version.scale is not None}
    if not known.get(info.subresource, info.subresource in target.kind.subresources):
        raise errors.no_such_resource()
    # RequestInfo gives a Namespace its own name as namespace.
    scoped = bool(info.namespace) and not (target.kind.resource == "namespaces" and info.name == info.namespace)
    if scoped and not target.kind.namespaced:
        raise errors.no_such_resource()
    if target.kind.namespaced and not scoped and (info.name or info.verb in ("create", "deletecollection")):
        # All namespaces at once can be listed and watched, nothing else.
        raise errors.no_such_resource() if info.name else errors.method_not_allowed()


def _outside(target: Target, info: RequestInfo) -> bool:
    """Is a custom resource asked for where its scope does not put it?"""
    if not target.kind.namespaced:
        return bool(info.namespace)
    return not info.namespace and (bool(info.name) or info.verb not in ("list", "watch"))


# reading ---------------------------------------------------------------------------------------------------------------


def _get(api: Api, call: Call) -> Answer:
    info, target = call.info, call.target
    if info.subresource == "log":
        return Answer(log_requests.text(api, call), media="text/plain")
    stored = reading.get(api.core, target, info.namespace, info.name, version=call.query.get("resourceVersion", ""))
    if info.subresource == "scale":
        return Answer(encode(_shown_scale(call, scaling.scale_of(target, object_at(target, stored)))))
    if not call.accepted.rendering:
        return Answer(bytes_at(target, stored))
    return Answer(encode(_shown(call, object_at(target, stored))))


def _shown(call: Call, obj: Object) -> Object:
    """One object in the form that was asked for."""
    match call.accepted.rendering:
        case "Table":
            meta = {"resourceVersion": obj["metadata"].get("resourceVersion", "")}
            return tables.table(call.target, [obj], meta=meta, include=include_object(call.query), version=call.accepted.version)
        case "PartialObjectMetadata":
            return tables.partial(obj, version=call.accepted.version)
        case "":
            return obj
    told = f"you requested {call.accepted.rendering}, but the requested object is not a list ({call.target.kind.kind})"
    raise errors.StatusError(406, "NotAcceptable", told)


def _shown_scale(call: Call, scale: Object) -> Object:
    if call.accepted.rendering == "Table":
        return tables.scale_table(scale, include=include_object(call.query), version=call.accepted.version)
    return _shown(call, scale)


def include_object(query: Query) -> str:
    """Raises 400."""
    wanted = query.get("includeObject") or "Metadata"
    if wanted not in ("None", "Metadata", "Object"):
        raise errors.bad_request(f'unrecognized includeObject value: "{wanted}"')
    return wanted


def list_options(query: Query) -> ListOptions:
    """Raises 400."""
    for number in ("limit", "timeoutSeconds"):
        if not query.get(number, "0").removeprefix("-").isdecimal():
            raise errors.bad_request(f'strconv.ParseInt: parsing "{query[number]}": invalid syntax')
    return ListOptions(
        labels=query.get("labelSelector", ""),
        fields=query.get("fieldSelector", ""),
        version=query.get("resourceVersion", ""),
        match=query.get("resourceVersionMatch", ""),
        limit=max(0, int(query.get("limit", "0"))),
        token=query.get("continue", ""),
        initial="sendInitialEvents" in query,
    )


async def _list(api: Api, call: Call) -> Answer:
    _check_rendering(call)
    return await _shown_page(call, reading.page(api.core, call.target, call.info.namespace, list_options(call.query)))


def _check_rendering(call: Call) -> None:
    """Raises 406 for a list that is asked for as one object."""
    if call.accepted.rendering == "PartialObjectMetadata":
        told = f"you requested PartialObjectMetadata, but the requested object is a list ({call.target.kind.list_name})"
        raise errors.StatusError(406, "NotAcceptable", told)


async def _shown_page(call: Call, page: Page, warnings: tuple[str, ...] = ()) -> Answer:
    """A list in the form that was asked for."""
    if not call.accepted.rendering:
        return Answer(page.data(), warnings=warnings)
    meta: Object = {"resourceVersion": str(page.revision)}
    if page.token:
        meta["continue"] = page.token
    if page.remaining is not None:
        meta["remainingItemCount"] = page.remaining
    objects = []
    for number, stored in enumerate(page.items, 1):
        objects.append(object_at(call.target, stored))
        if number % 500 == 0:
            await asyncio.sleep(0)  # a table of 10,000 rows does not hold up everyone else
    if call.accepted.rendering == "Table":
        shown = tables.table(call.target, objects, meta=meta, include=include_object(call.query), version=call.accepted.version)
    else:
        shown = tables.partial_list(objects, meta=meta, version=call.accepted.version)
    return Answer(encode(shown), warnings=warnings)


# writing ---------------------------------------------------------------------------------------------------------------


def _written(call: Call, api: Api, do: Callable[[Api, Call, Write], Written]) -> Answer:
    write = write_requests.write_of(call)
    try:
        written = do(api, call, write)
    except errors.StatusError as problem:
        problem.warnings = _as_many_as_fit(write.warnings)
        raise
    body = _shown_scale(call, written.object) if call.info.subresource == "scale" else _shown(call, written.object)
    return Answer(encode(body), 201 if written.created else 200, _as_many_as_fit(write.warnings))


WARNINGS_LIMIT = 4096
"""Characters of warnings after which an answer tells of no more."""


def _as_many_as_fit(warnings: list[str]) -> tuple[str, ...]:
    told, left = [], WARNINGS_LIMIT
    for each in dict.fromkeys(warnings):
        if left < 0:
            break
        told.append(each)
        left -= len(each)
    return tuple(told)


# deleting --------------------------------------------------------------------------------------------------------------


def _delete_options(call: Call) -> DeleteOptions:
    """From the body, or else from the query. Raises 400 or 422."""
    if not call.body.strip():
        return delete_options.from_query(call.query)
    media = negotiation.media_type(call.content_type)
    return delete_options.from_body(negotiation.read(call.body, media, readable=(JSON, negotiation.YAML), what="DeleteOptions"))


def _delete(api: Api, call: Call) -> Answer:
    if call.info.subresource:
        raise errors.method_not_allowed()
    target = call.target
    options = _delete_options(call)
    deleted = deletion.delete(api.core, target, call.info.namespace, call.info.name, options)
    warnings = _deletion_warnings(target, options)
    if not deleted.gone or target.kind.strategy.returns_deleted:
        return Answer(encode(_shown(call, deleted.object)), warnings=warnings)
    details = {"name": call.info.name, "group": target.kind.group, "kind": target.kind.plural, "uid": deleted.object["metadata"]["uid"]}
    shown = {key: value for key, value in details.items() if value}
    return Answer(encode({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": shown}), warnings=warnings)


async def _delete_collection(api: Api, call: Call) -> Answer:
    options = _delete_options(call)
    page = reading.page(api.core, call.target, call.info.namespace, list_options(call.query))
    _check_rendering(call)
    for stored in page.items:
        deletion.remove(api.core, call.target, stored, options)
    return await _shown_page(call, page, _deletion_warnings(call.target, options))


def _deletion_warnings(target: Target, options: DeleteOptions) -> tuple[str, ...]:
    if options.propagation or target.kind.strategy.default_propagation != "Orphan":
        return ()
    told = "set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning"
    return (f"child pods are preserved by default when {target.kind.plural} are deleted; {told}",)


# the rest --------------------------------------------------------------------------------------------------------------


def _review(authorizer: Authorizer, call: Call) -> Answer:
    if call.info.name:
        raise errors.no_such_resource()
    if call.info.verb != "create":
        raise errors.method_not_allowed()
    sent = negotiation.read_object(call.body, call.content_type, call.target)
    decoding.check_kind(call.target, sent)
    kind = call.target.kind.kind
    status = authorization.answer(authorizer, call.identity, kind, sent.get("spec") or {})
    write = write_requests.write_of(call)
    obj = decoding.typed(call.target, sent, validation=write.validation, warnings=write.warnings)
    match kind:
        case "SelfSubjectReview":
            obj["metadata"] = {**obj.get("metadata", {}), "creationTimestamp": clock.stamp(clock.now())}
        case "SelfSubjectRulesReview":
            obj = {**obj, "metadata": {}, "spec": {}}
        case _:
            obj = writing.owned(write, obj)
    return Answer(encode({**obj, "status": status}), 201, tuple(write.warnings))


def _unconnected(api: Api, call: Call) -> errors.StatusError:
    """Why nobody can be connected to a container: no kubelet runs here. What upstream says when one does not answer."""
    pod = object_at(call.target, api.core.required(call.target, call.info.namespace, call.info.name))
    node = dig(pod, "spec", "nodeName")
    if not node:
        return errors.bad_request(f"pod {call.info.name} does not have a host assigned")
    return errors.internal(f"error dialing backend: no kubelet answers on node {node}; the embedded cluster runs no containers")
