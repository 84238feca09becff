"""Whether a cluster has more than the main kind of a merged table: asked cheaply, since most clusters have not."""

from __future__ import annotations

import asyncio
from typing import Final

from modeltui.kube.discovery import Discovery
from modeltui.kube.errors import Forbidden, KubeError
from modeltui.systems.protocol import Merged

PATIENCE: Final = 1.0
"""Seconds that a table waits for the first answer; without one it begins with its main kind."""


def groups(merged: Merged) -> tuple[str, ...]:
    """API groups of the other kinds."""
    return tuple(dict.fromkeys(view.resource.group for view in merged.parts if view.resource.group_resource != merged.main))


def known(discovery: Discovery, merged: Merged) -> bool | None:
    """Whether some other kind may be there, as was last heard; None when nobody has asked."""
    heard = [discovery.heard(group) for group in groups(merged)]
    return True if True in heard else None if None in heard else False


async def asked(discovery: Discovery, merged: Merged) -> bool:
    """As `known`, of now. Where nobody may ask, they may be there: their own lists will say. Raises KubeError when the server cannot be
    reached, or does not let us in."""
    return any([await _served(discovery, group) for group in groups(merged)])


async def _served(discovery: Discovery, group: str) -> bool:
    try:
        return await discovery.serves(group)
    except Forbidden:
        return True


async def soon(discovery: Discovery, merged: Merged) -> bool:
    """As `known`, or as it is heard within `PATIENCE`; False when nothing is."""
    if (heard := known(discovery, merged)) is not None:
        return heard
    try:
        async with asyncio.timeout(PATIENCE):
            return await asked(discovery, merged)
    except (KubeError, TimeoutError):
        return False
