"""`modeltui logs TARGET`: the logs of pods and deployments, as `kubectl logs` gives them: without secrets, escape codes, or gaps."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import warnings
from collections.abc import Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, Final

from modeltui.kube import credentials
from modeltui.kube.errors import NotFound
from modeltui.kube.following import Follower
from modeltui.kube.log_stream import From
from modeltui.kube.log_targets import ALL, Found, OnePod, SelectedPods, targets
from modeltui.kube.session import Session
from modeltui.logs import stamps
from modeltui.logs.entries import Entry, LogTarget
from modeltui.options import ConsoleOptions, UsageError
from modeltui.verbs import printing, running
from modeltui.verbs.log_target import Pods, find
from modeltui.verbs.telling import complain, say

MANY_TAIL: Final = 10
"""Lines of each container with a selector, as kubectl has it: there may be many."""
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)([smhd])", re.ASCII)
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "target",
        metavar="TARGET",
        nargs="?",
        default="",
        help="a pod (NAME or pod/NAME), deploy/NAME, job/NAME, or a deployment of any system",
    )
    parser.add_argument("-l", "--selector", default="", help="the pods with these labels, as kubectl takes it")
    parser.add_argument("-c", "--container", default="", metavar="NAME", help="only this container of each pod")
    parser.add_argument("--all-containers", action="store_true", help="init containers that are done, too")
    parser.add_argument("-f", "--follow", action="store_true", help="go on with every new line, of new pods too, until Ctrl-C")
    parser.add_argument("-p", "--previous", action="store_true", help="the log from before the last restart")
    parser.add_argument("--tail", type=_lines, metavar="N", help=f"lines from the end of each; -1 for all (default; with -l {MANY_TAIL})")
    parser.add_argument("--since", type=_duration, metavar="5m", help="only lines newer than that: 30s, 5m, 2h, 1h30m")
    parser.add_argument("--since-time", type=_moment, metavar="TIME", help="only lines from that time on: 2026-07-01T12:00:00Z")
    parser.add_argument("--timestamps", action="store_true", help="the time before each line")
    parser.add_argument("--grep", metavar="RE", default="", help="only lines that match this regular expression, in any case")
    parser.add_argument("-o", "--output", choices=("text", "json"), default="text", help="json: one object a line")


def _lines(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = -2
    if number < -1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of lines; give 0 or more, or -1 for all")
    return number


def _duration(text: str) -> int:
    parts = _PART.findall(text)
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    if not parts or "".join(number + unit for number, unit in parts) != text or seconds < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 30s, 5m, 2h or 1h30m")
    return int(seconds)


def _moment(text: str) -> str:
    """As the API server takes it: RFC 3339."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or "T" not in text.upper():
        raise argparse.ArgumentTypeError(f"{text!r} is no time of RFC 3339; write it with its zone, such as 2026-07-01T12:00:00Z")
    return found.astimezone(UTC).isoformat().replace("+00:00", "Z")


def run(options: ConsoleOptions, arguments: argparse.Namespace) -> int:
    """Raises UsageError before anything is connected to, KubeError when there is no telling whose logs are meant."""
    if bool(arguments.target) == bool(arguments.selector):
        raise UsageError(
            "give a TARGET, such as pod/NAME, or a selector with -l" if not arguments.target else "TARGET and -l contradict each other"
        )
    if arguments.container and arguments.all_containers:
        raise UsageError("-c and --all-containers contradict each other; give one of them")
    if arguments.follow and arguments.previous:
        raise UsageError("-f and -p contradict each other: the log from before a restart has ended")
    if arguments.since is not None and arguments.since_time is not None:
        raise UsageError("--since and --since-time contradict each other; give one of them")
    if options.all_namespaces or len(options.namespaces) > 1:
        raise UsageError("logs are read in one namespace; give it with -n")
    pattern = _pattern(arguments.grep)
    connection = credentials.load(options.kubeconfig, options.context, interactive=True)
    namespace = options.namespaces[0] if options.namespaces else connection.namespace
    return running.run(_run(connection, namespace, arguments, Printer(arguments, pattern)))


def _pattern(text: str) -> re.Pattern[str] | None:
    if not text:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(text, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"--grep {text!r} is no regular expression: {error}") from None


