"""The phase words of Datasets, which modelfs repeats verbatim for its versions."""

from __future__ import annotations

from typing import Final

from modeltui.domain import Phase

_PHASES: Final = {"FAILED": Phase.FAILED, "PROCESSING": Phase.PROCESSING, "PENDING": Phase.PENDING, "READY": Phase.READY}


def phase_of(word: str) -> Phase:
    """Upper case in the cluster, Title case in the type's comment: both are understood. Any other word is UNKNOWN."""
    return _PHASES.get(word.upper(), Phase.UNKNOWN)
