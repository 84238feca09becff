"""How much storage a version asks for, and of what kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.core import quantity
from modeltui.systems.core.types import STORAGE_CLASSES, StorageClass
from modeltui.systems.modelfs.checks.asked import Asked
from modeltui.systems.modelfs.types import DEFAULT_STORAGE, Storage

ACCESS_MODES: Final = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
WITHOUT_OWN_CLAIM: Final = ("PVC",)
"""Types whose Dataset uses a volume that is there already, so that no size is asked for."""
_SMALLEST: Final = 1024**2
"""Bytes; less is a unit forgotten, not a model."""


def size(asked: Asked) -> Iterator[Finding]:
    name, field = asked.version.name, f"{asked.field}.storage"
    if not asked.wanted or asked.source_type in WITHOUT_OWN_CLAIM:
        return
    said = asked.state.requested_storage
    if said is None:
        yield Finding(
            Severity.ERROR,
            f"Version {name} does not say how much storage it needs, so modelfs asks for {DEFAULT_STORAGE}, ReadWriteMany.",
            "Set storage.resources.requests.storage.",
            field,
        )
        return
    bytes_asked, field = quantity.parse(said), f"{field}.resources.requests.storage"
    if bytes_asked is None:
        yield Finding(
            Severity.ERROR,
            f'Version {name}: "{said}" is not a quantity, so the API server refuses it.',
            "Write a number with a unit such as Gi or Ti: 12Gi.",
            field,
        )
    elif bytes_asked <= 0:
        yield Finding(
            Severity.ERROR,
            f"Version {name}: a storage request of {said} counts as none, so the claim asks for {DEFAULT_STORAGE}.",
            "Set the size that the model needs.",
            field,
        )
    elif bytes_asked < _SMALLEST:
        yield Finding(
            Severity.WARNING,
            f'Version {name}: a storage request of "{said}" is less than a mebibyte.',
            "Write the unit: 12Gi, not 12.",
            field,
        )


def kept_size(asked: Asked) -> Iterator[Finding]:
    """A claim that is there is never changed by the Dataset controller."""
    said, held = asked.state.requested_storage, asked.state.observed_storage
    if not asked.wanted or said is None or held is None or asked.source_type in WITHOUT_OWN_CLAIM:
        return
    wanted, has = quantity.parse(said), quantity.parse(held)
    if wanted is not None and has is not None and wanted != has:
        yield Finding(
            Severity.WARNING,
            f"Version {asked.version.name} asks for {said}, but its claim requests {held}: the Dataset controller does not change a "
            "claim that is there.",
            "Change the claim itself if its StorageClass lets volumes grow; or set the version ABSENT until its volume is gone.",
            f"{asked.field}.storage.resources.requests.storage",
        )


def access_modes(asked: Asked) -> Iterator[Finding]:
    storage = asked.version.storage
    if not asked.wanted or storage is None or not storage.access_modes:
        return
    field, name = f"{asked.field}.storage.accessModes", asked.version.name
    unknown = [mode for mode in storage.access_modes if mode not in ACCESS_MODES]
    if unknown:
        yield Finding(
            Severity.ERROR,
            f'Version {name}: "{unknown[0]}" is no access mode, so the claim is refused.',
            f"There are {', '.join(ACCESS_MODES)}.",
            field,
        )
    elif all(mode == "ReadOnlyMany" for mode in storage.access_modes):
        yield Finding(
            Severity.ERROR,
            f"Version {name}: with ReadOnlyMany alone the download has nowhere to write.",
            "Use ReadWriteMany, or ReadWriteOnce where only one node will read it.",
            field,
        )


def storage_class(asked: Asked) -> Iterator[Finding]:
    if not asked.wanted or not asked.facts.known(STORAGE_CLASSES, "") or asked.source_type in WITHOUT_OWN_CLAIM:
        return
    classes = {found.metadata.name: found for found in asked.facts.all(STORAGE_CLASSES, "")}
    chosen = (asked.version.storage or Storage()).storage_class_name
    field, name = f"{asked.field}.storage.storageClassName", asked.version.name
    if chosen and chosen not in classes:
        known = ", ".join(sorted(classes)) or "none"
        yield Finding(
            Severity.WARNING,
            f'Version {name}: there is no StorageClass "{chosen}", so its volume is made only if somebody makes it by hand.',
            f"StorageClasses of this cluster: {known}.",
            field,
        )
    elif chosen is None and not any(isinstance(found, StorageClass) and found.is_default for found in classes.values()):
        yield Finding(
            Severity.WARNING,
            f"Version {name} names no StorageClass, and the cluster has no default one, so its claim stays Pending.",
            f"Set storage.storageClassName; there are {', '.join(sorted(classes)) or 'none'}.",
            field,
        )
