"""From any step of a form to its review by one key, an outline that names what is near, and only what was typed is called unfinished."""

from __future__ import annotations

from functools import partial

import pytest
from driving import Console, until
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from test_deploy_form import ALPHA, BETA
from test_deploy_screen import deploying

from modeltui.changes.plan import Change, Step
from modeltui.changes.refusals import Refusal
from modeltui.changes.reviewed import Review, Reviewed
from modeltui.document import text_of
from modeltui.domain import Finding, Severity
from modeltui.ui.screens import review as review_screen
from modeltui.ui.screens.review import ReviewScreen
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards import saved
from modeltui.ui.wizards import screen as wizard_screen
from modeltui.ui.wizards.frame import outline


async def nothing_against_it(client: object, change: Change) -> Review:
    return Review(change.title, tuple(Reviewed(step, None) for step in change.steps))


async def test_one_key_goes_from_the_first_step_to_the_review(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wizard_screen, "ReviewScreen", partial(ReviewScreen, reviewer=nothing_against_it))
    monkeypatch.setattr(review_screen.findings, "of", nothing_found)
    async with deploying(console, has=(ALPHA, BETA), model="Qwen/Qwen3-0.6B") as (pilot, wizard):
        await until(pilot, lambda: wizard._asked)
        assert wizard.at == 0
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(wizard.app.screen, ReviewScreen))
        await pilot.press("escape")
        await until(pilot, lambda: wizard.app.screen is wizard)
        assert wizard.at == 0, "back where it was left"


def nothing_found(change: Change, *_: object) -> tuple[tuple[Finding, ...], ...]:
    return ((),) * len(change.steps)


async def test_or_to_the_first_answer_that_is_missing(console: Console) -> None:
    async with deploying(console, has=(ALPHA, BETA)) as (pilot, wizard):
        await until(pilot, lambda: wizard._asked)
        await pilot.press("ctrl+n", "ctrl+g")
        await until(pilot, lambda: wizard.step.key == "model" and wizard._last_row is not None and wizard._last_row.field.key == "model")
        assert wizard.app.screen is wizard


def test_what_the_form_proposed_is_not_called_unfinished(console: Console) -> None:
    from modeltui.catalog.merged import shipped
    from modeltui.ui.wizards.deploy.form import Deploying

    form = Deploying(systems=(ALPHA, BETA), catalogs=shipped(), editing="").form()
    fresh = drafts.blank(form)
    typed = drafts.proposed(form, fresh.with_answer("model", "model", "Qwen/Qwen3-0.6B"), before=fresh)
    every = [label for label, _ in drafts.told(form, fresh, typed)]
    own = drafts.untouched(form, typed)
    assert "basics.name" in own
    assert len(every) > 1
    assert [label for label, _ in drafts.told(form, fresh, typed, proposed=own)] == ["Model"]
    renamed = typed.with_answer("basics", "name", "mine")
    labels = [label for label, _ in drafts.told(form, fresh, renamed, proposed=drafts.untouched(form, renamed))]
    assert labels == ["Model", "Name"]


def test_which_answers_were_proposed_is_kept() -> None:
    place = saved.Place("deployment", "c", "n")
    saved.keep(place, saved.Typed({"a": [{}]}, proposed=("basics.name",)))
    kept = saved.kept(place)
    assert kept is not None
    assert kept.typed.proposed == ("basics.name",)


TITLES = st.lists(st.text("abcdefgh ", min_size=1, max_size=16).map(str.strip).filter(bool), min_size=1, max_size=9)


@given(TITLES, st.data())
def test_an_outline_names_as_many_steps_as_fit(titles: list[str], data: st.DataObject) -> None:
    marks = [(title, "…") for title in titles]
    at, room = data.draw(st.integers(0, len(titles) - 1)), data.draw(st.integers(0, 200))
    told, least, whole = (text_of(outline(marks, at, room=one)) for one in (room, 0, None))
    assert cell_len(told) <= max(room, cell_len(least))
    assert (told == whole) == (cell_len(whole) <= room or told == least == whole)
    assert f"▸{at + 1} {titles[at]}" in told


async def test_of_a_name_that_is_taken_only_that_is_said(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the checks find is then a difference from the object of that name."""

    async def reviewed(client: object, change: Change) -> Review:
        return Review(change.title, tuple(Reviewed(step, None, refusals=(refusal,)) for step in change.steps))

    def found(*_: object) -> tuple[tuple[Finding, ...], ...]:
        return ((Finding(Severity.ERROR, "The instance type cannot be changed.", "Leave it."),),)

    refusal = Refusal("metadata.name", "exists already: choose another name, or change the one that is there", "")
    monkeypatch.setattr(review_screen.findings, "of", found)
    resource = ALPHA.of.view.resource
    change = Change(
        "Make Alpha team-a/x",
        (Step.create(resource, {"apiVersion": "toy/v1", "kind": "alpha", "metadata": {"name": "x", "namespace": "team-a"}}),),
    )
    async with deploying(console, has=(ALPHA, BETA)) as (pilot, wizard):
        screen = ReviewScreen(wizard._cluster, change, reviewer=reviewed)
        await wizard.app.push_screen(screen)
        await until(pilot, lambda: screen.text.lines)
        assert screen.complaints == [(0, "metadata.name", refusal.sentence)]
        refusal = Refusal("spec.x", "has to be a number", "")
        await pilot.press("r")
        await until(pilot, lambda: len(screen.complaints) == 2, "any other refusal leaves what the checks find")
