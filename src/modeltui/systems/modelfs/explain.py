"""The text behind a Model: its versions line by line, why its status is what it is, and what to know about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from modeltui import cells
from modeltui.domain import UNKNOWN, Finding, Phase, Severity, Status, Value
from modeltui.kube.objects import Condition
from modeltui.redaction import redact_text
from modeltui.systems.checking import errors_first
from modeltui.systems.core.types import NAMESPACES, Namespace
from modeltui.systems.dataset.types import DATASET_LABEL
from modeltui.systems.facts import FactTable
from modeltui.systems.layered import Layered
from modeltui.systems.modelfs import observed
from modeltui.systems.modelfs.cause import LOGS, cause_of
from modeltui.systems.modelfs.checks import check_model
from modeltui.systems.modelfs.rows import model_status, worst_first
from modeltui.systems.modelfs.sharing import ShareTargets, share_targets
from modeltui.systems.modelfs.types import DEFAULT_STORAGE, PRESENT, Model
from modeltui.systems.modelfs.versions import VersionState, version_states
from modeltui.systems.protocol import Facts
from modeltui.systems.shell import word


@dataclass(frozen=True, slots=True)
class VersionDetail:
    """One line of the versions table, every cell ready to be shown; UNKNOWN where nobody has told us, None where it does not apply."""

    name: str
    source: str
    """repo@revision."""
    precision: Value
    wanted: str
    """PRESENT, ABSENT, or "not in spec"."""
    requested: Value
    observed: Value
    """What the claim requests, as modelfs reports it; not its capacity."""
    share: ShareTargets
    status: Status
    dataset: str
    pvc: Value
    hash: Value
    last_sync: Value
    conditions: tuple[Condition, ...]
    """Of the Dataset if it is known, else those that modelfs copied."""


def version_details(model: Model, facts: Facts, namespaces: Iterable[Namespace] | None) -> list[VersionDetail]:
    """`namespaces` is None when they cannot be listed; share targets are then unknown."""
    listed = None if namespaces is None else list(namespaces)
    return [_detail(model, state, listed) for state in version_states(model, facts)]


def _detail(model: Model, state: VersionState, namespaces: list[Namespace] | None) -> VersionDetail:
    spec = state.spec
    conditions = state.dataset.status.conditions if state.dataset else state.synced.conditions if state.synced else ()
    return VersionDetail(
        name=state.name,
        source=f"{redact_text(spec.repo)}@{spec.revision or 'main'}" if spec else "",
        precision=(spec.precision or None) if spec else None,
        wanted=spec.state or PRESENT if spec else "not in spec",
        requested=(f"{DEFAULT_STORAGE} (default)" if state.requested_storage is None else str(state.requested_storage)) if spec else None,
        observed=UNKNOWN if state.observed_storage is None else str(state.observed_storage),
        share=share_targets(spec.share if spec else None, model.metadata.namespace, namespaces),
        status=state.status,
        dataset=state.dataset_name,
        pvc=state.pvc_name or UNKNOWN,
        hash=(state.synced.observed_version_hash if state.synced else "") or UNKNOWN,
        last_sync=state.last_sync,
        conditions=conditions,
    )


def why_this_status(model: Model, facts: Facts) -> list[str]:
    """The status in sentences: the rule, then each version that is not ready with its Dataset."""
    states = version_states(model, facts)
    status = model_status(model, states, facts)
    if model.metadata.deletion_timestamp is not None:
        return [status.reason]
    wanted = [state for state in states if state.wanted]
    if not wanted:
        return [status.reason]
    ready = [state for state in wanted if state.status.phase is Phase.READY]
    if len(ready) == len(wanted):
        return [
            f"{status.phase}: all {len(wanted)} wanted versions are ready." if len(wanted) > 1 else f"{status.phase}: its version is ready."
        ]
    rule = f"the worst of {len(wanted)} wanted versions, of which {len(ready)} {'is' if len(ready) == 1 else 'are'} ready"
    lines = [f"{status.phase}: {rule if len(wanted) > 1 else 'its only version is not ready'}."]
    for state in worst_first(wanted):
        if state.status.phase is not Phase.READY:
            lines.append(f"Version {state.name} is {cells.status_text(state.status)}: {state.status.reason or 'no reason given'}")
    return list(dict.fromkeys(lines))


def banner(model: Model, facts: Facts) -> Finding | None:
    """What keeps it from being synced, with when modelfs said so; information when the condition that tells of it is stale."""
    cause = cause_of(model, facts)
    if cause is None:
        return None
    since = cause.condition.last_transition_time if cause.condition else None
    told = f" (reported {cells.moment(since)})" if since else ""
    return replace(cause.finding, reason=cause.sentence + told)


def findings(model: Model, facts: Facts, namespaces: Iterable[Namespace] | None) -> list[Finding]:
    """Errors first. The banner is not repeated here."""
    known = facts if namespaces is None else Layered(FactTable.of({NAMESPACES: namespaces}), facts)
    cause = cause_of(model, facts)
    told = (*check_model(model, known), *observed.of_model(model, facts), *_of_the_moment(model, facts))
    return [finding for finding in errors_first(told) if cause is None or finding != cause.finding]


def _of_the_moment(model: Model, facts: Facts) -> Iterator[Finding]:
    """What is no trouble, but explains what is seen."""
    for state in version_states(model, facts):
        if not state.wanted:
            continue
        if state.dataset is not None and state.synced is not None and state.dataset.status.phase not in ("", state.synced.phase):
            said = f"its dataset says {state.dataset.status.phase} by now, modelfs {state.synced.phase or 'nothing'}"
            yield Finding(Severity.INFO, f"Version {state.name}: {said}.")
        if state.status.phase is Phase.PROCESSING:
            yield Finding(Severity.INFO, f"Version {state.name} is being fetched; no field reports how far, so only the time is known.")


def snippets(namespace: str, detail: VersionDetail) -> list[tuple[str, str]]:
    """(what it shows, the kubectl command) for one version."""
    found = [("the Dataset", f"kubectl -n {namespace} get dataset {word(detail.dataset)} -o yaml")]
    if isinstance(detail.pvc, str):
        found.append(("the claim", f"kubectl -n {namespace} get pvc {word(detail.pvc)}"))
    found.append(("the downloads", f"kubectl -n {namespace} get jobs -l {word(DATASET_LABEL + '=' + detail.dataset)}"))
    found.append(("the controller's log", LOGS))
    return found
