"""The log of a container, line by line: one request."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from typing import Final

from modeltui.kube.client import Client
from modeltui.kube.resource import Resource

PODS: Final = Resource("", "v1", "pods", "Pod")

QUIET: Final = 4 * 3600.0
"""Seconds that a followed log may stay silent: a model that serves nobody writes nothing for hours."""
READ_TIMEOUT: Final = 30.0


async def pod_log(
    client: Client,
    namespace: str,
    pod: str,
    *,
    container: str | None = None,
    previous: bool = False,
    follow: bool = False,
    tail: int | None = None,
    since: datetime | int | str | None = None,
    timestamps: bool = False,
    limit_bytes: int | None = None,
    quiet: float | None = None,
    opened: Callable[[], None] = lambda: None,
) -> AsyncGenerator[str, None]:
    """The lines, without newline, with whatever escape codes the program wrote: `modeltui.logs` makes them harmless.

    `tail` is in lines from the end; `since` a moment (also as RFC 3339) or a number of seconds; `quiet` the seconds without a line after
    which Timeout is raised; `opened` is called when the server has begun to answer: an empty log has no first line.
    One line is in memory at a time.
    Raises BadRequest with the server's sentence while the container is not running yet or when there are several to choose
    from, NotFound when there is no such pod. Close it (`aclosing`) when leaving early.
    """
    params: dict[str, str | int | bool] = {}
    if container:
        params["container"] = container
    if previous:
        params["previous"] = True
    if follow:
        params["follow"] = True
    if tail is not None:
        params["tailLines"] = tail
    if isinstance(since, datetime):
        params["sinceTime"] = since.isoformat().replace("+00:00", "Z")
    elif isinstance(since, str):
        params["sinceTime"] = since
    elif since is not None:
        params["sinceSeconds"] = since
    if timestamps:
        params["timestamps"] = True
    if limit_bytes is not None:
        params["limitBytes"] = limit_bytes
    path = PODS.path(namespace, pod, "log")
    patience = quiet if quiet is not None else QUIET if follow else READ_TIMEOUT
    async with client.stream(path, params=params, read_timeout=patience, text=True) as lines:
        opened()
        async for line in lines:
            yield line.decode("utf-8", "replace").removesuffix("\r")
