"""What is wrong with a Dataset that is in the cluster, beyond what its spec asks for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modeltui.domain import Finding, Phase, Severity
from modeltui.redaction import redact_text
from modeltui.systems.core.types import Job, PersistentVolumeClaim
from modeltui.systems.dataset.phases import phase_of
from modeltui.systems.dataset.rows import why
from modeltui.systems.dataset.types import Dataset


def of_dataset(dataset: Dataset, *, jobs: Iterable[Job] = (), claim: PersistentVolumeClaim | None = None) -> Iterator[Finding]:
    """`jobs` and `claim`: its own, as far as they are known."""
    if phase_of(dataset.status.phase) is Phase.FAILED:
        yield Finding(
            Severity.ERROR,
            f"FAILED: {why(dataset).rstrip('.') or 'no condition says why'}. "
            "The word also means a missing claim or a bad configuration, and nothing is retried by itself.",
            "Repair the cause, then raise spec.dataSyncRound by one; modelfs sets it back to 1 for Datasets that it owns.",
            "status.phase",
        )
    if claim is not None and claim.status.phase != "Bound":
        yield Finding(
            Severity.WARNING,
            f"Claim {claim.metadata.name} is {claim.status.phase or 'not reported on'}, not Bound.",
            "kubectl describe it for its events.",
        )
    ready = phase_of(dataset.status.phase) is Phase.READY
    for job in jobs:
        yield from _of_job(job, overcome=ready)
    if dataset.metadata.deletion_timestamp is not None:
        yield Finding(Severity.WARNING, "Is being deleted; its volume and the data on it go with it, unless it is of type PVC.")


def _of_job(job: Job, *, overcome: bool) -> Iterator[Finding]:
    """`overcome`: another round succeeded since, so that a failure is history."""
    images = [container.image for container in job.spec.template.spec.containers]
    if any(image.split("/")[-1].split(":")[0] == "ubuntu" for image in images):
        yield Finding(
            Severity.ERROR,
            f"Job {job.metadata.name} runs image {images[0]}: the Dataset controller runs without its configuration, "
            "so rounds succeed without fetching anything.",
            "Give the controller its dataset_job_spec_yaml, as the Helm chart does.",
        )
    failed = next((condition for condition in job.status.conditions if condition.type == "Failed" and condition.status == "True"), None)
    if failed is not None and not overcome:
        yield Finding(
            Severity.ERROR, f"Job {job.metadata.name} failed: {redact_text(failed.message) or failed.reason}", "Its log says why."
        )
