"""Finding, reading and merging kubeconfig files, without importing anything heavy: a context picker must be instant.

The rules are kubectl's (https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/): of several
files in KUBECONFIG the first one to name a value wins, missing files are skipped, and relative paths mean the folder of the
file that they stand in.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from modeltui.kube import kubeconfig_schema as schema
from modeltui.kube.errors import ConfigError

_Loader: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Entry = dict[str, Any]

IN_CLUSTER: Final = "in-cluster"
"""The name of the context that a pod has without any kubeconfig."""

_PATH_KEYS: Final = {
    "clusters": ("certificate-authority",),
    "users": ("client-certificate", "client-key", "tokenFile"),
}


@dataclass(frozen=True, slots=True)
class Context:
    """One context. `namespace` is its default, "" when the file names none."""

    name: str
    cluster: str
    user: str
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Contexts:
    """What a context picker shows. `current` is "" when no file names one."""

    current: str
    all: Mapping[str, Context]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.all)


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """Several files made one. `users` may hold secrets, hence no repr."""

    paths: tuple[Path, ...]
    current: str
    contexts: Mapping[str, Entry]
    clusters: Mapping[str, Entry]
    users: Mapping[str, Entry]
    origin: Mapping[tuple[str, str], Path]
    """("users", name) and so on -> the file that the entry stands in."""

    def __repr__(self) -> str:
        return f"Kubeconfig({', '.join(map(str, self.paths))})"


def candidates(kubeconfig: str | None, environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """The files to read, in order: the one given, else those of KUBECONFIG, else ~/.kube/config."""
    if kubeconfig:
        return (Path(kubeconfig).expanduser(),)
    listed = [Path(part).expanduser() for part in environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    return tuple(dict.fromkeys(listed)) or (Path("~/.kube/config").expanduser(),)


def read(kubeconfig: str | None, environ: Mapping[str, str] = os.environ) -> Kubeconfig | None:
    """The merged kubeconfig, or None when none of the candidate files exists.

    Raises ConfigError when the file that was asked for is missing, or any file is unreadable or broken.
    """
    merged: dict[str, dict[str, Entry]] = {"contexts": {}, "clusters": {}, "users": {}}
    origin: dict[tuple[str, str], Path] = {}
    current, found = "", []
    for path in candidates(kubeconfig, environ):
        document = _document(path)
        if document is None:
            continue
        found.append(path)
        current = current or _text(document.get("current-context"))
        for section, entries in merged.items():
            for name, entry in _named(document, section, path):
                if name not in entries:
                    entries[name] = _with_absolute_paths(section, entry, path.parent)
                    origin[section, name] = path
    if not found:
        if kubeconfig:
            raise ConfigError(f"kubeconfig {kubeconfig} does not exist")
        return None
    return Kubeconfig(tuple(found), current, merged["contexts"], merged["clusters"], merged["users"], origin)


def none_found(kubeconfig: str | None, environ: Mapping[str, str] = os.environ) -> ConfigError:
    """The sentence for a machine without any kubeconfig, which names the places that were looked at."""
    tried = ", ".join(map(str, candidates(kubeconfig, environ)))
    return ConfigError(f"no kubeconfig found: tried {tried}; set KUBECONFIG or pass --kubeconfig FILE")


def in_cluster(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this process runs in a pod, with a service account to speak for it."""
    return bool(environ.get("KUBERNETES_SERVICE_HOST") and environ.get("KUBERNETES_SERVICE_PORT"))


def contexts(kubeconfig: str | None) -> Contexts:
    """The contexts of the kubeconfig given, or of KUBECONFIG or ~/.kube/config; in a pod without any, the pod's own.

    Raises ConfigError in one sentence.
    """
    config = read(kubeconfig)
    if config is None:
        if in_cluster():
            return Contexts(IN_CLUSTER, {IN_CLUSTER: Context(IN_CLUSTER, IN_CLUSTER, IN_CLUSTER)})
        raise none_found(kubeconfig)
    return Contexts(
        current=config.current,
        all={
            name: Context(name, _text(entry.get("cluster")), _text(entry.get("user")), _text(entry.get("namespace")))
            for name, entry in config.contexts.items()
        },
    )


