"""What `apply` and `delete` share: the review is shown, then asked about, then carried out, then accounted for.

Nothing is written before the question is answered with yes, and nothing at all where nobody can be asked.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from modeltui import settings
from modeltui.changes.account import Account
from modeltui.changes.delay import Delay
from modeltui.changes.execute import execute
from modeltui.changes.findings import Findings, destroys
from modeltui.changes.plan import Action, Choice
from modeltui.changes.recording import LedgerRecorder
from modeltui.changes.reviewed import Review
from modeltui.domain import Severity
from modeltui.kube import credentials
from modeltui.kube.access import Access
from modeltui.kube.client import Client
from modeltui.kube.errors import KubeError
from modeltui.ledger.ledger import Ledger
from modeltui.options import ConsoleOptions, UsageError
from modeltui.pages import review as page
from modeltui.settings import Writing
from modeltui.verbs import ansi, change_document
from modeltui.verbs.telling import complain, say

FORMATS: Final = ("text", "json", "yaml")
BEFORE_DELETING: Final = 5.0
"""Seconds after a yes in which Ctrl-C still stops a deletion."""

Look = Callable[[Client], Awaitable[tuple[Review, Findings]]]
"""What would become of it; writes nothing."""

Then = Callable[[Client], Awaitable[int]]
"""What comes after a change that was carried out whole; the exit code."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options that both verbs have."""

    dry_run: bool
    yes: bool
    output: str
    override_findings: bool
    force_conflicts: bool = False


def add_arguments(parser: argparse.ArgumentParser, *, conflicts: bool = True) -> None:
    """`conflicts`: whether fields of others can stand in its way; a deletion has none."""
    parser.add_argument("--dry-run", action="store_true", help="only show what the server would make of it")
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    parser.add_argument("--override-findings", action="store_true", help="do it in spite of findings that are errors")
    if conflicts:
        parser.add_argument("--force-conflicts", action="store_true", help="take over fields that others own; the review says which")
    parser.add_argument("-o", "--output", choices=FORMATS, default="text", help="json and yaml need --yes or --dry-run")


def wishes(arguments: argparse.Namespace) -> Wishes:
    """Raises UsageError."""
    if arguments.output != "text" and not (arguments.yes or arguments.dry_run):
        raise UsageError(f"-o {arguments.output} is for programs, which cannot be asked: give --yes or --dry-run too")
    return Wishes(
        dry_run=arguments.dry_run,
        yes=arguments.yes,
        output=arguments.output,
        override_findings=arguments.override_findings,
        force_conflicts=getattr(arguments, "force_conflicts", False),
    )


def one_namespace(options: ConsoleOptions) -> str:
    """The one given with -n, or "". Raises UsageError when what is meant is not one."""
    if options.all_namespaces or len(options.namespaces) > 1:
        raise UsageError("a change goes into one namespace; give one with -n, or none")
    return options.namespaces[0] if options.namespaces else ""


def run(connection: credentials.Connection, options: ConsoleOptions, wanted: Wishes, look: Look, then: Then | None = None) -> int:
    """Exit code 0: done, or nothing to do. Raises UsageError, or KubeError when the server cannot be asked."""
    chosen, warnings = settings.load()
    for warning in warnings:
        say(warning)
    writing = chosen.writing(connection.context, options)
    client = Client(connection, read_only=writing.read_only)
    with asyncio.Runner() as runner:
        try:
            return _Change(runner, client, writing, wanted).run(look, then)
        finally:
            runner.run(client.aclose())


