"""The transport: requests and streams to one API server, over httpx, with every failure turned into an error of ours."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypedDict, TypeVar, Unpack

import httpx
import msgspec

from modeltui import __version__
from modeltui.kube import errors
from modeltui.kube.attempt import Attempt
from modeltui.kube.credentials import Connection
from modeltui.kube.lines import LineSplitter, LineTooLong
from modeltui.kube.refresh import Refresher
from modeltui.kube.sentences import sentence
from modeltui.kube.status_errors import error_from_answer, is_status
from modeltui.kube.tls import expired, shown
from modeltui.kube.unreachable import TRANSPORT_ERRORS, cut_mid_line, explain
from modeltui.kube.warning_headers import warnings

T = TypeVar("T")
Params = Mapping[str, str | int | bool]

CONNECT_TIMEOUT: Final = 10.0
READ_TIMEOUT: Final = 30.0
"""Seconds without a byte, not for the whole answer: a long list over a slow line is no failure."""

_LIMITS: Final = httpx.Limits(max_connections=None, max_keepalive_connections=8, keepalive_expiry=30.0)
"""Every watch holds a connection of its own, so their number is not ours to bound. Idle ones go well before the server's 90 s."""

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that may be sent twice."""

_REVIEWS: Final = (
    "/selfsubjectaccessreviews",
    "/selfsubjectrulesreviews",
    "/selfsubjectreviews",
    "/subjectaccessreviews",
    "/localsubjectaccessreviews",
)
"""POSTs that ask and store nothing."""


class Options(TypedDict, total=False):
    """What may go with a request, beside its method and its path; `Client.answer` has the defaults."""

    params: Params | None
    body: object
    """Bytes, or made JSON."""
    content_type: str
    accept: str
    timeout: float
    """Seconds without a byte."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer, read to its end."""

    status: int
    """HTTP code: 201 when something was made."""
    body: bytes
    warnings: tuple[str, ...]
    """Sentences of the server for people: a deprecated version, a field that it will not keep."""


