"""Why there was no answer from a place that is not the cluster's, in one sentence. Pure."""

from __future__ import annotations

import errno
import socket
import ssl
from typing import Final

import httpx

from modeltui.kube.sentences import sentence
from modeltui.kube.unreachable import causes
from modeltui.reach.urls import host as host_of
from modeltui.redaction import redact_text

LONGEST: Final = 200
"""Characters of anything that somebody else wrote."""
_OF_A_CLUSTER: Final = (".svc", ".cluster.local", ".local")


class NoAnswer(Exception):
    """`str(error)` is the sentence."""

    def __init__(self, said: str, *, untold: bool = False) -> None:
        """`untold`: that nothing answers here says nothing, since the name means something in the cluster only."""
        super().__init__(said)
        self.untold = untold


def shown(text: str) -> str:
    """Text of others for one line of ours, with what looks like a secret masked."""
    return sentence(redact_text(text[: LONGEST * 4]), limit=LONGEST)


def no_answer(error: BaseException, url: str, proxy: str | None = None) -> NoAnswer:
    """`proxy`: the one that leads there, if any."""
    host = shown(host_of(url)) or shown(url)
    via = f" through the proxy {shown(proxy)}" if proxy else ""
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return NoAnswer(f"{host} answers with a certificate that this machine does not trust ({shown(cause.verify_message)})")
        if isinstance(cause, ssl.SSLError) and type(cause) is ssl.SSLError:
            return NoAnswer(f"{host} does not speak TLS as it should ({shown(cause.reason or str(cause)).lower().replace('_', ' ')})")
        if isinstance(cause, socket.gaierror):
            if inside_a_cluster(host_of(url)) and not proxy:
                return NoAnswer(f"the name {host} is known inside the cluster only", untold=True)
            return NoAnswer(f"{host} cannot be found{via}: no address is known for that name")
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return NoAnswer(f"{host} did not answer in time{via}")
    for cause in causes(error):
        match getattr(cause, "errno", None):
            case errno.ECONNREFUSED:
                return NoAnswer(f"{host} refuses the connection{via}: nothing listens there")
            case errno.ENETUNREACH | errno.EHOSTUNREACH:
                return NoAnswer(f"there is no way to {host} from this machine's network{via}")
            case errno.ECONNRESET | errno.EPIPE:
                return NoAnswer(f"{host} closed the connection{via}")
    if isinstance(error, httpx.ProxyError):
        return NoAnswer(f"the proxy {shown(proxy or '')} does not lead to {host} ({shown(str(error))})")
    if isinstance(error, httpx.LocalProtocolError):  # its words repeat what could not be sent, secrets too
        return NoAnswer(f"what should be sent to {host} is no valid request")
    if isinstance(error, httpx.RemoteProtocolError):
        closed = "disconnected" in str(error) or "closed" in str(error)
        return NoAnswer(f"{host} closed the connection{via}" if closed else f"{host} does not speak HTTP ({shown(str(error))})")
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | ValueError):
        return NoAnswer(f"{shown(url)} is no web address that can be asked")
    return NoAnswer(f"{host} does not answer{via} ({shown(str(error)) or type(error).__name__})")


def inside_a_cluster(host: str) -> bool:
    """Whether a name is one that a cluster's own DNS gives: "minio", "minio.storage", "minio.storage.svc"."""
    name = host.rstrip(".").lower()
    if not name or name == "localhost" or ":" in name or name.replace(".", "").isdigit():
        return False
    return "." not in name or name.endswith(_OF_A_CLUSTER)
