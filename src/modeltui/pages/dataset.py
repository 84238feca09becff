"""A Dataset: what its conditions say in plain words, its rounds, Job and claim."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from modeltui.document import Line, facts, grid, heading, line
from modeltui.domain import UNKNOWN, Finding, Status
from modeltui.kube.events import Event
from modeltui.pages import common
from modeltui.redaction import redact_text
from modeltui.systems.core.types import Job, PersistentVolumeClaim
from modeltui.systems.dataset import explain
from modeltui.systems.dataset.phases import phase_of
from modeltui.systems.dataset.rows import last_sync_of, why
from modeltui.systems.dataset.types import Dataset


def page(
    dataset: Dataset,
    *,
    jobs: Sequence[Job] | None,
    claim: PersistentVolumeClaim | None,
    why_no_claim: str,
    events: Sequence[Event] | None,
    why_no_events: str,
    special: Sequence[Finding] = (),
    now: datetime,
) -> list[Line]:
    """`jobs` is None when they cannot be listed, `why_no_claim` says why claims are not known, "" when they are. `special`: what
    the view knows of it that it was opened from."""
    phase = dataset.status.phase
    owner = next((f"{one.kind} {one.name}" for one in dataset.metadata.owner_references), "nothing")
    pairs: list[tuple[str, str | Line]] = [
        ("Status", common.status(Status(phase_of(phase), phase, why(dataset)))),
        ("Source", f"{dataset.spec.source.type} {redact_text(dataset.spec.source.uri)}"),
        ("Controlled by", owner),
        ("Round", f"{dataset.spec.data_sync_round} asked for, {dataset.status.last_succeed_round or 'none'} last succeeded"),
        ("Last sync", common.shown(last_sync_of(dataset), now)),
        ("PVC", _claim(dataset, claim, why_no_claim)),
    ]
    lines = facts(pairs, indent=1)
    lines += common.findings([*special, *explain.findings(dataset, jobs=jobs, claim=claim)])
    lines += common.conditions(dataset.status.conditions, now)
    rounds = explain.round_lines(dataset)
    lines += [*heading("Sync rounds"), *([line(f"  {text}") for text in rounds] or [line("  None yet.", "dim")])]
    lines += _jobs(jobs, now)
    options = explain.option_lines(dataset)
    if options:
        lines += [*heading("Options"), *grid(("KEY", "VALUE"), options)]
    lines += common.events(events, now, why_not=why_no_events)
    lines += [*heading("Metadata"), *facts(common.identity(dataset.metadata, now), indent=1)]
    return [*lines, *common.commands(explain.snippets(dataset))]


def _claim(dataset: Dataset, claim: PersistentVolumeClaim | None, why_not: str) -> str:
    name = dataset.status.pvc_name
    if not name:
        return "none reported"
    if claim is None:
        return f"{name}  ({why_not or 'not found'})"
    size = claim.status.capacity.get("storage")
    return f"{name}  {claim.status.phase or 'phase unknown'}" + (f", capacity {size}" if size else "")


def _jobs(jobs: Sequence[Job] | None, now: datetime) -> list[Line]:
    lines = heading("Jobs (l shows the log)")
    if jobs is None:
        return [*lines, line("  unknown: Jobs cannot be listed here", "dim")]
    if not jobs:
        return [*lines, line("  None.", "dim")]
    rows = [(job.metadata.name, _state(job), common.shown(job.status.start_time or UNKNOWN, now)) for job in jobs]
    return [*lines, *grid(("NAME", "STATE", "STARTED"), rows)]


def _state(job: Job) -> str:
    done = next((one for one in job.status.conditions if one.status == "True" and one.type in ("Complete", "Failed")), None)
    if done is not None:
        return f"{done.type}{f' ({done.reason})' if done.reason else ''}"
    return "running" if job.status.active else "waiting"
