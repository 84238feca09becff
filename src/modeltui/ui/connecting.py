"""The way to a cluster: at the start, by `:ctx`, again by ctrl-r, and by itself when a file that stood in the way changes.

Like the console, it imports at the top only what the first frame needs.
"""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from modeltui.document import Tone
from modeltui.ui import sight
from modeltui.ui.screens.start import StartScreen

if TYPE_CHECKING:
    from modeltui.kube.errors import KubeError
    from modeltui.kube.kubeconfig import Contexts
    from modeltui.kube.origin import Origin
    from modeltui.ui.connection import Cluster, Connector
    from modeltui.ui.console import ConsoleApp


class Connecting:
    """One attempt at a time; each new one ends that before it."""

    def __init__(self, app: ConsoleApp, connector: Connector | None) -> None:
        """`connector` stands in for kubeconfig and credentials, in tests."""
        self._app = app
        self._connector = connector
        self.contexts: Contexts | None = None
        """Of the kubeconfig as it was last read; None when it never could be."""
        self._asked = ""
        """The context of the last attempt as it was asked for; empty: the kubeconfig's current one, whichever that is by then."""
        self.been: set[str] = set()
        """Contexts of which this run has shown a table: back in one, the user is where he was, not where the command line said."""

    def begin(self) -> None:
        """At the start: what cannot be used at all ends the console."""
        self._attempt(self._app.options.context or "", None, first=True)

    def use(self, context: str, namespaces: tuple[str, ...] | None) -> None:
        """Leave everything of the present context and connect to another. `namespaces`: None leaves the choice to `_namespaces`."""
        app = self._app
        old, app.cluster = app.cluster, None
        app.navigator.to_start()
        app.set_bar(context=context, server="", identity="", namespaces=None, connection=sight.CONNECTING)
        app.use_theme(context)
        if old is not None:
            app.run_worker(old.aclose(), group="closing", exit_on_error=False)  # nobody need wait for what may hang
        self._attempt(context, namespaces)

    def again(self) -> None:
        """The same once more, at once."""
        self._attempt(self._asked, None)

    async def read_contexts(self) -> bool:
        """Those of the kubeconfig as it is now; whether that is news. Raises KubeError."""
        if self._connector is not None:
            return False
        from modeltui.kube.background import in_background
        from modeltui.kube.kubeconfig import contexts

        kubeconfig = self._app.options.kubeconfig
        before, self.contexts = self.contexts, await in_background(lambda: contexts(kubeconfig), name="read the kubeconfig")
        return self.contexts != before

    # ---- one attempt

    def _attempt(self, context: str, namespaces: tuple[str, ...] | None, *, first: bool = False) -> None:
        self._asked = context
        begin = partial(self._connect, context, namespaces, first=first)  # no coroutine yet: the next choice may come before it has begun
        self._app.run_worker(begin, group="connect", exclusive=True)  # type: ignore[arg-type]  # textual's generic type infers Never here

    async def _connect(self, context: str, namespaces: tuple[str, ...] | None, *, first: bool) -> None:
        self._start.show(sight.connecting(context))
        connection = await asyncio.to_thread(_import_connection)
        if not gc.isenabled():  # it was off while modules were imported: they live for ever, and later collections need not walk them
            gc.freeze()
            gc.enable()
        from modeltui.kube.errors import KubeError

        wanted = context
        while True:
            origin: Origin = connection.NOWHERE if self._connector else await connection.origin_of(self._app.options.kubeconfig, context)
            try:
                await self.read_contexts()
                wanted = context or (self.contexts.current if self.contexts else "")
                self._app.set_bar(context=wanted, read_only=self._read_only(wanted))
                self._start.show(sight.connecting(wanted, plugin=origin.plugin, since=self._app.now()))
                cluster = await (self._connector or connection.connect)(
                    kubeconfig=self._app.options.kubeconfig, context=wanted or None, read_only=self._read_only
                )
            except KubeError as error:
                if first and self._nothing_to_choose(context, error):
                    self._app.fail(str(error), code=error.exit_code)
                    return
                await self._failed(error, wanted, plugin=bool(origin.plugin), raw=connection.raw_words(error))
            else:
                await self._connected(cluster, namespaces)
                return
            first = False
            await connection.until_changed(origin)

    def _nothing_to_choose(self, context: str, error: KubeError) -> bool:
        """No kubeconfig that can be read, none with contexts, or not the one asked for."""
        from modeltui.kube.errors import ConfigError

        names = self.names
        return isinstance(error, ConfigError) and (not names or bool(context and context not in names))

    async def _failed(self, error: KubeError, context: str, *, plugin: bool, raw: str) -> None:
        sentence, app = str(error), self._app
        app.note(sentence, raw=raw)
        app.set_bar(connection=(sight.GLYPHS[sight.Kind.ERROR], "not connected", "bad"))
        self._start.show(sight.start_failed(sentence, context=context, plugin=plugin))
        if not self._asked and self.names and context not in self.names and self._start.free.is_set():
            await app.navigator.choose_context(why=sentence)

    async def _connected(self, cluster: Cluster, namespaces: tuple[str, ...] | None) -> None:
        app = self._app
        app.cluster = cluster
        self.contexts = cluster.contexts
        app.use_theme(cluster.context)
        app.set_bar(context=cluster.context, server=cluster.server, identity=cluster.user, read_only=self._read_only(cluster.context))
        app.run_worker(self._learn(cluster), group="learn", exclusive=True, exit_on_error=False)
        await self._start.free.wait()  # a table must not catch the keys that were meant for a prompt
        await app.navigator.start(self.first_view(), self._namespaces(cluster) if namespaces is None else namespaces)

    async def _learn(self, cluster: Cluster) -> None:
        """What is good to know and nobody waits for: our name, and the namespaces to suggest. Anew whenever that may have changed."""
        from modeltui.kube.errors import ApiError, KubeError, Unauthorized
        from modeltui.ui.sights import CONNECTED

        def tell(glyph: str, words: str, tone: Tone, **more: str) -> None:
            if self._app.cluster is cluster:  # else it fails since it has been left
                self._app.set_bar(connection=(glyph, words, tone), **more)

        while self._app.cluster is cluster:
            chance = cluster.session.chance
            try:
                tell(*CONNECTED, identity=await cluster.identity())
            except Unauthorized:
                tell(sight.GLYPHS[sight.Kind.DENIED], "unauthorized", "bad")
            except ApiError as error:
                tell("●", f"answers {error.status}", "warn")
            except KubeError:
                tell(sight.GLYPHS[sight.Kind.ERROR], "unreachable", "bad")
            with suppress(KubeError):
                await cluster.list_namespaces()
            await chance.wait()

    @property
    def _start(self) -> StartScreen:
        start = self._app.screen_stack[0]
        assert isinstance(start, StartScreen)
        return start

    # ---- what holds for a context

    @property
    def names(self) -> tuple[str, ...]:
        return self.contexts.names if self.contexts else ()

    def first_view(self) -> str:
        app = self._app
        if app.cluster is None:
            return ""
        remembered = app.memory.views.get(app.cluster.context, "")
        wanted = remembered if app.cluster.context in self.been else app.options.view or remembered
        table = app.cluster.table(wanted) if wanted else None
        return table.name if table else app.cluster.views[0].name

    def _namespaces(self, cluster: Cluster) -> tuple[str, ...] | None:
        """Given, else remembered, else from the settings, else the context's own; None: the user must choose."""
        app = self._app
        remembered = app.memory.namespaces.get(cluster.context)
        if remembered is not None and cluster.context in self.been:
            return remembered
        if app.options.all_namespaces or app.options.namespaces:
            return () if app.options.all_namespaces else app.options.namespaces
        if remembered is not None:
            return remembered
        own = (cluster.default_namespace,) if cluster.default_namespace else None
        return app.settings.of_context(cluster.context).namespaces or own

    def _read_only(self, context: str) -> bool:
        return self._app.settings.writing(context, self._app.options).read_only


def _import_connection() -> Any:
    """In a thread, once the first frame is on the screen."""
    from modeltui.ui import connection

    return connection
