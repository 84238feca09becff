"""`modeltui catalog`: the models, engines and activations that the console offers, those of the user among them. Asks no server."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import msgspec

from modeltui import settings
from modeltui.catalog.activations import Activation
from modeltui.catalog.entries import EngineEntry, ModelEntry
from modeltui.catalog.merged import Found, load
from modeltui.catalog.rows import ACTIVATION_COLUMNS, ENGINE_COLUMNS, MODEL_COLUMNS, activation_row, engine_row, model_row
from modeltui.domain import Row
from modeltui.options import ConsoleOptions, UsageError
from modeltui.redaction import redact_object
from modeltui.systems.protocol import Table
from modeltui.verbs import printing
from modeltui.verbs.telling import complain, say

_Any = Found[ModelEntry] | Found[EngineEntry] | Found[Activation]

TABLES: Final = {
    "models": Table(name="models", title="Models", aliases=(), columns=MODEL_COLUMNS, default_sort="id"),
    "engines": Table(name="engines", title="Engines", aliases=(), columns=ENGINE_COLUMNS, default_sort="id"),
    "activations": Table(name="activations", title="Activations", aliases=(), columns=ACTIVATION_COLUMNS, default_sort="id"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", metavar="WHAT", nargs="?", choices=tuple(TABLES), default="models", help="models (default), engines or activations"
    )
    parser.add_argument("id", metavar="ID", nargs="?", default="", help="only this one")
    parser.add_argument("-o", "--output", choices=("table", "wide", "json", "yaml", "csv"), default="table")
    parser.add_argument("--no-headers", action="store_true", help="table and csv without the first line")


def run(options: ConsoleOptions, arguments: argparse.Namespace) -> int:
    """Exit code 1 when something of the user's catalogs could not be used. Raises UsageError for an id that is in none."""
    chosen, warnings = settings.load()
    catalogs = load(tuple(map(Path, chosen.catalogs)))
    by_kind: Mapping[str, Mapping[str, _Any]] = {
        "models": catalogs.models,
        "engines": catalogs.engines,
        "activations": catalogs.activations,
    }
    known = by_kind[arguments.what]
    print(text(arguments.what, _wanted(known, arguments.id), arguments.output, headers=not arguments.no_headers))
    for sentence in warnings:
        say(sentence)
    for problem in catalogs.problems:
        complain(problem)
    return 1 if catalogs.problems else 0


def _wanted(known: Mapping[str, _Any], id_: str) -> list[_Any]:
    if not id_:
        return list(known.values())
    by_case = {one.lower(): found for one, found in known.items()}
    if (found := by_case.get(id_.lower())) is not None:
        return [found]
    near = get_close_matches(id_.lower(), by_case, n=1)
    hint = f'did you mean "{by_case[near[0]].entry.id}"?' if near else "`modeltui catalog` lists them"
    raise UsageError(f'no catalog has "{id_}": {hint}')


def text(what: str, found: Sequence[_Any], output: str, *, headers: bool) -> str:
    match output:
        case "json":
            return printing.as_json(list(map(document, found)))
        case "yaml":
            return printing.as_yaml(list(map(document, found)))
    rows = [_row(one) for one in found]
    if output == "csv":
        return printing.as_csv(TABLES[what], rows, headers=headers)
    return "\n".join(printing.lines(TABLES[what], rows, now=datetime.now(UTC), wide=output == "wide", headers=headers))


def _row(found: _Any) -> Row:
    if isinstance(found.entry, ModelEntry):
        return model_row(found)
    return activation_row(found) if isinstance(found.entry, Activation) else engine_row(found)


def document(found: _Any) -> dict[str, Any]:
    """As the file has it, but for secrets, and which file that is."""
    entry: dict[str, Any] = msgspec.to_builtins(found.entry)
    return {**redact_object(entry), "file": str(found.path)}
