"""What the console remembers between runs: the last context, namespaces, sorting, histories. Nobody edits it by hand.

One JSON file, replaced as a whole, readable by its owner only. It holds names and what was typed, never object contents.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from modeltui import locks, paths

HISTORY: Final = 100
"""Entries kept of each history."""
PATIENCE: Final = 1.0
"""Seconds for which another console is waited for: this is asked for between two keys."""
_DAMAGED: Final = (ValueError, TypeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Remembered:
    """Immutable: each `with_...` gives a new one, to be handed to `update`."""

    context: str = ""
    """The context last used."""
    namespaces: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Context -> the namespaces last shown there."""
    views: Mapping[str, str] = field(default_factory=dict)
    """Context -> the view last shown there."""
    sorts: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    """View -> column key, and whether the order is reversed."""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """View -> keys of the columns chosen, in order."""
    wide: Mapping[str, bool] = field(default_factory=dict)
    """View -> whether its wide columns are shown."""
    commands: tuple[str, ...] = ()
    """Lines typed after `:`, the newest last."""
    filters: tuple[str, ...] = ()
    """Lines typed after `/`, the newest last."""

    def with_context(self, context: str, *, namespaces: tuple[str, ...] | None = None, view: str = "") -> Remembered:
        return replace(
            self,
            context=context,
            namespaces=self.namespaces if namespaces is None else {**self.namespaces, context: namespaces},
            views={**self.views, context: view} if view else self.views,
        )

    def with_sort(self, view: str, column: str, *, reverse: bool) -> Remembered:
        return replace(self, sorts={**self.sorts, view: (column, reverse)})

    def with_columns(self, view: str, columns: tuple[str, ...]) -> Remembered:
        return replace(self, columns={**self.columns, view: columns})

    def with_wide(self, view: str, *, wide: bool) -> Remembered:
        """Wide or not is a choice of columns, too: it takes the place of one made by name."""
        return replace(self, wide={**self.wide, view: wide}, columns={**self.columns, view: ()})

    def with_command(self, line: str) -> Remembered:
        return replace(self, commands=_appended(self.commands, line))

    def with_filter(self, line: str) -> Remembered:
        return replace(self, filters=_appended(self.filters, line))


def load(path: Path | None = None) -> tuple[Remembered, str]:
    """What is remembered, and a sentence when the file was damaged: it is then set aside, and nothing is remembered."""
    path = path or paths.state_file()
    try:
        try:
            return _read(path), ""
        except _DAMAGED:
            with _alone(path):
                return _read_or_set_aside(path)
    except OSError as error:  # nothing is known against the file itself: it stays as it is
        return Remembered(), f"{path}: cannot be read ({error}); nothing is remembered from earlier runs."


def update(change: Callable[[Remembered], Remembered], path: Path | None = None) -> Remembered:
    """Reads the file anew, applies `change` and writes it, while no other console does, so that they do not undo each other.

    Raises OSError when the file cannot be read or written; the caller may say so and go on.
    """
    path = path or paths.state_file()
    with _alone(path):
        before, problem = _read_or_set_aside(path)
        after = change(before)
        if after != before or problem:
            _write(path, after)
        return after


def _alone(path: Path) -> AbstractContextManager[None]:
    return locks.alone(path.with_name(f"{path.name}.lock"), seconds=PATIENCE)


def _read(path: Path) -> Remembered:
    """Raises OSError, or one of `_DAMAGED`."""
    try:
        return _from_json(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Remembered()


def _read_or_set_aside(path: Path) -> tuple[Remembered, str]:
    """As `load`, for who has the file alone: otherwise it could set aside what another console has just written anew."""
    try:
        return _read(path), ""
    except _DAMAGED as error:
        kept = path.with_name(path.name + ".damaged")
        os.replace(path, kept)
        return Remembered(), f"{path} was damaged ({error}) and is kept as {kept.name}; nothing is remembered from earlier runs."


def _write(path: Path, content: Remembered) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # mkstemp makes the file with mode 0600; replacing is atomic, so a reader never sees half a file
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(content), file, ensure_ascii=False, indent=1)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _from_json(document: Any) -> Remembered:
    """Raises ValueError or TypeError when the document is not what `_write` wrote; keys of other versions are left out."""
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")
    return Remembered(
        context=_text(document.get("context", "")),
        namespaces={key: _texts(value) for key, value in dict(document.get("namespaces", {})).items()},
        views={key: _text(value) for key, value in dict(document.get("views", {})).items()},
        sorts={key: (_text(column), bool(reverse)) for key, (column, reverse) in dict(document.get("sorts", {})).items()},
        columns={key: _texts(value) for key, value in dict(document.get("columns", {})).items()},
        wide={key: bool(wide) for key, wide in dict(document.get("wide", {})).items()},
        commands=_texts(document.get("commands", [])),
        filters=_texts(document.get("filters", [])),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a text")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is not a list")
    return tuple(_text(entry) for entry in value)


def _appended(history: tuple[str, ...], line: str) -> tuple[str, ...]:
    """The line becomes the newest entry; an older copy of it goes."""
    return (*(entry for entry in history if entry != line), line)[-HISTORY:] if line.strip() else history
