"""What can be done with a version of a Model: paused or resumed, shared or not, taken out. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from modeltui.systems.modelfs import edits
from modeltui.systems.modelfs.types import ABSENT, Model, Version
from modeltui.systems.operations import Operation
from modeltui.systems.protocol import Facts


def of_model(model: Model, part: str, facts: Facts) -> Iterable[Operation]:
    """`part`: the name of a version. Of the Model as a whole there is nothing but editing it."""
    version = next((version for version in model.spec.versions if version.name == part), None)
    return () if version is None else _of_version(version)


def _of_version(version: Version) -> Iterable[Operation]:
    name, shared = version.name, version.share is not None and version.share.enabled
    if version.state == ABSENT:
        yield Operation(
            title=f"Resume version {name} (fetches it anew)",
            change=f"Resume version {name} of",
            become=lambda live: edits.resumed(live, name),
        )
    else:
        yield Operation(
            title=f"Pause version {name} (removes its weights)",
            change=f"Pause version {name} of",
            become=lambda live: edits.paused(live, name),
        )
    share = "Stop sharing" if shared else "Share"
    yield Operation(
        title=f"{share} version {name}",
        change=f"{share} version {name} of",
        become=lambda live: edits.shared(live, name, enabled=not shared),
    )
    yield Operation(
        title=f"Take version {name} out",
        change=f"Take version {name} out of",
        become=lambda live: edits.without_version(live, name),
    )
