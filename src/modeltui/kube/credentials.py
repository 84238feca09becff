"""From a kubeconfig to a connection.

The `kubernetes` package reads cluster and user (certificates, tokens, passwords, the pod's own account). What it does not do or
does badly is taken out before it sees the entry: merging of files (kubeconfig.py), plugins (exec_plugin.py), OIDC (oidc.py).
Only `load` imports it (official.py); `contexts` is instant.
"""

from __future__ import annotations

import os
import ssl
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from modeltui.kube import exec_plugin, official, oidc
from modeltui.kube.auth import Credentials, Header
from modeltui.kube.errors import ConfigError
from modeltui.kube.kubeconfig import (
    IN_CLUSTER,
    Context,
    Contexts,
    Entry,
    Kubeconfig,
    candidates,
    contexts,
    in_cluster,
    named_files,
    none_found,
    read,
    remember_tokens,
    select,
)
from modeltui.kube.proxies import proxy_for
from modeltui.kube.sentences import sentence
from modeltui.kube.stamps import Stamp, changed, stamps
from modeltui.kube.tls import expired, shown

__all__ = ["Connection", "Context", "Contexts", "contexts", "load"]

SERVICE_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where a pod finds its token, CA and namespace."""


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach one cluster as one user, as it was at one moment. Equal ones lead to the same server as the same user."""

    context: str
    cluster: str
    user: str
    server: str
    """URL without a slash at the end."""
    namespace: str
    """The context's default, "default" when it names none."""
    proxy: str | None
    """URL; may hold a password, so show it through `sentences.sentence`."""
    auth: Credentials
    source: Callable[[], Connection] = field(compare=False)
    """Makes it anew from the same context, wherever that comes from. May block for seconds, may raise ConfigError."""
    seen: Mapping[Path, Stamp] = field(default_factory=dict, compare=False)
    """The files that it was made of, as they were then. None in a pod."""
    leash: exec_plugin.Leash = field(default_factory=exec_plugin.Leash, compare=False)
    """Cut it when nobody will use the connection any more."""

    @property
    def ssl(self) -> ssl.SSLContext | None:
        """The context for new connections. Another object in a renewed connection means that other certificates hold."""
        return self.auth.tls

    def outdated(self) -> bool:
        """Whether a file that it was made of has changed since. Asks the file system."""
        return changed(self.seen)

    def renewed(self) -> Connection:
        """The same context as it is now: kubeconfig and files read again, the plugin run again. Blocking; raises ConfigError."""
        made = self.source()
        return replace(made, auth=made.auth.after(self.auth))

    def __repr__(self) -> str:
        return f"Connection({self.context} -> {self.server} as {self.user})"


def load(kubeconfig: str | None, context: str | None, *, interactive: bool = False, leash: exec_plugin.Leash | None = None) -> Connection:
    """The connection of the context given, or of the current one. Blocking (files, plugins, identity providers): call it in a thread.

    `interactive` lends the terminal to a plugin that asks there: for commands that print, not for the console. `leash` ends a
    plugin that nobody waits for any more. Raises ConfigError in one sentence.
    """
    seen = stamps(candidates(kubeconfig))
    config = read(kubeconfig)
    if config is None or (not config.contexts and not context):
        if in_cluster() and context in (None, "", IN_CLUSTER):
            return _of_pod()
        if config is None:
            raise none_found(kubeconfig)
    chosen, _, _ = select(config, context)
    source = _KubeconfigSource(kubeconfig, chosen.name, interactive=interactive, leash=leash or exec_plugin.Leash())
    return source.connection(config, seen)


