"""The server's own short-lived CA. kubectl sends no token over plain HTTP, so even the demo speaks TLS."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import trustme

LIFETIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Certificates:
    """`ca` is PEM for the kubeconfig; the admin's certificate and key are PEM as well."""

    ca: bytes
    admin_certificate: bytes
    admin_key: bytes = field(repr=False)
    context: ssl.SSLContext = field(repr=False)


def make(hosts: tuple[str, ...]) -> Certificates:
    """A CA, a server certificate for `hosts` (names or addresses), and a client certificate of `admin`."""
    authority = trustme.CA(organization_name="modeltui embedded cluster")
    expires = datetime.now(UTC) + LIFETIME
    server = authority.issue_cert(*hosts, not_after=expires)
    client = authority.issue_cert(common_name="admin", organization_name="system:masters", not_after=expires)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    server.configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_OPTIONAL
    chain = b"".join(blob.bytes() for blob in client.cert_chain_pems)
    return Certificates(authority.cert_pem.bytes(), chain, client.private_key_pem.bytes(), context)
