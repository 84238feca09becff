"""`modeltui delete KIND NAME`: after the same review as in the console."""

from __future__ import annotations

import argparse
from typing import Final

from modeltui.changes import findings
from modeltui.changes.findings import Findings
from modeltui.changes.plan import Action, Change, Step
from modeltui.changes.review import review
from modeltui.changes.reviewed import Review
from modeltui.kube import credentials
from modeltui.kube.apply import Manifest, read
from modeltui.kube.client import Client
from modeltui.kube.discovery import Discovery
from modeltui.kube.resource import Resource
from modeltui.options import ConsoleOptions
from modeltui.verbs import changing
from modeltui.verbs.manifests import NotServed

CASCADES: Final = {"background": "Background", "foreground": "Foreground", "orphan": "Orphan"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", metavar="KIND", help="as for kubectl: model, models, mdl, models.model.samzong.dev, secret, ...")
    parser.add_argument("name", metavar="NAME")
    parser.add_argument(
        "--cascade",
        choices=tuple(CASCADES),
        default="background",
        help="what becomes of what the object owns: deleted after it (default), before it, or left alone",
    )
    changing.add_arguments(parser, conflicts=False)


def run(options: ConsoleOptions, arguments: argparse.Namespace) -> int:
    """Raises UsageError before anything is connected to, and KubeError."""
    wanted = changing.wishes(arguments)
    namespace = changing.one_namespace(options)
    connection = credentials.load(options.kubeconfig, options.context, interactive=True)

    async def look(client: Client) -> tuple[Review, Findings]:
        resource = await _resource(client, arguments.kind)
        place = (namespace or connection.namespace) if resource.namespaced else ""
        step = await _step(client, resource, place, arguments.name, CASCADES[arguments.cascade])
        where = f"{place}/{arguments.name}" if place else arguments.name
        change = Change(f"Delete {resource.kind} {where}", (step,))
        return await review(client, change), await findings.find(client, change)

    return changing.run(connection, options, wanted, look)


async def _resource(client: Client, word: str) -> Resource:
    found = await Discovery(client).find(word)
    if found is None:
        raise NotServed(f'the cluster does not serve "{word}": is its operator (its CRD) installed, and is it spelled right?')
    return found.resource


async def _step(client: Client, resource: Resource, namespace: str, name: str, propagation: str) -> Step:
    live = await read(client, resource, namespace, name)
    if live is None:
        return Step(Action.DELETE, resource, None, None, namespace, name, propagation=propagation)
    return Step.delete(resource, live, note=_note(resource, live), propagation=propagation)


def _note(resource: Resource, live: Manifest) -> str:
    if live["metadata"].get("deletionTimestamp"):
        return "It is being deleted already, and waits for its finalizers."
    if (resource.group, resource.plural) == ("", "namespaces"):
        return "Everything in this namespace is deleted with it."
    if resource.group_resource == "customresourcedefinitions.apiextensions.k8s.io":
        return f"Every {live['spec']['names']['kind']} in every namespace is deleted with it."
    return ""
