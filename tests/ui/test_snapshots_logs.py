"""Logs at 80x24 and 120x40: one pod, several together, a filter, wrapped with times, paused, ended, denied, and the choice of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from driving import Console, models, typed, until
from test_snapshots import settled, sizes
from tests.ui.log.log_world import Logs, logs, pod, session_of
from textual.pilot import Pilot

from modeltui.kube import errors
from modeltui.kube.log_targets import Source, one_pod, selected_pods
from modeltui.ui.screens.log import LogScreen
from modeltui.ui.screens.log_containers import ContainersScreen

__all__ = ["logs"]
Walk = Callable[[Pilot[int]], Awaitable[None]]
NAME = "llama-3-8b-predictor-7c9f6d-{}"
PODS = [NAME.format(end) for end in ("4xk2p", "9qvzt")]


def fill(logs: Logs) -> None:
    for number, name in enumerate(PODS):
        logs.write(name, "INFO 11-21 14:00:00 [api_server.py:1787] vLLM API server version 0.11.0", second=number / 10)
        logs.write(
            name, "\x1b[36m(EngineCore_0 pid=57)\x1b[0m WARNING 11-21 14:00:02 [config.py:93] falling back to eager mode", second=2 + number
        )
        logs.write(name, "Loading safetensors checkpoint shards:  25%\rLoading safetensors checkpoint shards: 100%| 4/4", second=4 + number)
        logs.write(name, "HF_TOKEN=hf_abcdefghijklmnopqrstuvwxyz", second=6 + number)
        logs.write(
            name,
            "ERROR 11-21 14:00:08 [core.py:700] torch.OutOfMemoryError: CUDA out of memory. " + "Tried to allocate 2.00 GiB. " * 6,
            second=8 + number,
        )
        for request in range(40):
            logs.write(
                name,
                f"INFO 11-21 14:00:{10 + request} [loggers.py:118] Running: {request} reqs, Waiting: 0 reqs",
                second=10 + request + number / 2,
            )


def shown(source: Source, *keys: str, typed_after: str = "", then: Callable[[Any], object] = lambda screen: True, lines: int = 45) -> Walk:
    async def walk(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await models(pilot, app, 0)
        screen = LogScreen(app.cluster, source, title=f"Log of {PODS[0]}")
        await app.push_screen(screen)
        await until(pilot, lambda: len(screen.text.shown) >= lines)
        await pilot.pause(1.0)  # the bar says how many a little later
        for key in keys:
            await pilot.press(key)
        if typed_after:
            await typed(pilot, typed_after)
            await pilot.press("enter")
        await until(pilot, lambda: then(app.screen))
        await pilot.pause(0.6)
        await settled(pilot)

    return walk


ONE, BOTH = one_pod("team-a", PODS[0]), selected_pods("team-a", "app=llama")
PLACES: dict[str, Walk] = {
    "one": shown(ONE),
    "both": shown(BOTH, lines=90),
    "both_from_the_beginning": shown(BOTH, "home", lines=90),
    "wrapped_with_times": shown(BOTH, "t", "w", "home", lines=90),
    "filtered": shown(BOTH, "slash", typed_after="error", lines=90),
    "paused": shown(ONE, "up", "up"),
    "containers": shown(ONE, "o", then=lambda screen: isinstance(screen, ContainersScreen)),
    "help": shown(ONE, "question_mark", then=lambda screen: screen.crumb == "help"),
}


@sizes
@pytest.mark.parametrize("place", PLACES)
def test_logs(place: str, size: tuple[int, int], console: Console, snap_compare: Any, logs: Logs) -> None:
    fill(logs)
    session = session_of(*(pod(name, labels={"app": "llama"}) for name in PODS))
    assert snap_compare(console(session), terminal_size=size, run_before=PLACES[place])


@sizes
@pytest.mark.parametrize("way", ["denied", "waiting", "ended"])
def test_no_log(way: str, size: tuple[int, int], console: Console, snap_compare: Any, logs: Logs) -> None:
    refusal = (
        f'pods "{PODS[0]}" is forbidden: User "alice@example.com" cannot get resource "pods/log" in API group "" in the namespace "team-a"'
    )
    waiting = f'container "main" in pod "{PODS[0]}" is waiting to start: ContainerCreating'
    if way == "denied":
        logs.refused[(PODS[0], "main")] = errors.Forbidden(refusal, status=403)
    elif way == "waiting":
        logs.refused[(PODS[0], "main")] = errors.BadRequest(waiting, status=400)
    else:
        logs.write(PODS[0], "the last words of the container")
        logs.end(PODS[0])
    session = session_of(pod(PODS[0], phase="Succeeded" if way == "ended" else "Running"))
    assert snap_compare(console(session), terminal_size=size, run_before=shown(ONE, lines=1))
