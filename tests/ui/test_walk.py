"""Walks through the console with the keys that people use, on a cluster without a server."""

from __future__ import annotations

import stat
from datetime import timedelta

import pytest
import world
from driving import Console, models, names, table, until
from fake import NOW, FakeConnector, forbidden
from reading import painted
from textual.widgets import Input

from modeltui import paths, remembered
from modeltui.document import text_of
from modeltui.kube.errors import ConfigError, Forbidden, Unreachable
from modeltui.kube.state import Sync, SyncState
from modeltui.remembered import Remembered
from modeltui.settings import ContextSettings, Settings
from modeltui.systems.core.types import NAMESPACES
from modeltui.systems.modelfs.types import MODELS
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.context import ContextScreen
from modeltui.ui.screens.dataset_detail import DatasetDetail
from modeltui.ui.screens.model_detail import ModelDetail
from modeltui.ui.screens.namespace import NamespaceScreen
from modeltui.ui.screens.source_detail import SourceDetail
from modeltui.ui.screens.start import StartScreen
from modeltui.ui.screens.text import TextScreen
from modeltui.ui.screens.yaml_view import YamlScreen
from modeltui.ui.sight import Kind
from modeltui.ui.widgets.line_view import LineView

ALL = ["llama-3-8b", "mistral-7b", "phi-3-mini", "qwen-2-7b"]


def page(view: LineView) -> str:
    return "\n".join(text_of(one) for one in view.lines)


def said(app: object) -> str:
    return app.messages[-1][1].text if app.messages else ""  # type: ignore[attr-defined]


async def typed(pilot: object, text: str) -> None:
    await pilot.press(*({"/": "slash", ":": "colon", " ": "space", "-": "minus"}.get(char, char) for char in text))  # type: ignore[attr-defined]


# ---- choosing where ----


async def test_models_of_the_namespace_given_are_shown(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        assert names(screen) == ALL
        assert screen.table.display
        assert not screen.pane.display
        await until(pilot, lambda: app.bar.identity == "alice@example.com")


async def test_a_namespace_must_be_chosen_first_and_is_remembered(console: Console) -> None:
    app = console(world.session(), namespaces=())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, NamespaceScreen) and len(app.screen.table.keys()) == 3)
        await pilot.press("down", "enter")
        screen = await models(pilot, app)
        assert screen.place.namespaces == ("team-a",)
    assert remembered.load()[0].namespaces == {"staging": ("team-a",)}


async def test_several_namespaces_are_marked_and_merged(console: Console) -> None:
    app = console(world.session(), namespaces=())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, NamespaceScreen) and len(app.screen.table.keys()) == 3)
        await pilot.press("down", "space", "down", "space", "enter")
        screen = await models(pilot, app, 5)
        assert screen.place.namespaces == ("team-a", "team-b")
        assert "namespace" in {column.key for column in screen.table.shown_columns}


async def test_without_the_right_to_list_namespaces_a_name_can_be_typed(console: Console) -> None:
    session = world.session()
    session.answers[NAMESPACES.path()] = forbidden("namespaces")
    session.answers[NAMESPACES.path(name="team-a")] = forbidden("namespaces")
    app = console(session, namespaces=())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, NamespaceScreen) and "no obstacle" in str(app.screen.intro.content))
        await pilot.press("slash")
        await typed(pilot, "team-a")
        await pilot.press("enter")
        assert (await models(pilot, app)).place.namespaces == ("team-a",)


async def test_a_namespace_that_does_not_exist_is_said(console: Console) -> None:
    app = console(world.session(), namespaces=())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, NamespaceScreen))
        await pilot.press("slash")
        await typed(pilot, "tema-a")
        await pilot.press("enter")
        await until(pilot, lambda: said(app) == "There is no namespace tema-a in this cluster.")
        assert isinstance(app.screen, NamespaceScreen)


@pytest.mark.parametrize("where", ["memory", "settings", "context"])
async def test_a_namespace_known_otherwise_is_not_asked_for(console: Console, where: str) -> None:
    app = console(
        world.session(),
        namespaces=(),
        memory=Remembered(namespaces={"staging": ("team-b",)}) if where == "memory" else None,
        settings=Settings(contexts={"stag*": ContextSettings(namespaces=("team-b",))}) if where == "settings" else None,
        default_namespace="team-b" if where == "context" else "",
    )
    async with app.run_test(size=(120, 40)) as pilot:
        assert (await models(pilot, app, 1)).place.namespaces == ("team-b",)


