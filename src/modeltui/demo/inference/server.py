"""The HTTP server in a pod: models, chat and text completions, health and metrics, with vLLM's answers and errors.

What goes wrong on demand is a fault whose path begins with "pod:", such as "pod:team-nlp/llama-0/v1/chat/completions":
"status", "delay", "close", "slow" (`seconds` for each token), and in a stream, after `after` tokens, "drop" (the connection is
reset), "stall", "end" (no more, and no [DONE]), "garbage" (a line that is no JSON), "error-event" (an error object in the stream).
What fails for good is a pod's own (`Served.failure`), and a fault on demand goes before it.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from modeltui.demo.controllers.serving_pods import Served
from modeltui.demo.faults import Fault, Faults
from modeltui.demo.inference import text
from modeltui.demo.inference.metrics import Metrics
from modeltui.demo.inference.requests import Problem, Wanted, wanted

CONTEXT = 32768
"""Tokens of prompt and answer together, where the command line does not say."""
_TO_FIRST, _EACH = 0.15, 0.02
"""Seconds to the first token of an empty prompt, and for each one then."""
_READS = 8000
"""Tokens of prompt in a second."""
_CACHE = 40
"""Whole contexts that fit into the key-value cache."""
_CRASHED = "EngineCore encountered an issue. See stack trace (above) for the root cause."
_BODY = 64 * 1024 * 1024
"""Bytes of a request."""
_AT_ONCE = 0.002
"""Seconds below which tokens are not waited for one by one: the event loop's clock is no finer."""


@dataclass(eq=False, slots=True)
class Endpoint:
    """The near end of a connection to a pod."""

    socket: socket.socket
    reset: bool = False
    """Whether the pod's side broke it off: its socket says only that it ended, as a pair of sockets knows no RST."""


