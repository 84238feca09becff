"""The address that modelfs gives the Dataset of a version. Pure."""

from __future__ import annotations

from typing import Final

from modeltui.kube.objects import Object
from modeltui.systems.modelfs.types import ModelSource, Version

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
