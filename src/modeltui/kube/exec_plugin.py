"""Credential plugins: the `exec` of a kubeconfig user (client.authentication.k8s.io/v1 and v1beta1).

The `kubernetes` package also runs them, but lets them read from and write to the terminal that the console draws on, drops a
returned certificate when there is a token as well, and only logs what went wrong.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from modeltui.kube.errors import ConfigError
from modeltui.kube.sentences import sentence

TIMEOUT: Final = 120.0
"""Seconds. Some plugins wait for a login in a browser."""

RAW_LINES: Final = 40
"""Lines of what a failed plugin said that are kept, the last ones."""

_running: Final[set[int]] = set()
"""Process groups of plugins that run without a terminal: nobody else would end them with us."""


class Leash:
    """Ends, from another thread, the plugin that runs on it, and any that would begin later: nobody waits for it any more.

    A plugin that waits for a login holds a port of this machine; the next run of it could not have it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._group: int | None = None
        self._cut = False

    def cut(self) -> None:
        with self._lock:
            self._cut = True
            if self._group is not None:
                _kill(self._group)

    @contextmanager
    def holding(self, group: int) -> Iterator[None]:
        with self._lock:
            self._group = group
            if self._cut:
                _kill(group)
        try:
            yield
        finally:
            with self._lock:
                self._group = None


_API_VERSIONS: Final = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
_CLUSTER_KEYS: Final = (
    "server",
    "tls-server-name",
    "insecure-skip-tls-verify",
    "certificate-authority-data",
    "proxy-url",
    "disable-compression",
)
_EXTENSION: Final = "client.authentication.k8s.io/exec"


class _Answer(msgspec.Struct, rename="camel"):
    token: str = ""
    client_certificate_data: str = ""
    client_key_data: str = ""
    expiration_timestamp: datetime | None = None


class _ExecCredential(msgspec.Struct, rename="camel"):
    kind: str
    api_version: str
    status: _Answer | None = None


@dataclass(frozen=True, slots=True)
class PluginCredential:
    """What a plugin gave: a token, a client certificate with its key (PEM), or both."""

    token: str = field(default="", repr=False)
    certificate: str = ""
    key: str = field(default="", repr=False)
    expires: datetime | None = None


def run(
    spec: Mapping[str, Any],
    *,
    user: str,
    cluster: Mapping[str, Any],
    folder: Path,
    interactive: bool,
    leash: Leash | None = None,
    timeout: float = TIMEOUT,
) -> PluginCredential:
    """Run the plugin that `spec` (a user's `exec`) describes. Blocking; raises ConfigError in one sentence.

    `folder` is where the kubeconfig stands, for relative commands. `interactive` lends the plugin the terminal.
    """
    if not spec.get("command"):
        raise ConfigError(f'the exec of user "{user}" names no command')
    command = command_of(spec, folder)
    name = f'credential plugin "{command}" of user "{user}"'
    version = str(spec.get("apiVersion") or "")
    if version not in _API_VERSIONS:
        raise ConfigError(f'the {name} asks for apiVersion "{version}", which is not one of {", ".join(_API_VERSIONS)}')
    mode = spec.get("interactiveMode") or "IfAvailable"
    if mode == "Always" and not interactive:
        raise ConfigError(f"the {name} must ask on a terminal, which the console draws on: log in with it or with kubectl first")
    interactive = interactive and mode != "Never"
    arguments = [command, *(str(argument) for argument in spec.get("args") or ())]
    output = _output(
        arguments,
        _environment(spec, version, cluster, interactive),
        name=name,
        spec=spec,
        interactive=interactive,
        leash=leash or Leash(),
        timeout=timeout,
    )
    return _credential(output, version, name)


def command_of(spec: Mapping[str, Any], folder: Path) -> str:
    """What is run: a path, or a name that is looked for in PATH. Empty when there is none."""
    command = str(spec.get("command") or "")
    return str(folder / command) if os.sep in command else command


