from __future__ import annotations

from pathlib import Path

import pytest

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
    assert settings.of_context("dev") == ContextSettings(read_only=False, theme="nord")


def test_no_file_means_defaults_without_a_word(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml") == (Settings(), ())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
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
