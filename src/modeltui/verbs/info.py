"""`modeltui info`: where things are, what is set, and what would be connected to. Asks no server."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Mapping
from typing import Any

from modeltui import __version__, paths, settings
from modeltui.characters import printable
from modeltui.kube import kubeconfig
from modeltui.kube.errors import KubeError
from modeltui.options import ConsoleOptions
from modeltui.redaction import redact_text

_VARIABLES = (
    *("KUBECONFIG", "MODELTUI_CONFIG_DIR", "MODELTUI_STATE_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME"),
    *("TERM", "COLORTERM", "NO_COLOR", "LANG", "SSH_CONNECTION", "HTTPS_PROXY", "NO_PROXY"),
)


def run(options: ConsoleOptions, *, output: str) -> int:
    """Prints everything; what is wrong is part of it, so the exit code is 0."""
    found = collect(options, os.environ)
    if output == "json":
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return 0
    for section, entries in found.items():
        print(section)
        width = max(map(len, entries), default=0)
        for name, value in entries.items():
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            print(f"  {name.ljust(width)}  {printable(text) or '-'}")
    return 0


def collect(options: ConsoleOptions, environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Sections of names and values, fit for people and for JSON."""
    chosen, warnings = settings.load()
    connection = _connection(options)
    context = str(connection.get("context", ""))
    of_context, writing = chosen.of_context(context), chosen.writing(context, options)
    return {
        "modeltui": {
            "version": __version__,
            "python": platform.python_version(),
            "platform": platform.platform(),
            "executable": sys.executable,
        },
        "connection": connection,
        "paths": {
            "settings": _path(paths.config_file()),
            "remembered": _path(paths.state_file()),
            "history": _path(paths.ledger_file()),
            "crash files": _path(paths.crash_dir()),
            "saved tables": _path(paths.dump_dir()),
            "styles": str(paths.styles_dir()),
            "catalogs": str(paths.catalogs_dir()),
        },
        "settings": {
            "theme": of_context.theme or "default",
            "read_only": writing.read_only,
            "read_only_why": writing.reason,
            "read_only_contexts": list(chosen.read_only_contexts),
            "low_bandwidth": options.low_bandwidth or chosen.low_bandwidth,
            "clipboard": chosen.clipboard,
            "mouse": chosen.mouse,
            "keymap": [f"{action}={keys}" for action, keys in chosen.keymap.items()],
            "contexts": list(chosen.contexts),
            "warnings": list(warnings),
        },
        "terminal": {"interactive": sys.stdout.isatty(), "colours": colours(environ)},
        "environment": {name: redact_text(environ[name]) for name in _VARIABLES if name in environ},
    }


def _path(path: os.PathLike[str]) -> str:
    return str(path) if os.path.exists(path) else f"{path} (not there)"


def _connection(options: ConsoleOptions) -> dict[str, Any]:
    """From the kubeconfig alone; no plugin is run and no server asked."""
    found: dict[str, Any] = {"kubeconfig": [str(path) for path in kubeconfig.candidates(options.kubeconfig)]}
    try:
        config = kubeconfig.read(options.kubeconfig)
        if config is None:
            if not kubeconfig.in_cluster():
                raise kubeconfig.none_found(options.kubeconfig)
            return found | {"context": kubeconfig.IN_CLUSTER}
        context, cluster, _ = kubeconfig.select(config, options.context)
    except KubeError as error:
        return found | {"error": redact_text(str(error))}
    return found | {
        "context": context.name,
        "cluster": context.cluster,
        "server": redact_text(str(cluster.get("server") or "unknown")),
        "user": context.user,
        "namespace": list(options.namespaces) or context.namespace or "default",
    }


def colours(environ: Mapping[str, str]) -> str:
    """What the terminal says of itself."""
    if environ.get("NO_COLOR"):
        return "none (NO_COLOR is set)"
    if environ.get("COLORTERM", "") in ("truecolor", "24bit"):
        return "16 million"
    term = environ.get("TERM", "")
    if term in ("", "dumb"):
        return "none"
    return "256" if "256" in term else "16"
