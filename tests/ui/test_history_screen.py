"""The History screen: what it shows of a ledger, how it stands when something is wrong with it, and what is hostile in it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from driving import Console, models, until
from fake import NOW
from reading import painted
from tests.ledger.builders import record, tamper
from textual.pilot import Pilot
from world import session

from modeltui import paths
from modeltui.kube.errors import Unreachable
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import ChangedField, Record
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens import history_feed
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.history import HistoryScreen
from modeltui.ui.screens.history_entry import HistoryEntryScreen
from modeltui.ui.screens.start import StartScreen

SMALL = (80, 24)
HOSTILE = "\x1b[31m\u202eevil\u2066[bold]x[/]\n\t" + "n" * 300


def done(number: int, **said: Any) -> Record:
    """So many minutes before now."""
    return record(number, **({"at": NOW - timedelta(minutes=number), "namespace": "team-a", "result": "done"} | said))


def kept(*records: Record) -> None:
    ledger = Ledger.open()
    for one in records:
        ledger.append(one)
    assert ledger.close() == ""


async def pressed(pilot: Pilot[int], text: str, *keys: str) -> None:
    special = {":": "colon", "/": "slash", " ": "space", "-": "minus", "@": "at", "!": "exclamation_mark", "^": "circumflex_accent"}
    await pilot.press(*(special.get(char, char) for char in text), *keys)


async def opened(pilot: Pilot[int], app: ConsoleApp, line: str = ":history") -> HistoryScreen:
    await until(pilot, lambda: isinstance(app.screen, BrowseScreen))
    await pressed(pilot, line, "enter")
    return await ready(pilot, app)


async def ready(pilot: Pilot[int], app: ConsoleApp) -> HistoryScreen:
    await until(pilot, lambda: isinstance(app.screen, HistoryScreen) and not app.screen._looking, f"{app.screen}")
    screen = app.screen
    assert isinstance(screen, HistoryScreen)
    await settled(pilot, screen)
    return screen


async def settled(pilot: Pilot[int], screen: HistoryScreen) -> None:
    await until(pilot, lambda: not screen._looking and screen.table.counts.total == len(screen._feed or ()))
    await pilot.pause()


def cells(screen: HistoryScreen, column: str) -> list[Any]:
    at = [one.key for one in screen.table.columns].index(column)
    found = []
    for key in screen.table.keys():  # noqa: SIM118  # a widget, not a dict
        row = screen.table.row(key)
        if row is not None:  # else it goes with the next frame
            found.append(row.values[at])
    return found


def said(app: ConsoleApp) -> str:
    """What is painted, wherever its lines are broken."""
    return " ".join("\n".join(painted(app)).split())


async def test_newest_first_of_this_context_and_of_all(console: Console) -> None:
    kept(done(3), done(1, result="begun"), done(2, context="prod-eu", result="failed: no\nwonder"), done(4, namespace="team-b"))
    app = console(session())
    async with app.run_test(size=SMALL) as pilot:
        screen = await opened(pilot, app)
        assert cells(screen, "name") == ["qwen-1", "qwen-3", "qwen-4"]
        assert cells(screen, "result") == ["begun, no outcome", "done", "done"]
        assert screen.bar().counts.missing == ""
        await pilot.press("0")
        await settled(pilot, screen)
        names = cells(screen, "name")  # one is of the ledger's own beginning, at the time at which this runs
        assert [name for name in names if name] == ["qwen-1", "qwen-2", "qwen-3", "qwen-4"]
        assert cells(screen, "why")[names.index("qwen-2")] == "no\nwonder"
        assert "all contexts" in said(app)
        await pilot.press("escape")
        assert isinstance(app.screen, BrowseScreen)
        screen = await opened(pilot, app, ":hist team-b @prod-eu")
        assert cells(screen, "name") == []
        assert "Nothing was changed in context prod-eu yet" in said(app)
        await pressed(pilot, ":changes team-b", "enter")
        screen = await ready(pilot, app)
        assert cells(screen, "name") == ["qwen-4"]
        await pressed(pilot, ":history -l a=b", "enter")
        await until(pilot, lambda: "no labels" in app.messages[-1][1].text)


async def test_what_belongs_together(console: Console) -> None:
    kept(*(done(number, change_id=change) for number, change in enumerate(["a", "b", "b", "b", "", "", "c", "c"], 1)))
    app = console(session())
    async with app.run_test(size=SMALL) as pilot:
        screen = await opened(pilot, app)
        assert cells(screen, "step") == ["", "╭", "│", "╰", "", "", "╭", "╰"]
        await pilot.press("N")
        await settled(pilot, screen)
        await until(pilot, lambda: set(cells(screen, "step")) == {""})
        await pilot.press("A")
        await until(pilot, lambda: cells(screen, "step")[1] == "╭")


async def test_pages_come_as_the_cursor_goes_down_and_the_filter_asks_the_ledger(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_feed, "PAGE", 100)
    monkeypatch.setattr(history_feed, "ENOUGH", 100)
    monkeypatch.setattr(history_feed, "FURTHEST", 200)
    kept(*(done(number) for number in range(1, 651)))
    app = console(session())
    async with app.run_test(size=SMALL) as pilot:
        screen = await opened(pilot, app)
        assert screen.table.counts.total == 100
        assert "100+ · older ones below" in said(app)
        await pilot.press("G")
        await until(pilot, lambda: screen.table.counts.total == 200)
        assert screen.table.cursor_key == ("", "101"), "the cursor stays on its row"
        await pressed(pilot, "/qwen-64", "enter")
        await until(pilot, lambda: cells(screen, "name") == [f"qwen-{number}" for number in (64, *range(640, 650))])
        assert screen.bar().counts.missing == ""
        await pressed(pilot, "/", *["backspace"] * 7)
        await pressed(pilot, "name:^qwen-650", "enter")
        await until(pilot, lambda: "No change matches /name:^qwen-650" in said(app) and not screen._looking, said(app))
        await until(pilot, lambda: "The newest 200 entries" in said(app), said(app))
        for _ in range(3):
            await pilot.press("m")
            await settled(pilot, screen)
        await until(pilot, lambda: cells(screen, "name") == ["qwen-650"])
        await pilot.press("m")
        assert "no older changes" in app.messages[-1][1].text
        await pilot.press("escape")
        await until(pilot, lambda: cells(screen, "name")[:2] == ["qwen-1", "qwen-2"])


async def test_a_mistake_in_the_filter_and_faults_only(console: Console) -> None:
    kept(done(1), done(2, result="failed: no"), done(3, result="begun"), done(4, result="unknown: no answer"))
    app = console(session())
    async with app.run_test(size=SMALL) as pilot:
        screen = await opened(pilot, app, ":history /qwen")
        assert len(cells(screen, "name")) == 4
        await pressed(pilot, "/ when:<x", "enter")
        await until(pilot, lambda: "wants a time" in app.messages[-1][1].text)
        await settled(pilot, screen)
        assert len(cells(screen, "name")) == 4
        await pilot.press("ctrl+z")
        await settled(pilot, screen)
        assert cells(screen, "name") == ["qwen-2", "qwen-3", "qwen-4"]
        await pilot.press("escape", "escape")
        await settled(pilot, screen)
        assert len(cells(screen, "name")) == 4


async def test_what_comes_while_it_is_open(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modeltui.ui.screens.history.LOOK_EVERY", 0.05)
    monkeypatch.setattr("modeltui.ui.screens.history_entry.LOOK_EVERY", 0.05)
    begun = done(2, result="begun")
    kept(begun, done(3))
    app = console(session())
    async with app.run_test(size=SMALL) as pilot:
        screen = await opened(pilot, app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, HistoryEntryScreen) and "begun, outcome not known" in text(app))
        kept(begun.ended("failed: the server said no"), done(1))
        await until(pilot, lambda: "the server said no" in text(app))
        await pilot.press("escape")
        await until(pilot, lambda: sorted(cells(screen, "name")) == ["qwen-1", "qwen-2", "qwen-3"])
        assert "begun, no outcome" not in cells(screen, "result")


async def test_a_look_that_takes_longer_than_the_time_between_two_comes_to_its_end(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home directory on a slow network."""
    monkeypatch.setattr("modeltui.ui.screens.history.LOOK_EVERY", 0.01)
    kept(done(1))
    app = console(session())
    async with app.run_test(size=SMALL) as pilot:
        screen = await opened(pilot, app)
        await until(pilot, lambda: cells(screen, "name") == ["qwen-1"])
        last = Ledger.last

        def slow(ledger: Ledger) -> int:
            time.sleep(0.2)
            return last(ledger)

        monkeypatch.setattr(Ledger, "last", slow)
        kept(done(2))
        await until(pilot, lambda: sorted(cells(screen, "name")) == ["qwen-1", "qwen-2"])


