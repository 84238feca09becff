"""The status of an object of AIM Engine, normalised: by its conditions where its own word says too little or too much. Pure."""

from __future__ import annotations

from modeltui.domain import Phase, Status
from modeltui.systems.aim.conditions import RAW_PHASES, Trouble, troubles
from modeltui.systems.aim.types import AimObject, BasicStatus

NOT_SEEN = "AIM Engine has not looked at it yet."
PAUSED_TOO = "AIM Engine is told to leave it alone, so this may be old"


def status_of(obj: AimObject, status: BasicStatus) -> Status:
    """Of a model, a template, a cache, a configuration. That of a service is in `reading`."""
    raw = status.status
    if not raw and not status.conditions:
        return with_pause(obj, Status(Phase.UNKNOWN, "", NOT_SEEN))
    phase = RAW_PHASES.get(raw, Phase.UNKNOWN)
    told = deciding(troubles(status.conditions, raw))
    reason = "" if told is None or phase is Phase.READY else f"{told.sentence}."
    if told is not None and phase not in (Phase.READY, Phase.UNKNOWN) and told.meaning.phase is Phase.FAILED:
        phase = Phase.FAILED  # "Pending", for what waits for something that will not come by itself
    if is_old(obj, status):
        phase, reason = Phase.PROCESSING, "The spec has been changed since AIM Engine looked at it."
    return with_pause(obj, Status(phase, raw, reason))


def deciding(found: list[Trouble]) -> Trouble | None:
    """The worst; of equally bad ones that which holds up the others."""
    return max(found, key=lambda trouble: trouble.meaning.phase.severity, default=None)


def is_old(obj: AimObject, status: BasicStatus) -> bool:
    """Whether the status is of an earlier spec."""
    return 0 < status.observed_generation < obj.metadata.generation


def with_pause(obj: AimObject, status: Status) -> Status:
    if not obj.metadata.reconciliation_paused:
        return status
    return Status(status.phase, status.raw, f"{PAUSED_TOO}{': ' + status.reason if status.reason else '.'}")
