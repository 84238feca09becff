"""`modeltui activate NAME MODEL`, `activate NAME --rollback`, `deactivate NAME`: one InferenceService, its model swapped from a catalog.

With the console's review in front; then it is followed until it serves, or until it is plain why it will not.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from modeltui import settings
from modeltui.catalog.merged import load
from modeltui.changes import findings
from modeltui.changes.findings import Findings
from modeltui.changes.operating import change_of
from modeltui.changes.past import CannotRevert
from modeltui.changes.plan import Change, Step
from modeltui.changes.review import review
from modeltui.changes.reviewed import Review
from modeltui.changes.rollback import earlier
from modeltui.kube import credentials
from modeltui.kube.apply import Manifest, read
from modeltui.kube.client import Client
from modeltui.kube.discovery import Discovery
from modeltui.ledger.ledger import Ledger
from modeltui.options import ConsoleOptions, UsageError
from modeltui.systems import once
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.core import quantity
from modeltui.systems.kserve import activating, arrival, model_manager
from modeltui.systems.kserve.activating import Choice
from modeltui.systems.kserve.types import SERVICES, InferenceService
from modeltui.systems.kserve.views import SERVICES_VIEW
from modeltui.systems.modelfs.types import MODELS, Model
from modeltui.systems.operations import NotPossible, Operation
from modeltui.systems.serving.arriving import Look, State
from modeltui.systems.serving.named import Found, NotFoundByName, find
from modeltui.verbs import changing
from modeltui.verbs.telling import complain, say

PATIENCE: Final = 1800.0
"""Seconds in which a large model is fetched and loaded."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    word = str(parser.prog).rpartition(" ")[2]
    parser.add_argument("name", metavar="NAME", help="an InferenceService, such as active-llm")
    if word == "activate":
        what = "of a catalog (`modeltui catalog`, `modeltui catalog activations`), or pvc://CLAIM of a Model; none: the one that it has"
        parser.add_argument("model", metavar="MODEL", nargs="?", default="", help=what)
        parser.add_argument(
            "--rollback", action="store_true", help="back to what it served before, as the history of this machine knows it"
        )
    parser.add_argument("--no-wait", action="store_true", help="do not wait until it serves")
    parser.add_argument("--timeout", type=_seconds, default=PATIENCE, metavar="S", help=f"seconds to wait at most (default {PATIENCE:.0f})")
    parser.set_defaults(word=word)
    changing.add_arguments(parser)


