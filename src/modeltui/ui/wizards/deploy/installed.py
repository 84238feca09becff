"""Which systems a cluster has, in the version that is written."""

from __future__ import annotations

from collections.abc import Iterable

from modeltui.kube.discovery import Discovery
from modeltui.kube.resource import Resource


async def why_absent(discovery: Discovery, resource: Resource) -> str:
    """Why objects of that kind cannot be made there, in a few words; "" when they can. Raises KubeError when the server cannot be asked."""
    versions = [served.resource.version for served in await discovery.versions(resource.group, resource.plural)]
    if not versions:
        broken = [version for version in discovery.broken if version.startswith(f"{resource.group}/")]
        return "" if broken else f"not installed: the server has no {resource.group_resource}"
    if resource.version not in versions:
        return f"the server has {resource.plural} in version {', '.join(versions)} only, and {resource.version} is written"
    return ""


async def absent(discovery: Discovery, wanted: Iterable[tuple[str, Resource]]) -> dict[str, str]:
    """`wanted`: word of a system -> what it is asked to make. Those that cannot be used, and why. Raises KubeError."""
    found = {word: await why_absent(discovery, resource) for word, resource in wanted}
    return {word: reason for word, reason in found.items() if reason}
