"""Workspace and InferenceSet, v1beta1 and v1alpha1, cut down to the fields that the console reads.

A Workspace has no spec: `resource`, `inference` and `tuning` stand at its top. The two versions differ in what the console does not read.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from modeltui.kube.objects import Condition, Object, ObjectMeta
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import LabelSelector, PodTemplate

GROUP: Final = "kaito.sh"
WORKSPACES: Final = Resource(group=GROUP, version="v1beta1", plural="workspaces", kind="Workspace")
OLD_WORKSPACES: Final = Resource(group=GROUP, version="v1alpha1", plural="workspaces", kind="Workspace")
SETS: Final = Resource(group=GROUP, version="v1beta1", plural="inferencesets", kind="InferenceSet")
OLD_SETS: Final = Resource(group=GROUP, version="v1alpha1", plural="inferencesets", kind="InferenceSet")
CONFIG_MAPS: Final = Resource(group="", version="v1", plural="configmaps", kind="ConfigMap")

MADE_BY: Final = "inferenceset.kaito.sh/created-by"
"""Label of a Workspace, and of its pods: the InferenceSet that made it."""
WORKSPACE: Final = "kaito.sh/workspace"
"""Label of pods and nodes: the Workspace that they are of."""
RUNTIME: Final = "kaito.sh/runtime"
"""Annotation: vllm (the default) or transformers."""


class Annotations(msgspec.Struct, frozen=True):
    runtime: str = msgspec.field(name=RUNTIME, default="")


class WorkspaceMeta(ObjectMeta, frozen=True, rename="camel"):
    annotations: Annotations = Annotations()


class Partition(msgspec.Struct, frozen=True):
    mode: str = ""
    count: int | None = None
    profile: str = ""


class ResourceSpec(msgspec.Struct, frozen=True, rename="camel"):
    """Which nodes it runs on: those that KAITO makes of an instance type, or those that are there and match the labels."""

    count: int | None = None
    instance_type: str = ""
    label_selector: LabelSelector | None = None
    preferred_nodes: tuple[str, ...] = ()
    partition: Partition | None = None


class PresetOptions(msgspec.Struct, frozen=True, rename="camel"):
    image: str = ""
    image_pull_secrets: tuple[str, ...] = ()
    model_access_secret: str = ""
    """Secret with the key HF_TOKEN."""


class Preset(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    """A name that KAITO knows, or a Hub id."""
    access_mode: str = ""
    preset_options: PresetOptions = PresetOptions()

    def said(self) -> tuple[str, str, PresetOptions]:
        """What it comes to, whether the server has filled in its defaults or not."""
        return (self.name, self.access_mode or "public", self.preset_options)


class DataSource(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    image: str = ""
    image_pull_secrets: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    volume: Any = msgspec.field(name="volumeSource", default=None)
    """Whether there is one, is all that is asked."""


class Adapter(msgspec.Struct, frozen=True):
    source: DataSource = DataSource()
    strength: str = ""


class Inference(msgspec.Struct, frozen=True, rename="camel"):
    preset: Preset | None = None
    template: PodTemplate | None = None
    """Pods of one's own, in place of a preset."""
    config: str = ""
    """Name of a ConfigMap with the key inference_config.yaml."""
    adapters: tuple[Adapter, ...] = ()


class Tuning(msgspec.Struct, frozen=True):
    method: str = ""
    preset: Preset | None = None
    config: str = ""


class Metric(msgspec.Struct, frozen=True):
    value: str = ""
    unit: str = ""


class Performance(msgspec.Struct, frozen=True):
    metrics: dict[str, Metric] = {}


class WorkspaceStatus(msgspec.Struct, frozen=True, rename="camel"):
    conditions: tuple[Condition, ...] = ()
    worker_nodes: tuple[str, ...] = ()
    state: str = ""
    """Pending | Ready | NotReady | Running | Succeeded | Failed; "" in v1alpha1."""
    target_node_count: int | None = None
    performance: Performance = Performance()


class Workspace(Object, frozen=True, kw_only=True):
    metadata: WorkspaceMeta = WorkspaceMeta()
    resource: ResourceSpec = ResourceSpec()
    inference: Inference | None = None
    tuning: Tuning | None = None
    status: WorkspaceStatus = WorkspaceStatus()

    @property
    def made_by(self) -> str:
        """Name of the InferenceSet that made it; "" when none did."""
        return self.metadata.labels.get(MADE_BY, "")


class TemplateMeta(msgspec.Struct, frozen=True):
    annotations: Annotations = Annotations()


class SetTemplate(msgspec.Struct, frozen=True):
    metadata: TemplateMeta = TemplateMeta()
    """Newer KAITO gives it to each Workspace."""
    resource: ResourceSpec = ResourceSpec()
    inference: Inference = Inference()


class SetSpec(msgspec.Struct, frozen=True, rename="camel"):
    replicas: int = 1
    node_count_limit: int | None = None
    label_selector: LabelSelector | None = None
    template: SetTemplate = SetTemplate()


class SetStatus(msgspec.Struct, frozen=True, rename="camel"):
    conditions: tuple[Condition, ...] = ()
    replicas: int | None = None
    ready_replicas: int | None = None
    performance: Performance = Performance()


class InferenceSet(Object, frozen=True, kw_only=True):
    metadata: WorkspaceMeta = WorkspaceMeta()
    spec: SetSpec = SetSpec()
    status: SetStatus = SetStatus()

    @property
    def runtime(self) -> str:
        """Of the template, which its Workspaces get; else its own, where older KAITO looks."""
        return self.spec.template.metadata.annotations.runtime or self.metadata.annotations.runtime