def select(config: Kubeconfig, context: str | None) -> tuple[Context, Entry, Entry]:
    """The context of that name (None: the current one) with its cluster and user entries. A context may name no user."""
    where = ", ".join(map(str, config.paths))
    name = context or config.current
    if not name:
        raise ConfigError(f"{where} names no current context: choose one with --context ({_listed(config.contexts)})")
    if name not in config.contexts:
        raise ConfigError(f'there is no context "{name}" in {where} ({_listed(config.contexts)})')
    entry = config.contexts[name]
    cluster, user = _text(entry.get("cluster")), _text(entry.get("user"))
    if cluster not in config.clusters:
        raise ConfigError(f'context "{name}" in {where} names cluster "{cluster}", which is not there ({_listed(config.clusters)})')
    if user and user not in config.users:
        raise ConfigError(f'context "{name}" in {where} names user "{user}", which is not there ({_listed(config.users)})')
    found = Context(name, cluster, user, _text(entry.get("namespace")))
    about, who = config.clusters[cluster], config.users.get(user, {})
    schema.check(about, schema.Cluster, where=f'cluster "{cluster}" in {config.origin["clusters", cluster]}')
    if user:
        schema.check(who, schema.User, where=f'user "{user}" in {config.origin["users", user]}')
    return found, about, who


def named_files(cluster: Entry, user: Entry) -> tuple[Path, ...]:
    """The files that the entries of a cluster and a user point to."""
    entries = (("clusters", cluster), ("users", user))
    return tuple(Path(_text(entry[key])) for section, entry in entries for key in _PATH_KEYS[section] if entry.get(key))


def remember_tokens(path: Path, user: str, tokens: Mapping[str, str]) -> bool:
    """Write a user's renewed OIDC tokens into its file, as kubectl does: with the old ones nobody could log in again.

    False when the file cannot be written, or somebody else is writing it (kubectl's own `.lock` says so).
    """
    path = path.resolve()
    lock = path.with_name(path.name + ".lock")
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL, 0o600))
    except OSError:
        return False
    try:
        document = _document(path) or {}
        for name, entry in _named(document, "users", path):
            if name == user:
                entry["auth-provider"]["config"].update(tokens)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as new:  # made with mode 0600
            yaml.safe_dump(document, new, sort_keys=False)
        os.replace(new.name, path)
    except OSError:
        return False
    finally:
        lock.unlink(missing_ok=True)
    return True


def _document(path: Path) -> Entry | None:
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"cannot read kubeconfig {path}: {error.strerror or error}") from error
    try:
        document = yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise ConfigError(f"kubeconfig {path}{line} is not valid YAML: {error.problem or error.context or 'syntax error'}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"kubeconfig {path} is not valid YAML: {getattr(error, 'reason', 'unreadable characters')}") from None
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ConfigError(f"kubeconfig {path} holds {type(document).__name__}, not a mapping with clusters, users and contexts")
    return document


def _named(document: Entry, section: str, path: Path) -> list[tuple[str, Entry]]:
    """The entries of `clusters`, `users` or `contexts`, as (name, what is inside)."""
    entries = document.get(section) or []
    if not isinstance(entries, list):
        raise ConfigError(f"kubeconfig {path}: {section} is not a list")
    found: list[tuple[str, Entry]] = []
    for index, item in enumerate(entries):
        inner = item.get(section[:-1]) if isinstance(item, dict) else None
        if not isinstance(item, dict) or not isinstance(inner or {}, dict) or item.get("name") in (None, ""):
            raise ConfigError(f"kubeconfig {path}: {section}[{index}] is not an entry with name and {section[:-1]}")
        found.append((_text(item["name"]), inner or {}))
    return found


def _with_absolute_paths(section: str, entry: Entry, folder: Path) -> Entry:
    resolved = dict(entry)
    for key in _PATH_KEYS.get(section, ()):
        if value := _text(entry.get(key)):
            resolved[key] = str(folder / Path(value).expanduser())
    return resolved


def _text(value: object) -> str:
    """YAML reads a bare 1234 as a number; names are text."""
    return "" if value is None else str(value)


def _listed(names: Mapping[str, object]) -> str:
    shown = list(names)[:20]
    more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    return f"it has {', '.join(shown)}{more}" if shown else "it has none"
