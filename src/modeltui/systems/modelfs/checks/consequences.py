"""What a change of a Model does to what is there already, beyond what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modeltui.domain import Finding, Severity
from modeltui.systems.modelfs.types import ABSENT, Model
from modeltui.systems.modelfs.versions import version_states
from modeltui.systems.protocol import Facts

RESYNC: Final = "modelfs.samzong.dev/resyncAt"
"""Written by modelfs' own web console, read by nobody."""


def on_versions(model: Model, live: Model, facts: Facts) -> Iterator[Finding]:
    """Of the versions that are there: those that are paused, and those that are taken out."""
    wanted = {version.name: (place, version) for place, version in enumerate(model.spec.versions)}
    for state in version_states(live, facts):
        if state.spec is None or state.dataset is None:
            continue
        if state.name not in wanted:
            yield Finding(
                Severity.WARNING,
                f"Version {state.name} is taken out, but modelfs leaves dataset {state.dataset_name} and its volume behind.",
                "Set it ABSENT first, and take it out when dataset and volume are gone; or delete the Dataset yourself.",
                "spec.versions",
            )
            continue
        place, version = wanted[state.name]
        if state.wanted and version.state == ABSENT:
            yield Finding(
                Severity.WARNING,
                f"Setting version {state.name} ABSENT deletes dataset {state.dataset_name} and its volume, with the data on it.",
                "PRESENT makes them anew, and fetches everything again.",
                f"spec.versions[{place}].state",
            )


def on_nothing(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """What is written in vain."""
    metadata = manifest.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    if isinstance(annotations, Mapping) and RESYNC in annotations:
        yield Finding(
            Severity.WARNING,
            f"The annotation {RESYNC} does nothing: the controller does not read it.",
            "To fetch a version anew, set it ABSENT until dataset and volume are gone, then PRESENT.",
            f"metadata.annotations[{RESYNC}]",
        )
