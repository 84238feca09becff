"""The prompt to a model and the list of forwards, by keyboard, on an embedded cluster over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from driving import page, said, typed, until
from tests.demo import serving_pod
from tests.demo.serving_pod import MODEL
from tests.serving_town import NS, Town, serving_town
from textual.pilot import Pilot
from textual.widgets import Input

from modeltui.demo.faults import Fault
from modeltui.demo.inference import text
from modeltui.kube.forward import State
from modeltui.kube.forward_target import Target
from modeltui.options import ConsoleOptions
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.systems.serving.reaching import Reached
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.actions import ActionsScreen
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.forwards import ForwardsScreen
from modeltui.ui.screens.pod_detail import PodDetail
from modeltui.ui.screens.prompt import PromptScreen
from modeltui.ui.widgets.prompt import Prompt


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with serving_town(tmp_path) as found:
        serving_pod.make(found.api)
        serving_pod.service(found.api)
        yield found


@asynccontextmanager
async def on_the_pod(town: Town, *, who: str = "admin", **options: Any) -> AsyncIterator[tuple[Pilot[int], ConsoleApp]]:
    """The console on the page of the pod llm-0."""
    asked = ConsoleOptions(kubeconfig=str(town.kubeconfig), context=who, namespaces=(NS,), view="pods", **options)
    app = ConsoleApp(asked, settings=Settings(clipboard="off"), memory=Remembered())
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.table.counts.total == 1)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PodDetail) and app.screen.text.lines)
        yield pilot, app


async def prompted(pilot: Pilot[int], app: ConsoleApp) -> PromptScreen:
    await pilot.press("P")
    await until(pilot, lambda: isinstance(app.screen, PromptScreen) and app.screen.model)
    assert isinstance(app.screen, PromptScreen)
    return app.screen


def line_asked(app: ConsoleApp) -> str:
    """The line in which something is asked, as it is on the screen."""
    prompt = app.screen.query_one(Prompt)
    row = app.screen._compositor.render_strips()[prompt.region.y]
    return row.text


async def ask(pilot: Pilot[int], question: str) -> None:
    await typed(pilot, question)
    await pilot.press("enter")


def ended(screen: PromptScreen) -> bool:
    return screen.conversation.last is not None and screen.conversation.running is None


async def test_a_question_is_answered_and_the_next_one_goes_with_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_the_pod(town) as (pilot, app):
        screen = await prompted(pilot, app)
        assert screen.model == MODEL
        await ask(pilot, "hello")
        await until(pilot, lambda: ended(screen))
        first = "".join(text.tokens("hello", text.length("hello")))
        assert screen.conversation.turns[0].text == first
        shown = page(screen.text)
        assert shown.startswith("› hello")
        assert f"{MODEL} · first token" in shown
        await ask(pilot, "more")
        await until(pilot, lambda: len(screen.conversation.turns) == 2 and ended(screen))
        prompt = f"hello\n{first}\nmore"
        assert screen.conversation.turns[1].text == "".join(text.tokens(prompt, text.length(prompt)))
        await pilot.press("ctrl+n")
        assert page(screen.text).strip() == ""
        await pilot.press("escape")
        assert isinstance(app.screen, PodDetail)


async def test_several_lines_are_typed_with_ctrl_j(town: Town) -> None:
    async with on_the_pod(town) as (pilot, app):
        screen = await prompted(pilot, app)
        await typed(pilot, "a")
        await pilot.press("ctrl+j")
        await ask(pilot, "b")
        await until(pilot, lambda: ended(screen))
        assert screen.conversation.turns[0].question == "a\nb"
        assert page(screen.text).startswith("› a\n  b\n")


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
async def test_an_answer_is_stopped_and_what_came_stays(town: Town, key: str) -> None:
    town.faults.add(Fault("stall", path=f"pod:{NS}/llm-0/v1/chat", after=7))
    async with on_the_pod(town) as (pilot, app):
        screen = await prompted(pilot, app)
        await ask(pilot, "hello")
        await until(pilot, lambda: screen.conversation.last and len(screen.conversation.last.text.split()) >= 6)
        await pilot.press(key)
        await until(pilot, lambda: ended(screen))
        assert said(app).startswith("Stopped; what has come so far stays")
        assert page(screen.text).endswith("stopped")
        assert isinstance(app.screen, PromptScreen)
        server = town.cluster.server.network._containers[(NS, "llm-0")].server
        await until(pilot, lambda: not server.metrics.running)


async def test_a_wrong_model_name_is_told_in_the_page(town: Town) -> None:
    async with on_the_pod(town) as (pilot, app):
        screen = await prompted(pilot, app)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.focused, Input))
        await ask(pilot, "gpt-5")
        await until(pilot, lambda: screen.model == "gpt-5")
        await ask(pilot, "hello")
        await until(pilot, lambda: ended(screen))
        shown = page(screen.text)
        assert f'✗ the server knows no model "gpt-5": it serves {MODEL}' in shown
        assert "The model `gpt-5` does not exist." in shown


async def test_a_server_that_is_not_ready_is_told(town: Town) -> None:
    town.api.delete("pods", "llm-0", namespace=NS, grace=0)
    serving_pod.make(town.api, ready=False)
    async with on_the_pod(town) as (pilot, app):
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, PromptScreen) and app.screen._problem)
        assert isinstance(app.screen, PromptScreen)
        assert "connection refused" in app.screen._problem


async def test_what_has_no_pod_to_ask_is_told_without_half_a_name(town: Town) -> None:
    async with on_the_pod(town) as (_, app):
        assert app.cluster is not None
        screen = PromptScreen(app.cluster, NS, "isvc/llm", title="InferenceService llm")
        target = Target(title="InferenceService llm", namespace=NS, port=8080)
        screen._reached = none = Reached(title=target.title, namespace=NS, target=target, plural="pods", name="", port=8080)
        assert screen.way == "the API server's proxy"
        screen._reached = replace(none, name="llm-0")
        assert screen.way == "the API server's proxy of pod/llm-0, port 8080"


async def test_the_curl_command_and_the_answer_are_copied(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    async with on_the_pod(town) as (pilot, app):
        monkeypatch.setattr(app, "copy", lambda text, *, what: copied.append(text))
        screen = await prompted(pilot, app)
        await ask(pilot, "hello")
        await until(pilot, lambda: ended(screen))
        await pilot.press("ctrl+x", "tab", "c")
        await until(pilot, lambda: len(copied) == 2)
    assert "kubectl --context admin proxy --port=8001" in copied[0]
    path = f"http://127.0.0.1:8001/api/v1/namespaces/{NS}/pods/llm-0:8000/proxy/v1/chat/completions"
    assert path in copied[0]
    assert copied[1] == "".join(text.tokens("hello", text.length("hello")))


async def test_a_read_only_console_sends_no_prompt_and_opens_no_port(town: Town) -> None:
    async with on_the_pod(town, read_only=True) as (pilot, app):
        await pilot.press("P")
        await until(pilot, lambda: "no prompt is sent" in said(app))
        await pilot.press("F")
        await until(pilot, lambda: "no port is forwarded" in said(app))
        assert isinstance(app.screen, PodDetail)


async def offered(pilot: Pilot[int], app: ConsoleApp) -> dict[str, str]:
    """What the menu of actions offers of the two, and why not, once all is asked."""
    await pilot.press("a")
    await until(pilot, lambda: isinstance(app.screen, ActionsScreen) and app.screen.table.counts.total)
    menu = app.screen
    assert isinstance(menu, ActionsScreen)
    await until(pilot, lambda: not any(worker.is_running for worker in menu.workers if worker.node is menu))
    return {offer.title: menu._why_not.get(offer.title, "") for offer in menu._offers if offer.title in OFFERED}


OFFERED = ("Prompt it", "Forward a port to it")


async def test_both_are_among_the_actions(town: Town) -> None:
    async with on_the_pod(town) as (pilot, app):
        assert await offered(pilot, app) == dict.fromkeys(OFFERED, "")
        menu = app.screen
        assert isinstance(menu, ActionsScreen)
        await menu.choose(("Prompt it",))
        await until(pilot, lambda: isinstance(app.screen, PromptScreen) and app.screen.model == MODEL)


async def test_who_may_not_is_told_before_anything_is_asked(town: Town) -> None:
    async with on_the_pod(town, who="viewer") as (pilot, app):
        await pilot.press("P")
        await until(pilot, lambda: f"No prompt can be sent: you may not create services/proxy in {NS}" in said(app))
        await pilot.press("F")
        await until(pilot, lambda: f"No port can be forwarded: you may not create pods/portforward in {NS}" in said(app))
        assert isinstance(app.screen, PodDetail)
        why = await offered(pilot, app)
        assert f"you may not create services/proxy in {NS}" in why["Prompt it"]
        assert f"you may not create pods/portforward in {NS}" in why["Forward a port to it"]


async def test_a_forward_is_opened_listed_used_and_stopped(town: Town) -> None:
    async with on_the_pod(town) as (pilot, app):
        assert app.cluster is not None
        forwards = app.cluster.forwards
        await pilot.press("F")
        await until(pilot, lambda: isinstance(app.focused, Input))
        assert "Local port (0: any free one) for llm-0 0" in line_asked(app), "what is asked stands beside what is proposed"
        await pilot.press("enter")
        await until(pilot, lambda: len(forwards) == 1 and "leads to pod/llm-0 now" in said(app))
        forward = next(iter(forwards))
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.get(f"http://{forward.address}/health")).status_code == 200
        await typed(pilot, ":pf")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ForwardsScreen) and app.screen.table.counts.total == 1)
        screen = app.screen
        assert isinstance(screen, ForwardsScreen)
        assert f"curl -N http://{forward.address}/v1/models" in page(screen.told.text)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PromptScreen) and app.screen.model == MODEL)
        await pilot.press("escape")
        town.api.delete("pods", "llm-0", namespace=NS, grace=0)
        await until(pilot, lambda: forward.state is State.WAITING and "there is no pod llm-0" in page(screen.told.text))
        await pilot.press("ctrl+d")
        await until(pilot, lambda: not len(forwards) and "No port is forwarded." in page(screen.told.text))
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", forward.port)


async def test_quitting_leaves_no_socket(town: Town) -> None:
    async with on_the_pod(town) as (pilot, app):
        assert app.cluster is not None
        forward = await app.cluster.forwards.open(app_target())
        port = forward.port
        await until(pilot, lambda: forward.state is State.LISTENING)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    assert forward.state is State.CLOSED


def app_target() -> Any:
    from tests.serving_town import LLM

    return LLM