class _KubeconfigSource:
    """Makes the connection of one context. Called again, it reads the files again: a login elsewhere may have renewed them."""

    def __init__(self, kubeconfig: str | None, context: str, *, interactive: bool, leash: exec_plugin.Leash) -> None:
        self._kubeconfig = kubeconfig
        self._context = context
        self._interactive = interactive
        self._leash = leash
        self._tokens: tuple[str, dict[str, str]] = ("", {})
        """OIDC: the refresh-token in the file that was used, and what came of it, should the file not be writable."""

    def __call__(self) -> Connection:
        seen = stamps(candidates(self._kubeconfig))
        config = read(self._kubeconfig)
        if config is None:
            raise none_found(self._kubeconfig)
        return self.connection(config, seen)

    def connection(self, config: Kubeconfig, seen: Mapping[Path, Stamp]) -> Connection:
        """Of the kubeconfig that was read, whose files were as `seen` before."""
        chosen, cluster, user = select(config, self._context)
        server = _server(cluster, chosen.cluster)
        return Connection(
            context=chosen.name,
            cluster=chosen.cluster,
            user=chosen.user,
            server=server,
            namespace=chosen.namespace or "default",
            proxy=proxy_for(server, configured=str(cluster.get("proxy-url") or ""), cluster=chosen.cluster),
            seen={**seen, **stamps(named_files(cluster, user))},
            auth=self._credentials(config, chosen, cluster, user),
            source=self,
            leash=self._leash,
        )

    def _credentials(self, config: Kubeconfig, chosen: Context, cluster: Entry, entry: Entry) -> Credentials:
        name = chosen.user
        user = {key: value for key, value in entry.items() if value not in (None, "")}
        if "tokenFile" in user:
            user["token"] = _token_in_file(user.pop("tokenFile"), name, fallback=str(user.get("token") or ""))
        if "auth-provider" in user:
            user["token"] = self._provider_token(name, user.pop("auth-provider"), config)
        expires = None
        if (spec := user.pop("exec", None)) and not user.get("token"):
            folder = config.origin["users", name].parent
            given = exec_plugin.run(spec, user=name, cluster=cluster, folder=folder, interactive=self._interactive, leash=self._leash)
            user, expires = _with_plugin(user, given), given.expires
        made = official.of_entries(chosen, cluster, user)
        if expired(made.certificate_expires) and not made.authorization and made.certificate_expires:
            raise ConfigError(f'the client certificate of user "{name}" expired on {shown(made.certificate_expires)}: get a new one')
        return replace(made, expires=expires, impersonation=_impersonation(entry, name))

    def _provider_token(self, user: str, provider: Any, config: Kubeconfig) -> str:
        path = config.origin["users", user]
        name = provider.get("name") if isinstance(provider, dict) else None
        if name != "oidc":
            raise ConfigError(
                f'user "{user}" has the auth-provider {name or "without a name"}; only oidc is left: use its credential plugin'
            )
        options = dict(provider.get("config") or {})
        used, tokens = self._tokens
        if options.get("refresh-token") == used:
            options |= tokens
        if not oidc.fresh(options):
            before = str(dict(provider.get("config") or {}).get("refresh-token") or "")
            tokens = oidc.refreshed(options, user=user)
            self._tokens = (before, tokens)
            if remember_tokens(path, user, tokens):
                self._tokens = (tokens["refresh-token"], tokens)
            options |= tokens
        return str(options["id-token"])


def _of_pod() -> Connection:
    """The connection of the pod that we run in, as its service account."""
    chosen = Context(IN_CLUSTER, IN_CLUSTER, IN_CLUSTER)

    host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ["KUBERNETES_SERVICE_PORT"]
    try:
        namespace = (SERVICE_ACCOUNT / "namespace").read_text().strip()
    except OSError:
        namespace = ""
    return Connection(
        context=IN_CLUSTER,
        cluster=IN_CLUSTER,
        user=IN_CLUSTER,
        server=f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}",
        namespace=namespace or "default",
        proxy=None,
        auth=official.of_service_account(chosen, SERVICE_ACCOUNT),
        source=_of_pod,
    )


def _server(cluster: Entry, name: str) -> str:
    server = str(cluster.get("server") or "").rstrip("/")
    url = urlsplit(server)
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise ConfigError(f'cluster "{name}" has server "{sentence(server, limit=200)}", which is not a URL such as https://10.0.0.1:6443')
    return server


def _token_in_file(path: str, user: str, *, fallback: str) -> str:
    """The token in the file, which somebody else renews; `fallback` when there is none to be read."""
    try:
        token = Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        if fallback:
            return fallback
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ConfigError(f'cannot read the token file {path} of user "{user}": {reason}') from None
    if not token and not fallback:
        raise ConfigError(f'the token file {path} of user "{user}" is empty')
    return token or fallback


def _with_plugin(user: Entry, given: exec_plugin.PluginCredential) -> Entry:
    merged = dict(user)
    if given.token:
        merged["token"] = given.token
    if given.certificate:
        for kind in ("client-certificate", "client-key"):
            merged.pop(kind, None)
        merged["client-certificate-data"] = b64encode(given.certificate.encode()).decode()
        merged["client-key-data"] = b64encode(given.key.encode()).decode()
    return merged


def _impersonation(user: Entry, name: str) -> tuple[Header, ...]:
    """The headers that `as`, `as-uid`, `as-groups` and `as-user-extra` mean."""
    found = [("Impersonate-User", user.get("as")), ("Impersonate-Uid", user.get("as-uid"))]
    found += [("Impersonate-Group", group) for group in user.get("as-groups") or ()]
    for key, values in dict(user.get("as-user-extra") or {}).items():
        found += [(f"Impersonate-Extra-{key}", value) for value in values or ()]
    headers = tuple((header, str(value)) for header, value in found if value)
    if headers and not user.get("as"):
        raise ConfigError(f'user "{name}" names groups to act as, but no user: add "as"')
    return headers