def text(app: ConsoleApp) -> str:
    screen: Any = app.screen
    return "\n".join("".join(part for part, _ in one) for one in screen.text.whole)


async def test_the_page_of_an_entry(console: Console) -> None:
    server_words = 'failed: admission webhook "v.example.com" denied the request: storage: must be at least 1Gi'
    first = done(2, change_id="c1", result=server_words, verb="apply")
    kept(first, done(1, change_id="c1", kind="ModelSource", name="hub", before=None, verb="create"))
    app = console(session())
    async with app.run_test(size=(120, 60)) as pilot:
        await opened(pilot, app)
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, HistoryEntryScreen) and "Result" in text(app))
        shown = text(app)
        for wanted in (
            "apply Model team-a/qwen-2",
            "jane@example.com",
            "staging",
            "https://10.0.0.1:6443",
            "2m ago (2026-11-21 14:00:07 UTC)",
            'admission webhook "v.example.com" denied the request: storage: must be at least 1Gi',
            'spec.versions[0].storage  "10Gi" → "20Gi"',
            "The 2 steps of this change",
            "create ModelSource team-a/hub",
            "storage: 10Gi",
        ):
            assert wanted in shown, wanted
        await pilot.press("escape", "up", "enter")
        await until(pilot, lambda: isinstance(app.screen, HistoryEntryScreen) and "There was none." in text(app))


