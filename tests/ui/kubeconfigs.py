"""Kubeconfigs that a test breaks and mends on disk, the ways to a server that it closes and opens, and consoles on them."""

from __future__ import annotations

import asyncio
import copy
import json
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from benchmarks.cluster import MODELS, Cluster
from driving import names, until
from textual.pilot import Pilot

from modeltui.options import ConsoleOptions
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.namespace import NamespaceScreen
from modeltui.ui.sight import Kind, Sight

NAMESPACE = "team-a"
"""The one that clusters of tests have."""


class Kubeconfig:
    """A copy of the kubeconfig of `cluster`, with contexts of its own, each with a cluster and a user of the same name."""

    def __init__(self, path: Path, cluster: Cluster) -> None:
        self.path = path
        self.document: dict[str, Any] = yaml.safe_load(cluster.kubeconfig.read_text())
        self._cluster = self.document["clusters"][0]["cluster"]
        self._admin = next(user["user"] for user in self.document["users"] if user["name"] == "admin")
        self.write()

    def add(self, name: str, *, user: dict[str, Any] | None = None, namespace: str = "", **cluster: Any) -> None:
        """`cluster`: what differs from the server's own entry, with _ for -; None takes a key out."""
        about = {**copy.deepcopy(self._cluster), **{key.replace("_", "-"): value for key, value in cluster.items()}}
        entries = {
            "clusters": {"cluster": {key: value for key, value in about.items() if value is not None}},
            "users": {"user": copy.deepcopy(self._admin) if user is None else user},
            "contexts": {"context": {"cluster": name, "user": name, **({"namespace": namespace} if namespace else {})}},
        }
        for section, entry in entries.items():
            self.document[section] = [one for one in self.document[section] if one["name"] != name] + [{"name": name, **entry}]
        self.write()

    def write(self, text: str | None = None) -> None:
        """At once, as a login does it: nobody reads half a file."""
        new = self.path.with_name(self.path.name + ".new")
        new.write_text(json.dumps(self.document) if text is None else text)
        os.replace(new, self.path)

    def console(self, context: str | None = None, *namespaces: str, **options: Any) -> ConsoleApp:
        wanted = ConsoleOptions(kubeconfig=str(self.path), context=context, namespaces=namespaces, **options)
        return ConsoleApp(wanted, settings=Settings(), memory=Remembered())


def plugin(command: str, *arguments: str, **more: str) -> dict[str, Any]:
    """A user that a credential plugin logs in."""
    spec = {"apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never", "command": command, "args": list(arguments)}
    return {"exec": {**spec, **more}}


def credential(token: str) -> str:
    """What a plugin prints."""
    return json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": token}})


class Tunnel:
    """A port that leads to the server of a cluster, or nowhere: closed (refused), swallowing (nobody accepts), or open."""

    def __init__(self, cluster: Cluster) -> None:
        self._target = urlsplit(cluster.server).port
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"https://127.0.0.1:{self.port}"
        self._server: asyncio.Server | None = None
        self._swallowing: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._unswallow()
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", self.port)

    def swallow(self) -> None:
        """Connections are neither accepted nor refused, as behind a firewall: the queue of a listener that nobody serves is full."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(0)
        self._swallowing = [listener]
        for _ in range(4):
            waiting = socket.socket()
            waiting.setblocking(False)
            with suppress(BlockingIOError):
                waiting.connect(("127.0.0.1", self.port))
            self._swallowing.append(waiting)

    async def close(self) -> None:
        self._unswallow()
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _unswallow(self) -> None:
        for one in self._swallowing:
            one.close()
        self._swallowing = []

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        other = None
        try:
            server, other = await asyncio.open_connection("127.0.0.1", self._target)
            async with asyncio.TaskGroup() as both:
                both.create_task(_pump(reader, other))
                both.create_task(_pump(server, writer))
        except* (OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            for one in (writer, other):
                if one is not None:
                    one.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.write_eof() if writer.can_write_eof() else writer.close()


# ---- a cluster's contents


def make_namespace(cluster: Cluster, name: str) -> None:
    cluster.call("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})


def make_model(cluster: Cluster, namespace: str, name: str) -> None:
    spec = {"sourceRef": "hf", "versions": [{"name": "v1", "repo": f"org/{name}"}]}
    body = {"apiVersion": "model.samzong.dev/v1", "kind": "Model", "metadata": {"name": name}, "spec": spec}
    cluster.call("POST", MODELS.format(namespace=namespace), body)


# ---- what the console shows


def sight(app: ConsoleApp) -> Sight | None:
    """The full-pane message; None where there is a table or a page."""
    pane = getattr(app.screen, "pane", None)
    return pane.sight if pane is not None and pane.display else None


def said(app: ConsoleApp) -> str:
    found = sight(app)
    return " ".join((found.title, *found.lines)) if found else ""


def record(app: ConsoleApp) -> str:
    """What `:messages` holds, the raw words too."""
    return "\n".join(f"{message.text}\n{message.raw}" for _, message in app.messages)


def intro(app: ConsoleApp) -> str:
    """What the choice of namespaces says."""
    assert isinstance(app.screen, NamespaceScreen)
    return str(app.screen.intro.content)


def rows(app: ConsoleApp) -> list[str]:
    return names(app.screen) if isinstance(app.screen, BrowseScreen) and app.screen.table.display else []


async def sees(pilot: Pilot[int], app: ConsoleApp, kind: Kind, *words: str) -> None:
    """Waits for the sight of that kind with all these words in it."""
    await until(
        pilot,
        lambda: (found := sight(app)) is not None and found.kind is kind and all(word in said(app) for word in words),
        f"wanted {kind} with {words}; there is {sight(app)} on {app.screen}",
    )
    assert app.is_running


async def shows(pilot: Pilot[int], app: ConsoleApp, *wanted: str) -> None:
    """Waits for a table of these rows."""
    await until(pilot, lambda: rows(app) == list(wanted), f"wanted {wanted}; there is {rows(app)} and {sight(app)} on {app.screen}")


async def command(pilot: Pilot[int], line: str) -> None:
    await pilot.press("colon", *({" ": "space"}.get(char, char) for char in line), "enter")
