"""How far one request came, told by httpx: only then is it known whether sending it again is safe, or of any use."""

from __future__ import annotations

import httpx

from modeltui.kube.unreachable import is_cut


class Attempt:
    """Pass it to httpx as the extension `trace` of one request."""

    def __init__(self) -> None:
        self.opened = False
        """A new connection was asked for, not a kept one used."""
        self.sent = False
        """Something of the request may have reached the server."""
        self.answered = False
        """The head of the answer has come."""

    async def __call__(self, event: str, info: object) -> None:
        self.opened |= event.endswith(".connect_tcp.started")
        self.sent |= event.endswith(".send_request_headers.started")
        self.answered |= event.endswith(".receive_response_headers.complete")

    def met_a_closed_connection(self, error: BaseException) -> bool:
        """Whether a kept connection had been closed by the server, as it may at any time, before it answered."""
        return not self.opened and not self.answered and (isinstance(error, httpx.NetworkError) or is_cut(error))
