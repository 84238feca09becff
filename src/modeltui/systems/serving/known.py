"""What the catalogs say of models and engines, for checks and manifests: the shipped files, and those of the user's own folder.

Read once, when first asked; what a user adds to them counts from the next start on.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from modeltui.catalog.entries import Arguments
from modeltui.catalog.merged import Catalogs, load

GATED: Final = ("meta-llama/", "google/gemma-2", "google/gemma-3-")
"""What the ids begin with of which all are gated, in the catalogs or not."""


@cache
def catalogs() -> Catalogs:
    return load()


def is_gated(model: str) -> bool | None:
    """Whether the Hub gives a model only to those who have accepted its terms; None when nobody says."""
    entry = catalogs().model(model)
    if entry is not None and entry.access != "unknown":
        return entry.access == "gated"
    return True if model.startswith(GATED) else None


def spelled(engine: str, system: str) -> Arguments:
    """How an engine's flags are written in a system; an engine that no catalog has is told nothing."""
    entry = catalogs().engine(engine)
    return Arguments() if entry is None else entry.spelled(system)


def image(engine: str, system: str) -> str:
    """The image to begin with; "" where the system chooses it, or no catalog knows."""
    entry = catalogs().engine(engine)
    return "" if entry is None else entry.image(system)
