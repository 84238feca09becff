"""What of a filter the ledger can look for itself, among all of its entries and not only those that are loaded. Pure.

What comes of it is never too little: whatever passes the filter's predicate is found by it. The predicate does the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from modeltui.ledger.records import Filter, State
from modeltui.pages.history_rows import RESULTS, SEARCHED
from modeltui.ui import filters
from modeltui.ui.filters import Asked

_SURE: Final = re.compile(r"[\w@:/,'=-]+", re.ASCII)
"""Characters that a regular expression takes for themselves, in any place but a set."""
_UNSURE: Final = re.compile(r"[][*+?{}|()\\^$]")
"""With one of these in it, a regular expression may match what does not have all of its letters."""
_CHANGE: Final = re.compile(r"[0-9a-f]{32}")


def narrowed(scope: Filter, asked: Iterable[Asked], now: datetime) -> Filter:
    """`scope` with all that can be said of those terms."""
    words = scope.text.split()
    wanted = scope
    for term in asked:
        if (not term.column or term.column in SEARCHED) and term.sign in (":", "="):
            words += _literal(term.word)
        elif term.column == "change" and _CHANGE.fullmatch(term.word):
            wanted = replace(wanted, change_id=term.word)
        elif term.column == "result" and (state := _state(term)) is not None:
            wanted = replace(wanted, state=state)
        elif term.column == "age" and (seconds := filters.duration(term.word)) is not None:
            wanted = _between(wanted, term.sign, now, seconds)
    return replace(wanted, text=" ".join(words))


def _literal(word: str) -> list[str]:
    """Texts that everything has that matches the word."""
    if _UNSURE.search(word):
        return []
    runs: list[str] = _SURE.findall(word)
    return [max(runs, key=len)] if runs else []


def _state(term: Asked) -> State | None:
    """The only one that is meant."""
    match term.sign:
        case ":":
            meant = filters.expression(term.word)[0].search
        case "=":
            meant = re.compile(re.escape(term.word), re.IGNORECASE).fullmatch
        case _:
            return None
    found = [state for state, word in RESULTS.items() if meant(word)]
    return found[0] if len(found) == 1 else None


def _between(wanted: Filter, sign: str, now: datetime, seconds: float) -> Filter:
    try:
        moment = now - timedelta(seconds=seconds)
    except OverflowError:
        return wanted
    if sign in ("<", "<="):
        return replace(wanted, since=max(filter(None, (wanted.since, moment))))
    if sign in (">", ">="):
        until = moment + timedelta(microseconds=1)
        return replace(wanted, until=min(filter(None, (wanted.until, until))))
    return wanted
