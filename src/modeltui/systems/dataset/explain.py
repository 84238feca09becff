"""The text behind a Dataset: conditions, rounds, options with secrets masked, and what to know about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from modeltui import cells
from modeltui.domain import Finding, Phase, Severity
from modeltui.redaction import MASK, mask_options, redact_text
from modeltui.systems.core.types import Job, PersistentVolumeClaim
from modeltui.systems.dataset.phases import phase_of
from modeltui.systems.dataset.rows import storage_of, why
from modeltui.systems.dataset.types import DATASET_LABEL, DEFAULT_STORAGE, LOADER_CONTAINER, Dataset


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
    """What to know about it. `jobs` and `claim` are None when they are not known."""
    found: list[Finding] = []
    if phase_of(dataset.status.phase) is Phase.FAILED:
        found.append(
            Finding(
                Severity.ERROR,
                f"FAILED: {why(dataset).rstrip('.') or 'no condition says why'}. "
                "The word also means a missing claim or a bad configuration, and nothing is retried by itself.",
                "Repair the cause, then raise spec.dataSyncRound by one; modelfs sets it back to 1 for Datasets that it owns.",
                "status.phase",
            )
        )
    masked = [key for key, value in option_lines(dataset) if value == MASK]
    if masked:
        found.append(
            Finding(
                Severity.WARNING,
                f"The options {', '.join(masked)} may hold secrets in clear; whoever may read Datasets or Jobs here can read them.",
                "modelfs copies the source's whole Secret here. Use a token that can do little.",
                "spec.source.options",
            )
        )
    if storage_of(dataset) == DEFAULT_STORAGE:
        found.append(
            Finding(
                Severity.WARNING,
                f"No size is given, so the claim asks for {DEFAULT_STORAGE}.",
                "Set a size where it is made.",
                "spec.volumeClaimTemplate",
            )
        )
    if "revision" in dataset.spec.source.options:
        found.append(
            Finding(Severity.WARNING, "The option revision is read, but not passed to the download.", "", "spec.source.options.revision")
        )
    if phase_of(dataset.status.phase) is Phase.PROCESSING:
        found.append(Finding(Severity.INFO, "A round is under way; no field reports how far. The Job's log says more."))
    if claim is not None and claim.status.phase != "Bound":
        found.append(
            Finding(
                Severity.WARNING,
                f"Claim {claim.metadata.name} is {claim.status.phase or 'not reported on'}, not Bound.",
                "kubectl describe it for its events.",
            )
        )
    found += [finding for job in jobs or () for finding in _job_findings(job)]
    if dataset.metadata.deletion_timestamp is not None:
        found.append(Finding(Severity.WARNING, "Is being deleted; its volume and the data on it go with it, unless it is of type PVC."))
    return found


def _job_findings(job: Job) -> list[Finding]:
    found = []
    images = [container.image for container in job.spec.template.spec.containers]
    if any(image.split("/")[-1].split(":")[0] == "ubuntu" for image in images):
        found.append(
            Finding(
                Severity.ERROR,
                f"Job {job.metadata.name} runs image {images[0]}: the Dataset controller runs without its configuration, "
                "so rounds succeed without fetching anything.",
                "Give the controller its dataset_job_spec_yaml, as the Helm chart does.",
            )
        )
    failed = next((condition for condition in job.status.conditions if condition.type == "Failed" and condition.status == "True"), None)
    if failed is not None:
        found.append(
            Finding(Severity.ERROR, f"Job {job.metadata.name} failed: {redact_text(failed.message) or failed.reason}", "Its log says why.")
        )
    return found


def snippets(dataset: Dataset) -> list[tuple[str, str]]:
    """(what it shows, the kubectl command)."""
    namespace, name = dataset.metadata.key
    latest = max(dataset.status.sync_round_statuses, key=lambda entry: entry.round, default=None)
    job = (latest.job_name if latest else "") or f"dataset-{name}-round-{dataset.spec.data_sync_round}"
    found = [
        ("its jobs", f"kubectl -n {namespace} get jobs -l {DATASET_LABEL}={name}"),
        (
            "the download's log",
            f"kubectl -n {namespace} logs job/{job} -c {LOADER_CONTAINER}",
        ),
    ]
    if dataset.status.pvc_name:
        found.insert(0, ("the claim", f"kubectl -n {namespace} get pvc {dataset.status.pvc_name}"))
    return found
