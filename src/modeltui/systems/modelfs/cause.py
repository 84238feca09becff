"""Why modelfs cannot reconcile a Model: the cause itself is looked at. Pure.

The condition `ReconcileError` has status False when there was an error, and it is never cleared, so it alone decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.kube.objects import Condition
from modeltui.redaction import redact_text
from modeltui.systems.modelfs.types import CREDENTIALS_READY, RECONCILE_ERROR, SOURCES, UNUSABLE_TYPES, Model, ModelSource
from modeltui.systems.protocol import Facts

LOGS: Final = "kubectl logs deploy/modelfs-controller -n modelfs-system"


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that keeps a Model from being synced, or kept it."""

    sentence: str
    remedy: str = ""
    holds: bool | None = True
    """False when the condition is stale; None when that cannot be known."""
    condition: Condition | None = None
    """What the controller wrote, if anything."""
    passing: bool = False
    """Whether it may well go by itself."""

    @property
    def finding(self) -> Finding:
        """As a finding: information when it is stale, a warning when it may pass or cannot be known."""
        severity = Severity.INFO if self.holds is False else Severity.ERROR if self.stands else Severity.WARNING
        return Finding(severity, self.sentence, self.remedy, "spec.sourceRef")

    @property
    def stands(self) -> bool:
        """Whether it keeps the Model from being synced until somebody does something."""
        return self.holds is True and not self.passing


def cause_of(model: Model, facts: Facts) -> Cause | None:
    """None when nothing stands in the way and the controller never said so either."""
    told = next((entry for entry in model.status.conditions if entry.type == RECONCILE_ERROR), None)
    name, namespace = model.spec.source_ref, model.metadata.namespace
    source = facts.get(SOURCES, namespace, name)
    if isinstance(source, ModelSource):
        return _of_source(source, told)
    if source is not None or not facts.known(SOURCES, namespace):
        if told is None:
            return None
        said = redact_text(told.message) or told.reason
        return Cause(
            f"modelfs reported: {said}; whether that still holds is not known, for want of the ModelSource.", holds=None, condition=told
        )
    return Cause(
        f'ModelSource "{name}" does not exist in namespace {namespace}, so nothing is synced.',
        remedy=f'Create ModelSource "{name}", or correct spec.sourceRef.',
        condition=told,
    )


def _of_source(source: ModelSource, told: Condition | None) -> Cause | None:
    name = source.metadata.name
    if source.spec.type in UNUSABLE_TYPES:
        return Cause(
            f'modelfs cannot make a Dataset from type {source.spec.type} (ModelSource "{name}"), so nothing is synced.',
            remedy="Make the Dataset itself, or use a source of another type.",
            condition=told,
        )
    ready = next((entry for entry in source.status.conditions if entry.type == CREDENTIALS_READY), None)
    if ready is None:
        return Cause(
            f'ModelSource "{name}" has no condition CredentialsReady yet, and modelfs waits for it.',
            remedy=f"If it stays so, look at the controller: {LOGS}",
            condition=told,
            passing=True,
        )
    if ready.status != "True":
        return Cause(
            f'ModelSource "{name}" is not ready: {redact_text(ready.message) or ready.reason or ready.status}',
            remedy=_repair(source),
            condition=told,
        )
    if told is None:
        return None
    return Cause(
        f'Condition ReconcileError ({told.reason}) is stale: ModelSource "{name}" exists and its credentials are ready. '
        "modelfs never clears it.",
        holds=False,
        condition=told,
    )


def _repair(source: ModelSource) -> str:
    if not source.spec.secret_ref:
        return "Look at the conditions of the ModelSource."
    return (
        f'Repair Secret "{source.spec.secret_ref}". modelfs does not watch Secrets: '
        "change the ModelSource (a label will do) to have it looked at anew."
    )
