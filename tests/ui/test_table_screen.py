"""A table under the hands: filters, sorting, columns, rows that change, saving and copying."""

from __future__ import annotations

import stat
from datetime import timedelta

import pytest
import world
from driving import ALL, Console, models, names, said, typed, until
from fake import NOW
from reading import painted

from modeltui import paths, remembered
from modeltui.kube.state import Sync, SyncState
from modeltui.remembered import Remembered
from modeltui.systems.modelfs.types import MODELS
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.sight import Kind


async def test_a_filter_is_shown_at_work_and_escape_clears_it(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        await pilot.press("slash")
        await typed(pilot, "llama")
        await until(pilot, lambda: names(screen) == ["llama-3-8b"])
        await pilot.press("escape")
        await until(pilot, lambda: names(screen) == ALL)
        await pilot.press("slash")
        await typed(pilot, "zzz")
        await pilot.press("enter")
        await until(pilot, lambda: screen.pane.display)
        assert screen.pane.sight is not None
        assert screen.pane.sight.kind is Kind.FILTERED
        assert screen.bar().filter == "/zzz"
        await pilot.press("escape")
        await until(pilot, lambda: names(screen) == ALL and screen.table.display)


async def test_a_filter_typed_before_is_recalled(console: Console) -> None:
    app = console(world.session(), memory=Remembered(filters=("qwen",)))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        await pilot.press("slash", "up", "enter")
        await until(pilot, lambda: names(screen) == ["qwen-2-7b"])


async def test_a_wrong_filter_is_one_sentence(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        await pilot.press("slash")
        await typed(pilot, "-l =")
        await pilot.press("enter")
        await until(pilot, lambda: app.messages)
        assert app.messages[-1][1].error
        assert names(screen) == ALL
        said = app.messages[-1][1].text
        assert any(said in line for line in painted(app))
        await pilot.press("slash", "ctrl+u")
        await typed(pilot, "qwen")
        await pilot.press("enter")
        await until(pilot, lambda: names(screen) == ["qwen-2-7b"])
        assert not any(said in line for line in painted(app)), "what has been mended is still said"


async def test_a_wrong_filter_leaves_the_one_before_in_force(console: Console) -> None:
    """Not the part of it that could be read while it was typed."""
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        await pilot.press("slash")
        await typed(pilot, "llama")
        await pilot.press("enter")
        await until(pilot, lambda: names(screen) == ["llama-3-8b"])
        await pilot.press("slash", "ctrl+u")
        await typed(pilot, "qwen -l =")
        await until(pilot, lambda: names(screen) == ["qwen-2-7b"])
        await pilot.press("enter")
        await until(pilot, lambda: app.messages)
        await until(pilot, lambda: names(screen) == ["llama-3-8b"])
        assert screen.filter_words == "/llama"


async def test_faults_only(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        await pilot.press("ctrl+z")
        await until(pilot, lambda: names(screen) == ["mistral-7b"])
        await pilot.press("ctrl+z")
        await until(pilot, lambda: names(screen) == ALL)


async def test_many_rows_are_filtered_when_the_typing_rests(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        monkeypatch.setattr("modeltui.ui.screens.table.MANY", 0)
        await pilot.press("slash")
        await typed(pilot, "qwen")
        await until(pilot, lambda: names(screen) == ["qwen-2-7b"])
        monkeypatch.setattr("modeltui.ui.screens.table.PAUSE", 3600)
        await typed(pilot, "x")
        assert names(screen) == ["qwen-2-7b"]
        await pilot.press("escape")
        assert names(screen) == ALL
        await pilot.press("slash")
        await typed(pilot, "phi")
        assert names(screen) == ALL
        await pilot.press("enter")
        assert names(screen) == ["phi-3-mini"]


async def test_sorting_is_remembered(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        await pilot.press("S")
        await until(pilot, lambda: names(screen)[0] == "mistral-7b")
    assert remembered.load()[0].sorts == {"models": ("status", False)}


async def test_wide_is_remembered_and_takes_the_place_of_a_choice(console: Console) -> None:
    memory = remembered.update(lambda found: found.with_columns("models", ("name", "tags")))
    app = console(world.session(), memory=memory)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        assert [column.key for column in screen.table.shown_columns] == ["name", "tags"]
        await pilot.press("ctrl+w")
        await until(pilot, lambda: {"repos", "status"} <= {column.key for column in screen.table.shown_columns})
    memory = remembered.load()[0]
    assert (memory.wide, memory.columns) == ({"models": True}, {"models": ()})
    app = console(world.session(), memory=memory)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        assert screen.table.wide
        await pilot.press("ctrl+w")
        await until(pilot, lambda: remembered.load()[0].wide == {"models": False})


async def test_columns_are_chosen_and_remembered(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)

        def shown() -> list[str]:
            return [column.key for column in screen.table.shown_columns]

        await typed(pilot, ":columns name,tags")
        await pilot.press("enter")
        await until(pilot, lambda: shown() == ["name", "tags"])
        await typed(pilot, ":columns tgas")
        await pilot.press("enter")
        await until(pilot, lambda: "did you mean tags?" in said(app))
        assert shown() == ["name", "tags"]
        await typed(pilot, ":sources")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.view.name == "sources")
        await typed(pilot, ":models")
        await pilot.press("enter")
        screen = await models(pilot, app)
        assert shown() == ["name", "tags"]
        await typed(pilot, ":columns default")
        await pilot.press("enter")
        await until(pilot, lambda: "status" in shown() and "tags" not in shown())


async def test_changes_of_the_cluster_appear(console: Console) -> None:
    session = world.session()
    app = console(session)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        session.change(MODELS, world.model("zephyr", {"v1": "READY"}))
        await until(pilot, lambda: names(screen) == [*ALL, "zephyr"])


async def test_a_lost_connection_leaves_the_rows_and_says_so(console: Console) -> None:
    session = world.session()
    app = console(session)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        session.become("team-a", SyncState(Sync.STALE, NOW, "connection refused", NOW + timedelta(seconds=8)))
        await until(pilot, lambda: screen.notes.display)
        assert screen.bar().connection[1] == "disconnected, data from 14:02:07, next try 14:02:15 UTC"
        assert names(screen) == ALL
        assert screen.table.display
        await pilot.press("ctrl+r")
        assert session.retries == 1


async def test_saving_and_copying(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "1")
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        await pilot.press("c")
        assert app.clipboard == "llama-3-8b"
        await pilot.press("space", "down", "space", "c")
        assert app.clipboard == "llama-3-8b\nmistral-7b"
        await pilot.press("n")
        assert app.clipboard == "team-a"
        await pilot.press("ctrl+s")
        (file,) = (paths.dump_dir() / "staging").glob("models-*.csv")
        assert str(file) in said(app)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.read_text().splitlines()[1].startswith("llama-3-8b,team-a,Ready,")