async def test_another_context(console: Console) -> None:
    app = console(world.session(), settings=Settings(contexts={"prod*": ContextSettings(theme="modeltui-danger", read_only=True)}))
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        await typed(pilot, ":ctx")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ContextScreen) and len(app.screen.table.keys()) == 3)
        await pilot.press("slash")
        await typed(pilot, "prod-eu")
        await pilot.press("enter")
        await until(pilot, lambda: app.bar.context == "prod-eu" and isinstance(app.screen, BrowseScreen | NamespaceScreen))
        assert app.theme == "modeltui-danger"
        assert app.bar.read_only
        connector = app.connecting._connector
        assert isinstance(connector, FakeConnector)
        assert connector.asked == [None, "prod-eu"]


# ---- tables ----


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


async def test_sorting_is_remembered(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        await pilot.press("S")
        await until(pilot, lambda: names(screen)[0] == "mistral-7b")
    assert remembered.load()[0].sorts == {"models": ("status", False)}


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


# ---- one object ----


async def test_a_model_its_version_and_its_dataset(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        screen.table.move_to(("team-a", "mistral-7b"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ModelDetail) and app.screen.table.counts.total == 1)
        detail = app.screen
        assert isinstance(detail, ModelDetail)
        await until(pilot, lambda: "BackoffLimitExceeded" in page(detail.version.text))
        assert "Failed" in page(detail.about.text)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DatasetDetail) and "Sync rounds" in page(app.screen.text))
        assert isinstance(app.screen, DatasetDetail)
        assert "hf_very_secret_value" not in page(app.screen.text)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))


async def test_a_source_and_who_uses_it(console: Console) -> None:
    session = world.session()
    app = console(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        await typed(pilot, ":sources")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.table.counts.total == 2)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, SourceDetail) and "does not exist" in page(app.screen.text))
        assert isinstance(app.screen, SourceDetail)
        text = page(app.screen.text)
        assert "hf_very_secret_value" not in text
        assert "llama-3-8b" in text
        assert ("GET", "/api/v1/namespaces/team-a/secrets/hf-token") in session.requests
        await pilot.press("u")
        screen = await models(pilot, app)
        assert screen.place.filter == "source:=hub"


async def test_yaml_is_whole_masked_folded_and_live(console: Console) -> None:
    session = world.session()
    app = console(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, YamlScreen) and app.screen.text.display)
        screen = app.screen
        assert isinstance(screen, YamlScreen)
        assert "managedFields: 1 entries folded" in page(screen.text)
        await pilot.press("m")
        await until(pilot, lambda: "manager: kubectl" in page(screen.text))
        await pilot.press("slash")
        await typed(pilot, "repo")
        await pilot.press("enter")
        await until(pilot, lambda: len(screen.text.matches) == 2)
        changed = world.model("llama-3-8b", {"v9": "READY"})
        changed["metadata"]["resourceVersion"] = "2"
        session.change(MODELS, changed)
        await until(pilot, lambda: "name: v9" in page(screen.text))


async def test_yaml_that_may_not_be_read_says_so(console: Console) -> None:
    session = world.session()
    session.answers[MODELS.path("team-a", "llama-3-8b")] = Forbidden("models is forbidden: no", status=403)
    app = console(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, YamlScreen) and app.screen._pane.sight.kind is Kind.DENIED)


# ---- the rest ----


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


async def test_an_unusable_cluster_is_a_sight_and_can_be_tried_again(console: Console) -> None:
    app = console(world.session(), error=Unreachable("10.0.0.1:6443 refused the connection: is the cluster up?"))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StartScreen) and app.screen.pane.sight.kind is Kind.ERROR)
        assert isinstance(app.screen, StartScreen)
        assert app.screen.pane.sight is not None
        assert "is the cluster up?" in app.screen.pane.sight.lines[0]
        connector = app.connecting._connector
        assert isinstance(connector, FakeConnector)
        connector.error = None
        await pilot.press("ctrl+r")
        await models(pilot, app)


async def test_a_broken_kubeconfig_at_the_start_ends_with_one_sentence(console: Console) -> None:
    app = console(world.session(), error=ConfigError("no kubeconfig found: tried /nowhere"))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.failed_sentence)
    assert (app.failed_sentence, app.return_value) == ("no kubeconfig found: tried /nowhere", 1)


async def test_quitting(console: Console) -> None:
    for keys in (["colon", "q", "enter"], ["ctrl+c", "ctrl+c"]):
        app = console(world.session())
        async with app.run_test(size=(120, 40)) as pilot:
            await models(pilot, app)
            await pilot.press(*keys)
            await until(pilot, lambda app=app: not app.is_running or app._exit)
        assert app.return_value == 0


async def test_a_small_terminal_says_so_and_recovers(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        await pilot.resize_terminal(50, 12)
        await until(pilot, lambda: screen.query(".too-small"))
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: not screen.query(".too-small"))
        assert names(screen) == ALL


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
