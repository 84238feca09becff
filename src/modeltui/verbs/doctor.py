"""`modeltui doctor`: every finding about what is in the cluster, with the remedy."""

from __future__ import annotations

import argparse
import shutil
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from itertools import groupby
from typing import Any, Final

from modeltui.characters import printable
from modeltui.domain import Severity
from modeltui.kube import credentials
from modeltui.kube.client import Client
from modeltui.kube.errors import Forbidden, KubeError
from modeltui.kube.resource import Resource
from modeltui.options import ConsoleOptions, UsageError
from modeltui.systems import registry
from modeltui.systems.doctor import Diagnosis, Examination, examine, is_absent
from modeltui.systems.protocol import View
from modeltui.systems.unseen import listed
from modeltui.verbs import connections, printing, running
from modeltui.verbs.listing import explained, missing_namespaces
from modeltui.verbs.telling import complain, say

FORMATS: Final = ("table", "json", "yaml")
_WIDEST: Final = 120
"""Columns; longer lines are hard to read."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", choices=FORMATS, default="table")
    parser.add_argument(
        "--connections",
        action="store_true",
        help="also ask, from this machine, whether the Secret, endpoint and repositories of each ModelSource can be reached",
    )
    parser.add_argument(
        "--use-credentials", action="store_true", help="with --connections: send the keys of a source's Secret to the services they are for"
    )


def run(options: ConsoleOptions, arguments: argparse.Namespace) -> int:
    """Exit code 1 when an error is among the findings; else that of what could not be read. Raises KubeError, UsageError."""
    if arguments.use_credentials and not arguments.connections:
        raise UsageError("--use-credentials is about --connections; give both, or neither")
    connection = credentials.load(options.kubeconfig, options.context, interactive=True)
    namespaces = () if options.all_namespaces else options.namespaces or (connection.namespace,)
    return running.run(_run(connection, namespaces, arguments))


async def _run(connection: credentials.Connection, namespaces: Sequence[str], arguments: argparse.Namespace) -> int:
    output = arguments.output
    client = Client(connection, read_only=True)
    try:
        found = await examine(client, namespaces)
        reached = await connections.ask(client, found.facts, use_credentials=arguments.use_credentials) if arguments.connections else []
        empty = set(namespaces) - {entry.namespace for entry in found.diagnoses}
        missing = await missing_namespaces(client, [name for name in namespaces if name in empty])
    finally:
        await client.aclose()
    if output != "table" or found.diagnoses or reached:
        print(text(found.diagnoses, output, reached))
    code = _tell_failures(found)
    for namespace in missing:
        complain(f'namespace "{namespace}" does not exist')
    if found.objects or not (code or missing):
        for sentence in not_checked(found.unseen):
            say(sentence)
        say(summary(found))
    if reached:
        say(connections.summary(reached))
    if any(entry.finding.severity is Severity.ERROR for entry in found.diagnoses):
        return 1
    return code or (1 if missing else 0)


def text(diagnoses: Sequence[Diagnosis], output: str, reached: Sequence[connections.Connection] = ()) -> str:
    documents = [*map(document, diagnoses), *map(connections.document, reached)]
    match output:
        case "json":
            return printing.as_json(documents)
        case "yaml":
            return printing.as_yaml(documents)
    width = min(shutil.get_terminal_size((_WIDEST, 24)).columns, _WIDEST)
    told = lines(diagnoses, width=width)
    if reached:
        told += [*([""] if told else []), *connections.lines(reached, width=width)]
    return "\n".join(told)


def document(entry: Diagnosis) -> dict[str, Any]:
    """For programs."""
    finding = entry.finding
    return {
        "kind": entry.kind,
        "namespace": entry.namespace,
        "name": entry.name,
        "severity": finding.severity.value,
        "field": finding.field,
        "about": finding.about,
        "reason": finding.reason,
        "remedy": finding.remedy,
    }


def lines(diagnoses: Iterable[Diagnosis], *, width: int) -> list[str]:
    """For people: each object once, below it its findings, each with its remedy."""
    found: list[str] = []
    for (kind, namespace, name), entries in groupby(diagnoses, key=lambda entry: (entry.kind, entry.namespace, entry.name)):
        found.append(("" if not found else "\n") + printable(f"{kind} {namespace}/{name}"))
        for entry in entries:
            finding = entry.finding
            where = ", ".join(filter(None, (finding.field, finding.about)))
            found.append(printable(f"  {finding.severity.value:<8} {where}".rstrip()))
            for told in filter(None, (finding.reason, finding.remedy and f"-> {finding.remedy}")):
                found += textwrap.wrap(
                    printable(told),
                    width=max(width, 40),
                    initial_indent=" " * 11,
                    subsequent_indent=" " * (14 if told.startswith("-> ") else 11),
                    break_on_hyphens=False,
                    break_long_words=False,
                )
    return found


def summary(found: Examination) -> str:
    """One line on how much was looked at and what came of it."""
    counts = Counter(entry.finding.severity for entry in found.diagnoses)
    ill = len({(entry.kind, entry.namespace, entry.name) for entry in found.diagnoses})
    told = [_count(counts[severity], name) for severity, name in _NAMES if counts[severity]]
    looked = _count(found.objects, "object")
    return f"{', '.join(told)} in {ill} of {looked}." if told else f"No findings in {looked}."


_NAMES: Final = ((Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "note"))


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def _tell_failures(found: Examination) -> int:
    """On stderr; answers with the exit code that they mean. A system that is not installed is no failure if another is."""
    views = {view.name: view for view in registry.views()}
    absent = {name for (name, _), error in found.failures.items() if is_absent(error)}
    if sentence := not_installed(absent):
        say(sentence)
    failed = {(name, namespace): error for (name, namespace), error in found.failures.items() if name not in absent}
    for namespace in dict.fromkeys(namespace for _, namespace in failed):
        there = {name: error for (name, of), error in failed.items() if of == namespace}
        denied = [name for name, error in there.items() if isinstance(error, Forbidden)]
        if len(denied) > 1:
            complain(f"you may not list {listed(denied)}{_where(namespace, [views[name] for name in denied])}: {there[denied[0]]}")
        for name in [name for name in there if len(denied) < 2 or name not in denied]:
            complain(explained(there[name], views[name], namespace))
    if absent >= {view.name for view in registry.examined()}:
        return 1
    return max((error.exit_code for error in failed.values()), default=0)


def not_installed(absent: Set[str]) -> str:
    """The systems of which nothing is there; "" when there are none. `absent`: names of views."""
    told = []
    for system in registry.SYSTEMS:
        names = {view.name for view in registry.examined() if view in system.views}
        told += [system.name] if names and names <= absent else []
    return f"Not installed here: {', '.join(told)}." if told else ""


def _where(namespace: str, views: Sequence[View]) -> str:
    if namespace:
        return f" in namespace {namespace}"
    return " in all namespaces (name some with -n)" if any(view.resource.namespaced for view in views) else ", which have no namespace"


def not_checked(unseen: dict[tuple[Resource, str], KubeError]) -> list[str]:
    """What the checks went without, one sentence per kind."""
    found = []
    for resource, entries in groupby(sorted(unseen.items(), key=lambda item: (item[0][0].plural, item[0][1])), key=lambda item: item[0][0]):
        group = list(entries)
        where = [namespace for (_, namespace), _ in group if namespace]
        place = f" in {', '.join(where)}" if where else ""
        error = group[0][1]
        why = f"you may not read {resource.plural}" if isinstance(error, Forbidden) else str(error).rstrip(".")
        found.append(f"Not checked{place}: what depends on {resource.plural}, since {why}.")
    return found
