"""What was typed and has not become an object yet, on disk: one file per form and place, readable by its owner only, without secrets."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from modeltui import paths

LARGEST: Final = 16_000_000
"""Bytes of a file that is read back: more than any object has."""


@dataclass(frozen=True, slots=True)
class Place:
    """What it was typed for. What was typed for one cluster is never offered for another."""

    form: str
    context: str
    namespace: str
    name: str = ""
    """Of the object that is edited, or of the file that was opened; empty when something is made."""

    @property
    def path(self) -> Path:
        told = "\0".join((self.context, self.namespace, self.name))
        return paths.state_dir() / "drafts" / f"{self.form}-{sha256(told.encode()).hexdigest()[:16]}.json"


@dataclass(frozen=True, slots=True)
class Typed:
    """No secret is in any of it."""

    answers: Any
    """Of a form: groups of texts. Of an editor: the text."""
    begun: str = ""
    """The object as it was when this was begun, as text to edit; "" when there was none."""
    lacking: tuple[str, ...] = ()
    """Where something was left out, since it is a secret."""
    proposed: tuple[str, ...] = ()
    """Answers, as "step.field", that the form proposed by itself."""


@dataclass(frozen=True, slots=True)
class Kept:
    at: datetime
    typed: Typed


def keep(place: Place, typed: Typed) -> None:
    """Replaces the file as a whole, so that a crash leaves the one or the other. Raises OSError."""
    path = place.path
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    about = {"form": place.form, "context": place.context, "namespace": place.namespace, "name": place.name}
    content = about | {
        "begun": typed.begun,
        "lacking": list(typed.lacking),
        "proposed": list(typed.proposed),
        "answers": typed.answers,
    }
    write(path, json.dumps(content, ensure_ascii=False, indent=1))


def write(path: Path, text: str) -> None:
    """As a whole, 0600. Raises OSError."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(text)
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
        content = json.loads(path.read_text(encoding="utf-8"))
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or content.get("answers") is None:
        return None
    begun = content.get("begun")
    lacking, proposed = _words(content.get("lacking")), _words(content.get("proposed"))
    return Kept(at, Typed(content["answers"], begun if isinstance(begun, str) else "", lacking, proposed))


def _words(kept: object) -> tuple[str, ...]:
    return tuple(word for word in kept if isinstance(word, str)) if isinstance(kept, list) else ()


def forget(place: Place) -> None:
    """It has become an object, or is not wanted any more."""
    with contextlib.suppress(OSError):
        place.path.unlink()
