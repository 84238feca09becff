"""`modeltui history`: the changes made from this machine, for people and as CSV, JSON or NDJSON; `history verify` follows their chain."""

from __future__ import annotations

import argparse
import re
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from modeltui import paths
from modeltui.ledger import export, notes, verification, witness
from modeltui.ledger.book import Book
from modeltui.ledger.chain import Witness
from modeltui.ledger.files import Files
from modeltui.ledger.records import Cursor, Entry, Filter, Page, State
from modeltui.ledger.spool import Spool
from modeltui.ledger.trouble import Cannot, Trouble, cannot
from modeltui.ledger.walk import Walk
from modeltui.options import ConsoleOptions, UsageError
from modeltui.verbs import history_table
from modeltui.verbs.telling import complain, say

FORMATS: Final = ("table", "csv", "json", "ndjson")
TABLE_LIMIT: Final = 100
"""Rows of a table when no limit is given; an export has all."""

_AGO: Final = re.compile(r"(\d{1,6})([mhdw])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def run(options: ConsoleOptions, arguments: argparse.Namespace) -> int:
    """Reads only. Raises UsageError before anything is read."""
    files = Files(arguments.file or paths.ledger_file())
    try:
        if arguments.file and not arguments.file.exists():
            raise Cannot(arguments.file, Trouble.MISSING)
        if arguments.action == "verify":
            return _verify(files, [_head(arguments.head)] if arguments.head else [])
        if arguments.head:
            raise UsageError("--head belongs to `modeltui history verify`")
        return _print(files, _filter(options, arguments), arguments)
    except Cannot as error:
        complain(str(error))
        return 1


# ---- what is asked for ------------------------------------------------------------------------------------------


def _filter(options: ConsoleOptions, arguments: argparse.Namespace) -> Filter:
    now = datetime.now(UTC)
    return Filter(
        text=arguments.text,
        user=arguments.user,
        context=options.context or "",
        namespaces=options.namespaces,
        kind=arguments.kind,
        name=arguments.name,
        verb=arguments.verb_done,
        state=State(arguments.result) if arguments.result else None,
        change_id=arguments.change,
        since=time_of(arguments.since, now) if arguments.since else None,
        until=time_of(arguments.until, now) if arguments.until else None,
    )


def time_of(text: str, now: datetime) -> datetime:
    """A moment in UTC from "2h" (ago), "2026-11-21", or "2026-11-21T06:30:00Z"; without a time zone it is UTC. Raises UsageError."""
    try:
        if ago := _AGO.fullmatch(text):
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(f'"{text}" is no time; give one such as 2026-11-21, 2026-11-21T06:30:00Z, or 90m, 2h, 7d, 4w ago') from None


def _head(text: str) -> Witness:
    try:
        return witness.parse(text)
    except ValueError:
        raise UsageError(
            f'"{text}" is no head; give the number and hash that `modeltui history verify` printed, such as 12:ab34...'
        ) from None


# ---- printing ---------------------------------------------------------------------------------------------------


def _print(files: Files, wanted: Filter, arguments: argparse.Namespace) -> int:
    _tell_waiting(files)
    try:
        book = Book.read(files.ledger)
    except FileNotFoundError:
        book = None
    except (sqlite3.Error, OSError) as error:
        raise cannot(error, files.ledger) from error
    limit = arguments.limit if arguments.limit is not None else TABLE_LIMIT if arguments.output == "table" else 0
    objects = arguments.output in ("json", "ndjson")

    def ask(count: int, after: Cursor | None) -> Page:
        return book.query(wanted, limit=count, after=after, every=arguments.every, objects=objects) if book else Page((), None)

    found = Walk(ask, limit=limit)
    try:
        for line in _lines(arguments.output, found, headers=not arguments.no_headers):
            print(line)
    except sqlite3.Error as error:
        raise cannot(error, files.ledger) from error
    finally:
        if book is not None:
            book.close()
    if found.more:
        say(f"These are the newest {limit}; --limit 0 prints all.")
    elif not found.count:
        say("No changes match." if wanted != Filter() else "No changes were made from this machine yet.")
    return 0


def _lines(output: str, entries: Iterable[Entry], *, headers: bool) -> Iterator[str]:
    match output:
        case "csv":
            return export.as_csv(entries, headers=headers)
        case "json":
            return export.as_json(entries)
        case "ndjson":
            return export.as_ndjson(entries)
    return history_table.lines(entries, headers=headers)


def _tell_waiting(files: Files) -> None:
    """What is not in the ledger yet must not be missed."""
    try:
        waiting = Spool(files.spool, files.lock).read()
    except OSError as error:
        complain(str(cannot(error, files.spool)))
        return
    count = len(waiting.records) + len(waiting.unreadable)
    if count:
        say(f"{notes.changes(count)} not here yet, but in {files.spool}: the console takes them in as soon as it can write the ledger.")


# ---- verifying --------------------------------------------------------------------------------------------------


def _verify(files: Files, noted: list[Witness]) -> int:
    _tell_waiting(files)
    verdict = verification.verify(files, noted=noted)
    if verdict.problem:
        print(f"{files.ledger}: {verdict.problem}")
        return 1
    if not verdict.entries:
        print(f"{files.ledger}: there are no entries")
        return 0
    print(f"{files.ledger}: all {verdict.entries} entries fit")
    print(f"head {verdict.entries}:{verdict.head}")
    print("Only a head that was noted elsewhere shows that nobody wrote the whole ledger anew: `modeltui history verify --head ...`.")
    return 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Context and namespaces are those of the common options, and limit what is printed."""
    parser.add_argument("action", nargs="?", choices=("verify",), help="verify: name the first entry that was changed or removed")
    parser.add_argument("-o", "--output", choices=FORMATS, default="table")
    parser.add_argument("--text", default="", metavar="WORDS", help="words that occur in user, object, fields or a failure's reason")
    parser.add_argument("--kind", default="", help="of the changed object, such as Model")
    parser.add_argument("--name", default="", help="of the changed object")
    parser.add_argument("--user", default="", help="who made the change, as the API server named them")
    parser.add_argument("--verb", dest="verb_done", metavar="VERB", default="", help="what was done: apply, create, delete, ...")
    parser.add_argument("--result", default="", choices=[str(state) for state in State], help="begun: no outcome is known")
    parser.add_argument("--since", default="", metavar="TIME", help="2026-11-21, 2026-11-21T06:30:00Z, or 2h, 7d ago")
    parser.add_argument("--until", default="", metavar="TIME", help="up to, but not including")
    parser.add_argument("--change", default="", metavar="ID", help="all steps of one change")
    parser.add_argument("--every", action="store_true", help="the intentions too, not only the outcome of each step")
    parser.add_argument(
        "--limit", type=_limit, metavar="N", help=f"at most N, the newest; 0 for all (a table has {TABLE_LIMIT} by default)"
    )
    parser.add_argument("--no-headers", action="store_true", help="table and csv without the first line")
    parser.add_argument("--file", type=Path, metavar="FILE", help="another ledger, such as one that was set aside")
    parser.add_argument("--head", default="", metavar="N:HASH", help="with verify: what it printed earlier must still be there")


def _limit(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise argparse.ArgumentTypeError(f"{text!r} is no count; give a number such as 100, or 0 for all")
    return int(text)
