"""`modeltui scale|stop|start|restart NAME`: what the system of a deployment does for that word, after the console's review."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from modeltui.changes import findings
from modeltui.changes.findings import Findings
from modeltui.changes.operating import change_of
from modeltui.changes.review import review
from modeltui.changes.reviewed import Review
from modeltui.kube import credentials
from modeltui.kube.apply import read
from modeltui.kube.client import Client
from modeltui.kube.discovery import Discovery
from modeltui.options import ConsoleOptions, UsageError
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.operations import NotPossible, Operation
from modeltui.systems.serving.named import Found, NotFoundByName, find
from modeltui.verbs import changing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    word = str(parser.prog).rpartition(" ")[2]
    parser.add_argument("name", metavar="NAME", help="a deployment: qwen, or KIND/NAME such as isvc/qwen")
    parser.add_argument("--component", default="", help="of a deployment that has several parts: which one")
    if word == "scale":
        parser.add_argument("--replicas", required=True, metavar="N", help="how many replicas there shall be")
    parser.set_defaults(word=word)
    changing.add_arguments(parser)


def run(options: ConsoleOptions, arguments: argparse.Namespace) -> int:
    """Raises UsageError, and KubeError when the server cannot be asked."""
    wanted = changing.wishes(arguments)
    connection = credentials.load(options.kubeconfig, options.context, interactive=True)
    namespace = changing.one_namespace(options) or connection.namespace

    async def look(client: Client) -> tuple[Review, Findings]:
        try:
            found = await find(client, Discovery(client), namespace, arguments.name)
            operation = chosen(found, arguments.word, arguments.component)
            answer = answered(operation, getattr(arguments, "replicas", ""))
            live = await read(client, found.view.resource, namespace, found.obj.metadata.name)
            if live is None:
                raise UsageError(f"{found} is gone")
            change = change_of(operation, found.view.resource, live, answer=answer)
        except (NotFoundByName, NotPossible, AnswersError) as error:
            raise UsageError(str(error)) from error
        return await review(client, change), await findings.find(client, change)

    return changing.run(connection, options, wanted, look)


def chosen(found: Found, word: str, component: str) -> Operation:
    """The one operation of that word. Raises UsageError: when its system has none, when it is of no use now, when it has several."""
    offered = [one for one in found.view.operations(found.obj, "", found.facts) if one.word == word]
    if not offered:
        can = sorted({one.word for one in found.view.operations(found.obj, "", found.facts) if one.word})
        raise UsageError(f"{found} cannot be told to {word}" + (f"; it can be told to {', '.join(can)}" if can else ""))
    meant = [one for one in offered if not component or _part(one) == component]
    if not meant:
        raise UsageError(f'{found} has no component "{component}" to {word}: there are {_parts(offered)}')
    if len(meant) > 1:
        raise UsageError(f"{found} has several components to {word}: say which with --component ({_parts(meant)})")
    if meant[0].why_not:
        raise UsageError(f"{found} cannot be told to {word}: {meant[0].why_not}")
    return meant[0]


def _part(operation: Operation) -> str:
    return operation.asks.part if operation.asks is not None else ""


def _parts(operations: Sequence[Operation]) -> str:
    return ", ".join(part for one in operations if (part := _part(one)))


def answered(operation: Operation, typed: str) -> str:
    """Raises UsageError for a number that is none, or that its system does not take."""
    if operation.asks is None:
        return ""
    if problem := operation.asks.problem(typed.strip()):
        raise UsageError(problem)
    return typed.strip()
