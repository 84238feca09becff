"""`modeltui get deployments`, and other tables of several kinds: printed once or with every change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from modeltui.kube.client import Client
from modeltui.kube.credentials import Connection
from modeltui.kube.discovery import Discovery
from modeltui.kube.errors import Forbidden, KubeError, NotFound
from modeltui.kube.resource import Resource
from modeltui.kube.session import Session
from modeltui.kube.state import Sync
from modeltui.systems.beside import asked
from modeltui.systems.merged import LiveMerged
from modeltui.systems.once import list_together
from modeltui.systems.protocol import Merged, View
from modeltui.systems.serving.versions import served
from modeltui.verbs import watch
from modeltui.verbs.listing import Order, Wanted, explained, missing_namespaces, nothing_found, text
from modeltui.verbs.telling import complain, say

Failures = Mapping[Resource, Mapping[str, KubeError]]


async def beside(connection: Connection, merged: Merged) -> bool:
    """Whether the cluster has other kinds than the main one. Where that cannot be asked, the main one's own list will say why."""
    client = Client(connection, read_only=True)
    try:
        return await asked(Discovery(client), merged)
    except KubeError:
        return False
    finally:
        await client.aclose()


async def print_once(connection: Connection, merged: Merged, namespaces: Sequence[str], wanted: Wanted, order: Order) -> int | None:
    """The exit code: that of the worst failure, but a system that is not installed is none, and in a table with a main kind those of others
    are only told. None, with nothing printed, when the main kind alone can say why there is nothing."""
    client = Client(connection, read_only=True)
    try:
        merged = replace(merged, parts=await served(Discovery(client), merged.parts))
        listed = await list_together(client, merged, namespaces, selector=wanted.selector, name=wanted.name)
        filled = {row.key[0] for row in listed.rows}
        missing = await missing_namespaces(client, [name for name in namespaces if name not in filled])
    finally:
        await client.aclose()
    rows = order.sorted(listed.rows)
    main = next((view.resource for view in merged.parts if view.resource.group_resource == merged.main), None)
    if not rows and main in listed.failures and main not in absent_of(listed.failures):
        return None
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
        if wanted.name:
            complain(f'{merged.name} "{wanted.name}" not found')
            return 1
        say(nothing_found(merged, namespaces, wanted))
    counting = failures if main is None or main in absent else {main: failures.get(main, {})}
    return max((error.exit_code for of in counting.values() for error in of.values()), default=1 if missing else 0)


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
    found: dict[str, None] = {}
    refused: dict[str, tuple[str, list[str]]] = {}
    """Where -> the sentence of the first kind that may not be listed there, and the others."""
    for kind, where, error in [(kind, where, error) for kind, of in failures.items() for where, error in of.items()]:
        sentence = explained(error, known[kind], where, selector=selector)
        place = where if kind.namespaced else next(iter(refused), where)
        if isinstance(error, Forbidden) and place in refused:
            refused[place][1].append(known[kind].name)
        else:
            found[sentence] = None
            if isinstance(error, Forbidden):
                refused[place] = (sentence, [])
    also = dict(refused.values())
    return [f"{sentence}; nor {', '.join(dict.fromkeys(also[sentence]))}" if also.get(sentence) else sentence for sentence in found]


def none_installed(merged: Merged) -> str:
    looked = ", ".join(view.resource.group_resource for view in merged.parts)
    return f"{merged.nothing[:1].lower()}{merged.nothing[1:]}; looked for {looked}"


async def print_changes(connection: Connection, merged: Merged, namespaces: Sequence[str], wanted: Wanted, order: Order) -> int | None:
    """Until cancelled. Ends with an exit code only when nothing can be watched from the start; None as `print_once`."""
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
                return None if merged.main in {view.resource.group_resource for view in live.installed} else _give_up(live)
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
