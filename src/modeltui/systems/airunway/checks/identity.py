"""What cannot be changed on a ModelDeployment that is there: AI Runway would have to make everything anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.redaction import redact_text
from modeltui.systems.airunway.checks.gateway import enabled
from modeltui.systems.airunway.checks.storage import path_of
from modeltui.systems.airunway.reading import provider_of
from modeltui.systems.airunway.types import DYNAMO, HUGGING_FACE, ModelDeployment, Volume
from modeltui.systems.core import quantity

AGAIN: Final = "Delete it and make it anew, or make another one beside it."


def changed(deployment: ModelDeployment, live: ModelDeployment) -> Iterator[Finding]:
    now, was = deployment.spec, live.spec
    always = (
        ("model.id", was.model.id, now.model.id),
        ("model.source", was.model.source or HUGGING_FACE, now.model.source or HUGGING_FACE),
        ("serving.mode", was.mode, now.mode),
    )
    once_set = (("engine.type", was.engine.type, now.engine.type), ("provider.name", was.provider.name, now.provider.name))
    for field, before, after in (*always, *(one for one in once_set if one[1] and one[2])):
        if before != after:
            reason = f"{field} cannot be changed (from {redact_text(before) or 'nothing'} to {redact_text(after) or 'nothing'})."
            yield Finding(Severity.ERROR, reason, AGAIN, f"spec.{field}")
    yield from _provider(deployment, live)
    yield from _volumes(was.model.storage.volumes, now.model.storage.volumes, live.metadata.name)
    if provider_of(live) == DYNAMO and enabled(deployment) != enabled(live):
        reason = "gateway.enabled cannot be changed with Dynamo: the graph would get other components, which Dynamo refuses."
        yield Finding(Severity.ERROR, reason, AGAIN, "spec.gateway.enabled")


def _provider(deployment: ModelDeployment, live: ModelDeployment) -> Iterator[Finding]:
    """Naming another one than AI Runway chose is taken, and then never carried out."""
    named, chosen = deployment.spec.provider.name, live.status.provider.name
    if named and not live.spec.provider.name and chosen and named != chosen:
        reason = f"AI Runway has given it to provider {chosen} already; naming {named} now does not move it."
        yield Finding(Severity.ERROR, reason, AGAIN, "spec.provider.name")


def _volumes(was: tuple[Volume, ...], now: tuple[Volume, ...], owner: str) -> Iterator[Finding]:
    """Those that AI Runway made a claim for."""
    there = {volume.name: (place, volume) for place, volume in enumerate(now)}
    for volume in (one for one in was if one.size is not None):
        if volume.name not in there:
            reason = f"Volume {volume.name} cannot be taken out: AI Runway made its claim, which would be left behind."
            yield Finding(Severity.ERROR, reason, AGAIN, "spec.model.storage.volumes")
            continue
        place, then = there[volume.name]
        if _said(volume, owner) != _said(then, owner):
            reason = f"Volume {volume.name} cannot be changed: AI Runway has made its claim."
            yield Finding(Severity.ERROR, reason, AGAIN, f"spec.model.storage.volumes[{place}]")


def _said(volume: Volume, owner: str) -> tuple[object, ...]:
    """With the defaults that the webhook writes, so that leaving them out is no change."""
    size = None if volume.size is None else quantity.parse(volume.size)
    claim = volume.claim_name or (f"{owner}-{volume.name}" if size is not None else "")
    mode = volume.access_mode or ("ReadWriteMany" if size is not None else "")
    return (volume.purpose or "custom", claim, size, volume.storage_class_name, mode, path_of(volume), volume.read_only)
