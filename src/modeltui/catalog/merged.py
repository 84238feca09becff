"""All catalogs together: the shipped files, the user's folder, and folders that the settings name. The later one counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final, Generic, TypeVar

from modeltui import paths
from modeltui.catalog import files
from modeltui.catalog.activations import Activation
from modeltui.catalog.entries import EngineEntry, ModelEntry

E = TypeVar("E", ModelEntry, EngineEntry, Activation)

SHIPPED: Final = ("models.yaml", "engines.yaml")
MOST_FILES: Final = 500
"""Files of one folder: who names a folder by mistake does not wait for all of it."""


@dataclass(frozen=True, slots=True)
class Found(Generic[E]):
    """An entry, and where it stands."""

    entry: E
    path: Path
    shipped: bool
    replaces: Path | None = None
    """The file whose entry of the same id it took the place of."""


@dataclass(frozen=True, slots=True)
class Catalogs:
    """By id, in the order in which the files list them."""

    models: Mapping[str, Found[ModelEntry]] = field(default_factory=dict)
    engines: Mapping[str, Found[EngineEntry]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    """What could not be used, and what is told twice; one sentence each, which names the file."""
    activations: Mapping[str, Found[Activation]] = field(default_factory=dict)
    """Models together with how KServe runs them."""

    def model(self, id_: str) -> ModelEntry | None:
        """The Hub takes an id in any case."""
        found = self.models.get(id_) or next((one for known, one in self.models.items() if known.lower() == id_.lower()), None)
        return found.entry if found is not None else None

    def engine(self, id_: str) -> EngineEntry | None:
        return found.entry if (found := self.engines.get(id_)) is not None else None


@cache
def shipped() -> Catalogs:
    """What stands in every installation; a few milliseconds, once."""
    return _merged([(files.read(paths.catalogs_dir() / name), True) for name in SHIPPED], [])


def load(folders: Sequence[Path] = (), *, own: Path | None = None) -> Catalogs:
    """All of them. `folders`: as the settings name them; the user's `own` is read before them. Never raises for what a user wrote."""
    contents = [(files.read(paths.catalogs_dir() / name), True) for name in SHIPPED]
    problems: list[str] = []
    own = own or paths.config_dir() / "catalogs"
    for folder in (*([own] if own.exists() else []), *(folder.expanduser() for folder in folders)):
        contents += [(files.read(path), False) for path in _files(folder, problems)]
    return _merged(contents, problems)


def _merged(contents: Iterable[tuple[files.Content, bool]], problems: list[str]) -> Catalogs:
    """`contents`: with whether it is shipped."""
    models: dict[str, Found[ModelEntry]] = {}
    engines: dict[str, Found[EngineEntry]] = {}
    activations: dict[str, Found[Activation]] = {}
    for content, of_ours in contents:
        problems += content.problems
        _take(models, [one for one in content.entries if isinstance(one, ModelEntry)], content.path, problems, shipped=of_ours)
        _take(engines, [one for one in content.entries if isinstance(one, EngineEntry)], content.path, problems, shipped=of_ours)
        _take(activations, [one for one in content.entries if isinstance(one, Activation)], content.path, problems, shipped=of_ours)
    problems += _unknown_engines(models, engines)
    return Catalogs(models, engines, tuple(problems), activations)


def _files(folder: Path, problems: list[str]) -> list[Path]:
    """A folder's catalog files, those of folders in it too, in the order of their names; or the file that is named itself."""
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        problems.append(f"{folder}: there is no such folder of catalogs; make it, or take it out of the settings.")
        return []
    catalogs = (path for path in folder.rglob("*") if path.suffix in files.SUFFIXES and path.is_file())
    found = list(islice(catalogs, MOST_FILES + 1))
    if len(found) > MOST_FILES:
        problems.append(f"{folder}: holds more YAML and JSON files than catalogs have; {MOST_FILES} of them are read.")
    return sorted(found[:MOST_FILES])


def _take(known: dict[str, Found[E]], entries: Iterable[E], path: Path, problems: list[str], *, shipped: bool) -> None:
    """A user's entry takes the place of a shipped one in silence: that is what it is for. Two of users are told."""
    for entry in entries:
        before = known.get(entry.id)
        if before is not None and before.path == path:
            problems.append(f"{path}: {entry.id} stands there twice; the last one counts.")
        elif before is not None and not before.shipped:
            problems.append(f"{path}: {entry.id} stands in {before.path} as well; the one in {path.name} counts.")
        known[entry.id] = Found(entry, path, shipped, before.path if before is not None else None)


def _unknown_engines(models: Mapping[str, Found[ModelEntry]], engines: Mapping[str, Found[EngineEntry]]) -> list[str]:
    told = []
    for found in models.values():
        for engine in found.entry.engines:
            if engine not in engines:
                near = get_close_matches(engine, engines, n=1)
                hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(engines)}."
                told.append(f'{found.path}: models {found.entry.id}: engines: no catalog has an engine "{engine}": {hint}')
    return told
