"""Who we are to the API server, as it was at one moment: the headers and the TLS context."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Self

from modeltui.kube.tls import Material

Header = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Credentials:
    """One set of credentials. Equal ones say the same to the server, and trust the same servers."""

    authorization: str = field(default="", repr=False)
    """The whole header value, "Bearer ..." or "Basic ..."; empty for none."""
    impersonation: tuple[Header, ...] = ()
    material: Material = field(default_factory=Material, repr=False)
    tls: ssl.SSLContext | None = field(default=None, compare=False, repr=False)
    """Made of `material`; None for a plain http server."""
    expires: datetime | None = field(default=None, compare=False)
    """When a plugin said that its credential ends."""
    certificate_expires: datetime | None = field(default=None, compare=False)

    def headers(self) -> list[Header]:
        """The headers that say who we are. A list, since Impersonate-Group may stand there several times."""
        own = [("Authorization", self.authorization)] if self.authorization else []
        return [*own, *self.impersonation]

    def expired(self) -> bool:
        """Whether the credential says of itself that it has ended, so that a request with it would be refused."""
        return self.expires is not None and self.expires <= datetime.now(UTC)

    def after(self, earlier: Credentials) -> Self:
        """These, with the TLS context of `earlier` if the same certificates hold: open connections may then stay."""
        return replace(self, tls=earlier.tls) if self.material == earlier.material else self
