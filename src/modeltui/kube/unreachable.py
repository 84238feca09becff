"""Why there was no answer, as one sentence that names the server: the exceptions of httpx, ssl and the socket told apart."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

import httpx

from modeltui.kube.credentials import Connection
from modeltui.kube.errors import BadAnswer, KubeError, Timeout, Unreachable
from modeltui.kube.sentences import sentence
from modeltui.kube.tls import expired, shown

TRANSPORT_ERRORS: Final = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError)
"""What httpx lets through; OSError since TLS alerts that come after the handshake pass it untouched."""

_EXPIRED, _NOT_YET = 10, 9
_UNKNOWN_AUTHORITY: Final = frozenset({2, 18, 19, 20, 21, 24})
_WRONG_NAME: Final = frozenset({62, 64})
"""X509_V_ERR_* of OpenSSL's x509_vfy.h."""

_SPEAKS_NO_TLS: Final = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "UNKNOWN_PROTOCOL")


def explain(error: BaseException, connection: Connection, *, during: str = "") -> KubeError:
    """The KubeError that stands for `error`. `during` says what was under way ("GET /api/v1/pods")."""
    server = sentence(connection.server, limit=200)
    what = f" ({during})" if during else ""
    for cause in causes(error):
        if type(cause) in (ssl.SSLError, ssl.SSLCertVerificationError):  # the other subclasses say "want more bytes", "closed"
            assert isinstance(cause, ssl.SSLError)
            return Unreachable(f"{server}: {_tls(cause, connection)}")
    if isinstance(error, httpx.TimeoutException):
        return _timeout(error, server, what)
    if isinstance(error, httpx.ProxyError):
        proxy = sentence(connection.proxy or "", limit=200)
        return Unreachable(f"the proxy {proxy} does not lead to {server}: {sentence(str(error), limit=200)}")
    if isinstance(error, httpx.DecodingError):
        return BadAnswer(f"{server} sent an answer that cannot be decompressed{what}")
    if isinstance(error, (httpx.ConnectError, httpx.UnsupportedProtocol)):
        return Unreachable(_no_connection(error, connection, server))
    if isinstance(error, httpx.RemoteProtocolError) and not is_cut(error):
        return Unreachable(f"{server} does not speak HTTP{what}: is that the API server's address?")
    if isinstance(error, (httpx.NetworkError, httpx.RemoteProtocolError, OSError)):
        return Unreachable(f"connection lost: {server} closed it{what}{_suspect(connection)}")
    return KubeError(f"cannot send to {server}{what}: {sentence(str(error), limit=200) or type(error).__name__}")


def _suspect(connection: Connection) -> str:
    """A server that refuses a certificate may close before its alert is read: then an expired one is the likeliest reason."""
    end = connection.auth.certificate_expires
    return f", perhaps since the client certificate expired on {shown(end)}" if end is not None and expired(end) else ""


def cut_mid_line(connection: Connection) -> Unreachable:
    """A stream that ended inside a line, though politely."""
    return Unreachable(f"connection lost: the stream from {sentence(connection.server, limit=200)} ended in the middle of a line")


def is_cut(error: BaseException) -> bool:
    """Whether the server closed the connection in the middle, or before the beginning, of its answer."""
    text = str(error)
    return isinstance(error, httpx.RemoteProtocolError) and ("disconnected" in text or "closed connection" in text)


def _timeout(error: httpx.TimeoutException, server: str, what: str) -> Timeout:
    if isinstance(error, httpx.ConnectTimeout):
        return Timeout(f"{server} did not accept a connection in time: is it behind a VPN or a firewall?")
    if isinstance(error, httpx.PoolTimeout):
        return Timeout(f"all connections to {server} are in use{what}")
    return Timeout(f"{server} did not answer in time{what}")


def _no_connection(error: BaseException, connection: Connection, server: str) -> str:
    via = f" through the proxy {sentence(connection.proxy, limit=200)}" if connection.proxy else ""
    target = urlsplit(connection.proxy or connection.server)
    for cause in causes(error):
        if isinstance(cause, socket.gaierror):
            return f"{server} cannot be reached{via}: no address is known for {target.hostname}: check the name, DNS and VPN"
        match getattr(cause, "errno", None):
            case errno.ECONNREFUSED:
                refused = f"the connection was refused, nothing listens on port {target.port or 443}"
                return f"{server} cannot be reached{via}: {refused}: is the server up, and the tunnel to it?"
            case errno.ENETUNREACH | errno.EHOSTUNREACH:
                return f"{server} cannot be reached{via}: there is no route to {target.hostname}: check network and VPN"
            case errno.ETIMEDOUT:
                return f"{server} cannot be reached{via}: {target.hostname} does not respond: check network and VPN"
            case errno.ECONNRESET | errno.EPIPE:
                return f"{server} cannot be reached{via}: it closed the connection at once"
    return f"{server} cannot be reached{via}: {sentence(str(error), limit=200) or 'it closed the connection at once'}"


def _tls(error: ssl.SSLError, connection: Connection) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _unverified(error, connection)
    reason = error.reason or ""
    if any(word in reason for word in _SPEAKS_NO_TLS):
        return "the server does not speak TLS on that port: should the kubeconfig say http:// or another port?"
    user = f'the client certificate of user "{connection.user}"'
    if "ALERT_CERTIFICATE_EXPIRED" in reason:
        end = connection.auth.certificate_expires
        return f"the server refuses {user} as expired{f' (valid until {shown(end)})' if end else ''}: get a new one"
    if "CERTIFICATE_REQUIRED" in reason:
        return f'the server wants a client certificate, and user "{connection.user}" has none'
    if "ALERT" in reason and ("CERTIFICATE" in reason or "UNKNOWN_CA" in reason):
        return f"the server does not accept {user} ({_words(reason)})"
    return f"no TLS connection could be made ({_words(reason) or sentence(str(error), limit=120)})"


def _unverified(error: ssl.SSLCertVerificationError, connection: Connection) -> str:
    host = urlsplit(connection.server).hostname
    if error.verify_code == _EXPIRED:
        return "the server's certificate has expired: it must be renewed there (or this machine's clock is wrong)"
    if error.verify_code == _NOT_YET:
        return "the server's certificate is not valid yet: check this machine's clock"
    if error.verify_code in _UNKNOWN_AUTHORITY:
        authority = f'the certificate-authority of cluster "{connection.cluster}"'
        return f"the server's certificate is not signed by {authority}: correct the CA or the server in the kubeconfig"
    if error.verify_code in _WRONG_NAME:
        return f"the server's certificate is for other names than {host}: correct the server URL or set tls-server-name"
    return f"the server's certificate cannot be verified ({sentence(error.verify_message, limit=120)})"


def _words(reason: str) -> str:
    return reason.lower().replace("_", " ").removeprefix("sslv3 ").removeprefix("tlsv1 ").removeprefix("tlsv13 ")


def causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and everything that led to it, outermost first."""
    seen: set[int] = set()
    queue: list[BaseException | None] = [error]
    while queue:
        current = queue.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            queue += current.exceptions
        queue += [current.__cause__, current.__context__]