@dataclass(eq=False, slots=True)
class ModelServer:
    """One run of the server in a container. `place` is "NAMESPACE/POD", for the faults."""

    place: str
    serving: Served
    faults: Faults
    pace: float = 1.0
    metrics: Metrics = field(default_factory=Metrics)
    started: int = field(default_factory=lambda: int(time.time()))
    _http: web.Server = field(init=False)
    _endpoints: dict[Any, Endpoint] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._http = web.Server(self._handle, handler_cancellation=True, access_log=None, request_factory=_request)

    @property
    def context(self) -> int:
        return self.serving.context or CONTEXT

    async def accept(self, near: socket.socket, far: socket.socket) -> Endpoint:
        endpoint = Endpoint(near)
        _, protocol = await asyncio.get_running_loop().connect_accepted_socket(self._http, far)
        self._endpoints[protocol] = endpoint
        self._endpoints = {each: held for each, held in self._endpoints.items() if each is protocol or each.transport is not None}
        return endpoint

    async def aclose(self) -> None:
        """The container is gone, and every connection to it is reset."""
        for protocol in list(self._endpoints):
            self._reset(protocol)
        self._endpoints.clear()
        await self._http.shutdown(0.5)

    def _reset(self, protocol: Any) -> None:
        self._endpoints[protocol].reset = True
        if protocol.transport is not None:
            protocol.transport.abort()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        fault = self.faults.strike(method=request.method, path=f"pod:{self.place}{request.path}", watch=False, user="")
        if fault is None and request.path.endswith("/completions"):
            fault = _FAILURES.get(self.serving.failure)
        try:
            if fault is not None:
                match fault.kind:
                    case "status":
                        return _failure(Problem(fault.code, "InternalServerError" if fault.code >= 500 else "BadRequestError", _CRASHED))
                    case "delay":
                        await asyncio.sleep(fault.seconds)
                    case "stall" if fault.after == 0:
                        await asyncio.Event().wait()
                    case "close":
                        self._reset(request.protocol)
                        return web.Response()
            return await self._answer(request, fault)
        except Problem as problem:
            return _failure(problem)

    async def _answer(self, request: web.BaseRequest, fault: Fault | None) -> web.StreamResponse:
        match request.method, request.path:
            case "GET", "/health" | "/ping":
                return web.Response()
            case "GET", "/version":
                return web.json_response({"version": "0.11.0"})
            case "GET", "/metrics":
                body = self.metrics.render("".join(self.serving.models[:1]), cache=_CACHE * self.context)
                return web.Response(body=body.encode(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
            case "GET", "/v1/models":
                return web.json_response({"object": "list", "data": [self._model(name) for name in self.serving.models]})
            case "POST", "/v1/chat/completions" | "/v1/completions":
                return await self._complete(request, wanted(request.path, await request.read(), self.serving.models, self.context), fault)
            case _, "/health" | "/ping" | "/version" | "/metrics" | "/v1/models" | "/v1/chat/completions" | "/v1/completions":
                return web.json_response({"detail": "Method Not Allowed"}, status=405)
        return web.json_response({"detail": "Not Found"}, status=404)

    def _model(self, name: str) -> dict[str, Any]:
        about: dict[str, Any] = {"root": name, "parent": None, "max_model_len": self.context, "permission": []}
        return {"id": name, "object": "model", "created": self.started, "owned_by": "vllm", **about}

    async def _complete(self, request: web.BaseRequest, asked: Wanted, fault: Fault | None) -> web.StreamResponse:
        metrics, began = self.metrics, time.monotonic()
        metrics.running += 1
        metrics.prompt_tokens += asked.prompt_tokens
        metrics.held += asked.prompt_tokens
        generated = 0
        reason = "abort"
        try:
            await self._wait(_TO_FIRST + asked.prompt_tokens / _READS)
            metrics.first.observe(time.monotonic() - began)
            if asked.stream:
                response, generated = await self._stream(request, asked, fault)
            else:
                response, generated = await self._whole(asked, fault)
            reason = asked.finish_reason
        finally:
            metrics.running -= 1
            metrics.held -= asked.prompt_tokens
            metrics.generated += generated
            metrics.finished[reason] += 1
            metrics.whole.observe(time.monotonic() - began)
        return response

    async def _whole(self, asked: Wanted, fault: Fault | None) -> tuple[web.StreamResponse, int]:
        slow = fault.seconds if fault is not None and fault.kind == "slow" else 0.0
        await self._wait((_EACH + slow * self.pace) * asked.tokens)
        answer = "".join(text.tokens(asked.prompt, asked.tokens))
        if asked.chat:
            choice = {
                "index": 0,
                "message": {"role": "assistant", "content": answer},
                "logprobs": None,
                "finish_reason": asked.finish_reason,
            }
        else:
            choice = {"index": 0, "text": answer, "logprobs": None, "finish_reason": asked.finish_reason}
        body = {**self._about(asked, "chat.completion" if asked.chat else "text_completion"), "choices": [choice], "usage": asked.usage}
        return web.json_response(body), asked.tokens

    async def _stream(self, request: web.BaseRequest, asked: Wanted, fault: Fault | None) -> tuple[web.StreamResponse, int]:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8", "Server": "uvicorn"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        about = self._about(asked, "chat.completion.chunk" if asked.chat else "text_completion")
        if asked.chat:
            await response.write(_event({**about, "choices": [_delta({"role": "assistant", "content": ""})]}))
        sent, slow = 0, fault.seconds if fault is not None and fault.kind == "slow" else 0.0
        midway = fault if fault is not None and fault.kind in _MIDWAY else None
        for batch in self._batches(text.tokens(asked.prompt, asked.tokens), fault):
            if midway is not None and sent >= midway.after:
                if await self._strike(request, response, midway):
                    return response, sent
                midway = None
            await response.write(b"".join(_event({**about, "choices": [_piece(asked, token)]}) for token in batch))
            sent += len(batch)
            self.metrics.between.observe(_EACH / self.pace)
            await self._wait(_EACH * len(batch) + slow * self.pace)
        if midway is not None and await self._strike(request, response, midway):
            return response, sent
        await response.write(_event({**about, "choices": [_piece(asked, None)]}))
        if asked.include_usage:
            await response.write(_event({**about, "choices": [], "usage": asked.usage}))
        await response.write(b"data: [DONE]\n\n")
        await response.write_eof()
        return response, sent

    def _batches(self, tokens: Iterator[str], fault: Fault | None) -> Iterator[list[str]]:
        """One token at a time at a believable pace; several at once when time runs too fast to tell them apart."""
        each = _EACH / self.pace
        size = 1 if fault is not None or each >= _AT_ONCE else min(16, int(_AT_ONCE / each) if each else 16) or 1
        while batch := list(itertools.islice(tokens, size)):
            yield batch

    async def _strike(self, request: web.BaseRequest, response: web.StreamResponse, fault: Fault) -> bool:
        """What happens in the middle of a stream; whether it is over by that."""
        match fault.kind:
            case "drop":
                self._reset(request.protocol)
                return True
            case "stall":
                await asyncio.Event().wait()
            case "end":
                await response.write_eof()
                return True
            case "garbage":
                await response.write(b'data: {"choices": [\n\n')
            case "error-event":
                await response.write(_event(Problem(fault.code, "InternalServerError", _CRASHED).body()))
                await response.write(b"data: [DONE]\n\n")
                await response.write_eof()
                return True
        return False

    def _about(self, asked: Wanted, kind: str) -> dict[str, Any]:
        prefix = "chatcmpl" if asked.chat else "cmpl"
        return {"id": f"{prefix}-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": asked.model}

    async def _wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.pace if seconds / self.pace >= _AT_ONCE / 4 else 0)


_FAILURES = {
    "hang": Fault("stall"),
    "error": Fault("status", code=500),
    "reset": Fault("drop", after=12),
    "slow": Fault("slow", seconds=1.0),
}
"""What a pod's failure is, as a fault."""
_MIDWAY = ("drop", "stall", "end", "garbage", "error-event")


def _request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
    return web.BaseRequest(message, payload, protocol, writer, task, asyncio.get_running_loop(), client_max_size=_BODY)


def _piece(asked: Wanted, token: str | None) -> dict[str, Any]:
    """The choice of one chunk: a token, or the end."""
    reason = None if token is not None else asked.finish_reason
    if asked.chat:
        return _delta({"content": token} if token is not None else {"content": ""}, reason)
    return {"index": 0, "text": token or "", "logprobs": None, "finish_reason": reason}


def _delta(delta: dict[str, str], reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}


def _event(body: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"


def _failure(problem: Problem) -> web.Response:
    return web.json_response(problem.body(), status=problem.code)
