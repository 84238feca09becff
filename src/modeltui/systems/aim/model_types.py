"""AIMModel and AIMServiceTemplate, and their cluster-wide twins: what can be served, and with which profile on which hardware."""

from __future__ import annotations

import msgspec

from modeltui.systems.aim.types import AimObject, BasicStatus, Hardware, Resolved, Source
from modeltui.systems.core.types import Env, Named, ResourceRequirements


class RecommendedDeployment(msgspec.Struct, frozen=True, rename="camel"):
    gpu_model: str = ""
    gpu_count: int | None = None
    precision: str = ""
    metric: str = ""
    profile_id: str = ""
    description: str = ""


class ModelMetadata(msgspec.Struct, frozen=True, rename="camel"):
    """Read off the image's labels, or given in the spec."""

    canonical_name: str = ""
    title: str = ""
    tags: tuple[str, ...] = ()
    hf_token_required: bool | None = None
    recommended_deployments: tuple[RecommendedDeployment, ...] = ()


class ImageMetadata(msgspec.Struct, frozen=True):
    model: ModelMetadata = ModelMetadata()


class CustomSettings(msgspec.Struct, frozen=True):
    hardware: Hardware | None = None
    type: str = ""


class TemplateProfile(msgspec.Struct, frozen=True):
    metric: str = ""
    precision: str = ""


class CustomTemplate(msgspec.Struct, frozen=True):
    name: str = ""
    type: str = ""
    hardware: Hardware | None = None
    profile: TemplateProfile = TemplateProfile()
    env: tuple[Env, ...] = ()


class Discovery(msgspec.Struct, frozen=True, rename="camel"):
    extract_metadata: bool = True
    create_service_templates: bool = True


class ModelSpec(msgspec.Struct, frozen=True, rename="camel"):
    image: str = ""
    model_sources: tuple[Source, ...] = ()
    """With one the model is a custom one: the weights are not those of the image."""
    custom: CustomSettings | None = None
    custom_templates: tuple[CustomTemplate, ...] = ()
    default_service_template: str = ""
    discovery: Discovery = Discovery()
    env: tuple[Env, ...] = ()
    image_metadata: ImageMetadata | None = None
    image_pull_secrets: tuple[Named, ...] = ()
    runtime_config_name: str = ""
    service_account_name: str = ""


class ModelStatus(BasicStatus, frozen=True, rename="camel"):
    source_type: str = ""
    """Image | Custom."""
    image_metadata: ImageMetadata | None = None
    resolved_runtime_config: Resolved | None = None


class AIMModel(AimObject, frozen=True, kw_only=True):
    """Of either scope."""

    spec: ModelSpec = ModelSpec()
    status: ModelStatus = ModelStatus()

    @property
    def about(self) -> ModelMetadata | None:
        found = self.status.image_metadata or self.spec.image_metadata
        return None if found is None else found.model


class TemplateCaching(msgspec.Struct, frozen=True):
    enabled: bool = False


class TemplateSpec(msgspec.Struct, frozen=True, rename="camel"):
    model_name: str = ""
    hardware: Hardware | None = None
    metric: str = ""
    precision: str = ""
    type: str = ""
    profile_id: str = ""
    model_sources: tuple[Source, ...] = ()
    resources: ResourceRequirements | None = None
    caching: TemplateCaching | None = None
    env: tuple[Env, ...] = ()
    image_pull_secrets: tuple[Named, ...] = ()
    runtime_config_name: str = ""
    service_account_name: str = ""


class ProfileMetadata(msgspec.Struct, frozen=True, rename="camel"):
    engine: str = ""
    gpu: str = ""
    gpu_count: int | None = None
    metric: str = ""
    precision: str = ""
    type: str = ""


class Profile(msgspec.Struct, frozen=True):
    metadata: ProfileMetadata = ProfileMetadata()


class DiscoveryState(msgspec.Struct, frozen=True, rename="camel"):
    attempts: int = 0
    last_failure_reason: str = ""


class TemplateStatus(BasicStatus, frozen=True, rename="camel"):
    hardware_summary: str = ""
    profile: Profile | None = None
    discovery: DiscoveryState | None = None
    resolved_hardware: Hardware | None = None
    resolved_model: Resolved | None = None
    resolved_cache: Resolved | None = None
    model_sources: tuple[Source, ...] = ()


class AIMTemplate(AimObject, frozen=True, kw_only=True):
    """Of either scope."""

    spec: TemplateSpec = TemplateSpec()
    status: TemplateStatus = TemplateStatus()

    @property
    def profile(self) -> ProfileMetadata:
        return ProfileMetadata() if self.status.profile is None else self.status.profile.metadata

    @property
    def metric(self) -> str:
        return self.profile.metric or self.spec.metric

    @property
    def precision(self) -> str:
        return self.profile.precision or self.spec.precision

    @property
    def profile_type(self) -> str:
        """What the choice goes by: without a profile it counts as unoptimized, whatever `spec.type` says."""
        return "unoptimized" if self.status.profile is None else self.profile.type

    @property
    def gpu_model(self) -> str:
        wanted = self.spec.hardware.gpu if self.spec.hardware else None
        return (wanted.model if wanted else "") or self.profile.gpu
