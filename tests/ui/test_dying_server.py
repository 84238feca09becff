"""The server dies in the middle of a change of several objects, and the console is what a person has of it: the account on the
screen is right, nothing in it is a guess, and the same change again does the rest and nothing twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from driving import until
from telling import Story
from tests.changes.mortal import Death
from tests.living import NS, SOURCES, Living, living
from textual.pilot import Pilot

from modeltui.changes.account import Account, StepState
from modeltui.changes.plan import Action
from modeltui.changes.writing import Patience
from modeltui.kube.resource import Resource
from modeltui.ledger.ledger import Ledger
from modeltui.options import ConsoleOptions
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.review import ReviewScreen, State
from modeltui.ui.wizards.screen import WizardScreen

Place = tuple[Resource, str, str]
SIGNS = {StepState.DONE: "✓", StepState.UNCHANGED: "=", StepState.FAILED: "✗", StepState.UNKNOWN: "?", StepState.NOT_DONE: "□"}
RECORDED = {StepState.DONE: "done", StepState.FAILED: "failed: ", StepState.UNKNOWN: "unknown: "}


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Living]:
    monkeypatch.setattr("modeltui.ui.screens.review.BEFORE_DELETING", 0.05)
    monkeypatch.setattr("modeltui.changes.execute.Patience", lambda: Patience(find_out=0.3, look_again=0.02, gone=1))
    async with living(tmp_path) as made:
        await made.rest()
        yield made


@asynccontextmanager
async def console(town: Living) -> AsyncIterator[tuple[Pilot[int], Story, BrowseScreen]]:
    options = ConsoleOptions(kubeconfig=str(town.kubeconfig), context="admin", namespaces=(NS,), view="sources")
    app = ConsoleApp(options, settings=Settings(), memory=Remembered())
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.table.counts.total > 0)
        assert isinstance(app.screen, BrowseScreen)
        yield pilot, Story(app, pilot), app.screen


async def a_source_with_its_secret(story: Story, table: BrowseScreen) -> ReviewScreen:
    """Two objects to make."""
    await story.act("New ModelSource")
    await story.screen(WizardScreen)
    await story.fill("made")
    await story.press("ctrl+n", "ctrl+n", "left", "enter")
    await story.fill("made", "t")
    await story.press("ctrl+n")
    return await story.reviewed()


async def three_marked_sources(story: Story, table: BrowseScreen) -> ReviewScreen:
    """Three objects to delete."""
    await until(story.pilot, lambda: table.table.counts.total == 4)
    for name in ("s1", "s2", "s3"):
        table.table.move_to((NS, name))
        await story.press("space")
    await story.press("ctrl+d")
    return await story.reviewed()


@dataclass(frozen=True)
class Point:
    begin: Callable[[Story, BrowseScreen], Any]
    write: int
    """Which write, from 0."""
    death: Death
    stays_dead: bool
    states: tuple[StepState, ...]


D, F, U, N = StepState.DONE, StepState.FAILED, StepState.UNKNOWN, StepState.NOT_DONE
POINTS = {
    "before the first is sent, for a moment": Point(a_source_with_its_secret, 0, Death.BEFORE, False, (F, N)),
    "before the first is sent, for long": Point(a_source_with_its_secret, 0, Death.BEFORE, True, (U, N)),
    "first made, no answer, for a moment": Point(a_source_with_its_secret, 0, Death.AFTER, False, (D, D)),
    "first made, no answer, for long": Point(a_source_with_its_secret, 0, Death.AFTER, True, (U, N)),
    "between the two, for a moment": Point(a_source_with_its_secret, 1, Death.BEFORE, False, (D, F)),
    "between the two, for long": Point(a_source_with_its_secret, 1, Death.BEFORE, True, (D, U)),
    "second made, no answer, for long": Point(a_source_with_its_secret, 1, Death.AFTER, True, (D, U)),
    "second deleted, no answer, for a moment": Point(three_marked_sources, 1, Death.AFTER, False, (D, D, D)),
    "second deleted, no answer, for long": Point(three_marked_sources, 1, Death.AFTER, True, (D, U, N)),
    "before the third is deleted, for a moment": Point(three_marked_sources, 2, Death.BEFORE, False, (D, D, F)),
}


@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS.keys())
async def test_the_account_on_the_screen_is_right_and_the_same_again_does_the_rest(town: Living, point: Point) -> None:
    for name in ("s1", "s2", "s3") if point.begin is three_marked_sources else ():
        town.make(SOURCES, name, spec={"type": "HTTP"})
    async with console(town) as (pilot, story, table):
        review = await point.begin(story, table)
        assert town.gate.writes == []
        town.gate.stays_dead = point.stays_dead
        town.gate.strikes = lambda sent: point.death if sent.writes and len(town.gate.writes) == point.write + 1 else None
        await story.press("a")
        await until(pilot, lambda: review.state is State.DONE)
        account = review.account
        assert account is not None
        assert tuple(step.state for step in account.steps) == point.states
        assert_true(town, account)
        assert_told(story, review, account)
        assert_recorded(account)

        town.gate.revive()
        done = {step.step.place: version_of(town, step.step.place) for step in account.steps if step.state is StepState.DONE}
        if not account.complete:
            await story.press("r")
            await story.reviewed()
            if review.review is not None and review.review.unchanged:  # all of it had been done
                assert "There is nothing to do: the cluster is so already." in str(review.sentence.content)
            else:
                await story.confirm()
                assert review.account is not None
                assert_true(town, review.account)
            assert {place: version_of(town, place) for place in done} == done
        assert_wanted(town, account)


def found(town: Living, place: Place) -> dict[str, Any] | None:
    resource, namespace, name = place
    return town.find(resource.group_resource, name, namespace=namespace)


def version_of(town: Living, place: Place) -> str:
    """Its resourceVersion, which every write makes another one; "" when it is not there."""
    return str((found(town, place) or {"metadata": {}})["metadata"].get("resourceVersion", ""))


def assert_true(town: Living, account: Account) -> None:
    """What it calls done is done, and what it calls not done is not."""
    for step in account.steps:
        there, deletes = found(town, step.step.place) is not None, step.step.action is Action.DELETE
        if step.state in (StepState.DONE, StepState.UNCHANGED):
            assert there is not deletes, step
        elif step.state in (StepState.FAILED, StepState.NOT_DONE):
            assert there is deletes, step


def assert_wanted(town: Living, account: Account) -> None:
    """In the end all of it is so."""
    for step in account.steps:
        assert (found(town, step.step.place) is None) is (step.step.action is Action.DELETE), step


def assert_told(story: Story, review: ReviewScreen, account: Account) -> None:
    told, sentence = story.told(review), str(review.sentence.content)
    for step in account.steps:
        assert f"{SIGNS[step.state]} {step.step}  {step.state}" in told
    headings = {StepState.FAILED: "Failed:", StepState.UNKNOWN: "Unknown whether done:", StepState.NOT_DONE: "Not done:"}
    for state, heading in headings.items():
        assert (heading in sentence) is bool(account.of(state)), sentence
    assert ("r begins the review again" in sentence) is not account.complete


def assert_recorded(account: Account) -> None:
    """The ledger says the same of every step that was begun."""
    ledger = Ledger.open()
    last: dict[tuple[str, str], str] = {}
    for entry in reversed([entry for entry in ledger.query(every=True).entries if entry.verb != "note"]):
        last[entry.kind, entry.name] = entry.result
    ledger.close()
    for step in account.steps:
        recorded = last.get((step.step.resource.kind, step.step.name), "")
        assert recorded.startswith(RECORDED[step.state]) if step.state in RECORDED else recorded == "", (step, recorded)


async def test_a_second_confirm_within_a_second_writes_once(town: Living) -> None:
    async with console(town) as (pilot, story, table):
        review = await a_source_with_its_secret(story, table)
        assert town.gate.writes == []
        await story.press("a", "a", "a")
        await until(pilot, lambda: review.state is State.DONE)
        await story.press("a")
        await pilot.pause(0.05)
        written = [(sent.method, sent.path.rsplit("/", 1)[-1]) for sent in town.gate.writes]
        assert written == [("PATCH", "made"), ("POST", "modelsources"), ("PATCH", "made")]  # the last gives our fields to an apply
        assert review.account is not None
        assert review.account.complete
