"""`modeltui get`: the rows of a view, printed once or with every change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches

from modeltui import cells
from modeltui.domain import Row
from modeltui.kube import credentials
from modeltui.kube.client import Client
from modeltui.kube.errors import BadRequest, Forbidden, KubeError, NotFound
from modeltui.options import ConsoleOptions, UsageError
from modeltui.systems import registry
from modeltui.systems.core.types import NAMESPACES
from modeltui.systems.once import list_rows
from modeltui.systems.protocol import Merged, Table, View
from modeltui.verbs import printing, running
from modeltui.verbs.telling import complain, say


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for after `get`."""

    view: str
    name: str = ""
    selector: str = ""
    output: str = "table"
    watch: bool = False
    headers: bool = True
    sort_by: str = ""


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


@dataclass(frozen=True, slots=True)
class Order:
    """How rows are sorted: by one column, then by namespace and name; what is missing comes last either way."""

    table: Table
    place: int
    reverse: bool

    @classmethod
    def of(cls, view: Table, word: str) -> Order:
        """`word` is a column's key, with "-" in front to reverse; "" takes the view's own."""
        key, reverse = word.removeprefix("-"), word.startswith("-")
        keys = [column.key for column in view.columns]
        if (key or view.default_sort) not in keys:
            near = get_close_matches(key, keys, n=1)
            hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(keys)}"
            raise UsageError(f'{view.name} have no column "{key}": {hint}')
        return cls(view, keys.index(key or view.default_sort), reverse)

    def sorted(self, rows: Iterable[Row]) -> list[Row]:
        column = self.table.columns[self.place]
        by_name = sorted(rows, key=lambda row: row.key)
        keyed = [(cells.sort_key(column, row.values[self.place]), row) for row in by_name]
        present = sorted((entry for entry in keyed if not entry[0][0]), key=lambda entry: entry[0], reverse=self.reverse)
        missing = sorted((entry for entry in keyed if entry[0][0]), key=lambda entry: entry[0])
        return [row for _, row in (*present, *missing)]


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


def text(view: Table, rows: Sequence[Row], wanted: Wanted, *, kind: str = "") -> str:
    """`kind`: of all rows; a table of several kinds has it in a column."""
    match wanted.output:
        case "json":
            return printing.as_json([printing.document(view, row, kind=kind) for row in rows])
        case "yaml":
            return printing.as_yaml([printing.document(view, row, kind=kind) for row in rows])
        case "csv":
            return printing.as_csv(view, rows, headers=wanted.headers)
    now = datetime.now(UTC)
    return "\n".join(printing.lines(view, rows, now=now, wide=wanted.output == "wide", headers=wanted.headers))


def told_apart(failures: dict[str, KubeError], rows: Sequence[Row]) -> dict[str, KubeError]:
    """The failures worth telling: an object asked for by name need not be in every namespace, if it is in one."""
    if not rows:
        return failures
    return {namespace: error for namespace, error in failures.items() if not isinstance(error, NotFound) or error.missing_resource}


async def missing_namespaces(client: Client, names: Iterable[str]) -> list[str]:
    """Those that are known not to exist. Where we may not ask, an empty list says all there is to say."""
    missing = []
    for name in names:
        try:
            await client.request("GET", NAMESPACES.path(name=name))
        except NotFound:
            missing.append(name)
        except KubeError:
            continue
    return missing


def explained(error: KubeError, view: View, namespace: str, *, selector: str = "") -> str:
    """One sentence that says what could not be done where."""
    if isinstance(error, NotFound) and error.missing_resource:
        return f"the server has no {view.resource.group_resource} in version {view.resource.version}: its CRD is not installed there"
    if isinstance(error, Forbidden):
        where = f"in namespace {namespace}" if namespace else "in all namespaces (name some with -n)"
        return f"you may not list {view.name} {where}: {error}"
    if isinstance(error, BadRequest) and selector:
        return f"the server does not understand -l '{selector}': {error}"
    return str(error)


def nothing_found(view: Table, namespaces: Sequence[str], wanted: Wanted) -> str:
    matching = f" matching {wanted.selector}" if wanted.selector else ""
    where = {0: "", 1: f" in {namespaces[0]} namespace" if namespaces else ""}.get(
        len(namespaces), f" in namespaces {', '.join(namespaces)}"
    )
    return f"No {view.name} found{matching}{where}."
