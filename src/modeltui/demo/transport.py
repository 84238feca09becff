"""The HTTP server: who calls, may they, what do they want, and the answer in the form they asked for."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from modeltui.demo import authorization, errors, log_requests, negotiation, openapi, reading, resources
from modeltui.demo.api import Api
from modeltui.demo.authorization import Authorizer
from modeltui.demo.calls import Answer, Call
from modeltui.demo.documents import Documents
from modeltui.demo.errors import StatusError
from modeltui.demo.faults import Fault, FaultProblem, Faults
from modeltui.demo.identities import ANONYMOUS, Identities, Identity
from modeltui.demo.kinds import SUBRESOURCE_VERBS, Target
from modeltui.demo.log_producer import Producer, ProducerProblem
from modeltui.demo.negotiation import JSON, Accepted
from modeltui.demo.request_info import RequestInfo, is_true, parse
from modeltui.demo.schema import ErrorType, FieldError
from modeltui.demo.streaming import port_forward, proxy
from modeltui.demo.streaming.pods import PodNetwork
from modeltui.demo.streams import Streams, WatchRequest
from modeltui.demo.watching import Watch

_log = logging.getLogger(__name__)
_DEPRECATION = web.RequestKey("deprecation", str)
"""Of a request: the warning of the version it speaks, which errors carry, too."""

BODY_LIMIT = 3 * 1024 * 1024
"""Bytes of a request's body, as upstream has it."""
_REASONS = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    410: "Expired",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


