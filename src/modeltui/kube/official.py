"""The part of credentials that the `kubernetes` package does: cluster and user entries, and a pod's own account.

Importing it costs as much as all of Textual, hence inside the functions.
"""

from __future__ import annotations

import base64
import tempfile
import threading
from pathlib import Path
from typing import Any, Final

from modeltui.kube.auth import Credentials
from modeltui.kube.errors import ConfigError
from modeltui.kube.kubeconfig import Context, Entry
from modeltui.kube.sentences import sentence
from modeltui.kube.tls import Material, certificate_expiry, read_pem
from modeltui.kube.tls import context as tls_context

_loading: Final = threading.Lock()
"""The package remembers its temporary files in a global: one load at a time."""


def of_entries(chosen: Context, cluster: Entry, user: Entry) -> Credentials:
    """Let the `kubernetes` package read the entries. Decoded keys pass through a folder of ours (0700) that is gone at once."""
    from kubernetes.client import Configuration
    from kubernetes.config.config_exception import ConfigException
    from kubernetes.config.kube_config import KubeConfigLoader

    _check_base64(cluster, f'cluster "{chosen.cluster}"')
    _check_base64(user, f'user "{chosen.user}"')
    document: dict[str, Any] = {
        "current-context": chosen.name,
        "contexts": [{"name": chosen.name, "context": {"cluster": chosen.cluster, "user": chosen.user}}],
        "clusters": [{"name": chosen.cluster, "cluster": {key: value for key, value in cluster.items() if value not in (None, "")}}],
        "users": [{"name": chosen.user, "user": user}],
    }
    if cluster.get("insecure-skip-tls-verify"):
        document["clusters"][0]["cluster"].pop("certificate-authority", None)
    configuration = Configuration()
    with _loading, tempfile.TemporaryDirectory(prefix="modeltui-") as folder:
        try:
            loader: Any = KubeConfigLoader(document, active_context=chosen.name, temp_file_path=folder)  # type: ignore[no-untyped-call]
            loader.load_and_set(configuration)
        except ConfigException as error:
            raise ConfigError(f'context "{chosen.name}": {sentence(str(error), limit=300)}') from None
        return _credentials(configuration, chosen, server_name=str(cluster.get("tls-server-name") or ""))


def _check_base64(entry: Entry, where: str) -> None:
    """The package skips what is no base64, and a certificate would silently be none."""
    for key, value in entry.items():
        if key.endswith("-data"):
            try:
                base64.b64decode("".join(str(value).split()), validate=True)
            except ValueError:
                raise ConfigError(f"{key} of {where} is not base64") from None


def _credentials(configuration: Any, chosen: Context, *, server_name: str) -> Credentials:
    """From the package's Configuration, while the files that it names exist."""
    # Which of the two it is depends on the package's version.
    authorization = str(configuration.api_key.get("BearerToken") or configuration.api_key.get("authorization") or "").strip()
    scheme, _, secret = authorization.partition(" ")
    if authorization and not (secret.strip().isascii() and secret.strip().isprintable()):
        raise ConfigError(f'the token of user "{chosen.user}" holds characters that no token may hold')
    authorization = f"{scheme.capitalize()} {secret.strip()}" if authorization else ""
    if not configuration.host.startswith("https:"):
        return Credentials()  # like kubectl, never tell a secret to a server without TLS
    certificate = key = b""
    if configuration.cert_file:
        certificate = read_pem(configuration.cert_file, what=f'client certificate of user "{chosen.user}"')
        key_file = configuration.key_file or configuration.cert_file
        key = read_pem(key_file, what=f'client key of user "{chosen.user}"')
    authority = b""
    if configuration.ssl_ca_cert:
        authority = read_pem(configuration.ssl_ca_cert, what=f'certificate-authority of cluster "{chosen.cluster}"')
    material = Material(authority.decode("ascii", "ignore"), certificate, key, bool(configuration.verify_ssl), server_name)
    return Credentials(
        authorization=authorization,
        material=material,
        tls=tls_context(
            material,
            certificate_file=configuration.cert_file or "",
            key_file=configuration.key_file or "",
            cluster=chosen.cluster,
            user=chosen.user,
        ),
        certificate_expires=certificate_expiry(certificate) if certificate else None,
    )


def of_service_account(chosen: Context, folder: Path) -> Credentials:
    """The credentials that a pod finds in `folder` (token, ca.crt); the kubelet renews the token there."""
    from kubernetes.client import Configuration
    from kubernetes.config.config_exception import ConfigException
    from kubernetes.config.incluster_config import InClusterConfigLoader

    configuration = Configuration()
    loader: Any = InClusterConfigLoader(  # type: ignore[no-untyped-call]
        token_filename=str(folder / "token"), cert_filename=str(folder / "ca.crt"), try_refresh_token=False
    )
    try:
        loader.load_and_set(configuration)
    except (ConfigException, OSError) as error:
        raise ConfigError(f"this pod's service account in {folder} cannot be used: {sentence(str(error), limit=200)}") from None
    return _credentials(configuration, chosen, server_name="")
