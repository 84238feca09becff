"""The log screen by its keys: following and pausing, filters, containers, ranges, copying and saving."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from driving import Console, page, said, until
from log_world import BEGIN, Logs, logs, pod, session_of
from reading import painted
from textual.pilot import Pilot

from modeltui import paths
from modeltui.kube import errors
from modeltui.kube.log_stream import From
from modeltui.kube.log_targets import Source, one_pod, selected_pods
from modeltui.kube.pod_facts import PODS
from modeltui.logs.stamps import SECOND
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.log import LogScreen
from modeltui.ui.screens.log_containers import ContainersScreen

__all__ = ["logs"]
ONE = one_pod("team-a", "web-1")


@asynccontextmanager
async def shown(
    console: Console, session: Any, source: Source = ONE, *, size: tuple[int, int] = (100, 30), **more: Any
) -> AsyncIterator[tuple[Pilot[int], ConsoleApp, LogScreen]]:
    app = console(session)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.cluster is not None and len(app.screen_stack) > 1)
        screen = LogScreen(app.cluster, source, title="Log of web-1", **more)
        await app.push_screen(screen)
        await until(pilot, lambda: screen.is_mounted)
        yield pilot, app, screen


def rows(app: ConsoleApp, screen: LogScreen) -> list[str]:
    """What is painted of the log."""
    region = screen.text.scrollable_content_region
    return [line[region.x : region.right].rstrip() for line in painted(app)[region.y : region.bottom]]


def saved(path: str) -> tuple[str, int]:
    """What a file below the folder for dumps says, and who may read it."""
    file = Path(path)
    assert file.is_relative_to(paths.dump_dir())
    return file.read_text(), stat.S_IMODE(file.stat().st_mode)


async def test_new_lines_come_at_the_end_and_going_up_pauses(console: Console, logs: Logs) -> None:
    logs.write("web-1", *(f"line {number}" for number in range(60)))
    async with shown(console, session_of(pod("web-1"))) as (pilot, app, screen):
        await until(pilot, lambda: rows(app, screen)[-1] == "line 59")
        await until(pilot, lambda: screen.bar().connection[1] == "following")
        logs.write("web-1", "line 60", "line 61")
        await until(pilot, lambda: rows(app, screen)[-1] == "line 61")
        await pilot.press("up", "up")
        before = rows(app, screen)
        assert before[-1] == "line 59"
        assert screen.bar().connection[1].startswith("paused")
        logs.write("web-1", *(f"more {number}" for number in range(30)))
        await until(pilot, lambda: "more 29" in page(screen.text))
        await pilot.pause(0.3)
        assert rows(app, screen) == before
        await pilot.press("s")
        await until(pilot, lambda: rows(app, screen)[-1] == "more 29")
        await pilot.press("home")
        assert rows(app, screen)[0] == "line 0"
        await pilot.press("end")
        assert rows(app, screen)[-1] == "more 29"
        assert screen.bar().connection[1] == "following"
        assert screen.bar().counts.total == 92


async def test_the_end_of_a_container_is_a_line_of_the_consoles_own(console: Console, logs: Logs) -> None:
    logs.write("web-1", "the log ends here")
    logs.end("web-1")
    async with shown(console, session_of(pod("web-1", phase="Succeeded"))) as (pilot, _, screen):
        await until(pilot, lambda: len(screen.text.lines) == 2)
        assert page(screen.text).splitlines() == [
            "the log ends here",
            "» The container has ended with exit code 0 (Completed); the log ends here.",
        ]
        assert screen.bar().connection[1] == "ended"
        assert screen.bar().counts.total == 1, "its own lines are not counted"


async def test_a_filter_shows_what_matches_and_says_how_many(console: Console, logs: Logs) -> None:
    logs.write("web-1", *(f"{'ERROR' if number % 10 == 0 else 'INFO'} line {number}" for number in range(50)))
    async with shown(console, session_of(pod("web-1"))) as (pilot, app, screen):
        await until(pilot, lambda: len(screen.text.lines) == 50)
        await pilot.press("slash", *"error")
        await until(pilot, lambda: len(screen.text.lines) == 5)
        await pilot.press("enter")
        assert said(app) == '5 of 50 lines match "error"; f shows the others between them.'
        assert screen.bar().counts.shown == 5
        assert screen.bar().counts.total == 50
        logs.write("web-1", "INFO another", "error again")
        await until(pilot, lambda: page(screen.text).splitlines()[-1] == "error again")
        assert len(screen.text.lines) == 6
        await pilot.press("f")
        assert len(screen.text.lines) == 52
        await pilot.press("home", "n")
        await until(pilot, lambda: screen.text.scroll_offset.y >= 0 and not screen.text.following)
        await pilot.press("n", "n", "N")
        assert "ERROR line 20" in rows(app, screen) or "ERROR line 10" in rows(app, screen)
        await pilot.press("escape")
        assert screen.bar().filter == "last 500 lines, and on"
        assert isinstance(app.screen, LogScreen)
        await pilot.press("f")
        await pilot.press("slash", *"!error", "enter")
        assert len(screen.text.lines) == 46
        await pilot.press("slash", *"level:error", "enter")
        await until(pilot, lambda: len(screen.text.lines) == 5)


async def test_a_filter_that_is_wrong_is_said_and_changes_nothing(console: Console, logs: Logs) -> None:
    logs.write("web-1", "one", "two")
    async with shown(console, session_of(pod("web-1"))) as (pilot, app, screen):
        await until(pilot, lambda: len(screen.text.lines) == 2)
        await pilot.press("slash", "exclamation_mark", "enter")
        assert said(app).startswith('"!" turns the term after it round')
        assert len(screen.text.lines) == 2


async def test_several_pods_are_read_together_each_with_its_name(console: Console, logs: Logs) -> None:
    names = ("web-7c9-aaaaa", "web-7c9-bbbbb")
    for number in range(6):
        logs.write(names[number % 2], f"line {number}", second=number)
    session = session_of(*(pod(name, labels={"app": "web"}) for name in names))
    async with shown(console, session, selected_pods("team-a", "app=web")) as (pilot, app, screen):
        await until(pilot, lambda: len(screen.text.lines) == 6 and rows(app, screen)[5])
        assert rows(app, screen)[:6] == [f"{'ab'[number % 2] * 5} line {number}" for number in range(6)]
        assert screen.bar().connection[1] == "following 2 containers"
        new = pod("web-7c9-ccccc", labels={"app": "web"})
        logs.write("web-7c9-ccccc", "from the new one", second=10)
        session.change(PODS, new)
        await until(pilot, lambda: "ccccc from the new one" in page(screen.text))
        await pilot.press("slash", *"pod:bbbbb", "enter")
        assert page(screen.text).splitlines() == [f"bbbbb line {number}" for number in (1, 3, 5)]


async def test_wrapping_times_marks_and_clearing(console: Console, logs: Logs) -> None:
    long = "word " * 60 + "end"
    logs.write("web-1", long)
    async with shown(console, session_of(pod("web-1"))) as (pilot, app, screen):
        await until(pilot, lambda: rows(app, screen)[0].endswith("›"))
        await pilot.press("right")
        assert rows(app, screen)[0].startswith("‹")
        await pilot.press("w")
        assert len(screen.text.lines) == 4
        assert rows(app, screen)[3].endswith("end")
        await pilot.press("t")
        assert rows(app, screen)[0].startswith("2026-11-21T14:00:00.000Z word")
        await pilot.press("m")
        await until(pilot, lambda: any(row.startswith("» ──── marked at 2026-11-21 14:02:07 UTC") for row in rows(app, screen)))
        await pilot.press("C")
        await until(pilot, lambda: not any(rows(app, screen)))
        logs.write("web-1", "after")
        await until(pilot, lambda: rows(app, screen)[0].endswith("after"))


async def test_copying_and_saving_without_secrets(console: Console, logs: Logs) -> None:
    logs.write("web-1", "token=abcdefgh12345678", "plain \x1b[31mred\x1b[0m")
    async with shown(console, session_of(pod("web-1"))) as (pilot, app, screen):
        await until(pilot, lambda: len(screen.text.lines) == 2)
        await pilot.press("t", "c")
        assert app.clipboard == "2026-11-21T14:00:00.000000000Z token=<masked>\n2026-11-21T14:00:01.000000000Z plain red"
        await pilot.press("ctrl+s")
        assert said(app).startswith("Saved 2 lines in ")
        path = said(app).removeprefix("Saved 2 lines in ")
        assert saved(path) == (app.clipboard + "\n", 0o600)
        await pilot.press("ctrl+s")
        assert said(app).removeprefix("Saved 2 lines in ") != path, "the first file is not written over"


async def test_of_much_the_end_is_copied_and_that_is_said(console: Console, logs: Logs) -> None:
    logs.write("web-1", *("x" * 99 for _ in range(1_000)))
    async with shown(console, session_of(pod("web-1"))) as (pilot, app, screen):
        await until(pilot, lambda: len(screen.text.lines) == 1_000)
        await pilot.press("c")
        assert said(app) == "Copied the last 500 of 1,000 lines; ctrl-s saves all."
        assert app.clipboard.count("\n") == 499


async def test_which_part_of_the_log_is_read(console: Console, logs: Logs) -> None:
    logs.write("web-1", "x")
    async with shown(console, session_of(pod("web-1"))) as (pilot, _, screen):
        await until(pilot, lambda: len(logs.asked) == 1)
        assert (logs.asked[0]["tail"], logs.asked[0]["follow"]) == (500, True)
        for key, seconds in (("2", 60), ("3", 300), ("4", 900), ("5", 1800), ("6", 3600)):
            count = len(logs.asked)
            await pilot.press(key)
            await until(pilot, lambda count=count: len(logs.asked) == count + 1)
            assert (logs.asked[-1]["since"], logs.asked[-1]["tail"], logs.asked[-1]["follow"]) == (seconds, None, True)
        await pilot.press("1")
        await until(pilot, lambda: not logs.asked[-1]["follow"])
        assert logs.asked[-1]["limit_bytes"] == 512 * 1024
        assert screen.bar().filter == "the first 512 KiB"
        await until(pilot, lambda: page(screen.text).splitlines()[0] == "x")
        await pilot.press("p")
        await until(pilot, lambda: logs.asked[-1]["previous"])
        assert "before the restart" in screen.bar().filter


async def test_the_containers_are_chosen(console: Console, logs: Logs) -> None:
    for container in ("server", "proxy", "fetch"):
        logs.write("web-1", f"of {container}", container=container)
    async with shown(console, session_of(pod("web-1", "server", "proxy", init=("fetch",)))) as (pilot, app, screen):
        await until(pilot, lambda: sorted(page(screen.text).splitlines()) == ["proxy  of proxy", "server of server"])
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, ContainersScreen) and app.screen.table.counts.total == 5)
        assert "fetch" in "\n".join(painted(app))
        await pilot.press("slash", *"fetch", "enter")
        await until(pilot, lambda: app.screen is screen and page(screen.text) == "of fetch")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, ContainersScreen))
        await pilot.press("slash", *"nothing", "enter")
        assert said(app) == "None of the pods has a container nothing."
        await pilot.press("slash", *"(all)", "enter")
        await until(pilot, lambda: app.screen is screen and len(screen.text.lines) == 3)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            errors.Forbidden('pods "web-1" is forbidden: cannot get resource "pods/log"', status=403),
            "» You may not read logs in namespace team-a: that takes the right to get pods/log there",
        ),
        (
            errors.BadRequest('container "main" in pod "web-1" is waiting to start: ContainerCreating', status=400),
            "» waiting to start: ContainerCreating",
        ),
        (errors.Unreachable("the server cannot be reached"), "» the server cannot be reached; trying again"),
    ],
)
async def test_what_is_in_the_way_is_told(console: Console, logs: Logs, error: errors.KubeError, told: str) -> None:
    logs.refused[("web-1", "main")] = error
    async with shown(console, session_of(pod("web-1"))) as (pilot, app, screen):
        await until(pilot, lambda: rows(app, screen)[0].startswith(told[:90]))
        assert screen.bar().counts.total == 0


async def test_a_pod_that_does_not_exist_and_one_that_may_not_be_seen(console: Console, logs: Logs) -> None:
    session = session_of()
    async with shown(console, session) as (pilot, _, screen):
        await until(pilot, lambda: page(screen.text) == "» There is no pod web-1 in namespace team-a.")
        path = PODS.path("team-a", "web-1")
        session.answers[path] = errors.Forbidden("no", status=403, method="GET", path=path)
        logs.written[("web-1", None)] = [(BEGIN, "its log may be read")]  # type: ignore[index]  # no container is named
        await pilot.press("ctrl+r")
        await until(pilot, lambda: page(screen.text) == "its log may be read")
        assert logs.asked[-1]["container"] is None


async def test_a_flood_does_not_hold_up_the_keys(console: Console, logs: Logs) -> None:
    async with shown(console, session_of(pod("web-1"))) as (pilot, app, screen):
        for burst in range(30):
            logs.write("web-1", *(f"{burst} {number}" for number in range(1_000)))
            await pilot.pause(0.02)
        await until(pilot, lambda: rows(app, screen)[-1] == "29 999")
        assert screen.bar().counts.total == 10_000
        assert screen.bar().counts.missing == "older ones let go"
        await pilot.press("home")
        assert rows(app, screen)[0] == "20 0"


async def test_leaving_ends_every_stream(console: Console, logs: Logs) -> None:
    logs.write("web-1", "x")
    async with shown(console, session_of(pod("web-1"))) as (pilot, app, screen):
        await until(pilot, lambda: len(screen.text.lines) == 1)
        follower = screen._follower
        assert follower is not None
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is not screen)
        await until(pilot, lambda: not follower._tasks)


def test_a_part_of_a_log() -> None:
    assert From().whole
    assert not From(tail=5).whole
    assert SECOND == 10**9
