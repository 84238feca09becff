"""WATCH: one open stream of events, whatever ends it told as one of `kube.errors`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import Protocol, TypeVar

from modeltui.kube import errors
from modeltui.kube.clock import Deadline
from modeltui.kube.decode import Decoder, Event
from modeltui.kube.objects import Object
from modeltui.kube.status_errors import Status, error_from_status

T = TypeVar("T", bound=Object)


class Streams(Protocol):
    """The part of `Client` that watching needs."""

    def stream(
        self, path: str, *, params: Mapping[str, str | int | bool] | None = None
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]: ...


@asynccontextmanager
async def watching(
    client: Streams, path: str, params: Mapping[str, str], decoder: Decoder[T], deadline: Deadline
) -> AsyncIterator[AsyncIterator[Event[T]]]:
    """Open a watch and read it under `deadline`, which covers the opening too. Leaving closes the response.

    Raises what opening raises; `errors.Timeout` when the deadline passes; the error that an ERROR event means;
    `errors.BadAnswer` for a line that is no event. A clean end of the stream just ends the iteration.
    """
    with deadline:
        async with (
            client.stream(path, params=params) as lines,
            aclosing(_events(lines, decoder, path, params)) as events,
        ):
            yield events


async def _events(lines: AsyncIterator[bytes], decoder: Decoder[T], path: str, params: Mapping[str, str]) -> AsyncGenerator[Event[T], None]:
    async for line in lines:
        if not line:
            continue
        event = decoder.event(line)
        if event.error is not None:
            raise _error(event.error, path, params)
        yield event


def _error(status: Status, path: str, params: Mapping[str, str]) -> errors.ApiError:
    error = error_from_status(status, path=path, params=params)
    if not status.code and isinstance(error, errors.ServerError):
        # Without a code nobody knows what failed; only a new list is sure to be right.
        return errors.ApiError(error.message, status=0, reason=status.reason, path=path)
    return error
