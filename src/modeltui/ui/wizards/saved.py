"""Unfinished answers on disk: one YAML file per form and place, readable by its owner only, without secrets."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import yaml

from modeltui import paths

LARGEST: Final = 1_000_000
"""Bytes of a file that is read back."""


@dataclass(frozen=True, slots=True)
class Place:
    """What the answers are for. Answers for one cluster are never offered for another."""

    form: str
    context: str
    namespace: str
    name: str = ""
    """Of the object that is edited; empty when one is made."""

    @property
    def path(self) -> Path:
        told = "\0".join((self.context, self.namespace, self.name))
        return paths.state_dir() / "drafts" / f"{self.form}-{sha256(told.encode()).hexdigest()[:16]}.yaml"


@dataclass(frozen=True, slots=True)
class Kept:
    at: datetime
    answers: Any


def keep(place: Place, answers: object) -> None:
    """Replaces the file as a whole, so that a crash leaves the one or the other. Raises OSError."""
    path = place.path
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    about = {"form": place.form, "context": place.context, "namespace": place.namespace, "name": place.name}
    write(path, {**about, "answers": answers})


def write(path: Path, content: object) -> None:
    """YAML, 0600. Raises OSError."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yaml.safe_dump(content, file, sort_keys=False, allow_unicode=True)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def kept(place: Place) -> Kept | None:
    """What was kept, or None when there is nothing that can be read: an unfinished form is not worth an error."""
    path = place.path
    try:
        if path.stat().st_size > LARGEST:
            return None
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, yaml.YAMLError):
        return None
    return Kept(at, content["answers"]) if isinstance(content, dict) and content.get("answers") is not None else None


def forget(place: Place) -> None:
    """The answers have become an object, or are not wanted any more."""
    with contextlib.suppress(OSError):
        place.path.unlink()
