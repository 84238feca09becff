"""Back to what an object served before: the newest state of it in the ledger that serves something else than it does now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from modeltui.changes.past import CannotRevert, When, state
from modeltui.changes.plan import Change
from modeltui.changes.revert import reversion
from modeltui.kube.apply import Manifest
from modeltui.kube.client import Client
from modeltui.kube.discovery import Discovery
from modeltui.kube.resource import Resource
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import Entry, Filter, State

MOST: Final = 100
"""Changes of one object that are looked through, the newest first."""

Serves = Callable[[Manifest], Any]
"""What of an object has to differ for it to be another state worth going back to."""


async def earlier(
    client: Client, discovery: Discovery, ledger: Ledger, resource: Resource, live: Manifest, *, context: str, server: str, serves: Serves
) -> Change:
    """Nothing is written. Raises CannotRevert, and KubeError when the server cannot be asked."""
    metadata = live["metadata"]
    of = Filter(context=context, kind=resource.kind, name=metadata["name"], namespaces=(metadata.get("namespace", ""),), state=State.DONE)
    entry = await asyncio.to_thread(_newest, ledger, of, server, serves, serves(live))
    if entry is None:
        where = f"{resource.kind} {metadata.get('namespace', '')}/{metadata['name']}"
        raise CannotRevert(f"the history of this machine knows of nothing else that {where} has served")
    return await reversion(client, discovery, entry, When.BEFORE)


def _newest(ledger: Ledger, of: Filter, server: str, serves: Serves, now: Any) -> Entry | None:
    for listed in ledger.query(of, limit=MOST).entries:
        if listed.server != server or (entry := ledger.get(listed.id)) is None:
            continue
        try:
            before = state(entry, When.BEFORE)
        except CannotRevert:
            continue
        if before is not None and serves(before) != now:
            return entry
    return None
