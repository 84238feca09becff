"""What `get` prints, of whatever kinds: what was asked for, the order of rows, their text, and the sentences for what there is not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches

from modeltui import cells
from modeltui.domain import Row
from modeltui.kube.client import Client
from modeltui.kube.errors import BadRequest, Forbidden, KubeError, NotFound
from modeltui.options import UsageError
from modeltui.systems.core.types import NAMESPACES
from modeltui.systems.protocol import Table, View
from modeltui.verbs import printing


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
