"""`modeltui apply`: makes the cluster what files say, after the same review as in the console."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from modeltui.changes import findings
from modeltui.changes.findings import Findings
from modeltui.changes.given import review_given
from modeltui.changes.reviewed import Review
from modeltui.kube import credentials
from modeltui.kube.client import Client
from modeltui.kube.discovery import Discovery
from modeltui.options import ConsoleOptions
from modeltui.verbs import changing, manifests
from modeltui.verbs.manifests import Document


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        *("-f", "--file", "--filename"),
        dest="files",
        metavar="FILE",
        action="append",
        required=True,
        help='objects as YAML or JSON; a directory (its *.yaml, *.yml and *.json), or "-"; may be repeated',
    )
    changing.add_arguments(parser)


def run(options: ConsoleOptions, arguments: argparse.Namespace) -> int:
    """Raises UsageError before anything is connected to, and KubeError."""
    wanted = changing.wishes(arguments)
    asked = changing.one_namespace(options)
    found = manifests.read(arguments.files)
    connection = credentials.load(options.kubeconfig, options.context, interactive=True)
    title = f"Apply {', '.join(arguments.files)}"
    return changing.run(connection, options, wanted, lambda client: _look(client, title, found, asked=asked))


async def _look(client: Client, title: str, found: Sequence[Document], *, asked: str) -> tuple[Review, Findings]:
    served = await Discovery(client).all()
    given = manifests.placed(found, served, asked=asked, fallback=client.connection.namespace)
    review = await review_given(client, title, given)
    return review, await findings.find(client, review.change())
