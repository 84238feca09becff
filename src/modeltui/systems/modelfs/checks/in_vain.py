"""Annotations that are written in vain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modeltui.domain import Finding, Severity

RESYNC: Final = "modelfs.samzong.dev/resyncAt"
"""Written by modelfs' own web console, read by nobody."""


def resync(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    metadata = manifest.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    if isinstance(annotations, Mapping) and RESYNC in annotations:
        yield Finding(
            Severity.WARNING,
            f"The annotation {RESYNC} does nothing: the controller does not read it.",
            "To fetch a version anew, set it ABSENT until dataset and volume are gone, then PRESENT.",
            f"metadata.annotations[{RESYNC}]",
        )
