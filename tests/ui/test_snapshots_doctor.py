"""The doctor and the connection checks at both sizes. After a look: `pytest tests/ui/test_snapshots_doctor.py --snapshot-update`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import world
from driving import Console, until
from fake import NOW, FakeSession, forbidden, meta
from test_connection_check import answers
from test_snapshots import settled, sizes, typed
from textual.pilot import Pilot

from modeltui.kube.state import Sync, SyncState
from modeltui.reach.asking import Asker
from modeltui.reach.verdict import Check, Verdict, no, unknown, yes
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.modelfs.types import SOURCES
from modeltui.ui.screens.connection_check import ConnectionScreen
from modeltui.ui.screens.doctor import DoctorScreen

Walk = Callable[[Pilot[int]], Awaitable[None]]


def doctor(line: str = ":doctor", *keys: str, then: Callable[[Any], object] = lambda _: True) -> Walk:
    async def walk(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await until(pilot, lambda: app.cluster is not None and len(app.screen_stack) > 1)
        await settled(pilot)
        for key in (*typed(line), "enter"):
            await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, DoctorScreen) and app.screen.live.settled)
        await until(pilot, lambda: app.screen.table.counts.total == len(app.screen.live))
        for key in keys:
            await pilot.press(key)
        await until(pilot, lambda: then(app))
        await settled(pilot)

    return walk


@sizes
def test_findings(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    assert snap_compare(console(world.session()), terminal_size=size, run_before=doctor(":doctor", "down", "down", "down"))


@sizes
def test_findings_without_the_right_to_read_secrets(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    denied = {SECRETS.path("team-a", name): forbidden("secrets") for name in ("hf-token", "minio")}
    walk = doctor(":doctor", then=lambda app: app.screen.notes.display)
    assert snap_compare(console(world.session(**denied)), terminal_size=size, run_before=walk)


@sizes
def test_no_findings(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    session = FakeSession({SOURCES: [{"metadata": meta("hub"), "spec": {"type": "HUGGING_FACE"}}]})
    assert snap_compare(console(session), terminal_size=size, run_before=doctor(then=lambda app: app.screen.live.settled))


@sizes
def test_nothing_may_be_looked_at(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    denied = SyncState(Sync.DENIED, NOW, "models.model.samzong.dev is forbidden")
    session = world.session({"team-a": denied, "": denied})
    assert snap_compare(console(session), terminal_size=size, run_before=doctor(then=lambda app: app.screen.live.settled))


VERDICTS = {
    "Secret hf-token": unknown("you may not look: secrets is forbidden."),
    "Endpoint https://hf-mirror.example.com": yes("It answers this machine in 42 ms: 200 OK, with a certificate that this machine trusts."),
    "Repository org/llama-3-8b": yes("It is there, and public."),
    "Repository org/mistral-7b": no("It is there, but gated: a token whose owner has accepted its terms is needed, and none was used."),
    "Repository org/phi-3-mini": no(
        'It cannot be seen without a token: 401 Unauthorized, "Invalid username or password.". It does not exist, or it is private.'
    ),
}


def connections(*keys: str, answered: int = 0, allowed: bool = False) -> Walk:
    async def walk(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await until(pilot, lambda: app.cluster is not None and len(app.screen_stack) > 1)
        await settled(pilot)
        for key in (*typed(":sources"), "enter"):
            await pilot.press(key)
        await until(pilot, lambda: app.screen.crumb == "sources" and app.screen.table.counts.total == 2)
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, ConnectionScreen) and app.screen.plan.checks)
        for key in keys:
            await pilot.press(key)
        await until(pilot, lambda: len(answers(app.screen)) == answered and app.screen.allowed == allowed)
        await until(pilot, lambda: app.screen.table._frame.next_fade() is None)  # what has just changed is shown so for a while
        app.screen.show_message(None)
        await settled(pilot)

    return walk


@pytest.fixture
def _answered(monkeypatch: pytest.MonkeyPatch) -> None:
    async def verdict(self: Asker, check: Check) -> Verdict:
        return VERDICTS.get(check.title, yes("It is there, and public."))

    monkeypatch.setattr(Asker, "verdict", verdict)
    monkeypatch.setattr("socket.gethostname", lambda: "bastion-1")


@sizes
@pytest.mark.usefixtures("_answered")
def test_questions(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    assert snap_compare(console(world.session()), terminal_size=size, run_before=connections("s", allowed=True))


@sizes
@pytest.mark.usefixtures("_answered")
def test_answers(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    walk = connections("r", "down", "down", "down", "down", answered=6)
    assert snap_compare(console(world.session()), terminal_size=size, run_before=walk)
