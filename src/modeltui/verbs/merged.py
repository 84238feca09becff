"""`modeltui get deployments`, and other tables of several kinds: printed once or with every change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from modeltui.kube.client import Client
from modeltui.kube.credentials import Connection
from modeltui.kube.discovery import Discovery
from modeltui.kube.errors import KubeError, NotFound
from modeltui.kube.resource import Resource
from modeltui.kube.session import Session
from modeltui.kube.state import Sync
from modeltui.systems.merged import LiveMerged
from modeltui.systems.once import list_together
from modeltui.systems.protocol import Merged, View
from modeltui.systems.serving.versions import served
from modeltui.verbs import watch
from modeltui.verbs.get import Order, Wanted, explained, missing_namespaces, nothing_found, text
from modeltui.verbs.telling import complain, say

Failures = Mapping[Resource, Mapping[str, KubeError]]


async def print_once(connection: Connection, merged: Merged, namespaces: Sequence[str], wanted: Wanted, order: Order) -> int:
    """The exit code: that of the worst failure, but a system that is not installed is none."""
    client = Client(connection, read_only=True)
    try:
        merged = replace(merged, parts=await served(Discovery(client), merged.parts))
        listed = await list_together(client, merged, namespaces, selector=wanted.selector, name=wanted.name)
        filled = {row.key[0] for row in listed.rows}
        missing = await missing_namespaces(client, [name for name in namespaces if name not in filled])
    finally:
        await client.aclose()
    rows = order.sorted(listed.rows)
    if rows or wanted.output in ("json", "yaml"):
        print(text(merged, rows, wanted))
    failures = worth_telling(listed.failures)
    for sentence in sentences(failures, merged.parts, wanted.selector):
        complain(sentence)
    for namespace in missing:
        complain(f'namespace "{namespace}" does not exist')
    absent = absent_of(listed.failures)
    if len(absent) == len(merged.parts):
        complain(none_installed(merged))
        return 1
    if not rows and not failures and not missing:
        say(nothing_found(merged, namespaces, wanted))
    return max((error.exit_code for of in failures.values() for error in of.values()), default=1 if missing else 0)


def absent_of(failures: Failures) -> set[Resource]:
    """Those that the cluster does not have."""
    return {
        resource
        for resource, of in failures.items()
        if all(isinstance(error, NotFound) and error.missing_resource for error in of.values())
    }


def worth_telling(failures: Failures) -> Failures:
    """Without kinds that are not installed, and objects that a namespace need not have."""
    told = {kind: {where: error for where, error in of.items() if not isinstance(error, NotFound)} for kind, of in failures.items()}
    return {kind: of for kind, of in told.items() if of}


def sentences(failures: Failures, views: Iterable[View], selector: str) -> Iterable[str]:
    """One for each thing that went wrong, however many kinds it went wrong for."""
    known = {view.resource: view for view in views}
    return dict.fromkeys(
        explained(error, known[kind], where, selector=selector) for kind, of in failures.items() for where, error in of.items()
    )


def none_installed(merged: Merged) -> str:
    looked = ", ".join(view.resource.group_resource for view in merged.parts)
    return f"{merged.nothing[:1].lower()}{merged.nothing[1:]}; looked for {looked}"


async def print_changes(connection: Connection, merged: Merged, namespaces: Sequence[str], wanted: Wanted, order: Order) -> int:
    """Until cancelled. Ends with an exit code only when nothing can be watched from the start."""
    session = Session(connection, read_only=True)
    try:
        merged = replace(merged, parts=await served(session.discovery, merged.parts))
        live = LiveMerged(session, merged, namespaces, wanted.selector)
        live.start()
        try:
            await watch.settle(live)
            if not live.installed:
                complain(none_installed(merged))
                return 1
            if watch.unusable(live.states):
                return _give_up(live)
            await watch.follow(live, watch.printer(merged, wanted), wanted, order)
        finally:
            live.close()
    finally:
        await session.aclose()


def _give_up(live: LiveMerged) -> int:
    """Nothing can be listed: each reason once."""
    said = {(state.sync, state.reason): None for view in live.installed for state in live.states_of(view).values()}
    for sync, reason in said:
        complain(f"{sync}: {reason}" if reason else str(sync))
    return 3 if any(sync in (Sync.DENIED, Sync.UNAUTHORIZED) for sync, _ in said) else 4
