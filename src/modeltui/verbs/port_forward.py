"""`modeltui port-forward NAME`: a local port that leads to a deployment, from pod to pod, until Ctrl-C."""

from __future__ import annotations

import argparse

from modeltui import settings
from modeltui.kube import credentials, errors
from modeltui.kube.forward import Forward, Problem, State
from modeltui.kube.forwards import Forwards
from modeltui.kube.session import Session
from modeltui.options import ConsoleOptions, UsageError
from modeltui.systems.core import quantity
from modeltui.systems.serving.named import NotFoundByName
from modeltui.systems.serving.reaching import NotReachable, Reached, resolve
from modeltui.verbs import running
from modeltui.verbs.telling import complain, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="a deployment: qwen, or KIND/NAME such as isvc/qwen; or svc/NAME, pod/NAME")
    parser.add_argument("local", metavar="LOCAL", nargs="?", default="0", help="the local port; 0 takes a free one (default)")
    parser.add_argument("--port", default="", help="the port to lead to, by number or name; otherwise the one that it serves at")


def run(options: ConsoleOptions, arguments: argparse.Namespace) -> int:
    """Exit code 0 never: it goes on until Ctrl-C. Raises UsageError, and KubeError when it cannot begin."""
    if (port := quantity.whole(arguments.local)) is None or port > 65535:
        raise UsageError(f"{arguments.local!r} is no port; give a number from 0 to 65535")
    connection = credentials.load(options.kubeconfig, options.context, interactive=True)
    namespace = one_namespace(options) or connection.namespace
    read_only = reading_only(connection, options)
    return running.run(_run(connection, namespace, arguments, read_only=read_only))


def one_namespace(options: ConsoleOptions) -> str:
    """The one given with -n, or "". Raises UsageError."""
    if options.all_namespaces or len(options.namespaces) > 1:
        raise UsageError("a deployment is in one namespace; give one with -n, or none")
    return options.namespaces[0] if options.namespaces else ""


def reading_only(connection: credentials.Connection, options: ConsoleOptions) -> bool:
    chosen, warnings = settings.load()
    for warning in warnings:
        say(warning)
    return chosen.writing(connection.context, options).read_only


async def reached(session: Session, namespace: str, arguments: argparse.Namespace) -> Reached:
    """What the arguments name. Raises UsageError."""
    try:
        return await resolve(session.client, session.discovery, namespace, arguments.name, arguments.port)
    except (NotReachable, NotFoundByName) as error:
        raise UsageError(str(error)) from error


async def _run(connection: credentials.Connection, namespace: str, arguments: argparse.Namespace, *, read_only: bool) -> int:
    session = Session(connection, read_only=read_only)
    forwards = Forwards(session)
    try:
        found = await reached(session, namespace, arguments)
        forward = await forwards.open(found.target, int(arguments.local))
        await _tell(forward)
    finally:
        await forwards.aclose()
        await session.aclose()
    return 0


async def _tell(forward: Forward) -> None:
    """Each change of state, and each connection that fails, on a line; until cancelled. Raises KubeError when its pods cannot be seen."""
    await forward.known()
    if forward.state is State.BROKEN:
        raise errors.KubeError(forward.reason)
    print(f"Forwarding http://{forward.address} to {forward.target.title}, port {forward.target.port}; Ctrl-C ends it", flush=True)
    said: tuple[State, str, str] | None = None
    problem: Problem | None = None
    while True:
        now = (forward.state, forward.reason, forward.pod)
        if now != said:
            say(f"to pod {forward.pod}" if forward.state is State.LISTENING else forward.reason or str(forward.state))
            said = now
        if forward.problem is not None and forward.problem is not problem:
            complain(forward.problem.text)
            if forward.problem.said not in ("", forward.problem.text):
                say(f"  {forward.problem.said}")
        problem = forward.problem
        await forward.news()
