"""The prompt to a model, and the list of forwards, at 80x24 and 120x40."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from driving import Console, models, until
from fake import NOW
from test_snapshots import settled
from textual.pilot import Pilot
from world import session

from modeltui.kube.forward import Problem, State
from modeltui.kube.forward_target import Target
from modeltui.prompting.chat import Answer
from modeltui.prompting.conversation import Turn
from modeltui.prompting.failures import Failure
from modeltui.prompting.figures import Meter
from modeltui.prompting.messages import ModelCard, Usage
from modeltui.systems.serving.reaching import Reached
from modeltui.ui.screens.forwards import ForwardsScreen
from modeltui.ui.screens.prompt import PromptScreen

sizes = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
Walk = Callable[[Pilot[int]], Awaitable[None]]
MODEL = "qwen2.5-7b-instruct"
SAID = (
    "Prefill reads the whole prompt at once and fills the key-value cache; decode then makes one token after another and is bound by "
    "memory bandwidth.\n\n- prefill: compute\n- decode: memory, 推理"
)
TARGET = Target(title="InferenceService qwen", namespace="team-a", port=8080, selector="app=isvc.qwen-predictor")


def turn(question: str, said: str = "", *, tokens: int = 0, **more: Any) -> Turn:
    """Whose figures do not depend on the time."""
    meter = Meter(0.0)
    for at in (0.18, 3.18) if said else ():
        meter.piece(at)
    if tokens:
        meter.usage(Usage(31, tokens))
    meter.end(3.2)
    answer = Answer(SimpleNamespace(), (), MODEL, clock=lambda: 3.2, said=[said])  # type: ignore[arg-type]
    answer._meter = meter
    return Turn(question, MODEL, answer, running=False, **more)


DONE = turn("What is the difference between prefill and decode?", SAID, tokens=127)
STOPPED = turn("And of speculative decoding?\nIn two sentences.", "A small draft model proposes", stopped=True)
BROKEN = turn(
    "Again, please.",
    "A small draft model",
    failure=Failure("the connection broke off after 4 tokens: the API server's proxy closed it, as it does when the pod goes"),
)
WRONG = turn("hello", failure=Failure(f'the server knows no model "gpt-5": it serves {MODEL}', "The model `gpt-5` does not exist."))


def prompt(*turns: Turn, problem: str = "") -> Walk:
    async def walk(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await models(pilot, app)
        screen = PromptScreen(app.cluster, "team-a", "isvc/qwen", title="InferenceService qwen")

        async def look() -> None:
            screen.served = None if problem else (ModelCard(MODEL, 32768), ModelCard("qwen-lora"))
            screen._problem = problem
            screen.model = "" if problem else MODEL
            screen._reached = Reached(title="x", namespace="team-a", target=TARGET, plural="services", name="qwen-predictor", port=80)
            screen._introduce()

        screen._look = look  # type: ignore[method-assign]  # who would answer is not there
        screen.conversation.turns += turns
        await app.push_screen(screen)
        screen._paint()
        await settled(pilot)

    return walk


def forward(port: int, **more: Any) -> Any:
    told = {
        "target": TARGET,
        "state": State.LISTENING,
        "reason": "",
        "pod": "qwen-predictor-7d9c5b6f8-x2x7k",
        "problem": None,
        "connections": 0,
        "accepted": 3,
        "sent": 1200,
        "received": 8_400_000,
        "opened": NOW - timedelta(minutes=12),
    }
    return SimpleNamespace(port=port, address=f"127.0.0.1:{port}", **(told | more))


REFUSED = "error forwarding port 8080 to pod 3f1c, uid : IPv4: dial tcp4 127.0.0.1:8080: connect: connection refused"
OPEN = (
    forward(8000, connections=2),
    forward(
        39412,
        state=State.WAITING,
        pod="",
        reason="no pod of DynamoGraphDeployment llama is ready: llama-frontend-0 is waiting (CrashLoopBackOff)",
        problem=Problem(REFUSED, NOW - timedelta(seconds=20)),
        target=Target(title="DynamoGraphDeployment llama", namespace="team-b", port="http"),
    ),
)


class Opened(tuple[Any, ...]):
    """As `Forwards`, of forwards that do nothing."""

    def __init__(self, _: Any) -> None:
        self.changed = asyncio.Event()

    async def aclose(self) -> None:
        pass


def forwards(*opened: Any, keys: tuple[str, ...] = ()) -> Walk:
    async def walk(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await models(pilot, app)
        app.cluster._forwards = Opened(opened)
        await app.push_screen(ForwardsScreen(app.cluster))
        await until(pilot, lambda: app.screen.table.counts.total == len(opened))
        await settled(pilot)
        await pilot.press(*keys)
        await until(pilot, lambda: not keys or app.screen.forward is opened[1])
        await settled(pilot)

    return walk


PLACES: dict[str, Walk] = {
    "prompt_empty": prompt(),
    "prompt_answered": prompt(DONE, STOPPED),
    "prompt_failed": prompt(WRONG, BROKEN),
    "prompt_not_ready": prompt(problem="no pod behind it is ready: it may still be loading its model"),
    "forwards": forwards(*OPEN),
    "forwards_waiting": forwards(*OPEN, keys=("down",)),
    "forwards_none": forwards(),
}


@sizes
@pytest.mark.parametrize("place", PLACES)
def test_prompts_and_forwards(place: str, size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    assert snap_compare(console(session()), terminal_size=size, run_before=PLACES[place])
