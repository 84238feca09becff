from __future__ import annotations

from pathlib import Path

import pytest

from modeltui import paths


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("MODELTUI_CONFIG_DIR", "MODELTUI_STATE_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def test_the_defaults_are_those_of_the_xdg_specification(tmp_path: Path) -> None:
    assert paths.config_file() == tmp_path / ".config/modeltui/config.toml"
    assert paths.state_file() == tmp_path / ".local/state/modeltui/state.json"
    assert paths.cache_dir() == tmp_path / ".cache/modeltui"


def test_xdg_variables_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/etc/somewhere")
    assert paths.config_file() == Path("/etc/somewhere/modeltui/config.toml")


def test_a_relative_xdg_path_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert paths.state_dir() == tmp_path / ".local/state/modeltui"


def test_our_own_variable_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/etc/somewhere")
    monkeypatch.setenv("MODELTUI_CONFIG_DIR", "/opt/mine")
    assert paths.config_file() == Path("/opt/mine/config.toml")


def test_shipped_data_is_found() -> None:
    assert (paths.catalogs_dir() / "source_types.yaml").is_file()
    assert paths.styles_dir().name == "styles"


def test_missing_data_names_both_places() -> None:
    with pytest.raises(FileNotFoundError, match=r"no-such/ is missing.*modeltui/no-such and .*no-such"):
        paths.data_dir("no-such")
