"""Requests for a container's log: which container, which part of it, and following it. As the API server and the kubelet answer them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from modeltui.demo import clock, errors
from modeltui.demo.api import Api
from modeltui.demo.calls import Call
from modeltui.demo.core import object_at
from modeltui.demo.errors import Object
from modeltui.demo.faults import Fault
from modeltui.demo.pod_logs import Line
from modeltui.demo.request_info import is_true
from modeltui.demo.schema import ErrorType, FieldError
from modeltui.demo.streams import Streams

_WAITING = {"ErrImagePull": "image can't be pulled", "ImagePullBackOff": "trying and failing to pull image"}
"""What the kubelet makes of the most common reasons; it repeats all others."""


@dataclass(frozen=True, slots=True)
class LogOptions:
    """PodLogOptions."""

    container: str = ""
    follow: bool = False
    previous: bool = False
    timestamps: bool = False
    tail: int | None = None
    since: datetime | None = None
    limit: int | None = None
    """Bytes."""

    @classmethod
    def parse(cls, query: Mapping[str, str], *, pod: str) -> LogOptions:
        """Raises 400 for what is no number or time, and 422 for what the API server refuses."""
        tail, limit, seconds = (_number(query, key) for key in ("tailLines", "limitBytes", "sinceSeconds"))
        moment = _moment(query.get("sinceTime", ""))
        wrong = []
        if tail is not None and tail < 0:
            wrong.append(FieldError(ErrorType.INVALID, "tailLines", tail, "must be greater than or equal to 0"))
        if limit is not None and limit < 1:
            wrong.append(FieldError(ErrorType.INVALID, "limitBytes", limit, "must be greater than 0"))
        if seconds is not None and moment is not None:
            wrong.append(FieldError(ErrorType.FORBIDDEN, "", None, "at most one of `sinceTime` or `sinceSeconds` may be specified"))
        elif seconds is not None and seconds < 1:
            wrong.append(FieldError(ErrorType.INVALID, "sinceSeconds", seconds, "must be greater than 0"))
        if wrong:
            raise errors.invalid(kind="PodLogOptions", group="", name=pod, errors=wrong)
        return cls(
            container=query.get("container", ""),
            follow=is_true(query.get("follow")),
            previous=is_true(query.get("previous")),
            timestamps=is_true(query.get("timestamps")),
            tail=tail,
            since=moment if seconds is None else clock.now() - timedelta(seconds=seconds),
            limit=limit,
        )


def _number(query: Mapping[str, str], key: str) -> int | None:
    text = query.get(key, "")
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise errors.bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from None


def _moment(text: str) -> datetime | None:
    """Without its fraction: the API server hands whole seconds on to the kubelet."""
    if text in ("", "null"):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise errors.bad_request(f'parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse "{text}" as "2006"')
    return moment.astimezone(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Source:
    """Which of the logs that are kept is meant."""

    namespace: str
    pod: str
    container: str
    previous: bool = False


def source(api: Api, call: Call, options: LogOptions) -> Source | None:
    """The log that is asked for; None when no kubelet can be asked, and nothing is said. Raises 400 or 404."""
    info = call.info
    pod = object_at(call.target, api.core.required(call.target, info.namespace, info.name))
    container = _container(pod, options.container)
    if not pod["spec"].get("nodeName"):
        return None
    status = _status(pod, container)
    has_previous = api.logs.has_previous(info.namespace, info.name, container)
    if options.previous:
        if not has_previous:
            raise errors.bad_request(f'previous terminated container "{container}" in pod "{info.name}" not found')
        return Source(info.namespace, info.name, container, previous=True)
    waiting = (status.get("state") or {}).get("waiting")
    if waiting and not api.logs.read(info.namespace, info.name, container, tail=1):
        if has_previous and (status.get("lastState") or {}).get("terminated"):
            return Source(info.namespace, info.name, container, previous=True)  # it waits to start again: the log of its last run
        reason = waiting.get("reason", "ContainerCreating")
        raise errors.bad_request(f'container "{container}" in pod "{info.name}" is waiting to start: {_WAITING.get(reason, reason)}')
    return Source(info.namespace, info.name, container)


def _container(pod: Object, wanted: str) -> str:
    spec, name = pod.get("spec") or {}, pod["metadata"]["name"]
    main = [each["name"] for each in spec.get("containers") or []]
    init, ephemeral = ([each["name"] for each in spec.get(key) or []] for key in ("initContainers", "ephemeralContainers"))
    if not wanted and len(main) == 1:
        return str(main[0])
    if not wanted:
        raise errors.bad_request(
            f"a container name must be specified for pod {name}, choose one of: [{' '.join([*init, *main, *ephemeral])}]"
        )
    if wanted not in (*init, *main, *ephemeral):
        raise errors.bad_request(f"container {wanted} is not valid for pod {name}")
    return wanted


def _status(pod: Object, container: str) -> dict[str, Any]:
    status = pod.get("status") or {}
    every = [each for key in ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses") for each in status.get(key) or []]
    return next((each for each in every if each.get("name") == container), {})


def text(api: Api, call: Call) -> bytes:
    """What was written so far. Raises 400, 404 or 422."""
    options = LogOptions.parse(call.query, pod=call.info.name)
    found = source(api, call, options)
    if found is None:
        return b""
    lines = api.logs.read(found.namespace, found.pod, found.container, previous=found.previous, tail=options.tail, since=options.since)
    return _rendered(lines, options)[: options.limit]


async def follow(request: web.Request, api: Api, call: Call, streams: Streams, fault: Fault | None) -> web.StreamResponse:
    """That, and what is written from now on, until the container ends. Raises 400, 404 or 422 before anything is sent."""
    options = LogOptions.parse(call.query, pod=call.info.name)
    found = source(api, call, options)
    lines: list[Line] = []
    if found is not None:
        lines = api.logs.read(found.namespace, found.pod, found.container, previous=found.previous, tail=options.tail, since=options.since)
        written = api.logs.written(found.namespace, found.pod, found.container)
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    wire = _Wire(request, response, options, fault)

    async def run() -> None:
        goes_on = await wire.send(lines)
        if found is None or found.previous or not goes_on:
            return
        async for batch in api.logs.follow(found.namespace, found.pod, found.container, seen=written):
            if not await wire.send(batch):
                return

    await streams.until_stopped(run(), limit=None)
    if not wire.broken:
        await response.write_eof()
    return response


class _Wire:
    """A log on its way, as far as its limit, or the fault that was wanted, lets it go."""

    def __init__(self, request: web.Request, response: web.StreamResponse, options: LogOptions, fault: Fault | None) -> None:
        self._request = request
        self._response = response
        self._options = options
        self._left = options.limit
        self._fault = fault if fault is not None and fault.kind in ("drop", "stall", "end") else None
        self._sent = 0
        self.broken = False

    async def send(self, lines: list[Line]) -> bool:
        """False when that was the last of it."""
        fault = self._fault
        room = max(fault.after - self._sent, 0) if fault is not None else len(lines)
        self._sent += len(lines)
        data = _rendered(lines[:room], self._options)
        if self._left is not None:
            data = data[: self._left]
            self._left -= len(data)
        if data:
            await self._response.write(data)
        if fault is not None and self._sent > fault.after:
            await self._break(fault, _rendered(lines[room : room + 1], self._options))
            return False
        return self._left != 0

    async def _break(self, fault: Fault, line: bytes) -> None:
        match fault.kind:
            case "drop":
                await self._response.write(line[: max(len(line) // 2, 1)])
                self.broken = True
                if self._request.transport is not None:
                    self._request.transport.abort()
            case "stall":
                await asyncio.Event().wait()


def _rendered(lines: Iterable[Line], options: LogOptions) -> bytes:
    return "".join(line.render(timestamps=options.timestamps) for line in lines).encode("utf-8", "surrogateescape")
