"""Connection checks on the screen: nothing is asked before somebody says so, all of it can be stopped, and no secret is shown."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import world
from driving import Console, until
from fake import NOW, FakeSession, forbidden, meta
from test_snapshots import settled, typed
from tests.kube.scripted_server import Reply, Request, Server, serving
from textual.pilot import Pilot

from modeltui.document import text_of
from modeltui.kube.state import Sync, SyncState
from modeltui.reach import asking
from modeltui.reach.verdict import Answer
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.modelfs.types import MODELS, SOURCES, ModelSource
from modeltui.systems.secret_value import UNSET, SecretValue
from modeltui.ui.screens.actions import ActionsScreen
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.connection_check import ConnectionScreen

MARK = "hf_s3cr3tm4rk3rs3cr3tm4rk3r"


@pytest.fixture
async def hub() -> AsyncIterator[Server]:
    """One that knows org/llama-3-8b for whoever has the token, never answers for org/slow, and knows nothing else."""

    async def answer(request: Request, reply: Reply) -> None:
        if request.path.endswith("/slow"):
            await asyncio.sleep(60)
        elif request.path == "/":
            await reply.send(b"")
        elif request.path.endswith("/llama-3-8b") and request.header("authorization") == f"Bearer {MARK}":
            await reply.json({"id": "org/llama-3-8b", "private": True, "gated": False})
        else:
            message = f"Invalid username or password for {request.header('authorization')}"
            await reply.json({}, code=401, headers={"X-Error-Code": "RepoNotFound", "X-Error-Message": message})

    async with serving(answer) as server:
        yield server


def session(hub: Server, *models: str) -> FakeSession:
    spec = {"type": "HUGGING_FACE", "secretRef": "hf-token", "config": {"endpoint": hub.url}}
    objects = {
        SOURCES: [{"metadata": meta("hub"), "spec": spec}, world.source("other", "S3")],
        MODELS: [world.model(name, {"v1": "READY"}) for name in models or ("llama-3-8b", "qwen")],
    }
    made = FakeSession(objects)
    made.answers[SECRETS.path("team-a", "hf-token")] = {
        "metadata": meta("hf-token"),
        "data": {"token": base64.b64encode(MARK.encode()).decode()},
    }
    return made


async def to_checks(pilot: Pilot[int], app: Any, name: str = "hub") -> ConnectionScreen:
    await until(pilot, lambda: app.cluster is not None and len(app.screen_stack) > 1)
    await settled(pilot)
    for key in (*typed(f":sources /name:={name}"), "enter"):
        await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.table.counts.shown == 1)
    await pilot.press("t")
    await until(pilot, lambda: isinstance(app.screen, ConnectionScreen) and app.screen.plan.checks)
    screen: ConnectionScreen = app.screen
    return screen


def answers(screen: ConnectionScreen) -> dict[str, str]:
    return {screen.plan.checks[number].title: f"{verdict.answer}: {verdict.sentence}" for number, verdict in screen.verdicts.items()}


def on_screen(screen: ConnectionScreen) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in screen._compositor.render_strips())


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


async def test_nothing_is_asked_before_somebody_says_so(console: Console, hub: Server) -> None:
    app = console(session(hub))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await to_checks(pilot, app)
        titles = [check.title for check in screen.plan.checks]
        assert titles == ["Secret hf-token", f"Endpoint {hub.url}", "Repository org/llama-3-8b", "Repository org/qwen"]
        await pilot.pause(0.2)
        assert hub.requests == []
        assert "not from the cluster" in on_screen(screen)
        await pilot.press("down", "enter")
        await until(pilot, lambda: 1 in screen.verdicts and not screen.running)
        assert list(screen.verdicts) == [1]
        assert screen.verdicts[1].answer is Answer.YES
        await until(pilot, lambda: squeezed(screen.verdicts[1].sentence) in squeezed("".join(map(text_of, screen.told.text.lines))))


async def test_credentials_are_used_when_allowed_and_shown_never(console: Console, hub: Server) -> None:
    app = console(session(hub))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await to_checks(pilot, app)
        await pilot.press("r")
        await until(pilot, lambda: len(screen.verdicts) == 4 and not screen.running)
        found = answers(screen)
        assert found["Secret hf-token"].startswith("yes: It has token")
        assert found["Repository org/llama-3-8b"].startswith("no: It cannot be seen without a token: 401 Unauthorized")
        assert not any(request.header("authorization") for request in hub.requests)
        assert "s allows to send them to 127.0.0.1" in on_screen(screen)
        await pilot.press("s")
        await until(pilot, lambda: "Credentials are sent to 127.0.0.1" in on_screen(screen))
        await pilot.press("r")
        await until(pilot, lambda: not screen.running and screen.verdicts[2].answer is Answer.YES)
        found = answers(screen)
        assert found["Repository org/llama-3-8b"] == "yes: It is there, and private, and open to the token."
        assert "<masked>" in found["Repository org/qwen"], "the server repeats the token"
        await until(pilot, lambda: any(message.text == "3 yes, 1 no." for _, message in app.messages))
        everything = on_screen(screen) + "".join(found.values()) + "".join(message.text + message.raw for _, message in app.messages)
        assert MARK not in everything
        assert base64.b64encode(MARK.encode()).decode() not in everything


async def test_escape_stops_what_runs_and_then_goes_back(console: Console, hub: Server) -> None:
    app = console(session(hub, "slow"))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await to_checks(pilot, app)
        await pilot.press("r")
        await until(pilot, lambda: screen.running == {2})
        await pilot.press("escape")
        await until(pilot, lambda: not screen.running)
        assert app.screen is screen
        assert 2 not in screen.verdicts
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))


async def test_a_slow_service_is_given_up(console: Console, hub: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = asking.Asker.__init__
    monkeypatch.setattr(asking.Asker, "__init__", lambda self, *given, **more: plain(self, *given, **{**more, "within": 0.3}))
    app = console(session(hub, "slow"))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await to_checks(pilot, app)
        await pilot.press("r")
        await until(pilot, lambda: not screen.running and 2 in screen.verdicts)
        assert screen.verdicts[2].sentence == "Cannot be checked from here: no answer within 0.3 s."


async def test_who_may_not_read_secrets_is_told_so(console: Console, hub: Server) -> None:
    made = session(hub)
    made.answers[SECRETS.path("team-a", "hf-token")] = forbidden("secrets")
    app = console(made)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await to_checks(pilot, app)
        await pilot.press("s", "r")
        await until(pilot, lambda: len(screen.verdicts) == 4 and not screen.running)
        assert screen.verdicts[0].answer is Answer.UNKNOWN
        assert "Cannot be checked from here: you may not look" in screen.verdicts[0].sentence
        assert any("The Secret's keys cannot be used" in message.text for _, message in app.messages)
        assert not any(request.header("authorization") for request in hub.requests)


async def test_what_has_no_credentials_needs_no_leave(console: Console, hub: Server) -> None:
    app = console(session(hub))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await to_checks(pilot, app, "other")
        await pilot.press("s")
        await until(pilot, lambda: any("Nothing here is asked with credentials" in message.text for _, message in app.messages))
        assert not screen.allowed


async def test_a_read_only_console_may_ask_and_only_sources_can_be_asked_about(console: Console, hub: Server) -> None:
    app = console(session(hub), read_only=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.table.counts.total == 2)
        await pilot.press("t")
        await pilot.pause(0.1)
        assert isinstance(app.screen, BrowseScreen), "a Model has no connections"
        await to_checks(pilot, app)


async def test_the_menu_of_actions_has_it(console: Console, hub: Server) -> None:
    app = console(session(hub))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await to_checks(pilot, app)
        await pilot.press("escape", "a")
        await until(pilot, lambda: isinstance(app.screen, ActionsScreen))
        assert "Test its connections" in on_screen(app.screen)  # type: ignore[arg-type]  # any screen
        assert screen is not app.screen


async def test_a_form_can_ask_before_anything_is_written(console: Console, hub: Server) -> None:
    """With the keys that were typed: the Secret is not there yet."""
    made = session(hub)
    app = console(made)
    spec = {"type": "HUGGING_FACE", "secretRef": "not-there-yet", "config": {"endpoint": hub.url, "uri": "huggingface://org/llama-3-8b"}}
    unsaved = msgspec.convert({"metadata": {"name": "new", "namespace": "team-a"}, "spec": spec}, ModelSource)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))
        await app.navigator.open_connections(("team-a", "new"), unsaved=unsaved, typed={"token": SecretValue(MARK), "other": UNSET})
        await until(pilot, lambda: isinstance(app.screen, ConnectionScreen) and app.screen.plan.checks)
        screen: Any = app.screen
        assert [check.title for check in screen.plan.checks] == [f"Endpoint {hub.url}", "Repository org/llama-3-8b"]
        made.requests.clear()
        await pilot.press("s", "r")
        await until(pilot, lambda: len(screen.verdicts) == 2 and not screen.running)
        assert screen.verdicts[1].answer is Answer.YES
        assert not any("secrets" in path for _, path in made.requests)
        assert MARK not in on_screen(screen)


async def test_a_source_that_is_not_there_has_nothing_to_ask(console: Console, hub: Server) -> None:
    app = console(session(hub))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))
        await app.navigator.open_connections(("team-a", "gone"))
        await until(pilot, lambda: "ModelSource gone is not there" in on_screen(app.screen))  # type: ignore[arg-type]  # any screen
        await pilot.press("r", "enter", "s", "c")
        assert hub.requests == []
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))


async def test_models_that_may_not_be_listed_are_not_called_none(console: Console, hub: Server) -> None:
    made = session(hub)
    app = console(made)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.table.counts.total == 2)
        for (resource, _, _), scope in made.scopes.items():
            if resource == MODELS:
                scope.replace([])
                scope.state(SyncState(Sync.DENIED, NOW, "no"))
        await app.navigator.open_connections(("team-a", "hub"))
        await until(pilot, lambda: isinstance(app.screen, ConnectionScreen) and app.screen.plan.checks)
        assert [check.title for check in app.screen.plan.checks] == ["Secret hf-token", f"Endpoint {hub.url}"]  # type: ignore[attr-defined]
        await until(pilot, lambda: "Models cannot be listed here" in on_screen(app.screen))  # type: ignore[arg-type]  # any screen