async def test_whatever_was_recorded_is_harmless(console: Console) -> None:
    big = "A" * 1_000_000
    bad = {field: HOSTILE for field in ("user", "namespace", "name", "verb", "kind", "api_version", "server")}
    kept(
        done(
            1,
            **bad,
            result=f"failed: {HOSTILE}",
            change_id=HOSTILE,
            difference=(ChangedField(f"spec.{HOSTILE}", HOSTILE, HOSTILE, [HOSTILE]),),
        ),
        done(
            2,
            before={"kind": "Model", "metadata": {"name": "qwen-2", "annotations": {"big": big, HOSTILE: HOSTILE}}},
            difference=(ChangedField("spec.big", "changed", big, {"x": [big]}), ChangedField(f"spec.{big}", "added", None, 1)),
            result=f"failed: {big}",
        ),
    )
    app = console(session())
    async with app.run_test(size=SMALL) as pilot:
        screen = await opened(pilot, app)
        assert len(cells(screen, "name")) == 2
        assert_harmless(said(app))
        for _ in range(8):
            await pilot.press("right")
            assert_harmless(said(app))
        for _ in range(2):
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, HistoryEntryScreen) and "Result" in text(app))
            assert_harmless(said(app) + text(app).replace("\n", ""))
            assert len(text(app)) < 60_000
            await pilot.press("escape", "down")
        await pressed(pilot, "/evil", "enter")
        await settled(pilot, screen)
        assert len(cells(screen, "name")) == 1
        await pilot.press("o")
        await pilot.press("r")
        await pilot.pause()
        assert_harmless(said(app))


def assert_harmless(shown: str) -> None:
    assert not {"\x1b", "\u202e", "\u2066", "\t", "\r"} & set(shown)


async def test_nothing_yet_makes_no_file_and_the_first_change_shows(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modeltui.ui.screens.history.LOOK_EVERY", 0.05)
    app = console(session())
    async with app.run_test(size=SMALL) as pilot:
        screen = await opened(pilot, app)
        assert "Nothing was changed in context staging yet" in said(app)
        assert not paths.ledger_file().exists()
        kept(done(1))
        await until(pilot, lambda: cells(screen, "name") == ["qwen-1"])


async def test_without_a_connection(console: Console) -> None:
    kept(done(1))
    app = console(session(), error=Unreachable("10.0.0.1:6443 refused the connection"))
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StartScreen) and "refused the connection" in said(app))
        await pressed(pilot, ":history", "enter")
        screen = await ready(pilot, app)
        names = cells(screen, "name")
        screen.table.move_to(list(screen.table.keys())[names.index("qwen-1")])
        await pilot.press("r")
        assert "no connection" in app.messages[-1][1].text
        assert "Show History" in {command.title for command in app.get_system_commands(screen)}


async def test_an_entry_of_another_context_is_not_brought_back_here(console: Console) -> None:
    kept(done(1, context="prod-eu"))
    app = console(session())
    async with app.run_test(size=SMALL) as pilot:
        screen = await opened(pilot, app, ":history @prod-eu")
        await pilot.press("r")
        await until(pilot, lambda: ":ctx prod-eu first" in app.messages[-1][1].text)
        assert app.screen is screen


