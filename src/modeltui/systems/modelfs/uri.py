"""The address that modelfs gives the Dataset of a version, and whether the Dataset has it. Pure."""

from __future__ import annotations

from typing import Final

from modeltui.kube.objects import Object
from modeltui.systems.modelfs.types import ModelSource, Version
from modeltui.systems.modelfs.versions import VersionState

_SCHEMES: Final = {"HUGGING_FACE": "huggingface", "MODEL_SCOPE": "modelscope"}


def asked_uri(version: Version, source: Object | None) -> str:
    """ "" when it cannot be told for sure: an unknown source, a setting that overrides it, or a type whose rule is not this plain."""
    if not isinstance(source, ModelSource) or "uri" in source.spec.config or not version.repo:
        return ""
    scheme = _SCHEMES.get(source.spec.type)
    if scheme is None:
        return ""
    revision = f"@{version.revision}" if version.revision not in ("", "main") else ""
    return f"{scheme}://{version.repo}{revision}"


def other_uri(state: VersionState, source: Object | None) -> tuple[str, str] | None:
    """(asked for, held) when they differ: a Dataset's source is immutable, so after an edit it goes on holding what it was made from."""
    if not state.wanted or state.spec is None or state.dataset is None:
        return None
    asked, held = asked_uri(state.spec, source), state.dataset.spec.source.uri
    return (asked, held) if asked and held and asked != held else None
