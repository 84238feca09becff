"""`modeltui get --watch`: the rows, and then every change, until interrupted."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NoReturn, Protocol

from modeltui.domain import Row, RowKey
from modeltui.kube.credentials import Connection
from modeltui.kube.errors import KubeError
from modeltui.kube.session import Session
from modeltui.kube.state import Sync, SyncState
from modeltui.systems.live import LiveRows, RowChanges
from modeltui.systems.protocol import Table, View
from modeltui.verbs import printing
from modeltui.verbs.listing import Order, Wanted, explained
from modeltui.verbs.telling import complain, say

PATIENCE: Final = 5.0
"""Seconds that the first rows wait for the kinds they are joined with."""

_UNUSABLE: Final = (Sync.DENIED, Sync.UNAUTHORIZED, Sync.NOT_INSTALLED, Sync.STALE, Sync.NO_NAMESPACE)

Printer = Callable[[str, Row], None]
"""Given "ADDED", "MODIFIED" or "DELETED", and the row as it is or last was."""


class Live(Protocol):
    """`systems.live.LiveRows`, or the deployments of all systems."""

    @property
    def states(self) -> dict[str, SyncState]: ...

    @property
    def joined(self) -> bool: ...

    def rows(self) -> list[Row]: ...

    async def wait(self) -> None: ...

    def take(self, limit: int | None = None) -> RowChanges: ...


async def print_changes(connection: Connection, view: View, namespaces: Sequence[str], wanted: Wanted, order: Order) -> int:
    """Until cancelled. Ends with an exit code only when nothing can be watched from the start."""
    session = Session(connection, read_only=True)
    live = LiveRows(session, view, namespaces, wanted.selector)
    live.start()
    try:
        return await _follow(session, live, wanted, order)
    finally:
        live.close()
        await session.aclose()


async def _follow(session: Session, live: LiveRows, wanted: Wanted, order: Order) -> int:
    await settle(live)
    if unusable(live.states):
        return await _give_up(session, live)
    await follow(live, printer(live.view, wanted, kind=live.view.resource.kind), wanted, order)


def unusable(states: Mapping[str, SyncState]) -> bool:
    """Whether nothing can be watched as things stand."""
    return all(state.sync in _UNUSABLE for state in states.values())


async def follow(live: Live, show: Printer, wanted: Wanted, order: Order) -> NoReturn:
    """The rows there are, and then every change, until cancelled."""
    said: dict[str, SyncState] = {}
    shown: dict[RowKey, Row] = {}
    changes = RowChanges(live.rows(), [], states=True)
    while True:
        _tell(live.states, said)
        for key in (*changes.removed, *changes.recreated):
            if key in shown:
                show("DELETED", shown.pop(key))
        for row in order.sorted(changes.upserts):
            if wanted.name in ("", row.key[1]):
                show("MODIFIED" if row.key in shown else "ADDED", row)
                shown[row.key] = row
        sys.stdout.flush()
        await live.wait()
        changes = live.take(limit=None)


async def settle(live: Live) -> None:
    """Until the first lists are there; those of joined kinds only for a while, since rows can do without."""
    while any(state.sync is Sync.SYNCING for state in live.states.values()):
        await live.wait()
        live.take(limit=None)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while not live.joined:
                await live.wait()
                live.take(limit=None)


async def _give_up(session: Session, live: LiveRows) -> int:
    """Nothing could be listed: ask once more, plainly, since an error says more than a state."""
    code = 0
    for namespace, state in live.states.items():
        try:
            await session.client.request("GET", live.view.resource.path(namespace or None), params={"limit": 1})
        except KubeError as error:
            complain(explained(error, live.view, namespace))
            code = max(code, error.exit_code)
        else:
            missing = state.sync is Sync.NO_NAMESPACE
            complain(f'namespace "{namespace}" does not exist' if missing else f"{state.sync}: {state.reason}")
            code = max(code, 1)
    return code


def _tell(states: dict[str, SyncState], said: dict[str, SyncState]) -> None:
    """What became of the connection, when that is news."""
    for namespace, state in states.items():
        before = said.get(namespace)
        said[namespace] = state
        if before is not None and before.sync is state.sync:
            continue
        where = f"namespace {namespace}: " if namespace else ""
        match state.sync:
            case Sync.STALE:
                say(f"{where}disconnected, data from {state.since:%H:%M:%S} UTC: {state.reason}")
            case Sync.DENIED | Sync.UNAUTHORIZED | Sync.NOT_INSTALLED | Sync.NO_NAMESPACE:
                say(f"{where}{state.sync}: {state.reason}")
            case Sync.LIVE | Sync.POLLING if before is not None:
                say(f"{where}connected again" if state.sync is Sync.LIVE else f"{where}the server allows no watch: listing every 30 s")


def printer(view: Table, wanted: Wanted, *, kind: str = "") -> Printer:
    """JSON: one object a line with the event's type; YAML: one document each; csv and table: a line each, the type last when deleted."""
    widths: list[int] = []
    first = wanted.headers

    def show(event: str, row: Row) -> None:
        nonlocal first
        match wanted.output:
            case "json":
                print(printing.as_json_line({"type": event, "object": printing.document(view, row, kind=kind)}))
            case "yaml":
                print("---\n" + printing.as_yaml({"type": event, "object": printing.document(view, row, kind=kind)}))
            case "csv":
                print(printing.as_csv(view, [row], headers=first) + (",DELETED" if event == "DELETED" else ""))
            case _:
                now, wide = datetime.now(UTC), wanted.output == "wide"
                *header, line = printing.lines(view, [row], now=now, wide=wide, headers=first, widths=widths)
                print(*header, line + ("   (deleted)" if event == "DELETED" else ""), sep="\n")
        first = False

    return show
