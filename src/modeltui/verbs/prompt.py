"""`modeltui prompt NAME "text"`: a question to a served model; the answer as it comes, and how fast it came."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from modeltui import characters
from modeltui.kube import credentials, errors
from modeltui.kube.forwards import Forwards
from modeltui.kube.session import Session
from modeltui.options import ConsoleOptions, UsageError
from modeltui.prompting.chat import STALL, Answer, models
from modeltui.prompting.failures import PromptFailed
from modeltui.prompting.messages import Message
from modeltui.prompting.routes import ForwardRoute, ProxyRoute, Route
from modeltui.systems.core import quantity
from modeltui.systems.serving.reaching import Reached
from modeltui.verbs import printing, running
from modeltui.verbs.port_forward import one_namespace, reached, reading_only
from modeltui.verbs.telling import complain, say

WAYS: Final = ("proxy", "forward")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="a deployment: qwen, or KIND/NAME such as isvc/qwen; or svc/NAME, pod/NAME")
    parser.add_argument("text", metavar="TEXT", help='what to ask; "-" reads it from standard input')
    parser.add_argument("--model", default="", help="the served name; otherwise the first one that the server lists")
    parser.add_argument("--system", default="", metavar="TEXT", help="a system message that goes before")
    parser.add_argument("--max-tokens", default="", metavar="N", help="end the answer after so many tokens")
    parser.add_argument("--port", default="", help="the port to ask at, by number or name; otherwise the one that it serves at")
    parser.add_argument("--via", choices=WAYS, default="proxy", help="the API server's proxy (default), or a port-forward")
    parser.add_argument(
        "--timeout", default=f"{STALL:.0f}", metavar="S", help="seconds without a byte after which to give up (default 120)"
    )
    parser.add_argument(
        "-o", "--output", choices=("text", "json"), default="text", help="json: the answer with its figures, once it is whole"
    )


def run(options: ConsoleOptions, arguments: argparse.Namespace) -> int:
    """Exit code 1 when there is no answer, or not all of one. Raises UsageError, and KubeError when the cluster cannot be asked."""
    limit = _whole(arguments.max_tokens, "--max-tokens") if arguments.max_tokens else None
    patience = float(_whole(arguments.timeout, "--timeout"))
    text = sys.stdin.read() if arguments.text == "-" else arguments.text
    if not text.strip():
        raise UsageError("there is nothing to ask; give a TEXT, or - and the text on standard input")
    connection = credentials.load(options.kubeconfig, options.context, interactive=True)
    namespace = one_namespace(options) or connection.namespace
    read_only = reading_only(connection, options)
    said = [*([Message("system", arguments.system)] if arguments.system else []), Message("user", text)]
    return running.run(_run(connection, namespace, arguments, said, limit, patience, read_only=read_only))


def _whole(text: str, option: str) -> int:
    if not (number := quantity.whole(text)) or number >= 10_000_000:
        raise UsageError(f"{option} is {text!r}, which is no number above 0")
    return number


async def _run(
    connection: credentials.Connection,
    namespace: str,
    arguments: argparse.Namespace,
    said: list[Message],
    limit: int | None,
    patience: float,
    *,
    read_only: bool,
) -> int:
    session = Session(connection, read_only=read_only)
    try:
        found = await reached(session, namespace, arguments)
        async with _way(session, found, arguments.via) as route:
            try:
                model = arguments.model or await _first(route, found)
            except PromptFailed as failed:
                return _fail(failed)
            answer = Answer(route, said, model, max_tokens=limit, stall=patience)
            return await _as_json(answer) if arguments.output == "json" else await _as_it_comes(answer)
    finally:
        await session.aclose()


@asynccontextmanager
async def _way(session: Session, found: Reached, via: str) -> AsyncIterator[Route]:
    """Raises KubeError when there is none."""
    if via == "proxy":
        if not found.name:
            raise errors.KubeError(f"no pod of {found.title} is ready, and it has no Service to be asked through")
        yield ProxyRoute(session.client, found.namespace, found.name, found.port, found.plural)
        return
    forwards = Forwards(session)
    try:
        yield ForwardRoute(await forwards.open(found.target))
    finally:
        await forwards.aclose()


async def _first(route: Route, found: Reached) -> str:
    """The model to ask: the first that the server lists. Raises PromptFailed; KubeError when it serves none."""
    cards = await models(route)
    if not cards:
        raise errors.KubeError(f"{found.title} serves no model at the moment")
    named = [card.name for card in cards if card.name in found.served]
    return named[0] if named else cards[0].name


async def _as_it_comes(answer: Answer) -> int:
    ends = True
    try:
        async for piece in answer.pieces():
            if piece.text:
                sys.stdout.write(harmless(piece.text))
                sys.stdout.flush()
                ends = piece.text.endswith("\n")
    except PromptFailed as failed:
        if not ends:
            print(flush=True)
        _fail(failed)
        if answer.said:
            say(str(answer.figures))
        return 1
    if not ends:
        print(flush=True)
    if answer.finish_reason == "length":
        say("The answer was cut at the number of tokens that it may have.")
    say(f"{answer.model}: {answer.figures}")
    return 0


async def _as_json(answer: Answer) -> int:
    failure = ""
    try:
        async for _ in answer.pieces():
            pass
    except PromptFailed as failed:
        failure = str(failed)
        _fail(failed)
    print(printing.as_json_document(document(answer, failure)))
    return 1 if failure else 0


def document(answer: Answer, failure: str = "") -> dict[str, Any]:
    """For programs. Times in seconds; null is unknown."""
    figures = answer.figures
    return {
        "model": answer.model,
        "answer": answer.text,
        **({"reasoning": answer.reasoning} if answer.reasoning else {}),
        "finishReason": answer.finish_reason or None,
        "timeToFirstToken": figures.first,
        "total": figures.total,
        "tokens": figures.tokens if figures.told else None,
        "pieces": None if figures.told else figures.tokens,
        "tokensPerSecond": figures.rate if figures.told else None,
        "promptTokens": figures.prompt_tokens,
        **({"failure": failure} if failure else {}),
    }


def harmless(text: str) -> str:
    """What a model says is text, not commands for a terminal; line ends and tabs stay."""
    return "".join(part if part in ("\n", "\t") else characters.harmless(part) for part in re.split(r"([\n\t])", text))


def _fail(failed: PromptFailed) -> int:
    complain(str(failed))
    if failed.failure.raw and failed.failure.raw not in str(failed):
        say(f"  {failed.failure.raw}")
    return 1
