"""A prompt to a served model: questions below, answers above as they come, with how fast they came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar, Final

from textual import events
from textual.binding import BindingType
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from modeltui.kube.errors import KubeError
from modeltui.kube.forward import Forward
from modeltui.pages import prompt as page
from modeltui.prompting.chat import Answer, models
from modeltui.prompting.conversation import Conversation, Turn
from modeltui.prompting.equivalents import PROXIED, curl, kubectl_proxy
from modeltui.prompting.failures import Failure, PromptFailed
from modeltui.prompting.messages import CHAT, ModelCard, request
from modeltui.prompting.routes import ForwardRoute, ProxyRoute, Route
from modeltui.systems.serving.named import NotFoundByName
from modeltui.systems.serving.reaching import NotReachable, Reached, resolve
from modeltui.ui import keys
from modeltui.ui.connection import Cluster
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.theme import block
from modeltui.ui.widgets.bottombar import Hint
from modeltui.ui.widgets.fields import TextField
from modeltui.ui.widgets.line_view import LineView

FRAMES: Final = 4.0
"""A second, of an answer that comes: each writes only what is new. One with --low-bandwidth."""
_ASK: Final = "asking"


class Question(TextField):
    """Enter sends, ctrl-j begins a new line: a terminal cannot tell shift-enter from enter."""

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.prevent_default()
        elif event.key == "enter":
            event.stop()
            event.prevent_default()
            await self.screen.run_action("send")
        elif event.key == "ctrl+j":
            event.stop()
            event.prevent_default()
            self.insert("\n")
        else:
            await super()._on_key(event)


class PromptScreen(ConsoleScreen):
    BINDING_GROUP_TITLE = "Prompt"
    BINDINGS: ClassVar[list[BindingType]] = keys.PROMPT

    def __init__(self, cluster: Cluster, namespace: str, typed: str, *, title: str = "", forward: Forward | None = None) -> None:
        """`typed`: as a verb would name it, "isvc/qwen"; with a `forward` it leads through that."""
        super().__init__("prompt")
        self.heading = f"Prompt {title or typed}"
        self.cluster, self.namespace, self.typed = cluster, namespace, typed
        self.conversation = Conversation()
        self.model = ""
        self.served: Sequence[ModelCard] | None = None
        self.intro = Static(markup=False, classes="asked-from")
        self.text = LineView(wrapped=True)
        self.question = Question(classes="question", soft_wrap=True, compact=True, tab_behavior="focus", placeholder=_PLACEHOLDER)
        self.question.cursor_blink = False
        self._forward = forward
        self._reached: Reached | None = None
        self._problem = ""
        self._painting: Timer | None = None

    @classmethod
    def through(cls, cluster: Cluster, forward: Forward) -> PromptScreen:
        return cls(cluster, forward.target.namespace, "", title=forward.target.title, forward=forward)

    def body(self) -> Iterable[Widget]:
        yield self.intro
        yield self.text
        yield self.question

    def on_mount(self) -> None:
        super().on_mount()
        self.set_focus(self.question, scroll_visible=False)
        self._painting = self.set_interval(1.0 if self.console.thin else 1 / FRAMES, self._paint, pause=True)
        self._introduce()
        self.run_worker(self._look(), group="looking", exclusive=True)

    # ---- who is asked

    async def _route(self) -> Route:
        """Raises PromptFailed. Without a Service the pod may be another one each time."""
        if self._forward is not None:
            return ForwardRoute(self._forward)
        session = self.cluster.session
        if self._reached is None or self._reached.plural == "pods":
            try:
                self._reached = await resolve(session.client, session.discovery, self.namespace, self.typed)
            except (NotReachable, NotFoundByName, KubeError) as error:
                raise PromptFailed(Failure(str(error))) from error
        found = self._reached
        if not found.name:
            raise PromptFailed(Failure(f"no pod of {found.title} is ready, and it has no Service to be asked through"))
        return ProxyRoute(session.client, found.namespace, found.name, found.port, found.plural)

    async def _look(self) -> None:
        """Which models are served."""
        try:
            self.served = await models(await self._route())
            self._problem = ""
        except PromptFailed as failed:
            self.served, self._problem = None, str(failed)
            self.console.note(f"{self.heading}: {failed}", raw=failed.failure.raw)
        else:
            known = self._reached.served if self._reached is not None else ()
            names = [card.name for card in self.served]
            if self.model not in names:
                self.model = next((name for name in names if name in known), names[0] if names else "")
        self._introduce()

    @property
    def way(self) -> str:
        if self._forward is not None:
            return f"the forward at {self._forward.address}"
        if self._reached is None or not self._reached.name:  # or nothing that could be asked
            return "the API server's proxy"
        return f"the API server's proxy of {self._reached.kubectl}, port {self._reached.port}"

    def _introduce(self) -> None:
        self.intro.update(block(page.intro(way=self.way, model=self.model, served=self.served, problem=self._problem)))

    # ---- asking

    async def action_send(self) -> None:
        text = self.question.text
        if not text.strip():
            self.console.say("Type a question first; enter sends it.")
            return
        if self.conversation.running is not None:
            self.console.say("An answer is still coming; esc stops it.")
            return
        self.question.clear()
        self.latest(partial(self._ask, text), group=_ASK)

    async def _ask(self, question: str) -> None:
        turn = Turn(question, self.model)
        messages = self.conversation.messages(question)
        self.conversation.turns.append(turn)
        self._paint()
        if self._painting is not None:
            self._painting.resume()
        try:
            route = await self._route()
            if not self.model:
                await self._look()
                turn.model = self.model
            if self._problem and not self.model:
                raise PromptFailed(Failure(self._problem))
            turn.answer = Answer(route, messages, self.model)
            async for _ in turn.answer.pieces():
                pass  # what has come is painted at its own pace
        except PromptFailed as failed:
            turn.failure = failed.failure
            self.console.note(f"{self.heading}: {failed}", raw=failed.failure.raw)
        finally:
            turn.running = False
            if self._painting is not None:
                self._painting.pause()
            if self.is_attached:
                self._paint()

    def _paint(self) -> None:
        self.text.show(page.transcript(self.conversation.turns), follow=True)

    def interrupt(self) -> bool:
        """ctrl-c ends an answer before it ends the console."""
        return self._stop()

    def _stop(self) -> bool:
        turn = self.conversation.running
        if turn is None:
            return False
        turn.stopped = True
        self.workers.cancel_group(self, _ASK)
        self.console.say("Stopped; what has come so far stays, and the model does no more for it.")
        return True

    # ---- actions

    def action_back(self) -> None:
        if not self._stop():
            super().action_back()

    async def action_models(self) -> None:
        names = [card.name for card in self.served or ()]

        def suggest(line: str) -> str | None:
            return next((name for name in names if name.startswith(line) and name != line), None)

        known = ", ".join(names)
        await self.ask(f"Model{f' ({known})' if len(known) < 60 and known else ''}", self._choose, value="", suggest=suggest)

    def _choose(self, name: str) -> None:
        if name.strip():
            self.model = name.strip()
            self._introduce()

    def focus_body(self) -> None:
        self.set_focus(self.question, scroll_visible=False)

    def action_forget(self) -> None:
        """The next question begins a new conversation."""
        self._stop()
        self.conversation = Conversation()
        self._paint()

    def action_copy(self, what: str) -> None:
        last = self.conversation.last
        if what == "curl":
            self.console.copy(self.command(), what="the question as a curl command")
        elif last is None or not last.text:
            self.console.say("There is no answer yet.", error=True)
        else:
            self.console.copy(last.text, what=f"the answer, {len(last.text):,} characters")

    def command(self) -> str:
        """The last question, or the one that is being typed, by hand."""
        last = self.conversation.last
        before = Conversation(self.conversation.turns[:-1]) if last is not None and not self.question.text else self.conversation
        question = self.question.text or (last.question if last is not None else "")
        body = request(self.model, before.messages(question))
        if self._forward is not None:
            return curl(f"http://{self._forward.address}", CHAT, body)
        path = ProxyRoute(self.cluster.session.client, self.namespace, *self._place()).path
        proxy = kubectl_proxy(context=self.cluster.context)
        return f"# with {proxy}\n{curl(f'http://127.0.0.1:{PROXIED}{path}', CHAT, body)}"

    def _place(self) -> tuple[str, int | str, str]:
        found = self._reached
        return (found.name, found.port, found.plural) if found is not None else (self.typed.rpartition("/")[2], "", "services")

    def refresh_now(self) -> None:
        self.run_worker(self._look(), group="looking", exclusive=True)

    def hints(self) -> list[Hint]:
        found = super().hints()
        if self.focused is not self.question or self.prompt_open:
            return found
        back = [hint for hint in found if hint[0] == "esc"]
        return [("enter", "send"), *back, *(hint for hint in found if hint not in back)]


_PLACEHOLDER: Final = "Ask something; enter sends, ctrl-j begins a new line"
