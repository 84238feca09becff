"""What every screen has: the top bar, the bottom lines with the prompt, and where it stands in the crumbs."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.reactive import Reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from modeltui import paths
from modeltui.ui import keys
from modeltui.ui.bar import BarState, Counts
from modeltui.ui.read_only import WRITE_ACTIONS
from modeltui.ui.widgets.bottombar import BottomBar, Hint, Message
from modeltui.ui.widgets.topbar import TopBar

if TYPE_CHECKING:
    from modeltui.ui.changing import Offer
    from modeltui.ui.console import ConsoleApp
    from modeltui.ui.help import Key
    from modeltui.ui.widgets.line_view import LineView
    from modeltui.ui.widgets.prompt import Mode, Prompt


LEAST_COLUMNS: Final = 60
LEAST_LINES: Final = 15
STAYS: Final = {False: 8.0, True: 30.0}
"""Seconds that a message stays: a mistake longer."""


class ConsoleScreen(Screen[None]):
    """Subclasses give `body()`, and what they want of `bar()`, `crumb` and the filter hooks."""

    CSS_PATH: ClassVar[str | None] = str(paths.styles_dir() / "pages.tcss")
    AUTO_FOCUS: ClassVar[str | None] = ""
    """Each screen says itself where its keys go."""
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """Textual paints the whole screen again (10 KB) when the focus moves; the two widgets that it concerns paint themselves."""
    heading = ""
    """The bar's title."""

    def __init__(self, crumb: str = "") -> None:
        super().__init__()
        self.crumb = crumb
        self.top = TopBar(BarState())
        self.bottom = BottomBar((), [])
        self._prompt: Prompt | None = None
        self._fading: Timer | None = None
        self._on_answer: Callable[[str], None] = lambda _: None

    @property
    def console(self) -> ConsoleApp:
        return self.app  # type: ignore[return-value]  # textual knows only App

    def compose(self) -> ComposeResult:
        self.top.show(self.bar())
        self.bottom.crumbs.show(self.crumbs())
        yield self.top
        yield from self.body()
        yield self.bottom

    def body(self) -> Iterable[Widget]:
        return ()

    def on_mount(self) -> None:
        self.bindings_updated_signal.subscribe(self, lambda _: self.call_after_refresh(self._show_hints))

    def on_screen_resume(self) -> None:
        self.show_bar()
        self.show_message(None)
        self.call_after_refresh(self._show_hints)

    # ---- the frame

    def bar(self) -> BarState:
        """The app's state with this screen's part in it."""
        return replace(self.console.bar, title=self.heading or self.crumb, counts=Counts())

    def show_bar(self) -> None:
        self.top.show(self.bar())

    def crumbs(self) -> tuple[str, ...]:
        return tuple(screen.crumb for screen in self.app.screen_stack if isinstance(screen, ConsoleScreen) and screen.crumb)

    def show_message(self, message: Message | None) -> None:
        """Over the crumbs, for a while; `:messages` keeps it."""
        if self._fading is not None:
            self._fading.stop()
            self._fading = None
        if message is not None:
            self._fading = self.set_timer(STAYS[message.error], lambda: self.show_message(None))
        self.bottom.crumbs.show(self.crumbs() or None, message)

    def hints(self) -> list[Hint]:
        """From the bindings in force; while typing, the prompt's own."""
        if self._prompt is not None:
            return list(keys.PROMPT_HINTS)
        seen: dict[str, Hint] = {}
        for active in self.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and binding.id and binding.id not in seen:
                seen[binding.id] = (keys.shown(binding.key), keys.brief(binding.description))
            elif binding.id in keys.ALSO_HINTED and active.enabled:
                seen.setdefault(binding.id, (keys.shown(binding.key), keys.brief(binding.description)))
        always = [seen.pop(one) for one in keys.ALWAYS_HINTED if one in seen]
        return [*seen.values(), *always]

    def _show_hints(self) -> None:
        if self.is_current:
            self.bottom.hints.show(self.hints())

    def keys_in_force(self) -> list[Key]:
        """For the help page."""
        from modeltui.ui.help import Key

        found = []
        for active in self.active_bindings.values():
            binding: Binding = active.binding
            if not binding.description or binding.system or not binding.id:
                continue
            node = active.node
            group = "Everywhere" if node is self.app else getattr(node, "BINDING_GROUP_TITLE", None) or "Rows"
            found.append(Key(group, keys.shown(binding.key), binding.description, binding.id, active.enabled))
        # what this screen is for comes before how to move in it
        order = {getattr(self, "BINDING_GROUP_TITLE", None): 0, "Everywhere": 2}
        return sorted(found, key=lambda key: order.get(key.group, 1))

    def cover(self, columns: int, lines: int) -> None:
        """One sentence over everything while the terminal is too small."""
        covers = self.query(".too-small")
        if columns >= LEAST_COLUMNS and lines >= LEAST_LINES:
            covers.remove()
            return
        has = f"This terminal is too small for modeltui: it has {columns} columns and {lines} lines, and needs"
        sentence = f"{has} {LEAST_COLUMNS} and {LEAST_LINES}. Make it larger, or quit with ctrl-c twice."
        if covers:
            covers.first(Static).update(sentence)
        else:
            self.mount(Static(sentence, markup=False, classes="too-small"))

    def on_resize(self, event: events.Resize) -> None:
        self.cover(event.size.width, event.size.height)

    # ---- the prompt

    async def open_prompt(self, mode: Mode, value: str = "") -> None:
        """Returns when it has the focus, so that the next key is its own."""
        from modeltui.ui.widgets.prompt import Prompt

        if self._prompt is not None:
            return
        suggest = self.console.suggest_command if mode == ":" else self.suggest_filter
        await self._put(Prompt(mode, value=value, history=self.console.typed[mode], suggest=suggest))

    async def ask(
        self,
        question: str,
        answered: Callable[[str], None],
        *,
        value: str = "",
        suggest: Callable[[str], str | None] = lambda _: None,
        proposed: bool = False,
    ) -> None:
        """One line, asked in the place of the prompt, beginning with `value`; one that is `proposed` is replaced by what is typed.
        Escape answers nothing."""
        from modeltui.ui.navigation import Lines
        from modeltui.ui.widgets.prompt import Prompt

        if self._prompt is not None:
            return
        self._on_answer = answered
        await self._put(Prompt(">", value=value, history=Lines(), suggest=suggest, question=question, proposed=proposed))

    async def _put(self, prompt: Prompt) -> None:
        self._prompt = prompt
        self.bottom.crumbs.display = False
        await self.bottom.mount(prompt, before=self.bottom.crumbs)
        self.set_focus(prompt.field, scroll_visible=False)
        self._show_hints()

    def close_prompt(self) -> None:
        if self._prompt is None:
            return
        prompt, self._prompt = self._prompt, None
        self.bottom.crumbs.display = True
        prompt.remove()
        self.focus_body()

    def focus_body(self) -> None:
        """Where the keys go when no prompt is open."""
        first = next((widget for widget in self.focus_chain if self.bottom not in widget.ancestors), None)
        if first is not None:
            self.set_focus(first, scroll_visible=False)

    @property
    def prompt_open(self) -> bool:
        return self._prompt is not None

    def on_line_view_viewed(self, event: LineView.Viewed) -> None:
        self.bottom.crumbs.show_place(event.extent.sign)

    def on_prompt_changed(self, event: Prompt.Changed) -> None:
        if event.prompt is self._prompt and event.prompt.mode == "/":
            self.preview_filter(event.value)

    async def prompt_sent(self, mode: Mode, line: str) -> None:
        self.close_prompt()
        self.show_message(None)  # of the line before: a mistake that has been mended is none any more
        if mode == ">":
            self._on_answer(line)
        elif mode == "/":
            await self.apply_filter(line)
        elif line.strip():
            await self.console.navigator.run_line(line)

    async def prompt_left(self, mode: Mode) -> None:
        self.close_prompt()
        if mode == "/":
            self.cancel_filter()

    def suggest_filter(self, line: str) -> str | None:
        return None

    def preview_filter(self, text: str) -> None:
        """Shown at work while it is typed."""

    async def apply_filter(self, text: str) -> None:
        """Sent with enter."""

    def cancel_filter(self) -> None:
        """Escape: as it was before."""

    def latest(self, work: Callable[[], Coroutine[Any, Any, None]], *, group: str) -> None:
        """Begins it in place of what the group was at. A function, since a coroutine that is given up before it began complains."""
        self.run_worker(work, group=group, exclusive=True)  # type: ignore[arg-type]  # textual's generic type infers Never here

    def unless_busy(self, work: Callable[[], Coroutine[Any, Any, None]], *, group: str) -> None:
        """Begins it unless the group is at it still: what is looked at again and again has to come to its end, however long it takes."""
        if not any(worker.node is self and worker.group == group and not worker.is_finished for worker in self.workers):
            self.latest(work, group=group)

    # ---- actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A read-only console offers nothing that writes."""
        return not (self.console.bar.read_only and action in WRITE_ACTIONS)

    async def action_filter(self) -> None:
        await self.open_prompt("/")

    def action_back(self) -> None:
        self.console.navigator.close(self)

    def offers(self) -> Sequence[Offer]:
        """What it can do with the one thing that it is about, beside what changes it: more for the menu of actions."""
        return ()

    def interrupt(self) -> bool:
        """ctrl-c: whether it has ended something of this screen, so that it is not about the console."""
        return False

    def refresh_now(self) -> None:
        """ctrl-r: try again what failed."""
        self.console.retry()
