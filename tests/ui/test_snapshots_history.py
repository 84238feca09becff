"""The History at 80x24 and 120x40: the table, its sights, an entry, the choice of a state, and the review that follows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from driving import Console, models, typed, until
from fake import NOW
from test_snapshots import settled
from tests.ledger.builders import record
from textual.pilot import Pilot
from world import session

from modeltui import paths
from modeltui.ledger import notes
from modeltui.ledger.book import Book
from modeltui.ledger.chain import Witness
from modeltui.ledger.records import ChangedField, Record
from modeltui.ui.screens.history import HistoryScreen
from modeltui.ui.screens.history_entry import HistoryEntryScreen
from modeltui.ui.screens.history_revert import RevertScreen

sizes = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
Walk = Callable[[Pilot[int]], Awaitable[None]]

MODEL = {
    "apiVersion": "model.samzong.dev/v1",
    "kind": "Model",
    "metadata": {"name": "llama-3-8b", "namespace": "team-a", "uid": "uid-team-a-llama-3-8b", "labels": {"app": "chat"}},
    "spec": {
        "sourceRef": "hub",
        "display": {"description": "for chats", "tags": ["chat"]},
        "versions": [{"name": "v1", "repo": "org/llama-3-8b", "state": "PRESENT"}],
    },
}
DENIED = (
    'models.model.samzong.dev "mistral-7b" is forbidden: User "alice@example.com" cannot patch resource "models" in the namespace "team-a"'
)


def entry(minutes: int, name: str, verb: str, result: str = "done", **said: Any) -> Record:
    told = {
        "user": "alice@example.com",
        "namespace": "team-a",
        "name": name,
        "verb": verb,
        "result": result,
        "change_id": f"{minutes:032x}",
    }
    return record(minutes, **(told | {"at": NOW - timedelta(minutes=minutes), "step_id": f"{minutes}-{name}"} | said))


def filled() -> None:
    """Every kind of entry, at fixed times."""
    state = "spec.versions[name=v1].state"
    changes = (
        ChangedField("spec.display.description", "changed", "for chats", "for long chats"),
        ChangedField(state, "changed", "PRESENT", "ABSENT"),
        ChangedField("spec.versions[name=v2].name", "added", None, "v2"),
        ChangedField("spec.versions[name=v2].repo", "added", None, "org/llama-3-8b-v2"),
    )
    made = tuple(ChangedField(f"spec.{name}", "added", None, "x") for name in ("type", "secretRef"))
    book = Book.open(paths.ledger_file())  # a Ledger would begin with a note, at another time each time
    note = replace(notes.begun(Witness(41, "ab" * 32), []), at=NOW - timedelta(days=300), step_id="note")
    for one in (
        note,
        entry(9000, "hf-token", "apply", kind="Secret", before=None, difference=made[:1], change_id="a" * 32),
        entry(8999, "hub", "create", kind="ModelSource", before=None, difference=made, change_id="a" * 32),
        entry(300, "mistral-7b", "apply", f"failed: {DENIED}"),
        entry(120, "phi-3-mini", "delete", user="system:serviceaccount:ci:deployer"),
        entry(90, "qwen-2-7b", "apply", "begun"),
        entry(60, "qwen-2-7b", "apply", "unknown: the connection was closed before an answer came"),
        entry(45, "gemma-2b", "apply", namespace="team-b"),
        entry(40, "gemma-2b", "apply", context="prod-eu", namespace="team-b"),
        entry(10, "llama-3-8b", "apply", before=MODEL, difference=changes),
    ):
        book.append([one])
    book.close()


async def opened(pilot: Pilot[int], line: str = ":history") -> None:
    app: Any = pilot.app
    await models(pilot, app)
    await typed(pilot, line)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, HistoryScreen) and not app.screen._looking)
    await settled(pilot)


def shown(*keys: str, line: str = ":history", then: Callable[[Any], object] = lambda screen: True) -> Walk:
    async def walk(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await opened(pilot, line)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.05)
        await until(pilot, lambda: then(app.screen))
        await settled(pilot)

    return walk


def entry_shown(screen: Any) -> bool:
    return isinstance(screen, HistoryEntryScreen) and len(screen.text.lines) > 10


async def reviewed(pilot: Pilot[int]) -> None:
    app: Any = pilot.app
    await opened(pilot)
    await pilot.press("r")
    await until(pilot, lambda: isinstance(app.screen, RevertScreen))
    await settled(pilot)


PLACES: dict[str, Walk] = {
    "table": shown(),
    "all_contexts": shown("0", then=lambda screen: screen.table.counts.total == 10),
    "scrolled": shown(*["right"] * 6),
    "filtered": shown(line=":history /verb:apply result:=unknown"),
    "no_match": shown(line=":history /name:nobody"),
    "verified": shown("v", then=lambda screen: screen._verdict is not None and "entries fit" in screen._verdict[0][0]),
    "entry": shown("enter", then=entry_shown),
    "failed_entry": shown(*["down"] * 5, "enter", then=entry_shown),
    "states": reviewed,
    "help": shown("question_mark", then=lambda screen: screen.crumb == "help"),
}


@sizes
@pytest.mark.parametrize("place", PLACES)
def test_history(place: str, size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    filled()
    assert snap_compare(console(session()), terminal_size=size, run_before=PLACES[place])


@sizes
def test_nothing_yet(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    assert snap_compare(console(session()), terminal_size=size, run_before=shown())
