"""TLS contexts from what a kubeconfig holds, and what can be wrong with it before anything is sent."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from modeltui.kube.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that a TLS context is made of. Equal materials make equal contexts."""

    authority: str = ""
    """PEM of the CA certificates; empty for the system's."""
    certificate: bytes = b""
    """PEM of the client certificate chain; empty for none."""
    key: bytes = field(default=b"", repr=False)
    verify: bool = True
    server_name: str = ""
    """tls-server-name: the name to ask for and to check instead of the URL's host."""


class _NamedContext(ssl.SSLContext):
    """Asks for and checks a name of its own. Here, since httpx passes a name per request but not through a proxy's tunnel."""

    server_name = ""

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        return super().wrap_bio(incoming, outgoing, server_side, self.server_name or server_hostname, session)


def read_pem(path: str, *, what: str) -> bytes:
    """The bytes of a certificate or key file. `what` names it in the ConfigError: 'client key of user "a"'."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read the {what} at {path}: {error.strerror or error}") from error


def context(material: Material, *, certificate_file: str = "", key_file: str = "", cluster: str, user: str) -> ssl.SSLContext:
    """A client's TLS context. OpenSSL takes a client certificate from files only: the caller holds them for this call."""
    made = _NamedContext(ssl.PROTOCOL_TLS_CLIENT) if material.server_name else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if isinstance(made, _NamedContext):
        made.server_name = material.server_name
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.set_alpn_protocols(["http/1.1"])
    if not material.verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    elif material.authority:
        try:
            made.load_verify_locations(cadata=material.authority)
        except (ssl.SSLError, ValueError):
            raise ConfigError(f'the certificate-authority of cluster "{cluster}" holds no certificate in PEM form') from None
    else:
        made.load_default_certs()
    if material.certificate:
        if b"ENCRYPTED" in material.key:
            raise ConfigError(f'the client key of user "{user}" is encrypted: give it without a password')
        try:
            # Whatever OpenSSL may want to ask on the terminal, over the screen: an empty password makes it fail instead.
            made.load_cert_chain(certificate_file, key_file or None, password="")
        except (ssl.SSLError, OSError) as error:
            raise ConfigError(f'the client certificate of user "{user}" cannot be used: {_chain_problem(error)}') from None
    return made


def certificate_expiry(pem: bytes) -> datetime | None:
    """When the first certificate of a chain stops being valid; None when it cannot be read."""
    from cryptography import x509  # 50 ms, and only those with a client certificate need it

    try:
        return x509.load_pem_x509_certificate(pem).not_valid_after_utc
    except ValueError:
        return None


def expired(moment: datetime | None, *, now: datetime | None = None) -> bool:
    return moment is not None and moment <= (now or datetime.now(UTC))


def shown(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _chain_problem(error: OSError) -> str:
    reason = getattr(error, "reason", "") or ""
    if "MISMATCH" in reason:
        return "certificate and key do not belong together"
    if isinstance(error, ssl.SSLError):
        return "certificate or key is not in PEM form"
    return error.strerror or str(error)
