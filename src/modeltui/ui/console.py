"""The console. Imports only what the first frame needs: everything that talks to a cluster is imported once it is painted."""

from __future__ import annotations

from asyncio import Lock, timeout
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.events import Event, Key, Paste
from textual.filter import LineFilter
from textual.screen import Screen

from modeltui import paths, remembered
from modeltui.options import ConsoleOptions
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.ui import keys, signals, theme
from modeltui.ui.bar import BarState
from modeltui.ui.connecting import Connecting
from modeltui.ui.keyboard import Keyboard
from modeltui.ui.messages import Said
from modeltui.ui.navigation import Lines, Place
from modeltui.ui.navigator import Navigator
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.screens.start import StartScreen
from modeltui.ui.widgets.bottombar import Message

if TYPE_CHECKING:
    from modeltui.changes.execute import Recorder
    from modeltui.ledger.ledger import Ledger
    from modeltui.ui.changing import Changing
    from modeltui.ui.connection import Cluster, Connector

TWICE: Final = 3.0
"""Seconds within which a second ctrl-c quits."""
CLOSES_WITHIN: Final = 0.3
"""Seconds that connections get to close when the console ends."""


class ConsoleApp(App[int]):
    """Holds what outlives a screen: settings, memory, the cluster in use and what was said."""

    TITLE = "modeltui"
    CSS_PATH = str(paths.styles_dir() / "console.tcss")
    BINDINGS: ClassVar[list[BindingType]] = keys.APP
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-broad")]

    def __init__(
        self,
        options: ConsoleOptions,
        *,
        settings: Settings,
        memory: Remembered,
        connector: Connector | None = None,
        warnings: Iterable[str] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`connector` and `now` are given by tests; `warnings` are said once the console is up."""
        super().__init__()
        self.animation_level = "none"
        # Nothing here has either, and on a new screen the empty tooltip is drawn before its style hides it.
        self._disable_tooltips = self._disable_notifications = True
        self.thin = options.low_bandwidth or settings.low_bandwidth
        self.options = options
        self.settings = settings
        self.now = now
        self.memory = memory
        self.cluster: Cluster | None = None
        self.messages: deque[tuple[datetime, Message]] = deque(maxlen=200)
        self.typed = {":": Lines(lines=list(memory.commands)), "/": Lines(lines=list(memory.filters))}
        self.bar = BarState(context=options.context or "", namespaces=options.namespaces or None, read_only=options.read_only)
        self.navigator = Navigator(self)
        self._ledger: Ledger | None = None
        self._opening_ledger = Lock()
        self.failure: BaseException | None = None
        self.failed_sentence = ""
        self.connecting = Connecting(self, connector)
        self._warnings = tuple(warnings)
        self._interrupted = float("-inf")
        self._keyboard = Keyboard(self, super().on_event)
        self._colourless: LineFilter | None = None
        for one in theme.THEMES:
            self.register_theme(one)
        self.use_theme(self.bar.context)
        self.set_keymap(dict(settings.keymap))

    def get_default_screen(self) -> Screen[None]:
        return StartScreen()

    def on_mount(self) -> None:
        if not self.is_headless:
            signals.install(self.exit)
        self.run_worker(self._keyboard.run(), group="keyboard", exit_on_error=True)
        for warning in self._warnings:
            self.say(warning, error=True)
        self.call_after_refresh(self.connecting.begin)

    # ---- the cluster

    def use_context(self, context: str, *, keep_namespaces: tuple[str, ...] | None = None) -> None:
        """Leave everything of the present context and connect to another."""
        self.connecting.use(context, keep_namespaces)

    def retry(self) -> None:
        """ctrl-r: what waits for its next try, tries now."""
        if self.cluster is None:
            self.connecting.again()
        else:
            self.cluster.session.retry_now()
            self.say("Asked again.")

    def fail(self, sentence: str, *, code: int) -> None:
        """End with one sentence on stderr, once the terminal is given back."""
        self.failed_sentence = sentence
        self.exit(code)

    def first_view(self) -> str:
        return self.connecting.first_view()

    def favourites(self) -> tuple[str, ...]:
        """Namespaces for the keys 1 to 9: from the settings, then the ones last used in this context."""
        context = self.bar.context
        recent = self.memory.namespaces.get(context, ())
        visited = [name for place in reversed(self.navigator.history.places) for name in place.namespaces]
        own = self.cluster.default_namespace if self.cluster else ""
        names = dict.fromkeys((*self.settings.of_context(context).namespaces, *recent, *visited, own))
        return tuple(name for name in names if name)[:9]

    # ---- changes

    def changing(self, cluster: Cluster) -> Changing:
        """What can be changed there. Imported when it is asked for: most visits only look."""
        from modeltui.ui.changing import Changing

        return Changing(self, cluster)

    def recorder(self, cluster: Cluster) -> Recorder:
        """Keeps one change in the ledger."""
        from modeltui.ui.recorder import ConsoleRecorder

        return ConsoleRecorder(self, cluster)

    async def ledger(self) -> Ledger:
        """Opened once, when it is first needed."""
        from modeltui.ui.recorder import open_ledger

        async with self._opening_ledger:  # a change and the history may both be the first
            if self._ledger is None:
                self._ledger = await open_ledger(self)
            return self._ledger

    # ---- what is remembered

    def remember_place(self, place: Place) -> None:
        self.set_bar(namespaces=place.namespaces)
        context = self.bar.context
        self.connecting.been.add(context)
        self._remember(lambda memory: memory.with_context(context, namespaces=place.namespaces, view=place.view))

    def remember_line(self, mode: str, line: str) -> None:
        self._remember(lambda memory: memory.with_command(line) if mode == ":" else memory.with_filter(line))

    def remember_sort(self, view: str, column: str, *, reverse: bool) -> None:
        self._remember(lambda memory: memory.with_sort(view, column, reverse=reverse))

    def remember_columns(self, view: str, chosen: tuple[str, ...]) -> None:
        """Empty: those that the view itself shows."""
        self._remember(lambda memory: memory.with_columns(view, chosen))

    def remember_wide(self, view: str, *, wide: bool) -> None:
        self._remember(lambda memory: memory.with_wide(view, wide=wide))

    def _remember(self, change: Any) -> None:
        try:
            self.memory = remembered.update(change)
        except OSError as error:
            self.memory = change(self.memory)
            self.log(f"not remembered: {error}")

    # ---- saying

    def set_bar(self, **changes: Any) -> None:
        self.bar = replace(self.bar, **changes)
        self.set_class(self.bar.read_only, "-read-only")
        if self.screen_stack and isinstance(self.screen, ConsoleScreen):
            self.screen.show_bar()

    def say(self, text: str, *, error: bool = False, raw: str = "") -> None:
        message = Message(text, error, raw)
        self.messages.append((self.now(), message))
        if self.screen_stack and isinstance(self.screen, ConsoleScreen):
            self.screen.show_message(message)

    def note(self, text: str, *, error: bool = True, raw: str = "") -> None:
        """For `:messages` only: the screen says it already."""
        message = Message(text, error, raw)
        if not self.messages or self.messages[-1][1] != message:
            self.messages.append((self.now(), message))

    def on_said(self, event: Said) -> None:
        self.say(event.text, error=event.error, raw=event.raw)

    def copy(self, text: str, *, what: str) -> None:
        from modeltui.ui import clipboard

        problem = clipboard.copy(self, text, setting=self.settings.clipboard)
        self.say(problem or f"Copied {what}.", error=bool(problem))

    def suggest_command(self, line: str) -> str | None:
        from modeltui.ui.commands import suggest

        return suggest(line, self.navigator.vocabulary)

    # ---- actions

    async def action_command(self) -> None:
        if isinstance(self.screen, ConsoleScreen):
            await self.screen.open_prompt(":")

    async def action_help(self) -> None:
        await self.navigator.open_help()

    async def action_aliases(self) -> None:
        await self.navigator.open_aliases()

    async def action_catalog(self) -> None:
        await self.navigator.open_catalog()

    async def action_messages(self) -> None:
        await self.navigator.open_messages()

    def action_refresh(self) -> None:
        if isinstance(self.screen, ConsoleScreen):
            self.screen.refresh_now()

    def action_toggle_header(self) -> None:
        self.toggle_class("-no-header")
        if self.bar.read_only and self.has_class("-no-header"):
            self.say("The header stays while READ-ONLY stands in it.")

    async def action_last_view(self) -> None:
        await self.navigator.last()

    async def action_history(self, step: int) -> None:
        await self.navigator.step(step)

    async def action_forwards(self) -> None:
        await self.navigator.open_forwards()

    def action_interrupt(self) -> None:
        if isinstance(self.screen, ConsoleScreen) and self.screen.interrupt():
            return
        now = monotonic()
        if now - self._interrupted < TWICE:
            self.exit(0)
        self._interrupted = now
        self.say("Press ctrl-c again to quit, or type :q.")

    async def action_quit(self) -> None:
        self.exit(0)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What ctrl-p offers: tables, places and the actions of this screen."""
        from modeltui.ui.palette import commands

        yield from commands(self, screen)

    # ---- the terminal

    async def on_event(self, event: Event) -> None:
        """What is typed waits its turn; ctrl-c never waits."""
        if isinstance(event, Key | Paste) and not event.is_forwarded and not (isinstance(event, Key) and event.key == "ctrl+c"):
            self._keyboard.take(event)
        else:
            await super().on_event(event)

    def get_line_filters(self) -> Sequence[LineFilter]:
        if not self.no_color:
            return super().get_line_filters()
        if self._colourless is None:
            from modeltui.ui.monochrome import NoColour

            colours = self.theme_variables
            self._colourless = NoColour(page=colours["background"], raised=frozenset({colours["panel"]}))
        return (self._colourless,)

    def use_theme(self, context: str) -> None:
        wanted = (self.settings.of_context(context).theme if context else None) or self.settings.theme or theme.DEFAULT
        if wanted not in self.available_themes:
            self.call_later(self.say, f"There is no theme {wanted}; using {theme.DEFAULT}.", error=True)
            wanted = theme.DEFAULT
        self.theme = wanted
        self._colourless = None

    def _handle_exception(self, error: Exception) -> None:
        """Textual prints locals, which may hold secrets; we keep the error for a redacted file instead."""
        self.failure = self.failure or getattr(error, "error", error)  # a WorkerFailed holds the one that matters
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    async def on_unmount(self) -> None:
        if not self.is_headless:
            signals.remove()
        if self._ledger is not None and (lost := self._ledger.close()):
            self.failed_sentence = self.failed_sentence or lost
        if self.cluster is not None:
            with suppress(TimeoutError):  # the connections end with the process
                async with timeout(CLOSES_WITHIN):
                    await self.cluster.aclose()
