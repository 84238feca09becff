"""`:catalog`: what forms offer, one's own among it, and what is wrong with that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from driving import Console, models, names, page, said, typed, until
from textual.pilot import Pilot
from world import session

from modeltui import paths
from modeltui.document import text_of
from modeltui.settings import Settings
from modeltui.ui.screens.catalog import CatalogScreen
from modeltui.ui.screens.text import TextScreen
from modeltui.ui.wizards.deploy.screen import DeployWizard


async def opened(pilot: Pilot[int]) -> CatalogScreen:
    app: Any = pilot.app
    await models(pilot, app)
    await typed(pilot, ":catalog")
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, CatalogScreen) and app.screen.catalogs.models)
    screen: CatalogScreen = app.screen
    await until(pilot, lambda: screen.table.counts.total >= 8)
    return screen


def intro(screen: CatalogScreen) -> str:
    return " ".join(str(screen.intro.content).split())


async def test_what_is_shipped_and_all_of_one_entry(console: Console) -> None:
    app = console(session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        assert "microsoft/Phi-3-mini-4k-instruct" in names(screen)  # type: ignore[arg-type]  # a table as well
        screen.table.move_to(("", "meta-llama/Llama-3.2-3B-Instruct"))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, TextScreen))
        shown: Any = app.screen
        text = page(shown.text)
        assert "contextLength: 131072" in text
        assert "access: gated" in text
        assert "how: estimate" in text
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)


async def test_ones_own_and_what_is_wrong_with_it(console: Console, tmp_path: Path) -> None:
    own = paths.config_dir() / "catalogs"
    own.mkdir(parents=True)
    (own / "ours.yaml").write_text("models:\n- {id: acme/one, title: '[b]\\x1b[31mOne'}\n- {id: acme/two, dtype: 5}\n")
    app = console(session(), settings=Settings(catalogs=(str(tmp_path / "missing"),)))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        assert "acme/one" in names(screen)  # type: ignore[arg-type]  # a table as well
        await until(pilot, lambda: "acme/two" in intro(screen))
        told = intro(screen)
        assert "acme/two: dtype: wants text, got a whole number; put it in quotes. It is left out." in told
        assert "there is no such folder of catalogs" in told
        assert len([one for _, one in app.messages if "acme/two" in one.text]) == 1
        screen.table.move_to(("", "acme/one"))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, TextScreen))
        shown: Any = app.screen
        assert all("\x1b" not in text_of(one) for one in shown.text.lines)


@pytest.mark.parametrize("how", ["cursor", "typed"])
async def test_a_model_is_deployed_from_there(console: Console, how: str) -> None:
    app = console(session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        if how == "cursor":
            screen.table.move_to(("", "meta-llama/Llama-3.2-3B-Instruct"))
        else:
            await typed(pilot, "/meta-llama/Llama-3.2-3B-Instruct")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DeployWizard))
        wizard: Any = app.screen
        assert wizard.answers.answer("model", "model") == "meta-llama/Llama-3.2-3B-Instruct"
        assert wizard.answers.answer("basics", "namespace") == "team-a"
        assert wizard.answers.answer("serving", "token_secret") == "hf-token-secret", "it is gated"
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)


async def test_nothing_is_deployed_from_a_console_that_only_reads(console: Console) -> None:
    app = console(session(), read_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: said(app) == "Nothing can be made: this console is read-only.")
        assert app.screen is screen


@pytest.mark.parametrize("line", ["acme/none"])
async def test_what_no_catalog_has(console: Console, line: str) -> None:
    app = console(session())
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await typed(pilot, f"/{line}")
        await pilot.press("enter")
        await until(pilot, lambda: said(app) == f"No catalog has '{line}'.")
        assert app.screen is screen
