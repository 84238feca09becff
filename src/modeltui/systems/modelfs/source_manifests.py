"""Answers -> manifest of a ModelSource, and back. Pure; as `manifests.py` does it for a Model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from modeltui.systems.manifest import Manifest, begun, lay, part
from modeltui.systems.modelfs.answers import SourceAnswers
from modeltui.systems.modelfs.types import SOURCES, ModelSource
from modeltui.systems.showing import unshowable


def source(answers: SourceAnswers, *, live: Mapping[str, Any] | None = None) -> Manifest:
    """The ModelSource alone; its Secret is `core.secrets.secret`. Raises AnswersError."""
    desired = begun(SOURCES, name=answers.name, namespace=answers.namespace, live=live)
    before = SourceAnswers() if live is None else answers_of(live)
    spec = part(desired, "spec")
    lay(spec, "type", answers.type, when=live is None or answers.type != before.type)
    lay(spec, "secretRef", answers.secret_ref or None, when=answers.secret_ref != before.secret_ref)
    lay(spec, "config", dict(answers.config) or None, when=answers.config != before.config)
    return desired


def answers_of(live: Mapping[str, Any]) -> SourceAnswers:
    """What the form shows of a ModelSource, its Secret left out. Raises AnswersError for a shape that this console does not know."""
    try:
        known = msgspec.convert({key: value for key, value in live.items() if key != "status"}, ModelSource)
        config = msgspec.convert(known.spec.config, dict[str, str])
    except msgspec.ValidationError as error:
        raise unshowable(str(error)) from error
    return SourceAnswers(
        name=known.metadata.name,
        namespace=known.metadata.namespace,
        type=known.spec.type,
        config=config,
        secret_ref=known.spec.secret_ref,
    )
