"""AIMRuntimeConfig of both scopes, and AIMClusterModelSource: what applies when a service does not say, and where models come from."""

from __future__ import annotations

from datetime import datetime

import msgspec

from modeltui.systems.aim.types import AimObject, BasicStatus, Routing, Storage
from modeltui.systems.core.types import Env, Named


class LabelPropagation(msgspec.Struct, frozen=True):
    enabled: bool = False
    match: tuple[str, ...] = ()


class ModelDefaults(msgspec.Struct, frozen=True, rename="camel"):
    auto_discovery: bool | None = None


class ConfigSpec(msgspec.Struct, frozen=True, rename="camel"):
    storage: Storage | None = None
    routing: Routing | None = None
    env: tuple[Env, ...] = ()
    label_propagation: LabelPropagation | None = None
    model: ModelDefaults | None = None
    default_storage_class_name: str = ""
    """Deprecated, as the next: both moved into `storage`."""
    pvc_headroom_percent: int | None = None


class AIMConfig(AimObject, frozen=True, kw_only=True):
    """Of either scope."""

    spec: ConfigSpec = ConfigSpec()
    status: BasicStatus = BasicStatus()


class ImageFilter(msgspec.Struct, frozen=True):
    image: str = ""
    exclude: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()


class ModelSourceSpec(msgspec.Struct, frozen=True, rename="camel"):
    registry: str = "docker.io"
    filters: tuple[ImageFilter, ...] = ()
    versions: tuple[str, ...] = ()
    sync_interval: str = "1h"
    max_models: int = 100
    image_pull_secrets: tuple[Named, ...] = ()


class ModelSourceStatus(BasicStatus, frozen=True, rename="camel"):
    available_models: int | None = None
    discovered_models: int | None = None
    last_sync_time: datetime | None = None
    models_limit_reached: bool = False


class AIMModelSource(AimObject, frozen=True, kw_only=True):
    spec: ModelSourceSpec = ModelSourceSpec()
    status: ModelSourceStatus = ModelSourceStatus()
