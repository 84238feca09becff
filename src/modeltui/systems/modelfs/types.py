"""modelfs (`model.samzong.dev/v1`), cut down to the fields that the console reads.

Tolerant on purpose: the phase is any word, a quantity may be an integer, and every field may be missing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec

from modeltui.kube.objects import Condition, Object
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import LabelSelector, RawQuantity, ResourceRequirements

GROUP: Final = "model.samzong.dev"
MODELS: Final = Resource(group=GROUP, version="v1", plural="models", kind="Model")
SOURCES: Final = Resource(group=GROUP, version="v1", plural="modelsources", kind="ModelSource")

PRESENT: Final = "PRESENT"
ABSENT: Final = "ABSENT"

SOURCE_TYPES: Final = ("HUGGING_FACE", "MODEL_SCOPE", "S3", "GIT", "HTTP", "PVC", "NFS", "CONDA", "REFERENCE")
"""What spec.type of a ModelSource may be."""
PRECISIONS: Final = ("FP16", "INT8", "INT4")
"""What a version's precision may be, if it says one."""

UNUSABLE_TYPES: Final = frozenset({"CONDA", "REFERENCE"})
"""Types that the schema allows and for which modelfs cannot build a URI, so it syncs nothing and reports nothing."""

RECONCILE_ERROR: Final = "ReconcileError"
"""Condition type of a Model. Its status is False when there was an error, and it is never cleared afterwards."""
CREDENTIALS_READY: Final = "CredentialsReady"
"""Condition type of a ModelSource."""
DEFAULT_STORAGE: Final = "100Ti"
"""What a version without `storage` makes modelfs ask of the cluster."""


class Display(msgspec.Struct, frozen=True):
    description: str = ""
    tags: tuple[str, ...] = ()
    logo_url: str = msgspec.field(name="logoURL", default="")


class Storage(msgspec.Struct, frozen=True, rename="camel"):
    access_modes: tuple[str, ...] = ()
    resources: ResourceRequirements = ResourceRequirements()
    storage_class_name: str | None = None


class Share(msgspec.Struct, frozen=True, rename="camel"):
    enabled: bool = False
    namespace_selector: LabelSelector | None = None
    require_opt_in_label: str = ""
    """"key" or "key=value"."""


class Version(msgspec.Struct, frozen=True):
    """One entry of spec.versions. The list is not keyed by name: duplicates are accepted by the API."""

    name: str = ""
    repo: str = ""
    revision: str = ""
    precision: str = ""
    metadata: dict[str, str] = {}
    state: str = PRESENT
    storage: Storage | None = None
    share: Share | None = None


class ModelSpec(msgspec.Struct, frozen=True, rename="camel"):
    source_ref: str = ""
    display: Display = Display()
    versions: tuple[Version, ...] = ()


class SyncedVersion(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    phase: str = ""
    """The Dataset's own word, in practice upper case."""
    pvc_name: str = ""
    active_dataset: str = ""
    last_sync_time: datetime | None = None
    """Equals the Dataset's creation time before any success."""
    conditions: tuple[Condition, ...] = ()
    observed_state: str = ""
    observed_storage: RawQuantity | None = None
    """The claim's request, not its capacity."""
    observed_version_hash: str = ""


class ModelStatus(msgspec.Struct, frozen=True, rename="camel"):
    observed_generation: int = 0
    conditions: tuple[Condition, ...] = ()
    synced_versions: tuple[SyncedVersion, ...] = ()


class Model(Object, frozen=True, kw_only=True):
    spec: ModelSpec = ModelSpec()
    status: ModelStatus = ModelStatus()


class ModelSourceSpec(msgspec.Struct, frozen=True, rename="camel"):
    type: str = ""
    secret_ref: str = ""
    config: dict[str, Any] = {}
    """Strings by the schema; may hold what should be in a Secret, so it is shown masked."""


class ModelSourceStatus(msgspec.Struct, frozen=True, rename="camel"):
    conditions: tuple[Condition, ...] = ()
    referenced_by: tuple[str, ...] = ()
    """"namespace/name" of Models; filled in only while a deletion is blocked."""


class ModelSource(Object, frozen=True, kw_only=True):
    spec: ModelSourceSpec = ModelSourceSpec()
    status: ModelSourceStatus = ModelSourceStatus()
