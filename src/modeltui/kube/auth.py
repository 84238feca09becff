"""Who we are to the API server: the header and the TLS context, and how to get new ones when they are refused."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from modeltui.kube.tls import Material

Header = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Credentials:
    """One set of credentials, as it was at one moment."""

    authorization: str = field(default="", repr=False)
    """The whole header value, "Bearer ..." or "Basic ..."; empty for none."""
    material: Material = field(default_factory=Material, repr=False)
    tls: ssl.SSLContext | None = None
    """None for a plain http server."""
    expires: datetime | None = None
    """When a plugin said that its credential ends."""
    certificate_expires: datetime | None = None


class Auth:
    """The credentials in force. `source` makes them anew from wherever they come from: a kubeconfig that was written to in the
    meantime, a token file, a plugin. It may block for seconds, and may raise ConfigError.
    """

    def __init__(self, source: Callable[[], Credentials], *, impersonation: tuple[Header, ...] = ()) -> None:
        self._source = source
        self._impersonation = impersonation
        self._lock = threading.Lock()
        self._current = source()

    def headers(self) -> list[Header]:
        """The headers that say who we are. A list, since Impersonate-Group may stand there several times. Cheap."""
        own = [("Authorization", self._current.authorization)] if self._current.authorization else []
        return [*own, *self._impersonation]

    @property
    def tls(self) -> ssl.SSLContext | None:
        """The context for new connections. Another object after a refresh that changed certificates: connect anew then."""
        return self._current.tls

    @property
    def certificate_expires(self) -> datetime | None:
        return self._current.certificate_expires

    def expired(self) -> bool:
        """Whether the credential says of itself that it has ended, so that a request with it would be refused."""
        end = self._current.expires
        return end is not None and end <= datetime.now(UTC)

    def refresh(self) -> bool:
        """Get the credentials anew; True when they differ from those before. Blocking: run it in a thread. Raises ConfigError."""
        with self._lock:
            old, new = self._current, self._source()
            same_tls = new.material == old.material
            self._current = Credentials(
                new.authorization, new.material, old.tls if same_tls else new.tls, new.expires, new.certificate_expires
            )
            return new.authorization != old.authorization or not same_tls