class Client:
    """One API server, as one user. Raises only `modeltui.kube.errors`.

    After a 401 the connection is made anew once (for all requests under way) and the request repeated; so it is when the
    server cannot be reached and the kubeconfig has been written to since: a new CA, address or token needs no restart.
    """

    def __init__(self, connection: Connection, *, read_only: bool = False) -> None:
        self.connection = connection
        self.read_only = read_only
        self._refresher = Refresher(connection, replaced=self._replace)
        self._http = self._open()
        self.reached: Callable[[bool], None] = lambda well: None
        """Told of every success, and of every request that no connection could be made for."""
        self.refused: Callable[[], None] = lambda: None
        """Told when the server does not accept our credentials, nor those that a renewal brought."""
        self.epoch = 0
        """Counts the changes of address or certificates. A resourceVersion of another epoch may be another cluster's: it means nothing."""
        self.renewed: Callable[[], None] = lambda: None
        """Told when a request succeeded over a connection that had to be made anew."""

    async def request(self, method: str, path: str, **options: Unpack[Options]) -> bytes:
        """The body of a successful answer. `path` is percent-encoded (`Resource.path`).

        In read-only mode whatever would change the cluster raises ReadOnly unsent.
        """
        return (await self.answer(method, path, **options)).body

    async def answer(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: object = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        timeout: float = READ_TIMEOUT,
    ) -> Answer:
        """As `request`, with what the server said beside the body: whether it made something, and its warnings."""
        if self.read_only and changes_cluster(method, path, params or {}):
            raise errors.ReadOnly(f"read-only mode: {method} {path} was not sent")
        headers = {"Accept": accept}
        content = body if isinstance(body, bytes) or body is None else msgspec.json.encode(body)
        if content is not None:
            headers["Content-Type"] = content_type
        response = await self._send(method, path, params=params, content=content, headers=headers, timeout=timeout, stream=False)
        return Answer(response.status_code, response.content, warnings(response.headers.get_list("warning")))

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

    @asynccontextmanager
    async def behind(self, method: str, path: str, *, body: object = None, timeout: float = READ_TIMEOUT) -> AsyncIterator[httpx.Response]:
        """The answer of what the API server only passes on to (`services/proxy`, `pods/proxy`), whatever its status: a stream when it is
        a success, else read. What the API server itself refuses raises as ever; what breaks while it is read raises httpx's own errors.
        In read-only mode it is up to the caller what to ask there."""
        headers = {"Accept": "*/*", "Accept-Encoding": "identity", **({"Content-Type": "application/json"} if body is not None else {})}
        content = msgspec.json.encode(body) if body is not None else None
        response = await self._send(method, path, params=None, content=content, headers=headers, timeout=timeout, stream=True, foreign=True)
        try:
            yield response
        finally:
            await response.aclose()

    async def over_connection(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """What is no request of ours (a WebSocket), over the connection in force; once more over a renewed one, for the same reasons as
        a request. `work` raises `errors`, and has sent nothing that must not be sent twice."""
        if self.connection.auth.expired():
            await self._refresher.renew(self._refresher.generation)
        generation = self._refresher.generation
        try:
            return await work(self.connection)
        except errors.Unauthorized as refusal:
            renewed, refused = await self._refresher.renew(generation)
            if not renewed:
                refusal.args = (self._unauthorized(refusal.message, refused),)
                self.refused()
                raise
        except errors.Unreachable:
            renewed, _ = await self._refresher.follow(generation)
            if not renewed:
                raise
        done = await work(self.connection)
        self._worked(True)
        return done

    def retry_now(self) -> None:
        """The user says that it may work now: credentials may be asked for again at once."""
        self._refresher.retry_now()

    async def aclose(self) -> None:
        """Close all connections, those of open streams too."""
        self.connection.leash.cut()
        await self._refresher.aclose()
        await self._http.aclose()

    @property
    def _server(self) -> str:
        return sentence(self.connection.server, limit=200)

    def _open(self) -> httpx.AsyncClient:
        # verify=False only spares a plain http server a TLS context; https always has one of ours.
        return httpx.AsyncClient(
            verify=self.connection.ssl if self.connection.ssl is not None else False,
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
        foreign: bool = False,
    ) -> httpx.Response:
        """A successful response; with `foreign` any that is not the API server's own.

        Sent again at most once for each of two reasons: a kept connection that the server had closed (reads and dry runs only), and a
        connection that could be made anew (what may have reached the server is never written twice).
        """
        if self.connection.auth.expired():
            await self._refresher.renew(self._refresher.generation)
        limits = httpx.Timeout(timeout, connect=min(timeout, CONNECT_TIMEOUT))
        again = _may_be_repeated(method, params or {})
        reopened = renewed = False
        refused = ""
        while True:
            generation, attempt = self._refresher.generation, Attempt()
            own = [*headers.items(), *self.connection.auth.headers()]
            if self._http.is_closed:
                raise errors.Unreachable(f"the connection to {self._server} has been closed")
            try:
                request = self._http.build_request(
                    method,
                    self.connection.server + path,
                    params=params,
                    content=content,
                    headers=own,
                    timeout=limits,
                    extensions={"trace": attempt},
                )
                response = await self._http.send(request, stream=stream)
                if response.status_code < 300:
                    self._worked(renewed)
                    return response
                try:
                    answer = await response.aread()
                finally:
                    await response.aclose()
                if foreign and not is_status(answer):
                    self._worked(renewed)
                    return response
            except TRANSPORT_ERRORS as error:
                if again and not reopened and attempt.met_a_closed_connection(error):
                    reopened = True
                    continue
                failure = explain(error, self.connection, during=f"{method} {path}")
                if isinstance(failure, errors.Unreachable) and (again or not attempt.sent) and not renewed:
                    renewed, problem = await self._refresher.follow(generation)
                    if renewed:
                        continue
                    if problem:
                        failure = type(failure)(f"{failure}; the kubeconfig has changed, but cannot be used: {problem}")
                if isinstance(failure, errors.Unreachable):
                    failure.sent = attempt.sent
                if not attempt.sent:
                    self.reached(False)
                raise failure from error
            if response.status_code == 401 and not renewed:
                renewed, refused = await self._refresher.renew(generation)
                if renewed:
                    continue
            break
        failure_told = error_from_answer(response.status_code, response.headers, answer, method=method, path=path, params=params)
        if isinstance(failure_told, errors.Unauthorized):
            failure_told.args = (self._unauthorized(failure_told.message, refused),)
            self.refused()
        raise failure_told

    def _worked(self, renewed: bool) -> None:
        self._refresher.worked()
        self.reached(True)
        if renewed:
            self.renewed()

    async def _replace(self, connection: Connection) -> None:
        """Use `connection` from now on. Unless only the headers differ, what is open goes, as in client-go: streams reconnect."""
        old, self.connection = self.connection, connection
        if (connection.server, connection.proxy, connection.ssl) != (old.server, old.proxy, old.ssl):
            self.epoch += 1
            before, self._http = self._http, self._open()
            await before.aclose()

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


def _may_be_repeated(method: str, params: Mapping[str, object]) -> bool:
    """A dry run writes nothing, whether it was heard or not; but one of a DELETE, which has a body, would not be one."""
    return method.upper() in _READS or (params.get("dryRun") == "All" and method.upper() != "DELETE")


def changes_cluster(method: str, path: str, params: Mapping[str, object]) -> bool:
    """Whether a request would change anything; reviews and dry runs do not."""
    if method.upper() in _READS:
        return False
    return params.get("dryRun") != "All" and not (method.upper() == "POST" and path.endswith(_REVIEWS))


def decoded(answer: bytes, type: type[T], *, what: str) -> T:  # noqa: A002
    """`answer` as `type`, or BadAnswer: "`what` cannot be read as ..."."""
    try:
        return msgspec.json.decode(answer, type=type, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        page = "a web page: is a proxy or a login page in between?" if answer.lstrip()[:1] == b"<" else sentence(str(error), limit=200)
        raise errors.BadAnswer(f"{what} cannot be read: {page}") from error