def _seconds(text: str) -> float:
    if not quantity.whole(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds; give one such as 600")
    return float(text)


def run(options: ConsoleOptions, arguments: argparse.Namespace) -> int:
    """Exit code 1 when it was changed, and does not serve. Raises UsageError, and KubeError when the server cannot be asked."""
    wanted = changing.wishes(arguments)
    if arguments.word == "activate" and arguments.rollback and arguments.model:
        raise UsageError("MODEL and --rollback contradict each other; give one of them")
    connection = credentials.load(options.kubeconfig, options.context, interactive=True)
    namespace = changing.one_namespace(options) or connection.namespace
    kind, _, name = arguments.name.rpartition("/")

    async def look(client: Client) -> tuple[Review, Findings]:
        try:
            change = await _change(client, namespace, kind, name, arguments)
        except (NotFoundByName, NotPossible, AnswersError, CannotRevert) as error:
            raise UsageError(str(error)) from error
        return await review(client, change), await findings.find(client, change)

    async def follow(client: Client) -> int:
        return await _followed(client, namespace, name, seconds=arguments.timeout, rollback=arguments.word == "activate")

    return changing.run(connection, options, wanted, look, None if arguments.no_wait else follow)


# ---- what is to be done ---------------------------------------------------------------------------------------------


async def _change(client: Client, namespace: str, kind: str, name: str, arguments: argparse.Namespace) -> Change:
    discovery = Discovery(client)
    live = await read(client, SERVICES, namespace, name) if _is_service(kind) else None
    if live is None and arguments.word == "activate" and arguments.model and await _free(client, discovery, namespace, kind, name):
        choice = activating.chosen(arguments.model, await _choices(client, namespace))
        desired = activating.activated(choice, name=name, namespace=namespace, live=None)
        return Change(f"Activate {choice.id} on InferenceService {namespace}/{name}", (Step.apply(SERVICES, desired, None),))
    found = await find(client, discovery, namespace, arguments.name if kind or live is None else f"{SERVICES_VIEW.name}/{name}")
    if not isinstance(found.obj, InferenceService) or live is None:
        raise UsageError(f"{found} cannot be told to {arguments.word}: that is for InferenceServices")
    if arguments.word == "activate" and arguments.rollback:
        return await _rolled_back(client, discovery, live)
    operation = _operation(found, found.obj, arguments, await _choices(client, namespace) if _names_a_model(arguments) else [])
    if operation.why_not:
        raise UsageError(f"{found} cannot be told to {arguments.word}: {operation.why_not}")
    return change_of(operation, SERVICES, live)


def _is_service(kind: str) -> bool:
    words = {SERVICES_VIEW.name, *SERVICES_VIEW.aliases, SERVICES.plural, SERVICES.group_resource, SERVICES.kind}
    return not kind or kind.lower() in {word.lower() for word in words}


def _names_a_model(arguments: argparse.Namespace) -> bool:
    return arguments.word == "activate" and bool(arguments.model)


async def _free(client: Client, discovery: Discovery, namespace: str, kind: str, name: str) -> bool:
    """Whether nothing else has that name, so that a service of it may be made."""
    if kind:
        return _is_service(kind)
    try:
        await find(client, discovery, namespace, name)
    except NotFoundByName as error:
        return str(error).startswith("there is no ")
    return False


async def _choices(client: Client, namespace: str) -> list[Choice]:
    chosen, _ = settings.load()
    catalogs = load(tuple(map(Path, chosen.catalogs)))
    for problem in catalogs.problems:
        complain(problem)
    known = await once.read(client, {MODELS: Model}, (namespace,))
    return activating.choices(catalogs, [one for one in known.facts.every(MODELS) if isinstance(one, Model)])


def _operation(found: Found, service: InferenceService, arguments: argparse.Namespace, choices: Sequence[Choice]) -> Operation:
    offered = {one.word: one for one in activating.operations(service)}
    if arguments.word == "deactivate":
        if "deactivate" not in offered:
            raise UsageError(f"no model was activated on {found}; `modeltui stop` stops it all the same")
        return offered["deactivate"]
    if not arguments.model:
        return activating.reactivation(service)
    if offered["activate"].why_not:
        return offered["activate"]
    namespace, name = service.metadata.key
    return activating.activation(activating.chosen(arguments.model, choices), name=name, namespace=namespace)


async def _rolled_back(client: Client, discovery: Discovery, live: Manifest) -> Change:
    connection = client.connection

    ledger = await asyncio.to_thread(Ledger.open)
    try:
        return await earlier(
            client, discovery, ledger, SERVICES, live, context=connection.context, server=connection.server, serves=model_manager.serves
        )
    finally:
        ledger.close()


# ---- after it -------------------------------------------------------------------------------------------------------


async def _followed(client: Client, namespace: str, name: str, *, seconds: float, rollback: bool) -> int:
    """Until it serves or is stopped (0), or it is plain that it will not (1)."""
    last: Look | None = None
    try:
        async with asyncio.timeout(seconds):
            async for found in arrival.looks(client, namespace, name):
                _tell(found, last)
                last = found
    except TimeoutError:
        complain(f"after {seconds:.0f} s it still does not serve; what was changed stays")
        return 1
    if last is None or last.state in (State.SERVES, State.STOPPED):
        return 0
    back = f"; `modeltui activate {name} -n {namespace} --rollback` goes back to what it served before" if rollback else ""
    complain(f"what was changed stays, and it does not serve{back}")
    return 1


def _tell(found: Look, last: Look | None) -> None:
    if last is None or found.sentence != last.sentence:
        say(found.sentence)
    for cause in found.causes:
        if last is None or cause not in last.causes:
            about = f"{cause.about}: " if cause.about else ""
            say(f"  {about}{cause.reason} {cause.remedy}".rstrip())