class ApiServer:
    """The aiohttp application over an Api. `app` is to be run; `stop()` ends the open streams."""

    def __init__(
        self,
        api: Api,
        identities: Identities,
        *,
        authorizer: Authorizer | None = None,
        faults: Faults | None = None,
        bookmark_period: float = 60.0,
        pace: float = 1.0,
    ) -> None:
        self.api = api
        self.identities = identities
        self.authorizer = authorizer or Authorizer(api.core.registry)
        self.faults = faults or Faults()
        self.streams = Streams()
        self.network = PodNetwork(api, self.faults, pace=pace)
        self.address = ""
        self._bookmark_period = bookmark_period
        self._documents = Documents(api.core.registry)
        self.app = web.Application(client_max_size=BODY_LIMIT)
        self.app.router.add_route("*", "/{path:.*}", self.handle)
        self.app.on_response_prepare.append(self._common_headers)

    def stop(self) -> None:
        self.streams.stopping.set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._answered(request)
        except StatusError as problem:
            return _status_response(problem, request)
        except web.HTTPRequestEntityTooLarge:
            told = StatusError(413, "RequestEntityTooLarge", f"Request entity too large: limit is {BODY_LIMIT}")
            return _status_response(told, request)
        except (ConnectionError, asyncio.CancelledError, web.HTTPException):
            raise
        except Exception as error:
            # The one place where nothing may escape: a fault of this server is a 500 for one client, told in the log, and no more.
            _log.exception("%s %s", request.method, request.path)
            return _status_response(errors.internal(f"{type(error).__name__}: {error}"), request)

    async def _answered(self, request: web.Request) -> web.StreamResponse:
        identity = self._impersonated(request, self._identify(request))
        info = parse(request.method, request.path, request.query)
        if request.path.startswith("/-/"):
            return await self._control(request, identity)
        watching = info.verb == "watch" or (info.subresource == "log" and is_true(request.query.get("follow")))
        fault = self.faults.strike(method=request.method, path=request.path, watch=watching, user=identity.name)
        if fault is not None:
            broken = await self._strike(request, fault, watching=watching)
            if broken is not None:
                return broken
        verdict = self.authorizer.decide(identity, info.attributes)
        if not verdict.allowed:
            told = authorization.refusal(identity, info.attributes)
            details = {"name": info.attributes.name, "group": info.group, "kind": info.resource}
            raise StatusError(403, "Forbidden", told, details={key: value for key, value in details.items() if value})
        if not info.resource:
            return await self._plain(request, identity)
        if (connected := await self._connect(request, identity, info)) is not None:
            return connected
        target = self._target(info)
        request[_DEPRECATION] = target.version.deprecation
        if request.method == "HEAD" and not target.kind.custom:
            raise errors.method_not_allowed()
        accepted = negotiation.accepted(request.headers.get("Accept", ""), custom=target.kind.custom)
        if info.verb == "watch":
            return await self._watch(request, target, info, accepted, fault)
        call = Call(
            info,
            target,
            request.query,
            accepted,
            identity,
            request.headers.get("User-Agent", ""),
            request.headers.get("Content-Type", ""),
            await request.read(),
        )
        if watching:
            return await log_requests.follow(request, self.api, call, self.streams, fault)
        answer = await resources.answer(self.api, self.authorizer, call)
        return await self._send(request, answer, accepted, deprecation=target.version.deprecation, fault=fault)

    # who -----------------------------------------------------------------------------------------------------------

    def _identify(self, request: web.Request) -> Identity:
        """By token or client certificate. Raises 401."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            found = self.identities.by_token(token.strip())
            if found is None:
                raise errors.unauthorized()
            return found
        if scheme:
            raise errors.unauthorized()
        certificate = request.transport.get_extra_info("peercert") if request.transport is not None else None
        if not certificate:
            return ANONYMOUS
        names = {key: value for part in certificate.get("subject", ()) for key, value in part}
        found = self.identities.by_name(names.get("commonName", ""))
        if found is None:
            raise errors.unauthorized()
        return found

    def _impersonated(self, request: web.Request, identity: Identity) -> Identity:
        """Who the caller wants to be taken for (`kubectl --as`). Raises 403."""
        name = request.headers.get("Impersonate-User", "")
        groups = request.headers.getall("Impersonate-Group", [])
        for resource, wanted in (("users", name), *(("groups", group) for group in groups)):
            attributes = authorization.Attributes("impersonate", resource=resource, name=wanted)
            if wanted and not self.authorizer.decide(identity, attributes).allowed:
                raise StatusError(403, "Forbidden", authorization.refusal(identity, attributes), details={"name": wanted, "kind": resource})
        return Identity(name, tuple(dict.fromkeys((*groups, "system:authenticated")))) if name else identity

    # what ----------------------------------------------------------------------------------------------------------

    def _target(self, info: RequestInfo) -> Target:
        registry = self.api.core.registry
        target = registry.find(info.group, info.version, info.resource)
        if target is None:
            raise errors.no_such_resource() if registry.is_built_in(info.group) else errors.no_such_path()
        return target

    async def _plain(self, request: web.Request, identity: Identity) -> web.StreamResponse:
        path = request.path.rstrip("/")
        parts = path.split("/")[1:]
        if parts[:1] in (["healthz"], ["livez"], ["readyz"]):
            return _health(parts, verbose="verbose" in request.query)
        if request.method != "GET" and not (request.method == "HEAD" and parts in ([], ["apis"])):
            raise errors.method_not_allowed()
        if parts == ["openapi", "v2"] and openapi.V2_PROTOBUF in request.headers.get("Accept", ""):
            return web.Response(body=openapi.v2_protobuf(), content_type=openapi.V2_PROTOBUF.replace("@", "."))
        accepted = negotiation.accepted(request.headers.get("Accept", ""))
        document = self._documents.get(path, accepted, address=self.address)
        if document is None:
            group = "" if parts[0] == "api" else parts[1] if parts[0] == "apis" and len(parts) > 2 else None
            raise errors.no_such_resource() if group is not None and self.api.core.registry.is_built_in(group) else errors.no_such_path()
        content_type = accepted.media
        if accepted.discovery and path in ("/api", "/apis"):
            content_type = f"{accepted.media};g=apidiscovery.k8s.io;v={accepted.discovery};as=APIGroupDiscoveryList"
        body = negotiation.render(document, accepted.media)
        return await self._compressed(request, body, content_type, headers={"Vary": "Accept"})

    async def _connect(self, request: web.Request, identity: Identity, info: RequestInfo) -> web.StreamResponse | None:
        """The answer of what leads into a pod; None for everything else."""
        match info.group, info.resource, info.subresource:
            case "", "pods", "portforward" if info.verb in SUBRESOURCE_VERBS["portforward"]:
                return await port_forward.serve(request, self.network, self.authorizer, identity, info, self.streams.stopping)
            case "", "pods" | "services", "proxy":
                return await proxy.serve(request, self.network, info)
        return None

    async def _watch(
        self, request: web.Request, target: Target, info: RequestInfo, accepted: Accepted, fault: Fault | None
    ) -> web.StreamResponse:
        query = request.query
        if "watch" not in target.kind.verbs:
            raise errors.method_not_allowed()
        options = resources.list_options(query)
        if info.name:
            options = replace(options, fields=",".join(filter(None, (options.fields, f"metadata.name={info.name}"))))
        initial = _check_watch(query)
        matches = reading.predicate(target, options)
        version = reading.parse_version(options.version)
        revision = self.api.core.storage.revision
        refused = errors.version_too_large(version, revision) if initial and version > revision else None
        skips = query.get("sendInitialEvents") is not None and not initial
        since = revision if skips and not version else (None if initial or not version else version)
        watch = Watch(self.api.core, target, info.namespace or None, since, matches)
        timeout = query.get("timeoutSeconds", "")
        bookmarks = is_true(query.get("allowWatchBookmarks"))
        # Whoever starts with what exists, and takes bookmarks, is told where that ends.
        initial_end = bookmarks and since is None
        wanted = WatchRequest(
            watch,
            accepted,
            bookmarks=bookmarks,
            initial_end=initial_end,
            timeout=float(timeout) if timeout.isdecimal() and int(timeout) else None,
            bookmark_period=self._bookmark_period,
            include=resources.include_object(query) if accepted.rendering == "Table" else "None",
            fault=fault,
            deprecation=target.version.deprecation,
            refused=refused,
        )
        return await self.streams.serve(request, wanted)

    # how -----------------------------------------------------------------------------------------------------------

    async def _send(
        self, request: web.Request, answer: Answer, accepted: Accepted, *, deprecation: str, fault: Fault | None
    ) -> web.StreamResponse:
        media = accepted.media if answer.media == JSON else answer.media
        body = negotiation.render(answer.body, accepted.media) if answer.media == JSON else answer.body
        warnings = [*([deprecation] if deprecation else []), *answer.warnings]
        headers = [("Warning", f"299 - {json.dumps(told, ensure_ascii=False)}") for told in warnings]
        if fault is not None and fault.kind == "drop" and request.transport is not None:
            response = web.StreamResponse(headers={"Content-Type": media, "Content-Length": str(len(body))})
            await response.prepare(request)
            await response.write(body[: len(body) // 2])
            request.transport.abort()
            return response
        return await self._compressed(request, body, media, code=answer.code, warnings=headers)

    async def _compressed(
        self,
        request: web.Request,
        body: bytes,
        media: str,
        *,
        code: int = 200,
        headers: Mapping[str, str] | None = None,
        warnings: list[tuple[str, str]] | None = None,
    ) -> web.Response:
        response = web.Response(status=code, body=body, headers=headers)
        response.headers["Content-Type"] = media
        for name, value in warnings or ():
            response.headers.add(name, value)
        if len(body) >= negotiation.GZIP_FROM and "gzip" in request.headers.get("Accept-Encoding", ""):
            response.body = await asyncio.to_thread(negotiation.compressed, body)
            response.headers["Content-Encoding"] = "gzip"
        return response

    async def _common_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Audit-Id"] = str(uuid.uuid4())
        response.headers.setdefault("Cache-Control", "no-cache, private")

    # faults --------------------------------------------------------------------------------------------------------

    async def _strike(self, request: web.Request, fault: Fault, *, watching: bool) -> web.StreamResponse | None:
        """The answer of a fault that answers; None when the request goes on."""
        match fault.kind:
            case "status":
                details = {"retryAfterSeconds": fault.retry_after} if fault.retry_after else {}
                raise StatusError(fault.code, _REASONS.get(fault.code, ""), "a fault on demand", details=details)
            case "expired-token":
                raise errors.unauthorized()
            case "gone" if not watching:
                raise errors.expired("The provided continue parameter is too old: a fault on demand")
            case "close":
                if request.transport is not None:
                    request.transport.abort()
                return web.Response()
            case "stall" if not watching:
                await self.streams.stopping.wait()
            case "delay":
                await asyncio.sleep(fault.seconds)
        return None

    async def _control(self, request: web.Request, identity: Identity) -> web.Response:
        """The control surface: admin only."""
        if "system:masters" not in identity.groups:
            attributes = authorization.Attributes(request.method.lower(), path=request.path)
            raise StatusError(403, "Forbidden", authorization.refusal(identity, attributes))
        match request.method, request.path:
            case "POST", "/-/faults":
                try:
                    self.faults.add(Fault.parse(await request.json()))
                except (FaultProblem, TypeError, ValueError) as problem:
                    raise errors.bad_request(str(problem)) from None
            case "DELETE", "/-/faults":
                self.faults.clear()
            case "POST", "/-/compact":
                self.api.core.storage.compact()
            case "POST", "/-/logs":
                try:
                    producer = Producer.parse(await request.json())
                except (ProducerProblem, ValueError) as problem:
                    raise errors.bad_request(str(problem)) from None
                self.streams.begin(producer.write(self.api))
            case "GET", "/-/faults":
                pass
            case _:
                raise errors.no_such_path()
        return web.json_response(self.faults.report())


def _health(parts: list[str], *, verbose: bool) -> web.Response:
    """/livez, /readyz and the like, and /livez/ping: this server is there, or nobody answers."""
    if parts[1:] not in ([], ["ping"]):
        raise errors.no_such_path()
    return web.Response(text=f"[+]ping ok\n{parts[0]} check passed\n" if verbose else "ok")


def _status_response(problem: StatusError, request: web.Request) -> web.Response:
    if isinstance(problem, errors.NoSuchPath):
        return web.Response(status=404, text=problem.message)
    headers = {"Retry-After": str(problem.retry_after)} if problem.retry_after else {}
    media = negotiation.YAML if request.headers.get("Accept", "").partition(",")[0].strip() == negotiation.YAML else JSON
    response = web.Response(status=problem.code, body=negotiation.render(problem.status(), media), content_type=media, headers=headers)
    for told in filter(None, (request.get(_DEPRECATION), *problem.warnings)):
        response.headers.add("Warning", f"299 - {json.dumps(told, ensure_ascii=False)}")
    return response


def _check_watch(query: Mapping[str, str]) -> bool:
    """Are initial events asked for? Raises 422 for what upstream refuses."""
    asked = query.get("sendInitialEvents")
    match = query.get("resourceVersionMatch", "")
    at, wrong = "resourceVersionMatch", list[FieldError]()
    if asked is not None and match != "NotOlderThan":
        wrong.append(FieldError(ErrorType.FORBIDDEN, at, None, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"))
    elif asked is None and match:
        wrong.append(
            FieldError(ErrorType.FORBIDDEN, at, None, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
        )
    if query.get("continue"):
        wrong.append(FieldError(ErrorType.FORBIDDEN, at, None, "resourceVersionMatch is forbidden when continue is provided"))
    if wrong:
        raise errors.invalid_options("ListOptions", wrong)
    return asked is not None and is_true(asked)
