"""AIMTemplateCache and AIMArtifact: the weights of a template on volumes of a namespace, and how far their download is."""

from __future__ import annotations

from datetime import datetime

import msgspec

from modeltui.systems.aim.types import AimObject, BasicStatus, Resolved, Source
from modeltui.systems.core.types import Env, Named, RawQuantity


class TemplateCacheSpec(msgspec.Struct, frozen=True, rename="camel"):
    template_name: str = ""
    template_scope: str = ""
    """Namespace | Cluster | Unknown: required, though AIM Engine writes it itself in those that it makes."""
    mode: str = ""
    model_sources: tuple[Source, ...] = ()
    storage_class_name: str = ""
    runtime_config_name: str = ""
    env: tuple[Env, ...] = ()
    image_pull_secrets: tuple[Named, ...] = ()


class CachedArtifact(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    model: str = ""
    status: str = ""
    persistent_volume_claim: str = ""
    mount_point: str = ""


class TemplateCacheStatus(BasicStatus, frozen=True, rename="camel"):
    artifacts: dict[str, CachedArtifact] = {}
    resolved_template_kind: str = ""
    resolved_runtime_config: Resolved | None = None


class AIMTemplateCache(AimObject, frozen=True, kw_only=True):
    spec: TemplateCacheSpec = TemplateCacheSpec()
    status: TemplateCacheStatus = TemplateCacheStatus()


class ArtifactSpec(msgspec.Struct, frozen=True, rename="camel"):
    source_uri: str = ""
    model_id: str = ""
    size: RawQuantity | None = None
    storage_class_name: str = ""
    model_download_image: str = ""
    runtime_config_name: str = ""
    env: tuple[Env, ...] = ()
    image_pull_secrets: tuple[Named, ...] = ()


class Progress(msgspec.Struct, frozen=True, rename="camel"):
    """Of the download; checking what came follows it, so that 100 percent is not yet done."""

    percentage: int | None = None
    display_percentage: str = ""
    downloaded_bytes: int | None = None
    total_bytes: int | None = None


class Download(msgspec.Struct, frozen=True, rename="camel"):
    protocol: str = ""
    """XET | HF_TRANSFER | HTTP: which of the sequence is being tried."""
    attempt: int | None = None
    total_attempts: int | None = None
    protocol_sequence: str = ""
    message: str = ""


class ArtifactStatus(BasicStatus, frozen=True, rename="camel"):
    mode: str = ""
    progress: Progress | None = None
    download: Download | None = None
    display_size: str = ""
    discovered_size_bytes: int | None = None
    allocated_size: RawQuantity | None = None
    headroom_percent: int | None = None
    persistent_volume_claim: str = ""
    last_used: datetime | None = None


class AIMArtifact(AimObject, frozen=True, kw_only=True):
    spec: ArtifactSpec = ArtifactSpec()
    status: ArtifactStatus = ArtifactStatus()