async def test_a_read_only_console_looks_but_brings_nothing_back(console: Console) -> None:
    kept(done(1, context="prod-eu"))
    app = console(session(), context="prod-eu")
    async with app.run_test(size=SMALL) as pilot:
        screen = await opened(pilot, app)
        assert cells(screen, "name") == ["qwen-1"]
        assert "revert" not in {active.binding.action for active in screen.active_bindings.values() if active.enabled}
        await pilot.press("r")
        assert app.screen is screen
        await pilot.press("enter", "r")
        assert isinstance(app.screen, HistoryEntryScreen)


# ---- what is wrong with the ledger ------------------------------------------------------------------------------


async def verified(pilot: Pilot[int], app: ConsoleApp, wanted: str) -> None:
    await pilot.press("v")
    await until(pilot, lambda: wanted in said(app), said(app))


async def test_verify_says_that_all_fit_and_gives_the_head(console: Console) -> None:
    kept(done(1), done(2))
    app = console(session())
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot, app)
        await verified(pilot, app, "14:02:07 UTC: all 3 entries fit;")
        assert app.messages[-1][1].raw.startswith("head 3:")
        tamper(paths.ledger_file(), "UPDATE entries SET body = replace(body, 'jane', 'joan') WHERE id = 2")
        await verified(pilot, app, "entry 2 was changed: its hash does not fit what it says")
        tamper(paths.ledger_file(), "UPDATE entries SET body = 'x' WHERE id = 3")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: not app.screen._looking)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, HistoryEntryScreen))


def of_a_newer_version() -> None:
    tamper(paths.ledger_file(), "PRAGMA user_version = 99")


def damaged() -> None:
    paths.ledger_file().write_bytes(b"no database " * 1000)


def a_folder() -> None:
    paths.ledger_file().unlink()
    paths.ledger_file().mkdir()


@pytest.mark.parametrize(
    ("spoil", "sentence", "rows"),
    [
        (of_a_newer_version, "written by a newer modeltui", 1),
        (damaged, "was set aside", 0),
        (a_folder, "The ledger cannot be read", 0),
    ],
)
async def test_what_is_wrong_with_the_file_is_said(console: Console, spoil: Callable[[], None], sentence: str, rows: int) -> None:
    kept(done(1))
    spoil()
    app = console(session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        await until(pilot, lambda: sentence in said(app) or any(sentence in message.text for _, message in app.messages), said(app))
        assert len(cells(screen, "name")) == rows


async def test_changes_that_wait_in_the_side_file_are_counted_and_taken_in(console: Console) -> None:
    kept(done(1))
    busy = sqlite3.connect(paths.ledger_file())
    busy.execute("BEGIN IMMEDIATE")
    writer = Ledger.open(busy=0.05)
    writer.append(done(2))
    writer.close()
    app = console(session())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))
        app._ledger = Ledger.open(busy=0.05)
        screen = await opened(pilot, app)
        assert "1 change is not here yet, but in" in said(app)
        assert "is locked by another program" in said(app)
        busy.rollback()
        busy.close()
        await pilot.press("ctrl+r")
        await until(pilot, lambda: cells(screen, "name") == ["qwen-1", "qwen-2"])
        assert "not here yet" not in said(app)


# ---- from an object ---------------------------------------------------------------------------------------------


async def test_the_history_of_an_object(console: Console) -> None:
    kept(
        done(1, name="llama-3-8b"),
        done(2, name="llama-3-8b", namespace="team-b"),
        done(3, name="phi-3-mini"),
        done(4, kind="ModelSource", name="llama-3-8b"),
    )
    app = console(session())
    async with app.run_test(size=SMALL) as pilot:
        table = await models(pilot, app)
        table.table.move_to(("team-a", "llama-3-8b"))
        await pilot.press("h")
        screen = await ready(pilot, app)
        assert cells(screen, "entry") == [2]
        assert "History of Model team-a/llama-3-8b" in said(app)
        await pilot.press("escape", "enter")
        await until(pilot, lambda: app.screen.crumb == "llama-3-8b")  # type: ignore[attr-defined]
        await pilot.press("h")
        screen = await ready(pilot, app)
        assert cells(screen, "entry") == [2]
        await pilot.press("o")
        await until(pilot, lambda: app.screen.crumb == "llama-3-8b")  # type: ignore[attr-defined]


async def test_copying(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(done(1), done(2))
    copied: list[str] = []
    app = console(session())
    monkeypatch.setattr(app, "copy", lambda text, *, what: copied.append(text))
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot, app)
        await pilot.press("c", "n", "enter")
        await until(pilot, lambda: isinstance(app.screen, HistoryEntryScreen) and "Result" in text(app))
        await pilot.press("c")
        assert copied[:2] == ["qwen-1", "team-a"]
        assert "What changed" in copied[2]
