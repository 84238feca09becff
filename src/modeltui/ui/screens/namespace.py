"""The choice of namespaces, before anything else is shown. Works without the right to list them: a name can always be typed."""

from __future__ import annotations

from typing import Final

from modeltui.document import Line, line
from modeltui.domain import UNKNOWN, Column, Row, Value
from modeltui.kube.errors import Forbidden, KubeError, Unauthorized
from modeltui.ui.commands import read_namespaces
from modeltui.ui.connection import Cluster, raw_words
from modeltui.ui.navigation import Place
from modeltui.ui.screens.picker import PickerScreen

_COLUMNS: Final = (
    Column("name", "Namespace", min_width=24),
    Column("known_from", "Known from", min_width=20),
    Column("in_use", "In use"),
)

_SERVER: Final = "the server"
_LOGIN: Final = "A login in another terminal helps: a new token or kubeconfig on disk is noticed at once, and ctrl-r asks again."
_RETRIED: Final = "Asked again by itself as soon as the server answers; ctrl-r asks now, :ctx goes elsewhere, / takes a name."


class NamespaceScreen(PickerScreen):
    heading = "Namespaces"

    def __init__(self, cluster: Cluster, wanted: Place, *, mandatory: bool) -> None:
        super().__init__("namespaces", _COLUMNS)
        self._cluster = cluster
        self._wanted = wanted
        self._mandatory = mandatory
        self._sources: dict[str, str] = {}

    def on_mount(self) -> None:
        super().on_mount()
        for name in (*self.console.favourites(), *self._wanted.namespaces):
            self._sources.setdefault(name, "settings or earlier use")
        if self._cluster.default_namespace:
            self._sources[self._cluster.default_namespace] = "the context"
        self._show("Asking the server for its namespaces ...")
        self.run_worker(self._list(), exclusive=True)

    def refresh_now(self) -> None:
        self._cluster.session.retry_now()
        self.run_worker(self._list(), exclusive=True)

    async def _list(self) -> None:
        """Again by itself, whenever a list that did not come is worth asking for."""
        while True:
            chance = self._cluster.session.chance
            try:
                names = await self._cluster.list_namespaces()
            except Forbidden as error:
                self.console.note("Namespaces may not be listed.", raw=raw_words(error))
                self._show(f"You may not list namespaces, which is common and no obstacle: press / and type a name. ({error})")
            except KubeError as error:
                self.console.note(f"Namespaces could not be listed: {error}", raw=raw_words(error))
                self._show(str(error), after=_LOGIN if isinstance(error, Unauthorized) else _RETRIED)
            else:
                self._sources = {name: known for name, known in self._sources.items() if known != _SERVER} | dict.fromkeys(names, _SERVER)
                self._show(f"{len(names):,} namespaces." if names else "The server lists no namespaces.")
            await chance.wait()

    def _show(self, sentence: str, *, after: str = "") -> None:
        """`after`: what can be done about it, when `sentence` says what is wrong."""
        first = "Choose a namespace to begin." if self._mandatory else "Choose namespaces."
        told = [line(sentence, "bad"), line(after)] if after else [line(sentence)]
        self.explain([line(first, "title"), *told, _KEYS])
        in_use = set(self._wanted.namespaces)
        rows = []
        for name, source in self._sources.items():
            values: tuple[Value, ...] = (name, source or UNKNOWN, "yes" if name in in_use else None)
            rows.append(Row(("", name), values))
        self.rows(rows)

    @property
    def lists_all(self) -> bool:
        """There may be others where they may not be listed."""
        return _SERVER in self._sources.values()

    def read(self, text: str) -> tuple[str, ...] | str:
        return read_namespaces(text)

    async def choose(self, names: tuple[str, ...]) -> None:
        if all(name in self._cluster.namespaces for name in names):
            await self._go(names)  # at once: the keys that follow are meant for the table
            return
        self.run_worker(self._check(names), exclusive=True)

    async def _check(self, names: tuple[str, ...]) -> None:
        """A name that certainly does not exist is said here, where another can be typed."""
        self.console.say(f"Asking whether {', '.join(names)} exists ...")
        for name in names:
            if name not in self._cluster.namespaces and (problem := await self._cluster.missing(name)):
                self.console.say(problem, error=True)
                return
        await self._go(names)

    async def _go(self, names: tuple[str, ...]) -> None:
        await self.console.navigator.go(Place(self._wanted.view, names, self._wanted.filter, self._wanted.selector))


_KEYS: Final[Line] = (
    ("enter", "accent"),
    (" use it   ", "dim"),
    ("space", "accent"),
    (" mark more   ", "dim"),
    ("/", "accent"),
    (" type names: a,b   ", "dim"),
    (":ns all", "accent"),
    (" all of them", "dim"),
)
