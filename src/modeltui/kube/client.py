"""The transport: requests and streams to one API server, over httpx, with every failure turned into an error of ours."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final, TypeVar

import httpx
import msgspec

from modeltui import __version__
from modeltui.kube import errors
from modeltui.kube.credentials import Connection
from modeltui.kube.lines import LineSplitter, LineTooLong
from modeltui.kube.refresh import Refresher
from modeltui.kube.sentences import sentence
from modeltui.kube.status_errors import error_from_answer
from modeltui.kube.tls import expired, shown
from modeltui.kube.unreachable import TRANSPORT_ERRORS, cut_mid_line, explain

T = TypeVar("T")
Params = Mapping[str, str | int | bool]

CONNECT_TIMEOUT: Final = 10.0
READ_TIMEOUT: Final = 30.0
"""Seconds without a byte, not for the whole answer: a long list over a slow line is no failure."""

_LIMITS: Final = httpx.Limits(max_connections=None, max_keepalive_connections=8, keepalive_expiry=30.0)
"""Every watch holds a connection of its own, so their number is not ours to bound. Idle ones go well before the server's 90 s."""

_REVIEWS: Final = (
    "/selfsubjectaccessreviews",
    "/selfsubjectrulesreviews",
    "/selfsubjectreviews",
    "/subjectaccessreviews",
    "/localsubjectaccessreviews",
)
"""POSTs that ask and store nothing."""


