"""Looking a name up, so that nobody has to wait for a resolver that does not answer: neither a check nor the end of the console."""

from __future__ import annotations

import socket

from modeltui.kube.background import in_background
from modeltui.reach.failures import no_answer
from modeltui.reach.urls import place


async def look_up(url: str) -> None:
    """Whether its host has an address. Raises NoAnswer. Who connects then asks again, and is answered as fast."""
    _, host, port = place(url)
    try:
        await in_background(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM), name=f"look up {host}")
    except (OSError, ValueError) as error:  # ValueError: a name that cannot be one
        raise no_answer(error, url) from error
