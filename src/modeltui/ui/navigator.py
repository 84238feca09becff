"""Carries out commands: which screen is shown, in which context and namespaces. The only place that changes the screen stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from modeltui.ui.navigation import History, Place
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.screens.start import StartScreen

if TYPE_CHECKING:
    from modeltui.domain import RowKey
    from modeltui.kube.resource import Resource
    from modeltui.ledger.records import Filter
    from modeltui.systems.modelfs.types import ModelSource
    from modeltui.systems.protocol import Table, View
    from modeltui.systems.secret_value import SecretValue
    from modeltui.ui.commands import Show, Vocabulary
    from modeltui.ui.connection import Cluster
    from modeltui.ui.console import ConsoleApp
    from modeltui.ui.screens.table import TableScreen


class Navigator:
    """Needs a cluster for everything but `:ctx`, `:history`, `:help`, `:messages` and `:q`."""

    def __init__(self, app: ConsoleApp) -> None:
        self._app = app
        self.history = History()
        self._wish: Place | None = None
        """What was asked for before a context or namespace was chosen."""
        self._started = False
        """Whether a first table, or the choice of namespaces, lies over the start screen."""

    # ---- commands

    @property
    def vocabulary(self) -> Vocabulary:
        from modeltui.ui.commands import HISTORY_WORDS, Vocabulary
        from modeltui.ui.screens.table import TableScreen
        from modeltui.ui.wizards.files import completions

        cluster, history = self._app.cluster, dict.fromkeys(HISTORY_WORDS, HISTORY_WORDS[0])
        if cluster is None:
            return Vocabulary(views=history, contexts=self._app.connecting.names)
        known = dict.fromkeys((*cluster.namespaces, *self._app.favourites()))
        screen = self._app.screen
        columns, shown = screen.column_keys() if isinstance(screen, TableScreen) else ((), ())
        return Vocabulary(
            views={**cluster.words, **history},
            namespaces=tuple(known),
            contexts=self._app.connecting.names,
            columns=columns,
            shown_columns=shown,
            kinds=_kinds,
            files=completions,
        )

    async def run_line(self, line: str) -> None:
        from modeltui.ui.commands import Act, ChooseColumns, New, Show, UseContext, UseNamespaces, Wrong, parse

        self._app.remember_line(":", line)
        command = parse(line, self.vocabulary)
        if isinstance(command, Wrong) and await self._contexts_have_changed():
            command = parse(line, self.vocabulary)
        match command:
            case Wrong(sentence):
                self._app.say(sentence, error=True)
            case Act(action):
                await self._act(action)
            case ChooseColumns(words):
                self._choose_columns(words)
            case New(kind, file):
                await self._new(kind, file)
            case UseContext(""):
                await self.choose_context()
            case UseContext(context):
                self._app.use_context(context)
            case UseNamespaces(None):
                await self.choose_namespaces()
            case UseNamespaces(tuple() as namespaces):
                await self.use_namespaces(namespaces)
            case Show() as show:
                await self._show(show)

    async def deploy(self, model: str) -> None:
        """The form that deploys, with that repository of the Hub."""
        from modeltui.ui.wizards.kinds import deploying

        if (cluster := self._to_make_in()) is not None:
            await self._app.push_screen(deploying(cluster, self._namespace_for_new(), model=model))

    def _to_make_in(self) -> Cluster | None:
        """None, and said, where nothing can be made."""
        if self._app.cluster is None:
            self._app.say("There is no connection yet, so nothing can be made.", error=True)
        elif self._app.bar.read_only:
            self._app.say("Nothing can be made: this console is read-only.", error=True)
        else:
            return self._app.cluster
        return None

    async def _new(self, kind: str, file: str) -> None:
        from modeltui.systems.answer_file import AnswersError
        from modeltui.ui.wizards.files import FileProblem, path_of
        from modeltui.ui.wizards.kinds import FORMS

        cluster, namespace = self._to_make_in(), self._namespace_for_new()
        if cluster is None:
            return
        form = next(form for form in FORMS if form.word == kind)
        try:
            screen = form.opened(cluster, namespace, path_of(file)) if file else form.new(cluster, namespace)
        except (AnswersError, FileProblem) as error:
            self._app.say(str(error), error=True)
            return
        await self._app.push_screen(screen)

    def _namespace_for_new(self) -> str:
        """The one that is shown; "" where there is not exactly one."""
        here = self.history.here
        return here.namespaces[0] if here and len(here.namespaces) == 1 else ""

    def _choose_columns(self, words: str) -> None:
        from modeltui.ui.screens.table import TableScreen

        if isinstance(self._app.screen, TableScreen):
            self._app.screen.choose_columns(words)
        else:
            self._app.say("That is not here: :columns is about a table.", error=True)

    async def _act(self, action: str) -> None:
        if not await self._app.run_action(_ACTIONS[action]):
            self._app.say(f"That is not here: {action} is about a row of a table.", error=True)

    async def _show(self, show: Show) -> None:
        from modeltui.ui.commands import HISTORY_WORDS

        if show.view == HISTORY_WORDS[0]:
            if show.selector:
                self._app.say("Changes have no labels; leave out the label selector.", error=True)
                return
            await self.open_history(Place(show.view, show.namespaces or (), show.filter), context=show.context)
            return
        here = self.history.here
        namespaces = show.namespaces if show.namespaces is not None else (here.namespaces if here else None)
        if show.context is not None and show.context != self._app.bar.context:
            self._wish = Place(show.view, show.namespaces or (), show.filter, show.selector)
            self._app.use_context(show.context, keep_namespaces=show.namespaces)
            return
        place = Place(show.view, namespaces or (), show.filter, show.selector)
        if namespaces is None:
            await self.choose_namespaces(place)
        else:
            await self.go(place)

    # ---- places

    async def start(self, view: str, namespaces: tuple[str, ...] | None) -> None:
        """After connecting: straight to the table, or first to the choice of namespaces (None)."""
        self._started = True
        wish, self._wish = self._wish, None
        self.history = History()
        place = replace(wish, namespaces=namespaces or ()) if wish else Place(view, namespaces or ())
        if namespaces is None:
            await self.choose_namespaces(place)
        else:
            await self.go(place)

    async def go(self, place: Place, *, visit: bool = True) -> None:
        cluster = self._app.cluster
        table = cluster.table(place.view) if cluster else None
        if cluster is None or table is None:
            return
        if place.selector and table is cluster.table("doctor"):  # findings come from the checks, not from a server that could select them
            place = replace(place, filter=f"-l {place.selector} {place.filter}".strip(), selector="")
        if visit:
            self.history.visit(place)
        self._app.remember_place(place)
        screen = await self._table(cluster, table, place)
        with self._app.batch_update():  # what lies beneath is not painted on the way
            self._reset()
            await self._app.push_screen(screen)

    async def widen(self, screen: TableScreen) -> None:
        """The same table anew, since it has become another one; not when the user has gone elsewhere meanwhile."""
        if self._app.screen is screen:
            await self.go(screen.place, visit=False)

    async def _table(self, cluster: Cluster, table: Table, place: Place) -> ConsoleScreen:
        from modeltui.systems import beside
        from modeltui.systems.protocol import Merged, View
        from modeltui.ui.screens.alone import AloneScreen
        from modeltui.ui.screens.deployments import DeploymentsScreen, table_of
        from modeltui.ui.screens.doctor import DoctorScreen
        from modeltui.ui.screens.merged import MergedScreen

        look = self._look(table.name)
        if isinstance(table, View):
            return table_of(table)(cluster, table, place, **look)
        main = cluster.view(table.main) if isinstance(table, Merged) else None
        if isinstance(table, Merged) and main is not None and not await beside.soon(cluster.session.discovery, table):
            return AloneScreen(cluster, main, table, place, **look)
        if isinstance(table, Merged):
            serve = all(view.serves is not None for view in table.parts)
            return (DeploymentsScreen if serve else MergedScreen)(cluster, table, place, **look)
        return DoctorScreen(cluster, place, **look)

    def _look(self, name: str) -> dict[str, Any]:
        """How a table of that name is shown, as it is remembered."""
        memory = self._app.memory
        return {
            "sort": memory.sorts.get(name),
            "columns": memory.columns.get(name),
            "wide": memory.wide.get(name, False),
            "fps": 1.0 if self._app.thin else None,
            "now": self._app.now,
        }

    async def step(self, direction: int) -> None:
        place = self.history.back() if direction < 0 else self.history.forward()
        if place is None:
            self._app.say("This is the first table." if direction < 0 else "This is the newest table.")
        else:
            await self.go(place, visit=False)

    async def last(self) -> None:
        place = self.history.last()
        if place is None:
            self._app.say("There is no table before this one.")
        else:
            await self.go(place, visit=False)

    async def use_namespaces(self, namespaces: tuple[str, ...]) -> None:
        here = self.history.here
        view = here.view if here else self._app.first_view()
        await self.go(Place(view, namespaces, here.filter if here else ""))

    # ---- screens

    async def choose_namespaces(self, place: Place | None = None) -> None:
        from modeltui.ui.screens.namespace import NamespaceScreen

        cluster = self._app.cluster
        if cluster is None:
            self._app.say("There is no connection yet, so no namespaces either; :ctx chooses another context.", error=True)
            return
        wanted = place or self.history.here or Place(self._app.first_view())
        self._leave_pickers()
        await self._app.push_screen(NamespaceScreen(cluster, wanted, mandatory=self.history.here is None))

    async def choose_context(self, why: str = "") -> None:
        """`why`: the sentence that says why one must be chosen."""
        from modeltui.ui.screens.context import ContextScreen

        await self._contexts_have_changed()
        if self.history.here is not None or isinstance(self._app.screen, ContextScreen):
            self._leave_pickers()  # but a choice of namespaces that must be made is come back to
        await self._app.push_screen(ContextScreen(self._app.connecting.contexts, current=self._app.bar.context, why=why))

    async def _contexts_have_changed(self) -> bool:
        """Reads the kubeconfig again; when it cannot be read, what was known stays."""
        from modeltui.kube.errors import KubeError

        try:
            return await self._app.connecting.read_contexts()
        except KubeError as error:
            self._app.say(str(error), error=True)
            return False

    async def open_detail(self, view: View, key: RowKey, *, leaving: type[ConsoleScreen] | None = None) -> None:
        """`leaving`: screens of that kind are over when its page lies right under them: that one is gone back to."""
        from modeltui.ui.screens.detail import DetailScreen, screen_for

        if leaving is not None:
            under = next((screen for screen in reversed(self._app.screen_stack) if not isinstance(screen, leaving)), None)
            if isinstance(under, DetailScreen) and (under.view.resource, under.key) == (view.resource, key):
                while self._app.screen is not under:
                    self._app.pop_screen()
                return
        if (cluster := self._app.cluster) is not None:
            around = self.history.here.namespaces if self.history.here is not None else None
            await self._app.push_screen(screen_for(cluster, view, key, around=around))

    async def open_yaml(self, resource: Resource, key: RowKey) -> None:
        from modeltui.ui.screens.yaml_view import YamlScreen

        if (cluster := self._app.cluster) is not None:
            await self._app.push_screen(YamlScreen(cluster, resource, key))

    async def open_history(self, place: Place, *, context: str | None = None, of: Filter | None = None, about: str = "") -> None:
        """Needs no cluster. `context`: whose changes; this one's by default. `of`: what else limits them, `about` in words."""
        from modeltui.ledger.records import EVERYTHING
        from modeltui.ui.screens.history import HISTORY, HistoryScreen

        if isinstance(self._app.screen, HistoryScreen):
            self.close(self._app.screen)
        look = self._look(HISTORY.name)
        whose = self._app.bar.context if context is None else context
        await self._app.push_screen(HistoryScreen(place, context=whose, of=of or EVERYTHING, about=about, **look))

    async def open_history_of(self, resource: Resource, key: RowKey) -> None:
        from modeltui.ledger.records import Filter
        from modeltui.ui.commands import HISTORY_WORDS

        namespace, name = key
        of = Filter(kind=resource.kind, name=name, namespaces=(namespace,) if namespace else ())
        about = f"{resource.kind} {namespace}/{name}" if namespace else f"{resource.kind} {name}"
        await self.open_history(Place(HISTORY_WORDS[0]), of=of, about=about)

    async def open_connections(
        self, key: RowKey, *, unsaved: ModelSource | None = None, typed: Mapping[str, SecretValue] | None = None
    ) -> None:
        """Of a ModelSource, or of one that a form has and the cluster has not: `ConnectionScreen` says more."""
        from modeltui.ui.screens.connection_check import ConnectionScreen

        if (cluster := self._app.cluster) is not None:
            await self._app.push_screen(ConnectionScreen(cluster, key, unsaved=unsaved, typed=typed))

    async def open_help(self) -> None:
        from modeltui.ui import help as help_page
        from modeltui.ui.screens.text import TextScreen

        screen = self._app.screen
        if isinstance(screen, ConsoleScreen) and screen.crumb != "help":
            lines = help_page.page(screen.keys_in_force(), title=screen.heading or screen.crumb or "modeltui")
            await self._app.push_screen(TextScreen("help", lines))

    async def open_aliases(self) -> None:
        from modeltui.ui.screens.text import TextScreen, alias_lines

        if (cluster := self._app.cluster) is not None:
            await self._app.push_screen(TextScreen("aliases", alias_lines(cluster.tables)))

    async def open_catalog(self) -> None:
        from modeltui.ui.screens.catalog import CatalogScreen

        await self._app.push_screen(CatalogScreen())

    async def open_forwards(self) -> None:
        from modeltui.ui.screens.forwards import ForwardsScreen

        if (cluster := self._app.cluster) is None:
            self._app.say("There is no connection yet, and so no port that leads anywhere.", error=True)
        elif not isinstance(self._app.screen, ForwardsScreen):
            await self._app.push_screen(ForwardsScreen(cluster))

    async def open_messages(self) -> None:
        from modeltui.ui.screens.text import TextScreen, message_lines

        await self._app.push_screen(TextScreen("messages", message_lines(self._app.messages)))

    def close(self, screen: ConsoleScreen) -> None:
        """One screen back; the first one over a cluster stays: behind it is only how we got there."""
        first = len(self._app.screen_stack) == 2 and self._started
        if not first and not isinstance(screen, StartScreen) and self._app.screen is screen:
            self._app.pop_screen()

    def to_start(self) -> None:
        """Everything of the old context goes."""
        self._started = False
        self.history = History()
        self._reset()

    def _leave_pickers(self) -> None:
        from modeltui.ui.screens.picker import PickerScreen

        while isinstance(self._app.screen, PickerScreen):
            self._app.pop_screen()

    def _reset(self) -> None:
        while len(self._app.screen_stack) > 1:
            self._app.pop_screen()


def _kinds() -> tuple[str, ...]:
    """What has a form; imported when it is asked for."""
    from modeltui.ui.wizards.kinds import FORMS

    return tuple(form.word for form in FORMS)


_ACTIONS = {
    "quit": "app.quit",
    "help": "app.help",
    "aliases": "app.aliases",
    "messages": "app.messages",
    "catalog": "app.catalog",
    "forwards": "app.forwards",
    "refresh": "app.refresh",
    "last_view": "app.last_view",
    "yaml": "screen.yaml",
    "describe": "screen.describe",
    "actions": "screen.actions",
    "edit": "screen.edit",
    "delete": "screen.delete",
    "activate": "screen.operate('activate')",
    "deactivate": "screen.operate('deactivate')",
}
