"""One catalog file: its entries, and one sentence for each that is not what it should be. An entry that is wrong hides no other."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from modeltui import strict_yaml
from modeltui.catalog import activations
from modeltui.catalog.activations import Activation
from modeltui.catalog.entries import EngineEntry, ModelEntry

Entry = ModelEntry | EngineEntry | Activation
E = TypeVar("E", ModelEntry, EngineEntry, Activation)

SECTIONS: Final[dict[str, type[ModelEntry | EngineEntry]]] = {"models": ModelEntry, "engines": EngineEntry}
"""What may stand at the top of a file."""
SUFFIXES: Final = (".yaml", ".yml", activations.SUFFIX)


@dataclass(frozen=True, slots=True)
class Content:
    """What one file holds, in its order."""

    path: Path
    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = field(default=())
    """Sentences, each beginning with the file."""


def read(path: Path) -> Content:
    """Never raises: what cannot be read is a problem."""
    try:
        if path.suffix == activations.SUFFIX:
            return _activation(path)
        document = strict_yaml.parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        return Content(path, problems=(f"{path}: cannot be read: {error.strerror}.",))
    except UnicodeDecodeError:
        return Content(path, problems=(f"{path}: is not text in UTF-8.",))
    except strict_yaml.YamlError as error:
        return Content(path, problems=(f"{path}: {error}",))
    return _content(path, document)


def _activation(path: Path) -> Content:
    match activations.read(path):
        case Activation() as found:
            return Content(path, (found,))
        case str() as problem:
            return Content(path, problems=(problem,))
    return Content(path)


def _content(path: Path, document: Any) -> Content:
    if document is None:  # nothing but comments
        return Content(path)
    if not isinstance(document, dict):
        return Content(path, problems=(f'{path}: is no catalog: write "models:" or "engines:", and a list below.',))
    entries: list[Entry] = []
    problems: list[str] = []
    for section, listed in document.items():
        kind = SECTIONS.get(section)
        if kind is None:
            near = get_close_matches(str(section), SECTIONS, n=1)
            hint = f'did you mean "{near[0]}"?' if near else f"there are {' and '.join(SECTIONS)}."
            problems.append(f'{path}: there is no "{section}" in a catalog: {hint}')
        elif not isinstance(listed, list):
            problems.append(f"{path}: {section}: wants a list; begin each entry with a dash.")
        else:
            for number, one in enumerate(listed, 1):
                found = _entry(one, kind)
                if isinstance(found, str):
                    problems.append(f"{path}: {_named(section, number, one)}: {found} It is left out.")
                else:
                    entries.append(found)
    return Content(path, tuple(entries), tuple(problems))


def _entry(one: Any, kind: type[ModelEntry | EngineEntry]) -> ModelEntry | EngineEntry | str:
    try:
        return msgspec.convert(one, type=kind)
    except msgspec.ValidationError as error:
        return strict_yaml.misfit(error, kind, whole="the entry")


def _named(section: str, number: int, one: Any) -> str:
    """Which entry of the file: by its id, where it has one."""
    told = one.get("id") if isinstance(one, dict) else None
    return f"{section} {told}" if isinstance(told, str) and told else f"{section} no. {number}"
