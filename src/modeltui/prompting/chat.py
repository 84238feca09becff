"""Asking, and hearing the answer piece by piece; and which models are served."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import httpx

from modeltui.kube import errors
from modeltui.prompting import failures
from modeltui.prompting.failures import PromptFailed
from modeltui.prompting.figures import Figures, Meter
from modeltui.prompting.messages import CHAT, DONE, MODELS, Message, ModelCard, Piece, Unreadable, cards, piece, request
from modeltui.prompting.routes import Route
from modeltui.prompting.sse import Events, LineTooLong

STALL: Final = 120.0
"""Seconds without a byte after which an answer is given up: a long prompt is read for a minute before the first token."""
_QUICK: Final = 15.0
"""Seconds without a byte for what needs no model."""


async def models(route: Route) -> tuple[ModelCard, ...]:
    """Those that the server lists. Raises PromptFailed."""
    try:
        async with route.open("GET", MODELS, stall=_QUICK) as response:
            body = await response.aread()
    except errors.KubeError as error:
        raise PromptFailed(failures.of_way(error)) from error
    except (httpx.HTTPError, OSError) as error:
        raise PromptFailed(await _broken(route, error, 0, _QUICK)) from error
    if response.status_code >= 300:
        raise PromptFailed(failures.of_answer(response.status_code, body, model="", path=MODELS, served=None))
    try:
        return cards(body)
    except Unreadable as error:
        raise PromptFailed(failures.unreadable(0, body.decode("utf-8", "replace"))) from error


@dataclass(eq=False, slots=True)
class Answer:
    """One question and what came of it. `pieces()` asks; what has come so far is kept whatever happens."""

    route: Route
    messages: Sequence[Message]
    model: str
    max_tokens: int | None = None
    stall: float = STALL
    clock: Callable[[], float] = time.monotonic
    finish_reason: str = ""
    """ "stop", "length": why the model ended; "" while it has not."""
    said: list[str] = field(default_factory=list)
    thought: list[str] = field(default_factory=list)
    """What a reasoning model thinks before it answers."""
    _meter: Meter | None = None
    _count: int = 0

    @property
    def text(self) -> str:
        return "".join(self.said)

    @property
    def reasoning(self) -> str:
        return "".join(self.thought)

    @property
    def figures(self) -> Figures:
        """As of now, and final once the answer has ended."""
        return self._meter.figures(self.clock()) if self._meter is not None else Figures()

    async def pieces(self) -> AsyncIterator[Piece]:
        """Raises PromptFailed. Closing it, or cancelling, ends the request: the server stops working on it."""
        self._meter = Meter(self.clock())
        try:
            async with self.route.open(
                "POST", CHAT, body=request(self.model, self.messages, max_tokens=self.max_tokens), stall=self.stall
            ) as response:
                if response.status_code >= 300:
                    raise PromptFailed(await self._refused(response))
                async for found in self._heard(response):
                    yield found
        except errors.KubeError as error:
            asleep = isinstance(error, errors.Timeout) and error.sent
            raise PromptFailed(failures.stalled(self._count, self.stall) if asleep else failures.of_way(error)) from error
        except (httpx.HTTPError, OSError) as error:
            raise PromptFailed(await _broken(self.route, error, self._count, self.stall)) from error
        finally:
            self._meter.end(self.clock())

    async def _heard(self, response: httpx.Response) -> AsyncIterator[Piece]:
        if "event-stream" not in response.headers.get("content-type", ""):
            # Some servers answer at once what they were asked to stream.
            found = self._take(await response.aread())
            yield found
            return
        events, done = Events(), False
        async for chunk in response.aiter_bytes():
            try:
                whole = events.feed(chunk)
            except LineTooLong as error:
                raise PromptFailed(failures.unreadable(self._count, str(error))) from error
            for event in whole:
                if event.data.strip() == DONE:
                    done = True
                elif not done:
                    yield self._take(event.data, error=event.kind == "error")
        for event in events.end():
            if event.data.strip() == DONE:
                done = True
            elif not done:
                yield self._take(event.data, error=event.kind == "error")
        if not done and not self.finish_reason:
            raise PromptFailed(failures.ended_early(self._count))

    def _take(self, data: str | bytes, *, error: bool = False) -> Piece:
        assert self._meter is not None
        try:
            found = piece(data)
        except Unreadable:
            told = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
            failed = failures.said_in_stream(self._count, told) if error else failures.unreadable(self._count, told)
            raise PromptFailed(failed) from None
        if found.error:
            raise PromptFailed(failures.said_in_stream(self._count, found.error))
        if found.text or found.reasoning:
            self._count += 1
            self._meter.piece(self.clock())
            self.said.append(found.text)
            self.thought.append(found.reasoning)
        if found.usage is not None:
            self._meter.usage(found.usage)
        self.finish_reason = found.finish_reason or self.finish_reason
        return found

    async def _refused(self, response: httpx.Response) -> failures.Failure:
        served = None
        if response.status_code in (400, 404):
            try:
                served = await models(self.route)
            except PromptFailed:
                served = None  # the answer itself says more than why this did not work
        return failures.of_answer(response.status_code, response.content, model=self.model, path=CHAT, served=served)


async def _broken(route: Route, error: Exception, pieces: int, stall: float) -> failures.Failure:
    if isinstance(error, httpx.ReadTimeout):
        return failures.stalled(pieces, stall)
    return failures.broken_off(pieces, await route.why(error))
