"""Which version of a kind's API a cluster serves: the newest that the console knows, else an older one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from modeltui.kube.discovery import Discovery
from modeltui.kube.errors import KubeError
from modeltui.systems.protocol import View


async def served(discovery: Discovery, views: Iterable[View]) -> tuple[View, ...]:
    """Each view as this cluster can be asked for it. One that is not served at all, or of which nobody knows, stays as it is."""
    return tuple([await _served(discovery, view) for view in views])


async def _served(discovery: Discovery, view: View) -> View:
    if not view.older:
        return view
    try:
        known = {one.resource.version for one in await discovery.versions(view.resource.group, view.resource.plural)}
    except KubeError:
        return view
    found = next((one for one in (view, *view.older) if one.resource.version in known), view)
    return found if found is view else replace(found, name=view.name, title=view.title, aliases=view.aliases)
