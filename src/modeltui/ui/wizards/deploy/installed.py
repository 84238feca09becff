"""Which systems a cluster has, and in which version of their API they are written there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from modeltui.kube.discovery import Discovery
from modeltui.systems.deploying import Deployable, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """By the word of a system."""

    absent: Mapping[str, str] = field(default_factory=dict)
    """Why objects cannot be made there, in a few words; of those that can, nothing."""
    older: Mapping[str, Version] = field(default_factory=dict)
    """The version that is written, for those of which the cluster has an older one only."""


async def look(discovery: Discovery, systems: Iterable[Deployable]) -> Installed:
    """Raises KubeError when the server cannot be asked."""
    absent, older = {}, {}
    for system in systems:
        found = await _look(discovery, system)
        if isinstance(found, str):
            absent[system.word] = found
        elif found is not system:
            older[system.word] = found
    return Installed(absent=absent, older=older)


async def _look(discovery: Discovery, system: Deployable) -> Version | str:
    newest = system.view.resource
    served = [one.resource.version for one in await discovery.versions(newest.group, newest.plural)]
    if not served:
        broken = [version for version in discovery.broken if version.startswith(f"{newest.group}/")]
        return system if broken else f"not installed: the server has no {newest.group_resource}"
    written = [one.view.resource.version for one in system.versions]
    told = f"the server has {newest.plural} in version {', '.join(served)} only, and {' or '.join(written)} is written"
    return next((one for one in system.versions if one.view.resource.version in served), told)
