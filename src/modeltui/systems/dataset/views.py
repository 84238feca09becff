"""The table of Datasets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from modeltui.domain import Finding
from modeltui.systems.core.types import CLAIMS, JOBS, NAMESPACES, Job, Namespace, PersistentVolumeClaim
from modeltui.systems.dataset import observed
from modeltui.systems.dataset.checks import check_dataset
from modeltui.systems.dataset.consequences import of_dataset
from modeltui.systems.dataset.operations import of_dataset as operations_of_dataset
from modeltui.systems.dataset.rows import COLUMNS, row
from modeltui.systems.dataset.types import DATASET_LABEL, DATASETS, Dataset
from modeltui.systems.protocol import Facts, View


def job_of(job: Job) -> Iterable[str]:
    """Name of the Dataset that a Job loads; an index function."""
    return (job.metadata.labels.get(DATASET_LABEL, ""),)


def examine(dataset: Dataset, facts: Facts) -> Iterable[Finding]:
    namespace, name = dataset.metadata.key
    jobs = [job for job in facts.where(JOBS, namespace, job_of, name) if isinstance(job, Job)]
    claim = facts.get(CLAIMS, namespace, dataset.status.pvc_name)
    known = claim if isinstance(claim, PersistentVolumeClaim) else None
    return (*check_dataset(dataset, facts), *observed.of_dataset(dataset, jobs=jobs, claim=known))


DATASETS_VIEW: Final = View(
    name="datasets",
    title="Datasets",
    aliases=("dataset", "data", "ds"),
    resource=DATASETS,
    type=Dataset,
    columns=COLUMNS,
    detail="dataset",
    row=row,
    examine=examine,
    check=check_dataset,
    consequences=of_dataset,
    operations=operations_of_dataset,
    evidence={NAMESPACES: Namespace, CLAIMS: PersistentVolumeClaim, JOBS: Job},
    secrets=lambda dataset: (dataset.spec.secret_ref,),
)