def places(command: str) -> tuple[Path, ...]:
    """The files that `command` may be: itself, or one in each folder of PATH."""
    if os.sep in command:
        return (Path(command),)
    return tuple(Path(folder) / command for folder in os.get_exec_path()) if command else ()


def _environment(spec: Mapping[str, Any], version: str, cluster: Mapping[str, Any], interactive: bool) -> dict[str, str]:
    about: dict[str, Any] = {"interactive": interactive}
    if spec.get("provideClusterInfo"):
        about["cluster"] = {key: cluster[key] for key in _CLUSTER_KEYS if cluster.get(key)}
        for extension in cluster.get("extensions") or ():
            if extension.get("name") == _EXTENSION:
                about["cluster"]["config"] = extension.get("extension")
    info = {"apiVersion": version, "kind": "ExecCredential", "spec": about}
    wanted = {str(pair["name"]): str(pair.get("value") or "") for pair in spec.get("env") or () if pair.get("name")}
    return {**os.environ, **wanted, "KUBERNETES_EXEC_INFO": json.dumps(info)}


def _output(
    arguments: list[str],
    environment: dict[str, str],
    *,
    name: str,
    spec: Mapping[str, Any],
    interactive: bool,
    leash: Leash,
    timeout: float,
) -> bytes:
    terminal = None if interactive else subprocess.DEVNULL
    try:
        process = subprocess.Popen(
            arguments,
            env=environment,
            stdin=terminal,
            stdout=subprocess.PIPE,
            stderr=None if interactive else subprocess.PIPE,
            start_new_session=not interactive,  # without a terminal of its own it cannot write over the screen
        )
    except FileNotFoundError:
        hint = sentence(str(spec.get("installHint") or ""), limit=500) or "install it, or correct the kubeconfig"
        raise ConfigError(f"the {name} is not installed or not in PATH: {hint}") from None
    except OSError as error:
        raise ConfigError(f"the {name} cannot be run: {error.strerror or error}") from error
    with process, nullcontext() if interactive else _ended_with_us(process, leash):
        try:
            output, complaint = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            if not interactive:
                _kill(process.pid)  # its children hold the pipes open, too
            process.kill()
            raise ConfigError(f"the {name} did not finish within {timeout:.0f} s") from None
    if process.returncode:
        said = (complaint or b"").decode("utf-8", "replace").strip().splitlines()
        raw = "\n".join(sentence(line, limit=500) for line in said[-RAW_LINES:])
        how = f"failed with exit code {process.returncode}" if process.returncode > 0 else f"was ended by signal {-process.returncode}"
        end = sentence("; ".join(line.strip() for line in said[-3:] if line.strip()), limit=500) or "it did not say why"
        raise ConfigError(f"the {name} {how}: {end}", raw=raw)
    return output


@contextmanager
def _ended_with_us(process: subprocess.Popen[bytes], leash: Leash) -> Iterator[None]:
    _running.add(process.pid)
    try:
        with leash.holding(process.pid):
            yield
    finally:
        _running.discard(process.pid)


def _kill(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


@atexit.register
def _end_running() -> None:
    """A login that waits in a browser must not outlive the console that asked for it."""
    for group in tuple(_running):
        _kill(group)


def _credential(output: bytes, version: str, name: str) -> PluginCredential:
    try:
        credential = msgspec.json.decode(output, type=_ExecCredential)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # The decoder's message would quote nothing secret, but says nothing useful either.
        raise ConfigError(f"the {name} printed no ExecCredential") from None
    if credential.kind != "ExecCredential" or credential.api_version != version:
        printed = sentence(f"{credential.kind} of {credential.api_version}", limit=120)
        raise ConfigError(f"the {name} printed a {printed}, not the ExecCredential of {version} asked for")
    answer = credential.status or _Answer()
    if bool(answer.client_certificate_data) != bool(answer.client_key_data):
        raise ConfigError(f"the {name} gave only one of client certificate and key")
    if not answer.token and not answer.client_certificate_data:
        raise ConfigError(f"the {name} gave neither a token nor a client certificate")
    return PluginCredential(answer.token, answer.client_certificate_data, answer.client_key_data, answer.expiration_timestamp)
