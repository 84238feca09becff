"""Where the user's files are (XDG base directories) and where the shipped data is.

Import-light: it is needed before the first frame. Source: https://specifications.freedesktop.org/basedir-spec/latest/
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

APP = "modeltui"


def config_dir() -> Path:
    """Settings. `MODELTUI_CONFIG_DIR` wins over `XDG_CONFIG_HOME/modeltui`."""
    override = os.environ.get("MODELTUI_CONFIG_DIR")
    return Path(override).expanduser() if override else _xdg("XDG_CONFIG_HOME", ".config") / APP


def state_dir() -> Path:
    """What the console remembers, crash files and screen dumps. `MODELTUI_STATE_DIR` wins over `XDG_STATE_HOME/modeltui`."""
    override = os.environ.get("MODELTUI_STATE_DIR")
    return Path(override).expanduser() if override else _xdg("XDG_STATE_HOME", ".local/state") / APP


def cache_dir() -> Path:
    """What can be fetched again, such as discovery."""
    return _xdg("XDG_CACHE_HOME", ".cache") / APP


def config_file() -> Path:
    return config_dir() / "config.toml"


def state_file() -> Path:
    return state_dir() / "state.json"


def ledger_file() -> Path:
    """Every change made through the console; its side files stand beside it."""
    return state_dir() / "ledger.sqlite3"


def crash_dir() -> Path:
    return state_dir() / "crashes"


def dump_dir() -> Path:
    """Where tables saved with ctrl-s go."""
    return state_dir() / "dumps"


def styles_dir() -> Path:
    """The shipped *.tcss files."""
    return data_dir("styles")


def catalogs_dir() -> Path:
    """The shipped data that people edit: source types, later models and GPUs."""
    return data_dir("catalogs")


@cache
def data_dir(name: str) -> Path:
    """A shipped directory: `modeltui/<name>` in an installed wheel, `<name>` beside `src/` in an editable install.

    Raises FileNotFoundError naming both places when the installation is incomplete.
    """
    package = Path(__file__).resolve().parent
    candidates = (package / name, package.parent.parent / name)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"{name}/ is missing from this installation of {APP}: looked for {candidates[0]} and {candidates[1]}")


def _xdg(variable: str, fallback: str) -> Path:
    """The base directory; a relative path in the variable must be ignored, by the specification."""
    value = os.environ.get(variable, "")
    return Path(value) if os.path.isabs(value) else Path.home() / fallback
