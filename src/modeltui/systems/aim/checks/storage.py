"""Where weights are kept: caching of a service, storage classes, head-room."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain import Finding, Severity
from modeltui.systems.aim.service_types import AIMService
from modeltui.systems.aim.types import CACHING_MODES, LEGACY_CACHING, Storage
from modeltui.systems.core.types import STORAGE_CLASSES
from modeltui.systems.protocol import Facts


def caching(service: AIMService) -> Iterator[Finding]:
    mode, field = (service.spec.caching.mode if service.spec.caching is not None else ""), "spec.caching.mode"
    if mode in LEGACY_CACHING:
        reason = f"Caching mode {mode} is an old word, and is taken for {LEGACY_CACHING[mode]}."
        yield Finding(Severity.INFO, reason, f"Write {LEGACY_CACHING[mode]}. It cannot be changed afterwards.", field)
    elif mode and mode not in CACHING_MODES:
        reason = f'Caching mode "{mode}" is neither {" nor ".join(CACHING_MODES)}, so the API server refuses it.'
        yield Finding(Severity.ERROR, reason, f"Write {CACHING_MODES[0]} or {CACHING_MODES[1]}.", field)


def settings(storage: Storage | None, facts: Facts) -> Iterator[Finding]:
    if storage is None:
        return
    yield from storage_class(storage.default_storage_class_name, facts, "spec.storage.defaultStorageClassName")
    if storage.pvc_headroom_percent is not None and storage.pvc_headroom_percent < 0:
        reason = f"A head-room of {storage.pvc_headroom_percent} percent cannot be, so the API server refuses it."
        yield Finding(Severity.ERROR, reason, "Write 0 or more.", "spec.storage.pvcHeadroomPercent")


def storage_class(name: str, facts: Facts, field: str) -> Iterator[Finding]:
    if name and facts.known(STORAGE_CLASSES, "") and facts.get(STORAGE_CLASSES, "", name) is None:
        reason = f'There is no StorageClass "{name}": claims that ask for it are never bound.'
        yield Finding(Severity.ERROR, reason, "Correct the name.", field)