class Client:
    """One API server, as one user. Raises only `modeltui.kube.errors`.

    A 401 refreshes the credentials once (one refresh for all requests under way) and repeats the request.
    """

    def __init__(self, connection: Connection, *, read_only: bool = False) -> None:
        self.connection = connection
        self.read_only = read_only
        self._refresher = Refresher(connection.auth)
        self._tls = connection.ssl
        self._http = self._open()

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: object = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        timeout: float = READ_TIMEOUT,
    ) -> bytes:
        """The body of a successful answer. `path` is percent-encoded (`Resource.path`); `body` is bytes, or made JSON.

        `timeout` is in seconds without a byte. In read-only mode whatever would change the cluster raises ReadOnly unsent.
        """
        if self.read_only and changes_cluster(method, path, params or {}):
            raise errors.ReadOnly(f"read-only mode: {method} {path} was not sent")
        headers = {"Accept": accept}
        content = body if isinstance(body, bytes) or body is None else msgspec.json.encode(body)
        if content is not None:
            headers["Content-Type"] = content_type
        response = await self._send(method, path, params=params, content=content, headers=headers, timeout=timeout, stream=False)
        return response.content

    async def get(self, path: str, type: type[T], *, params: Params | None = None) -> T:  # noqa: A002
        """The decoded answer. Raises BadAnswer when it does not fit `type`."""
        answer = await self.request("GET", path, params=params)
        return decoded(answer, type, what=f"{self._server} answered {path} with what")

    @asynccontextmanager
    async def stream(
        self, path: str, *, params: Params | None = None, read_timeout: float = 90.0, text: bool = False
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """The lines of a long answer (a watch, a log), as bytes without newline, until the server ends it politely.

        `read_timeout` is in seconds without a byte (Timeout). A connection that breaks, or ends inside a line, raises Unreachable.
        With `text` empty lines count, endless ones are cut, and the last one needs no newline, as in a log.
        """
        headers = {"Accept": "application/json, */*", "Accept-Encoding": "identity"}
        response = await self._send("GET", path, params=params, content=None, headers=headers, timeout=read_timeout, stream=True)
        try:
            yield self._lines(response, text=text, during=f"GET {path}")
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        """Close all connections, those of open streams too."""
        await self._refresher.aclose()
        await self._http.aclose()

    @property
    def _server(self) -> str:
        return sentence(self.connection.server, limit=200)

    def _open(self) -> httpx.AsyncClient:
        # verify=False only spares a plain http server a TLS context; https always has one of ours.
        return httpx.AsyncClient(
            verify=self._tls if self._tls is not None else False,
            proxy=self.connection.proxy,
            trust_env=False,
            limits=_LIMITS,
            headers={"User-Agent": f"modeltui/{__version__}", "Accept-Encoding": "gzip"},
        )

    async def _send(
        self,
        method: str,
        path: str,
        *,
        params: Params | None,
        content: bytes | None,
        headers: dict[str, str],
        timeout: float,
        stream: bool,
    ) -> httpx.Response:
        """A successful response. One with status 401 leads to a refresh of the credentials and one more try."""
        if self.connection.auth.expired():
            await self._renew(self._refresher.generation)
        limits = httpx.Timeout(timeout, connect=min(timeout, CONNECT_TIMEOUT))
        refused = ""
        for last in (False, True):
            generation = self._refresher.generation
            own = [*headers.items(), *self.connection.auth.headers()]
            if self._http.is_closed:
                raise errors.Unreachable(f"the connection to {self._server} has been closed")
            try:
                request = self._http.build_request(
                    method, self.connection.server + path, params=params, content=content, headers=own, timeout=limits
                )
                response = await self._http.send(request, stream=stream)
                if response.status_code < 300:
                    return response
                try:
                    answer = await response.aread()
                finally:
                    await response.aclose()
            except TRANSPORT_ERRORS as error:
                raise explain(error, self.connection, during=f"{method} {path}") from error
            if response.status_code == 401 and not last:
                renewed, refused = await self._renew(generation)
                if renewed:
                    continue
            break
        failure = error_from_answer(response.status_code, response.headers, answer, method=method, path=path, params=params)
        if isinstance(failure, errors.Unauthorized):
            failure.args = (self._unauthorized(failure.message, refused),)
        raise failure

    async def _renew(self, generation: int) -> tuple[bool, str]:
        """Refresh the credentials that were in force at `generation`: (whether they changed, why not)."""
        renewed, refused = await self._refresher.renew(generation)
        if self.connection.ssl is not self._tls:
            # Other certificates hold for new connections only, so the old ones go, as client-go does. Streams reconnect.
            old, self._tls = self._http, self.connection.ssl
            self._http = self._open()
            await old.aclose()
        return renewed, refused

    def _unauthorized(self, said: str, refused: str) -> str:
        end = self.connection.auth.certificate_expires
        if not refused and end is not None and expired(end):
            refused = f"the client certificate expired on {shown(end)}"
        if not self.connection.user:
            return f'{self._server} wants to know who asks ({said}), and context "{self.connection.context}" names no user'
        return f'{self._server} does not accept the credentials of user "{self.connection.user}" ({said}): {refused or "log in again"}'

    async def _lines(self, response: httpx.Response, *, text: bool, during: str) -> AsyncIterator[bytes]:
        splitter = LineSplitter(text=text)
        encoded = response.headers.get("content-encoding", "identity") != "identity"
        chunks = response.aiter_bytes() if encoded else response.aiter_raw()
        try:
            async for chunk in chunks:
                for line in splitter.feed(chunk):
                    yield line
        except TRANSPORT_ERRORS as error:
            raise explain(error, self.connection, during=during) from error
        except LineTooLong as error:
            raise errors.BadAnswer(f"{self._server} sent what cannot be an object ({during}): {error}") from error
        if rest := splitter.rest():
            if not text:
                raise cut_mid_line(self.connection)
            yield rest


def changes_cluster(method: str, path: str, params: Mapping[str, object]) -> bool:
    """Whether a request would change anything; reviews and dry runs do not."""
    if method.upper() in {"GET", "HEAD", "OPTIONS"}:
        return False
    return params.get("dryRun") != "All" and not (method.upper() == "POST" and path.endswith(_REVIEWS))


def decoded(answer: bytes, type: type[T], *, what: str) -> T:  # noqa: A002
    """`answer` as `type`, or BadAnswer: "`what` cannot be read as ..."."""
    try:
        return msgspec.json.decode(answer, type=type, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        page = "a web page: is a proxy or a login page in between?" if answer.lstrip()[:1] == b"<" else sentence(str(error), limit=200)
        raise errors.BadAnswer(f"{what} cannot be read: {page}") from error
