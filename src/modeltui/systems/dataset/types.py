"""BaizeAI Dataset (`dataset.baizeai.io/v1alpha1`), cut down to the fields that the console reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec

from modeltui.kube.objects import Condition, Object
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import ClaimSpec, LabelSelector

GROUP: Final = "dataset.baizeai.io"
DATASETS: Final = Resource(group=GROUP, version="v1alpha1", plural="datasets", kind="Dataset")

SOURCE_TYPES: Final = (
    *("GIT", "S3", "HTTP", "PVC", "NFS", "CONDA", "REFERENCE", "HUGGING_FACE", "MODEL_SCOPE"),
    *("DATABASE", "HADOOP", "MANUAL"),
)
"""What spec.source.type may be; the last three are newer than the CRD that modelfs brings."""
WITHOUT_JOB: Final = frozenset({"PVC", "NFS", "REFERENCE", "MANUAL"})
"""Types that download nothing."""

DATASET_LABEL: Final = "baize.io/dataset-name"
"""Label that the controller puts on a Dataset's Jobs and claim."""
DEFAULT_STORAGE: Final = "100Ti"
"""What a Dataset without a size asks of the cluster."""
LOADER_CONTAINER: Final = "dataset-loader"
"""Container of the Job's pods whose log tells of the download."""


class Source(msgspec.Struct, frozen=True):
    type: str = ""
    uri: str = ""
    options: dict[str, Any] = {}
    """modelfs copies every value of the source's Secret here, in clear: never show it unmasked."""


class ClaimTemplate(msgspec.Struct, frozen=True):
    spec: ClaimSpec = ClaimSpec()

    @property
    def given(self) -> bool:
        """Whether it says anything: modelfs writes an empty one beside a reference."""
        return self.spec != ClaimSpec()


class MountOptions(msgspec.Struct, frozen=True):
    """With the defaults of the CRD."""

    path: str = "/"
    mode: str = "0774"


class ClaimRef(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    sub_path: str = ""


class DatasetSpec(msgspec.Struct, frozen=True, rename="camel"):
    source: Source = Source()
    secret_ref: str = ""
    data_sync_round: int = 1
    """The round asked for; raising it by exactly one starts a download anew."""
    share: bool = False
    share_to_namespace_selector: LabelSelector | None = None
    mount_options: MountOptions = MountOptions()
    volume_claim_template: ClaimTemplate | None = None
    volume_claim_ref: ClaimRef | None = None


class SyncRound(msgspec.Struct, frozen=True, rename="camel"):
    round: int = 0
    job_name: str = ""
    start_time: datetime | None = None
    end_time: datetime | None = None
    succeed: bool = False


class DatasetStatus(msgspec.Struct, frozen=True, rename="camel"):
    phase: str = ""
    conditions: tuple[Condition, ...] = ()
    """Types Config, PVC, ConfigMap, Job, JobStatus; the reason reads "<Type>Ready" even when the status is False."""
    in_processing: bool = False
    in_processing_round: int = 0
    last_succeed_round: int = 0
    last_sync_time: datetime | None = None
    """Equals the creation time before any success."""
    sync_round_statuses: tuple[SyncRound, ...] = ()
    pvc_name: str = ""
    read_only: bool = False


class Dataset(Object, frozen=True, kw_only=True):
    spec: DatasetSpec = DatasetSpec()
    status: DatasetStatus = DatasetStatus()
