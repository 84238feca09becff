"""One copy of what many objects say alike, which is half a kilobyte of each: namespace, labels, finalizers."""

from __future__ import annotations

from sys import intern
from typing import Any, Final

from msgspec.structs import force_setattr

from modeltui.kube.objects import ObjectMeta

CAPACITY: Final = 2_000
"""Distinct values kept at hand; labels that are unique to each object must not pile up here."""


class Sharing:
    """Metadata is frozen and its values are never changed in place, so that equal ones may be the same one."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def share(self, metadata: ObjectMeta) -> None:
        """Replace what is equal to something seen before by that."""
        if len(self._known) > CAPACITY:
            self._known.clear()
        known = self._known
        force_setattr(metadata, "namespace", intern(metadata.namespace))
        if metadata.labels:
            force_setattr(metadata, "labels", known.setdefault(tuple(metadata.labels.items()), metadata.labels))
        if metadata.finalizers:
            force_setattr(metadata, "finalizers", known.setdefault(metadata.finalizers, metadata.finalizers))
