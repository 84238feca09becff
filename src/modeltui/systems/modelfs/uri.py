"""The address that modelfs gives the Dataset of a version, and whether the Dataset has it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from modeltui.kube.objects import Object
from modeltui.systems.modelfs.types import ModelSource, Version

_SCHEMES: Final = {"HUGGING_FACE": "huggingface", "MODEL_SCOPE": "modelscope"}


@dataclass(frozen=True, slots=True)
class Drift:
    """A Dataset's source is immutable: after an edit of the version it goes on holding what it was made from."""

    asked: str
    held: str


def asked_uri(version: Version, source: Object | None) -> str:
    """ "" when it cannot be told for sure: an unknown source, a setting that overrides it, or a type whose rule is not this plain."""
    if not isinstance(source, ModelSource) or "uri" in source.spec.config or not version.repo:
        return ""
    scheme = _SCHEMES.get(source.spec.type)
    if scheme is None:
        return ""
    revision = f"@{version.revision}" if version.revision not in ("", "main") else ""
    return f"{scheme}://{version.repo}{revision}"


def drift(version: Version, source: Object | None, held: str) -> Drift | None:
    """`held`: the Dataset's spec.source.uri."""
    asked = asked_uri(version, source)
    return Drift(asked, held) if asked and held and asked != held else None
