"""The shape of a kubeconfig's entries (client-go's api/v1 types), so that whatever reads them later may rely on it."""

from __future__ import annotations

from typing import Any

import msgspec

from modeltui.kube.errors import ConfigError


class EnvironmentVariable(msgspec.Struct):
    name: str
    value: str | None = None


class Exec(msgspec.Struct, rename="camel"):
    command: str | None = None
    api_version: str | None = None
    args: list[str] | None = None
    env: list[EnvironmentVariable] | None = None
    install_hint: str | None = None
    interactive_mode: str | None = None
    provide_cluster_info: bool | None = None


class AuthProvider(msgspec.Struct):
    name: str | None = None
    config: dict[str, str | None] | None = None


class User(msgspec.Struct, rename="kebab"):
    client_certificate: str | None = None
    client_certificate_data: str | None = None
    client_key: str | None = None
    client_key_data: str | None = None
    token: str | None = None
    token_file: str | None = msgspec.field(default=None, name="tokenFile")
    username: str | None = None
    password: str | None = None
    as_: str | None = msgspec.field(default=None, name="as")
    as_uid: str | None = None
    as_groups: list[str] | None = None
    as_user_extra: dict[str, list[str] | None] | None = None
    auth_provider: AuthProvider | None = None
    exec: Exec | None = None


class Extension(msgspec.Struct):
    name: str | None = None
    extension: Any = None


class Cluster(msgspec.Struct, rename="kebab"):
    server: str | None = None
    tls_server_name: str | None = None
    insecure_skip_tls_verify: bool | None = None
    certificate_authority: str | None = None
    certificate_authority_data: str | None = None
    proxy_url: str | None = None
    disable_compression: bool | None = None
    extensions: list[Extension] | None = None


def check(entry: dict[str, Any], shape: type[User] | type[Cluster], *, where: str) -> None:
    """Raise ConfigError when a field of `entry` has the wrong type, as kubectl would; unknown fields pass."""
    try:
        msgspec.convert(entry, shape)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).replace("`", "").partition(" - at $.")
        raise ConfigError(f"{where}: {path or 'the entry'}: {problem[:1].lower()}{problem[1:]}") from None