class _Change:
    """Between looking and writing the loop stands still, so that a question is a plain one and Ctrl-C ends it."""

    def __init__(self, runner: asyncio.Runner, client: Client, writing: Writing, wanted: Wishes) -> None:
        self._runner = runner
        self._client = client
        self._writing = writing
        self._wanted = wanted

    def run(self, look: Look, then: Then | None = None) -> int:
        try:
            review, findings = self._runner.run(_looked(look, self._client))
            taken = {at: Choice.TAKE_OVER for at, step in enumerate(review.steps) if step.conflicts and self._wanted.force_conflicts}
            self._show(review, findings, taken)
            stop = self._stopped(review, findings, taken)
            if stop is None and not self._wanted.yes:
                stop = self._asked(review)
            if stop is not None:
                self._document(review, findings, taken, None)
                return stop
            ledger = Ledger.open()
            recorder = self._runner.run(self._recorder(ledger))
        except KeyboardInterrupt:
            say("Nothing was written.")
            raise
        account = self._runner.run(self._write(review, taken, recorder))
        self._tell(account)
        for problem in (*ledger.notices, *recorder.problems, ledger.close()):
            if problem:
                complain(problem)
        self._document(review, findings, taken, account)
        if account.complete and account.written and then is not None:
            return self._runner.run(_followed(then, self._client))
        return 0 if account.complete else 1

    # ---- before

    def _show(self, review: Review, findings: Findings, choices: Mapping[int, Choice]) -> None:
        if self._wanted.output == "text":
            print(ansi.text(page.lines(review, choices, findings, by_keys=False), colours=ansi.coloured(sys.stdout)))
            sys.stdout.flush()

    def _stopped(self, review: Review, findings: Findings, choices: Mapping[int, Choice]) -> int | None:
        """The exit code with which it ends here, the reason told; None when it can be done."""
        refused = [refusal for step in review.steps for refusal in step.refusals]
        errors = sum(1 for found in findings for finding in found if finding.severity is Severity.ERROR)
        if refused:
            complain("the server would not take it; nothing was written")
            return 3 if all(refusal.denied for refusal in refused) else 1
        if not review.ready(choices):
            complain("others own fields of this; nothing was written. Leave those fields out, or take them over with --force-conflicts")
            return 1
        if page.idle(review, choices):
            say("There is nothing to do: the cluster is so already.")
            return 0
        if errors and not self._wanted.override_findings:
            several = f"{errors} findings speak" if errors > 1 else "a finding speaks"
            complain(f"{several} against this; nothing was written. Correct what is marked, or give --override-findings")
            return 1
        if self._wanted.dry_run:
            say("Nothing was written (--dry-run).")
            return 0
        if self._writing.read_only:
            complain(f"nothing was written: {_read_only(self._client.connection.context, self._writing)}")
            return 3
        if not self._wanted.yes and not sys.stdin.isatty():
            complain("nothing was written: standard input is no terminal to ask at. --yes does it without asking, --dry-run only shows it")
            return 2
        return None

    def _asked(self, review: Review) -> int | None:
        where = self._client.connection.context
        deletes = any(reviewed.step.action is Action.DELETE for reviewed in review.steps)
        print(f"{'Delete' if deletes else 'Apply'} this in context {where}? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            say("Nothing was written.")
            return 1
        if destroys(reviewed.step for reviewed in review.steps):
            does = "Deleting" if deletes else "Applying"
            self._runner.run(Delay(BEFORE_DELETING).over(lambda left: say(f"{does} in {left} s; Ctrl-C stops it.")))
        return None

    # ---- writing

    async def _write(self, review: Review, choices: Mapping[int, Choice], recorder: LedgerRecorder) -> Account:
        """What is begun is brought to its account: Ctrl-C does not leave a change half known."""
        writing = asyncio.ensure_future(execute(self._client, review, choices=choices, recorder=recorder))
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            say("It is being written; the account comes in a moment.")
            return await writing

    async def _recorder(self, ledger: Ledger) -> LedgerRecorder:
        try:
            return await LedgerRecorder.of(ledger, self._client, Access(self._client))
        except KubeError:  # the write itself will say what is wrong
            connection = self._client.connection
            return LedgerRecorder(ledger, user=connection.user, context=connection.context, server=connection.server)

    # ---- after

    def _tell(self, account: Account) -> None:
        if self._wanted.output == "text":
            print(ansi.text(page.account_lines(account), colours=ansi.coloured(sys.stdout)))
            sys.stdout.flush()
        if not account.complete:
            complain("not all of it was done. What was done stays; the same command again looks anew and does the rest")

    def _document(self, review: Review, findings: Findings, choices: Mapping[int, Choice], account: Account | None) -> None:
        if self._wanted.output != "text":
            print(change_document.text(review, findings, choices, account, output=self._wanted.output))


async def _looked(look: Look, client: Client) -> tuple[Review, Findings]:
    return await look(client)


async def _followed(then: Then, client: Client) -> int:
    return await then(client)


def _read_only(context: str, writing: Writing) -> str:
    lifted = "" if writing.reason.startswith("--") else f"; --context {context} --read-write allows it this time"
    return f'context "{context}" is read-only, since {writing.reason}{lifted}'
