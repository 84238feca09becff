"""What is typed after a colon or looked up in the palette, and the way back and forth between tables."""

from __future__ import annotations

import world
from driving import Console, models, names, page, said, table, typed, until
from textual.widgets import Input

from modeltui.document import text_of
from modeltui.settings import Settings
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.text import TextScreen
from modeltui.ui.screens.yaml_view import YamlScreen


async def test_commands_suggest_run_and_explain_mistakes(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        await typed(pilot, ":sou")
        await until(pilot, lambda: app.screen.query_one(Input)._suggestion == "sources")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.view.name == "sources")
        await typed(pilot, ":modles")
        await pilot.press("enter")
        await until(pilot, lambda: "Did you mean models?" in said(app))
        await typed(pilot, ":models team-b /gem")
        await pilot.press("enter")
        screen = await models(pilot, app, 1)
        assert (names(screen), screen.place.filter) == (["gemma-2b"], "gem")


async def test_words_for_keys(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        await typed(pilot, ":yaml")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, YamlScreen) and app.screen.text.has_focus)
        await typed(pilot, ":describe")
        await pilot.press("enter")
        await until(pilot, lambda: "not here" in said(app))
        await typed(pilot, ":messages")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TextScreen) and app.screen.crumb == "messages")
        assert isinstance(app.screen, TextScreen)
        assert "not here" in page(app.screen.text)


async def test_a_label_selector_is_the_servers(console: Console) -> None:
    session = world.session()
    app = console(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        await typed(pilot, ":models -l app=chat")
        await pilot.press("enter")
        await until(pilot, lambda: session.selectors == ["app=chat"])


async def test_column_names_are_completed(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        await typed(pilot, ":columns ")
        await pilot.press("plus")
        await typed(pilot, "obs")
        await until(pilot, lambda: app.screen.query_one(Input)._suggestion == "columns +observed_storage")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "observed_storage" in [column.key for column in table(app).table.shown_columns])


async def test_history(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        await typed(pilot, ":sources")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.view.name == "sources")
        await pilot.press("minus")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.view.name == "models")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.view.name == "sources")
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.view.name == "models")


async def test_the_command_palette_offers_tables_and_this_screens_keys(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        offered = {command.title for command in app.get_system_commands(app.screen)}
        assert {"Show Sources", "Choose namespaces", "Use namespace team-a", "YAML", "Faults only", "Quit"} <= offered
        await pilot.press("ctrl+p")
        await until(pilot, lambda: type(app.screen).__name__ == "CommandPalette")
        await pilot.press(*"sources")
        await pilot.pause(0.3)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.view.name == "sources")


async def test_help_is_made_of_the_keys_in_force(console: Console) -> None:
    app = console(world.session(), settings=Settings(keymap={"faults": "f8"}))
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, TextScreen))
        assert isinstance(app.screen, TextScreen)
        lines = [text_of(one) for one in app.screen.text.lines]
        (faults,) = [text for text in lines if text.endswith("faults")]
        assert faults.split()[0] == "f8"
        assert any("shift-n" in text and "Sort by name" in text for text in lines)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))
