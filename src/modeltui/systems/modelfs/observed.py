"""What is wrong with a Model or a ModelSource that is in the cluster, beyond what its spec asks for. Pure.

None of it belongs in the review of a change: who repairs a version that failed is not to be held up because it failed.
"""

from __future__ import annotations

from collections.abc import Iterator

from modeltui import cells
from modeltui.domain import Finding, Phase, Severity
from modeltui.redaction import redact_text
from modeltui.systems.modelfs.cause import LOGS
from modeltui.systems.modelfs.rows import source_of
from modeltui.systems.modelfs.types import ABSENT, CREDENTIALS_READY, MODELS, Model, ModelSource
from modeltui.systems.modelfs.versions import VersionState, version_states
from modeltui.systems.protocol import Facts


def of_model(model: Model, facts: Facts) -> Iterator[Finding]:
    for place, state in enumerate(version_states(model, facts)):
        field = f"spec.versions[{place}]" if state.spec is not None else "status.syncedVersions"
        yield from _of_version(state, field)


def _of_version(state: VersionState, field: str) -> Iterator[Finding]:
    if state.spec is None:
        if state.dataset is not None:
            yield Finding(
                Severity.WARNING,
                f"Version {state.name} is no longer in the spec, but dataset {state.dataset_name} is still there, and its volume with it: "
                "modelfs does not remove them.",
                "Delete the Dataset if nobody uses it, or add the version again.",
                field,
            )
        return
    if state.spec.state == ABSENT:
        if state.dataset is not None:
            yield Finding(
                Severity.INFO,
                f"Version {state.name}: dataset {state.dataset_name} is still there, and its volume with it.",
                field=field,
            )
        return
    if state.dataset_known and state.dataset is None and state.synced is not None and state.synced.phase:
        yield Finding(
            Severity.ERROR,
            f"Version {state.name}: modelfs reports {state.synced.phase}, but dataset {state.dataset_name} is not there.",
            f"If it stays so, look at the controller: {LOGS}",
            field,
        )
    if state.status.phase is Phase.FAILED:
        yield Finding(
            Severity.ERROR,
            f"Version {state.name} failed. Nothing is retried by itself, and FAILED also means a bad configuration.",
            "Look at the Dataset's conditions and its Job's log; setting the version ABSENT and then PRESENT starts anew.",
            field,
        )


def of_source(source: ModelSource, facts: Facts) -> Iterator[Finding]:
    condition = next((entry for entry in source.status.conditions if entry.type == CREDENTIALS_READY), None)
    if condition is not None and condition.status == "False":
        yield Finding(
            Severity.ERROR,
            credentials_sentence(source),
            "Repair the Secret, then change the ModelSource (a label will do): modelfs does not watch Secrets.",
            "spec.secretRef",
        )
    if source.metadata.deletion_timestamp is not None:
        models = referring_models(source, facts)
        waits = "unknown Models" if models is None else ", ".join(models) or "nothing that is known"
        yield Finding(
            Severity.WARNING,
            f"Is being deleted, and waits for what refers to it: {waits}.",
            "Delete those Models, or change their sourceRef.",
        )


def referring_models(source: ModelSource, facts: Facts) -> tuple[str, ...] | None:
    """Names of the Models that refer to it, None when that is not known."""
    if not facts.known(MODELS, source.metadata.namespace):
        return None
    found = facts.where(MODELS, source.metadata.namespace, source_of, source.metadata.name)
    return tuple(model.metadata.name for model in found if isinstance(model, Model))


def credentials_sentence(source: ModelSource) -> str:
    """What modelfs last found out about the Secret, and when."""
    condition = next((entry for entry in source.status.conditions if entry.type == CREDENTIALS_READY), None)
    if condition is None:
        return "modelfs has not checked the credentials yet."
    since = f" since {cells.moment(condition.last_transition_time)}" if condition.last_transition_time else ""
    said = redact_text(condition.message) or condition.reason
    return f"CredentialsReady is {condition.status}{since} ({condition.reason}): {said}"
