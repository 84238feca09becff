from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modeltui.options import ConsoleOptions
from modeltui.settings import ContextSettings, Settings, load, parse

FULL = """
theme = "nord"
clipboard = "osc52"
low_bandwidth = true

[keymap]
delete = "ctrl+d,delete"

[contexts."prod-eu"]
read_only = false

[contexts."*prod*"]
read_only = true
theme = "red"
namespaces = ["team-a", "team-b"]
"""


def test_a_full_file() -> None:
    settings, warnings = parse(FULL, where="f")
    assert warnings == ()
    assert (settings.theme, settings.clipboard, settings.low_bandwidth, settings.read_only) == ("nord", "osc52", True, False)
    assert settings.keymap == {"delete": "ctrl+d,delete"}
    assert settings.of_context("my-prod-1") == ContextSettings(read_only=True, theme="red", namespaces=("team-a", "team-b"))
    assert settings.of_context("prod-eu") == ContextSettings(read_only=False, theme="nord"), "the exact name wins"
    assert settings.of_context("dev") == ContextSettings(theme="nord")


def test_no_file_means_defaults_without_a_word(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml") == (Settings(), ())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("read_only_contexts = 'prod'", "f: read_only_contexts must be a list of texts, not 'prod'; it is ignored."),
        ("theme = 3", "f: theme must be a text, not 3; it is ignored."),
        ("mouse = 'yes'", "f: mouse must be true or false, not 'yes'; it is ignored."),
        ("clipboard = 'x'", "f: clipboard must be one of auto, native, osc52, not 'x'; it is ignored."),
        ("them = 'x'", "f: them is not a setting of modeltui; it is ignored."),
        ("keymap = 1", "f: keymap must be a table, not 1; it is ignored."),
        ("[keymap]\nquit = 1", "f: keymap.quit must be a text, not 1; it is ignored."),
        ("[contexts.a]\nnamespaces = 'x'", "f: contexts.a.namespaces must be a list of texts, not 'x'; it is ignored."),
        ("[contexts.a]\nreadonly = true", "f: contexts.a.readonly is not a setting of modeltui; it is ignored."),
    ],
)
def test_a_mistake_gives_one_sentence_and_the_default(text: str, sentence: str) -> None:
    settings, warnings = parse(text, where="f")
    assert warnings == (sentence,)
    assert (settings.theme, settings.mouse, settings.clipboard, settings.keymap) == ("", True, "auto", {})
    assert settings.writing("prod", ConsoleOptions()).read_only


def test_a_mistake_leaves_the_rest_in_force() -> None:
    settings, warnings = parse("theme = 'nord'\nmouse = 7\nlow_bandwidth = true", where="f")
    assert len(warnings) == 1
    assert (settings.theme, settings.low_bandwidth) == ("nord", True)


def test_broken_toml_gives_the_defaults_and_says_where(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("theme = \n", encoding="utf-8")
    settings, (warning,) = load(path)
    assert settings == Settings()
    assert warning.startswith(f"{path}: not valid TOML:")
    assert "line 1" in warning


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe")
    settings, (warning,) = load(path)
    assert settings == Settings()
    assert "cannot be read" in warning


# ---- which contexts are read-only ----


@pytest.mark.parametrize("name", ["prod", "PROD", "eu-Production-2", "arn:aws:eks:eu-west-1:123:cluster/prod-eu", "preprod"])
def test_names_of_production_are_read_only_by_default(name: str) -> None:
    found = Settings().writing(name, ConsoleOptions())
    assert found.read_only
    assert found.reason == 'its name matches "*prod*" (read_only_contexts in the settings)'


@pytest.mark.parametrize("name", ["admin", "editor", "viewer", "nobody", "admin-certificate", "in-cluster", "staging", "pro-d", ""])
def test_other_names_are_not_those_of_the_embedded_cluster_among_them(name: str) -> None:
    found = Settings().writing(name, ConsoleOptions())
    assert (found.read_only, found.reason) == (False, "")


def writing(text: str, context: str, /, **options: Any) -> tuple[bool, str]:
    settings, warnings = parse(text, where="f")
    assert warnings == ()
    found = settings.writing(context, ConsoleOptions(**options))
    return found.read_only, found.reason


def test_the_patterns_are_the_users_to_choose() -> None:
    assert writing('read_only_contexts = ["live-*"]', "prod")[0] is False
    assert writing('read_only_contexts = ["live-*"]', "LIVE-1") == (True, 'its name matches "live-*" (read_only_contexts in the settings)')
    assert writing("read_only_contexts = []", "prod")[0] is False


def test_what_the_settings_say_of_a_context_wins_over_its_name_and_over_what_holds_for_all() -> None:
    assert writing("[contexts.prod]\nread_only = false", "prod") == (False, 'the settings of contexts."prod" say so')
    assert writing('[contexts."*eu*"]\nread_only = true', "dev-eu") == (True, 'the settings of contexts."*eu*" say so')
    assert writing("read_only = true\n[contexts.dev]\nread_only = false", "dev")[0] is False
    assert writing("read_only = true", "dev") == (True, "the settings say so for every context")
    assert writing("read_only = false", "prod")[0] is True, "what holds for all does not lift what holds for one name"


def test_an_entry_that_does_not_speak_of_writing_hides_none_that_does() -> None:
    both = '[contexts.dev-eu]\ntheme = "red"\n[contexts."*eu*"]\nread_only = true\n[contexts."dev*"]\nread_only = false'
    assert writing(both, "dev-eu") == (True, 'the settings of contexts."*eu*" say so')
    assert writing('[contexts.prod]\ntheme = "red"', "prod")[0] is True


def test_the_command_line_has_the_last_word() -> None:
    lifted = "read_only = true\n[contexts.prod]\nread_only = true"
    assert writing(lifted, "prod", read_write=True, context="prod") == (False, "--read-write was given")
    assert writing("[contexts.dev]\nread_only = false", "dev", read_only=True) == (True, "--read-only was given")
    assert writing("", "prod", read_only=True, read_write=True, context="prod")[0] is True


def test_read_write_counts_for_no_other_context() -> None:
    """Else `:ctx prod` in a console that was opened for another cluster would write to production."""
    assert writing("", "prod", read_write=True, context="prod-canary")[0] is True
    assert writing("", "prod", read_write=True)[0] is True
