"""Runtimes, and caches of models on nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.core import quantity
from modeltui.systems.kserve.cache_types import NODE_GROUPS, LocalModelCache, LocalModelNodeGroup
from modeltui.systems.kserve.checks import storage
from modeltui.systems.kserve.rows import kind_of
from modeltui.systems.kserve.runtimes import CONTAINER
from modeltui.systems.kserve.types import ServingRuntime, SupportedFormat
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import known, uris
from modeltui.systems.serving.subjects import NO_TOKEN

_NOT_CACHED: Final = ("pvc", "file", "oci", "oci+native", "oci+modelcar")


def runtime(wanted: ServingRuntime, facts: Facts) -> Iterator[Finding]:
    spec = wanted.spec
    if not spec.multi_model and all(one.name != CONTAINER for one in spec.containers):
        yield Finding(
            Severity.ERROR,
            f'No container is called "{CONTAINER}": InferenceServices that use the runtime cannot be started.',
            f'Call the engine\'s container "{CONTAINER}".',
            "spec.containers",
        )
    if not spec.supported_model_formats:
        yield Finding(
            Severity.WARNING,
            "It names no model format: no InferenceService can use it.",
            "Name one in supportedModelFormats.",
            "spec.supportedModelFormats",
        )
    for place, entry in enumerate(spec.supported_model_formats):
        field = f"spec.supportedModelFormats[{place}]"
        if entry.auto_select and not spec.disabled:
            yield from _rivals(wanted, entry, facts, field)


def _rivals(wanted: ServingRuntime, entry: SupportedFormat, facts: Facts, field: str) -> Iterator[Finding]:
    """KServe's webhook refuses two that would be chosen alike."""
    resource = kind_of(wanted)
    for other in facts.all(resource, wanted.metadata.namespace):
        if not isinstance(other, ServingRuntime) or other.metadata.name == wanted.metadata.name or other.spec.disabled:
            continue
        shared = set(other.spec.protocol_versions) & set(wanted.spec.protocol_versions)
        alike = shared or not (other.spec.protocol_versions and wanted.spec.protocol_versions)
        for theirs in other.spec.supported_model_formats:
            same = (theirs.name, theirs.version) == (entry.name, entry.version) and theirs.auto_select
            if same and alike and theirs.priority == entry.priority:
                yield Finding(
                    Severity.ERROR if entry.priority else Severity.WARNING,
                    f"{resource.kind} {other.metadata.name} has the same priority ({entry.priority or 'none'}) for format "
                    f'"{entry.name}": KServe refuses two that are chosen alike, or takes the newest.',
                    "Give it another priority, or set autoSelect to false.",
                    f"{field}.priority",
                )


def cache(wanted: LocalModelCache, live: LocalModelCache | None, facts: Facts) -> Iterator[Finding]:
    spec = wanted.spec
    if not spec.source_model_uri:
        yield Finding(Severity.ERROR, "sourceModelUri is missing.", "Set it, such as hf://Qwen/Qwen3-8B.", "spec.sourceModelUri")
    else:
        yield from storage.uri(spec.source_model_uri, "spec.sourceModelUri")
        if uris.scheme(spec.source_model_uri) in _NOT_CACHED:
            yield Finding(
                Severity.ERROR,
                f"{uris.scheme(spec.source_model_uri)}:// is not downloaded, so that there is nothing to cache.",
                "Take a source that is downloaded: hf://, s3://, gs://, https://.",
                "spec.sourceModelUri",
            )
    if live is not None and live.spec.source_model_uri and live.spec.source_model_uri != spec.source_model_uri:
        yield Finding(
            Severity.ERROR,
            f"sourceModelUri is immutable: it is {live.spec.source_model_uri}.",
            "Make another LocalModelCache, and delete this one when nothing uses it.",
            "spec.sourceModelUri",
        )
    if known.is_gated(uris.model_name(spec.source_model_uri)) and not spec.service_account_name and spec.storage is None:
        yield Finding(
            Severity.WARNING,
            f"{uris.model_name(spec.source_model_uri)} is gated on the Hub, and nothing gives the download a token.",
            "Set serviceAccountName, or storage.key, of the namespace in which KServe downloads (kserve-localmodel-jobs).",
            "spec.serviceAccountName",
            subject=NO_TOKEN,
        )
    size = quantity.parse(spec.model_size)
    if size is None or size <= 0:
        yield Finding(
            Severity.ERROR,
            f'"{spec.model_size}" is no size.' if spec.model_size else "modelSize is missing.",
            "A quantity such as 16Gi; KServe plans the disks of nodes by it.",
            "spec.modelSize",
        )
    if not spec.node_groups:
        yield Finding(
            Severity.ERROR, "nodeGroups is empty: the API server wants at least one.", "Name a LocalModelNodeGroup.", "spec.nodeGroups"
        )
    for place, name in enumerate(spec.node_groups):
        group = facts.get(NODE_GROUPS, "", name)
        field = f"spec.nodeGroups[{place}]"
        if group is None and facts.known(NODE_GROUPS, ""):
            yield Finding(
                Severity.ERROR,
                f'There is no LocalModelNodeGroup "{name}": nothing is downloaded for it.',
                "Create it, or correct the name.",
                field,
            )
        elif isinstance(group, LocalModelNodeGroup) and size is not None:
            limit = quantity.parse(group.spec.storage_limit)
            if limit is not None and size > limit:
                yield Finding(
                    Severity.ERROR,
                    f'The model takes {spec.model_size}, and nodes of group "{name}" give {group.spec.storage_limit} to models.',
                    "Raise the group's storageLimit, or choose another group.",
                    field,
                )
