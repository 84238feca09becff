"""The kubeconfig of the embedded cluster: one context per identity."""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import yaml

from modeltui.demo.certificates import Certificates
from modeltui.demo.identities import EDITOR_NAMESPACE, Identity

CLUSTER = "modeltui-demo"
CERTIFICATE_USER = "admin-certificate"


def render(*, server: str, certificates: Certificates, identities: Iterable[Identity], editor_namespace: str = EDITOR_NAMESPACE) -> str:
    """YAML. Besides the identities there is `admin-certificate`: the admin by client certificate, without a token."""
    users = [{"name": identity.name, "user": {"token": identity.token}} for identity in identities]
    by_certificate = {
        "client-certificate-data": base64.b64encode(certificates.admin_certificate).decode(),
        "client-key-data": base64.b64encode(certificates.admin_key).decode(),
    }
    users.append({"name": CERTIFICATE_USER, "user": by_certificate})
    contexts = []
    for user in users:
        context = {"cluster": CLUSTER, "user": user["name"]}
        if user["name"] == "editor":
            context["namespace"] = editor_namespace
        contexts.append({"name": user["name"], "context": context})
    cluster = {"server": server, "certificate-authority-data": base64.b64encode(certificates.ca).decode()}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": CLUSTER, "cluster": cluster}],
        "users": users,
        "contexts": contexts,
        "current-context": "admin",
    }
    return yaml.safe_dump(config, sort_keys=False)


def write(path: Path, text: str) -> None:
    """Atomically and for its owner's eyes only: who sees the file sees all of it. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
