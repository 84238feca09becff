"""`modeltui get`: the rows of a view, printed once or with every change."""

from __future__ import annotations

from collections.abc import Sequence

from modeltui.domain import Row
from modeltui.kube import credentials
from modeltui.kube.client import Client
from modeltui.kube.errors import KubeError, NotFound
from modeltui.options import ConsoleOptions, UsageError
from modeltui.systems import registry
from modeltui.systems.once import list_rows
from modeltui.systems.protocol import Merged, View
from modeltui.verbs import running
from modeltui.verbs.listing import Order, Wanted, explained, missing_namespaces, nothing_found, text
from modeltui.verbs.telling import complain, say


def run(options: ConsoleOptions, wanted: Wanted) -> int:
    """Raises UsageError before anything is connected to, KubeError when nothing could be printed."""
    view = table_of(wanted.view)
    order = Order.of(view, wanted.sort_by)
    if wanted.name and options.all_namespaces:
        raise UsageError("a NAME needs a namespace; give one with -n instead of --all-namespaces")
    connection = credentials.load(options.kubeconfig, options.context, interactive=True)
    namespaces = () if options.all_namespaces else options.namespaces or (connection.namespace,)
    return running.run(_print(connection, view, namespaces, wanted, order))


async def _print(connection: credentials.Connection, table: View | Merged, namespaces: Sequence[str], wanted: Wanted, order: Order) -> int:
    if isinstance(table, Merged):
        from modeltui.verbs import merged

        begun = merged.print_changes if wanted.watch else merged.print_once
        main = registry.find(table.main) if table.main else None
        code = await begun(connection, table, namespaces, wanted, order) if main is None or await merged.beside(connection, table) else None
        if main is None or code is not None:
            return code or 0
        table, order = main, Order.of(main, wanted.sort_by)
    if wanted.watch:
        from modeltui.verbs import watch

        return await watch.print_changes(connection, table, namespaces, wanted, order)
    return await _print_once(connection, table, namespaces, wanted, order)


def table_of(word: str) -> View | Merged:
    if (table := registry.table(word)) is not None:
        return table
    near = registry.suggestion(word)
    names = (registry.deployments().name, *(view.name for view in registry.views()))
    hint = f'did you mean "{near}"?' if near else f"there are {', '.join(names)}"
    raise UsageError(f'there is no view "{word}": {hint}')


async def _print_once(connection: credentials.Connection, view: View, namespaces: Sequence[str], wanted: Wanted, order: Order) -> int:
    client = Client(connection, read_only=True)
    try:
        listed = await list_rows(client, view, namespaces, selector=wanted.selector, name=wanted.name)
        failures = told_apart(listed.failures, listed.rows)
        filled = {row.key[0] for row in listed.rows}
        missing = await missing_namespaces(client, [name for name in namespaces if name not in filled and name not in listed.failures])
    finally:
        await client.aclose()
    rows = order.sorted(listed.rows)
    if rows or wanted.output in ("json", "yaml"):
        print(text(view, rows, wanted, kind=view.resource.kind))
    for namespace, error in failures.items():
        complain(explained(error, view, namespace, selector=wanted.selector))
    for namespace in missing:
        complain(f'namespace "{namespace}" does not exist')
    if not rows and not failures and not missing:
        say(nothing_found(view, namespaces, wanted))
    return max((error.exit_code for error in failures.values()), default=1 if missing else 0)


def told_apart(failures: dict[str, KubeError], rows: Sequence[Row]) -> dict[str, KubeError]:
    """The failures worth telling: an object asked for by name need not be in every namespace, if it is in one."""
    if not rows:
        return failures
    return {namespace: error for namespace, error in failures.items() if not isinstance(error, NotFound) or error.missing_resource}
