"""The user's settings: `config.toml`, read once at the start.

Import-light: it is needed before the first frame. A mistake in the file never stops the console: the setting in question
keeps its default, and one sentence says which file, which key and what was expected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, TypeVar

from modeltui import paths
from modeltui.options import ConsoleOptions

T = TypeVar("T")

CLIPBOARDS: Final = ("auto", "native", "osc52")
PRODUCTION: Final = ("*prod*",)
"""Names of contexts in which a mistake is expensive."""


@dataclass(frozen=True, slots=True)
class ContextSettings:
    """What differs for the contexts whose name matches a pattern. None leaves the general setting as it is."""

    read_only: bool | None = None
    """Writes nothing. True or false, it wins over the context's name; see `Settings.writing`."""
    theme: str | None = None
    """Another theme, so that production looks different."""
    namespaces: tuple[str, ...] = ()
    """Offered first, in this order, and opened when none is given or remembered."""


@dataclass(frozen=True, slots=True)
class Writing:
    """Whether a context may be written to, and who says so."""

    read_only: bool
    reason: str = ""
    """For people: "its name matches "*prod*" (read_only_contexts)"; empty when nobody says anything."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, with its default."""

    theme: str = ""
    """Name of a theme; empty takes the console's own."""
    read_only: bool = False
    """Read-only everywhere; contexts can say otherwise."""
    read_only_contexts: tuple[str, ...] = PRODUCTION
    """Patterns (`*` and `?`, in any case) of context names that are read-only unless the context's own settings say otherwise."""
    low_bandwidth: bool = False
    """Fewer frames a second, no flash of changed cells, whatever the connection."""
    clipboard: str = "auto"
    """`auto` (OSC 52 over SSH, otherwise native), `native` or `osc52`."""
    mouse: bool = True
    """Whether the console takes the mouse; without it, the terminal's own selection works everywhere."""
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Binding id -> keys, separated by commas: `delete = "ctrl+d,delete"`."""
    catalogs: tuple[str, ...] = ()
    """Folders (or files) of catalogs, besides the folder `catalogs` beside the settings."""
    contexts: Mapping[str, ContextSettings] = field(default_factory=dict)
    """Pattern of context names (`*` and `?`) -> what differs there. An exact name wins, then the first match in the file."""

    def of_context(self, name: str) -> ContextSettings:
        """What holds in this context: the matching entry, with the general theme where it says none. Whether to write: `writing`."""
        found = next((self.contexts[pattern] for pattern in self._entries(name)), ContextSettings())
        return ContextSettings(
            read_only=found.read_only,
            theme=self.theme if found.theme is None else found.theme,
            namespaces=found.namespaces,
        )

    def writing(self, context: str, options: ConsoleOptions) -> Writing:
        """Whether `context` may be written to. The first that says anything decides:

        1. `--read-only`;
        2. `--read-write`, which counts only for the context that was named beside it: a console that goes on to another
           one does not take it along;
        3. `[contexts."..."] read_only`, an exact name before patterns;
        4. `read_only = true` for all;
        5. the name, by `read_only_contexts`.
        """
        if options.read_only:
            return Writing(True, "--read-only was given")
        if options.read_write and context == options.context:
            return Writing(False, "--read-write was given")
        for pattern in self._entries(context):
            if (said := self.contexts[pattern].read_only) is not None:
                return Writing(said, f'the settings of contexts."{pattern}" say so')
        if self.read_only:
            return Writing(True, "the settings say so for every context")
        for pattern in self.read_only_contexts:
            if fnmatchcase(context.lower(), pattern.lower()):
                return Writing(True, f'its name matches "{pattern}" (read_only_contexts in the settings)')
        return Writing(False)

    def _entries(self, context: str) -> list[str]:
        """Keys of `contexts` that match, the exact name first."""
        matching = [pattern for pattern in self.contexts if pattern != context and fnmatchcase(context, pattern)]
        return [context, *matching] if context in self.contexts else matching


def load(path: Path | None = None) -> tuple[Settings, tuple[str, ...]]:
    """The settings, and one sentence for each thing in the file that could not be used. A missing file is no mistake."""
    path = path or paths.config_file()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings(), ()
    except (OSError, UnicodeDecodeError) as error:
        return Settings(), (f"{path}: cannot be read ({error}); the defaults are used.",)
    return parse(text, where=str(path))


def parse(text: str, *, where: str) -> tuple[Settings, tuple[str, ...]]:
    """As `load`, from the text of a file; `where` names it in the sentences."""
    import tomllib  # costs more than the rest of this module, and most users have no file

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Settings(), (f"{where}: not valid TOML: {error}; the defaults are used.",)
    table = _Table(document, where=where, warnings=[])
    keymap, contexts = table.table("keymap"), table.table("contexts")
    settings = Settings(
        theme=table.take("theme", _text, ""),
        read_only=table.take("read_only", _flag, False),
        read_only_contexts=table.take("read_only_contexts", _names, PRODUCTION),
        low_bandwidth=table.take("low_bandwidth", _flag, False),
        clipboard=table.take("clipboard", _one_of(CLIPBOARDS), "auto"),
        mouse=table.take("mouse", _flag, True),
        catalogs=table.take("catalogs", _names, ()),
        keymap={action: keys for action in keymap.names() if (keys := keymap.take(action, _text, ""))},
        contexts={name: _context(contexts.table(name)) for name in contexts.names()},
    )
    table.finish()
    return settings, tuple(table.warnings)


def _context(table: _Table) -> ContextSettings:
    settings = ContextSettings(
        read_only=table.take("read_only", _flag, None),
        theme=table.take("theme", _text, None),
        namespaces=table.take("namespaces", _names, ()),
    )
    table.finish()
    return settings


class _Table:
    """A TOML table that is read key by key and notes what does not fit."""

    def __init__(self, content: Mapping[str, Any], *, where: str, warnings: list[str], path: str = "") -> None:
        self._content = dict(content)
        self._where = where
        self._path = path
        self.warnings = warnings

    def names(self) -> tuple[str, ...]:
        return tuple(self._content)

    def take(self, key: str, convert: Callable[[Any], T], default: T | Any) -> T | Any:
        if key not in self._content:
            return default
        value = self._content.pop(key)
        try:
            return convert(value)
        except ValueError as error:
            self.warnings.append(f"{self._where}: {self._path}{key} must be {error}, not {value!r}; it is ignored.")
            return default

    def table(self, key: str) -> _Table:
        content = self.take(key, _mapping, {})
        return _Table(content, where=self._where, warnings=self.warnings, path=f"{self._path}{key}.")

    def finish(self) -> None:
        """What is left over is unknown."""
        for key in self._content:
            self.warnings.append(f"{self._where}: {self._path}{key} is not a setting of modeltui; it is ignored.")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a text")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise ValueError("a list of texts")
    return tuple(value)


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("a table")
    return value


def _one_of(choices: tuple[str, ...]) -> Callable[[Any], str]:
    def convert(value: Any) -> str:
        if value not in choices:
            raise ValueError("one of " + ", ".join(choices))
        return str(value)

    return convert