class Printer:
    """Lines to stdout, and what the console has to say of its own to stderr."""

    def __init__(self, arguments: argparse.Namespace, pattern: re.Pattern[str] | None) -> None:
        self._json = arguments.output == "json"
        self._timestamps = arguments.timestamps
        self._follow = arguments.follow
        self._pattern = pattern
        self._waiting: list[Entry] = []
        self._news = asyncio.Event()
        self.several = False
        """Each line says whose it is."""

    def take(self, entries: list[Entry]) -> None:
        self._waiting += entries
        self._news.set()

    async def run(self) -> None:
        """Prints what is taken, until cancelled. Raises BrokenPipeError here, where somebody hears it."""
        while True:
            await self._news.wait()
            self._news.clear()
            self.flush()

    def flush(self) -> None:
        entries, self._waiting = self._waiting, []
        lines: list[str] = []
        for entry in entries:
            if entry.note:
                if entry.note != "dim" or self._follow:
                    self._write(lines)
                    lines = []
                    say(f"modeltui: {f'{entry.target.name}: ' if entry.target is not None else ''}{entry.text}")
            elif self._pattern is None or self._pattern.search(entry.text):
                lines.append(self._line(entry))
        self._write(lines)

    def _write(self, lines: Sequence[str]) -> None:
        if lines:
            sys.stdout.write("\n".join(lines) + "\n")
            sys.stdout.flush()

    def _line(self, entry: Entry) -> str:
        if self._json:
            return printing.as_json_line(document(entry))
        moment = f"{stamps.whole(entry.stamp)} " if self._timestamps and entry.stamp else ""
        prefix = f"[pod/{entry.target.name}] " if self.several and entry.target is not None else ""
        return f"{prefix}{moment}{entry.text}"


def document(entry: Entry) -> dict[str, Any]:
    """A line for programs."""
    target = entry.target or LogTarget("", "", "")
    return {
        "time": stamps.whole(entry.stamp) if entry.stamp else None,
        "namespace": target.namespace,
        "pod": target.pod,
        "container": target.container or None,
        "level": entry.level or None,
        "line": entry.text,
    }


async def _run(connection: credentials.Connection, namespace: str, arguments: argparse.Namespace, printer: Printer) -> int:
    session = Session(connection, read_only=True)
    try:
        pods = (
            SelectedPods(namespace, arguments.selector) if arguments.selector else await find(session.client, namespace, arguments.target)
        )
        tail = arguments.tail if arguments.tail is not None else MANY_TAIL if arguments.selector else -1
        start = From(tail=None if tail < 0 else tail, seconds=arguments.since, moment=arguments.since_time or "")
        follower = Follower(session.client, printer.take, start=start, follow=arguments.follow)
        printing_ = asyncio.create_task(printer.run())
        reading = asyncio.create_task(_read(session, pods, follower, arguments, printer))
        try:
            done, _ = await asyncio.wait({printing_, reading}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            await follower.aclose()
            printer.flush()
        finally:
            for task in (printing_, reading):
                task.cancel()
            await asyncio.gather(printing_, reading, return_exceptions=True)
            await follower.aclose()
        failures = follower.failures
        if not follower.doing:
            say(f"No pods found in {namespace} namespace.")
            return 1 if isinstance(pods, OnePod) else 0
        return max((error.exit_code for error in failures.values()), default=0)
    finally:
        await session.aclose()


async def _read(session: Session, pods: Pods, follower: Follower, arguments: argparse.Namespace, printer: Printer) -> None:
    """Until every log that is meant has come to its end: with -f and a selector, never."""
    if not arguments.follow:
        _begin(await pods.now(session.client), follower, arguments, printer)
        await follower.until_idle()
        return
    told = ""
    async with aclosing(pods(session, False)) as source:
        async for found in source:
            if found.failure is not None and isinstance(found.failure, NotFound):
                raise found.failure
            if found.note and found.note != told:
                told = found.note
                complain(found.note)
            _begin(found, follower, arguments, printer)
            if isinstance(pods, OnePod) and found.pods:
                await follower.until_idle()
                return


def _begin(found: Found, follower: Follower, arguments: argparse.Namespace, printer: Printer) -> None:
    if found.failure is not None and not arguments.follow:
        raise found.failure
    container = ALL if arguments.all_containers else arguments.container
    wanted = targets(found.pods, container=container, previous=arguments.previous)
    if found.pods and not wanted:
        names = sorted({name for pod in found.pods for name in pod.containers})
        raise UsageError(f"none of the pods has a container {container}: there are {', '.join(names)}")
    printer.several = printer.several or len({*wanted, *follower.doing}) > 1
    follower.follow(wanted)
    if follower.too_many:
        more = "1 more container is" if follower.too_many == 1 else f"{follower.too_many:,} more containers are"
        complain(f"{more} not read: {len(wanted) - follower.too_many:,} are at once")
