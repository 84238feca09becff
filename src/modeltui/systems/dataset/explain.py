"""The text behind a Dataset: conditions, rounds, options with secrets masked, and what to know about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from modeltui import cells
from modeltui.domain import Finding, Phase, Severity
from modeltui.redaction import mask_options
from modeltui.systems.checking import errors_first
from modeltui.systems.core.types import Job, PersistentVolumeClaim
from modeltui.systems.dataset import observed
from modeltui.systems.dataset.checks import check_dataset
from modeltui.systems.dataset.phases import phase_of
from modeltui.systems.dataset.types import DATASET_LABEL, LOADER_CONTAINER, Dataset
from modeltui.systems.facts import FactTable
from modeltui.systems.shell import word


def option_lines(dataset: Dataset) -> list[tuple[str, str]]:
    """(key, value), with all that is not known to be harmless masked."""
    return sorted(mask_options(dataset.spec.source.type, dataset.spec.source.options).items())


def round_lines(dataset: Dataset) -> list[str]:
    """The last rounds, newest first. How far one is, no field reports: only when it began and, if it succeeded, ended."""
    status, lines = dataset.status, []
    for entry in sorted(status.sync_round_statuses, key=lambda entry: -entry.round):
        # the controller writes neither an end nor `succeed` for a round that fails
        if status.in_processing and status.in_processing_round == entry.round:
            result = "under way"
        elif entry.end_time is not None:
            result = f"{'succeeded' if entry.succeed else 'failed'} {_moment(entry.end_time)}"
        else:
            result = "succeeded" if entry.succeed else "did not succeed"
        lines.append(f"round {entry.round}: began {_moment(entry.start_time)}, {result} (job {entry.job_name or 'unknown'})")
    return lines


def _moment(moment: datetime | None) -> str:
    return cells.moment(moment) if moment else "at an unknown time"


def findings(dataset: Dataset, *, jobs: Iterable[Job] | None = None, claim: PersistentVolumeClaim | None = None) -> list[Finding]:
    """What to know about it, errors first. `jobs` and `claim` are None when they are not known."""
    told = (*check_dataset(dataset, FactTable()), *observed.of_dataset(dataset, jobs=jobs or (), claim=claim), *_of_the_moment(dataset))
    return list(errors_first(told))


def _of_the_moment(dataset: Dataset) -> Iterator[Finding]:
    """What is no trouble, but explains what is seen."""
    if phase_of(dataset.status.phase) is Phase.PROCESSING:
        yield Finding(Severity.INFO, "A round is under way; no field reports how far. The Job's log says more.")


def snippets(dataset: Dataset) -> list[tuple[str, str]]:
    """(what it shows, the kubectl command)."""
    namespace, name = dataset.metadata.key
    latest = max(dataset.status.sync_round_statuses, key=lambda entry: entry.round, default=None)
    job = (latest.job_name if latest else "") or f"dataset-{name}-round-{dataset.spec.data_sync_round}"
    found = [
        ("its jobs", f"kubectl -n {namespace} get jobs -l {DATASET_LABEL}={name}"),
        (
            "the download's log",
            f"kubectl -n {namespace} logs {word(f'job/{job}')} -c {LOADER_CONTAINER}",
        ),
    ]
    if dataset.status.pvc_name:
        found.insert(0, ("the claim", f"kubectl -n {namespace} get pvc {word(dataset.status.pvc_name)}"))
    return found
