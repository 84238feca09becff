"""The form that deploys, filled in by keyboard alone: each field is gone to with the cursor, and answered as a person answers it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from driving import until
from serving_story import Manifest, ServingStory
from tests.upstream import unfit

from modeltui.ui.screens.review import ReviewScreen
from modeltui.ui.wizards.deploy.screen import DeployWizard
from modeltui.ui.wizards.form import NO, Kind
from modeltui.ui.wizards.rows import FieldRow

EXPECTED = Path(__file__).parent / "expected"


async def opened(story: ServingStory, line: str = ":new deployment") -> DeployWizard:
    """The form, once it knows which systems there are."""
    await story.type(line)
    await story.press("enter")
    return await at_hand(story)


async def at_hand(story: ServingStory) -> DeployWizard:
    wizard: DeployWizard = await story.screen(DeployWizard)
    await until(story.pilot, lambda: wizard._asked and wizard._row_in_focus() is not None, "the form never learned what is installed")
    return wizard


async def fill(story: ServingStory, wizard: DeployWizard, answers: Mapping[str, str]) -> ReviewScreen:
    """From the step at hand to the review: every field that `answers` names, wherever it stands, and nothing else."""
    left = dict(answers)
    while True:
        step, at = wizard.step, wizard.at
        await until(story.pilot, lambda: _stands(wizard), f"{step.title} is never shown")
        while todo := [row for row in wizard._rows() if row.field.key in left and row.display]:
            await answer(story, wizard, todo[0].field.key, left.pop(todo[0].field.key))
        last = at + 1 == len(wizard.steps)
        await story.press("ctrl+n")
        if last:
            assert not left, f"never asked: {left}"
            return await story.reviewed()
        await until(story.pilot, lambda at=at: wizard.at == at + 1, f"{step.title} is left never: {complaints(wizard)}")  # type: ignore[misc]  # at


def _stands(wizard: DeployWizard) -> bool:
    """Whether the step is on the screen, and not still the one before, or nothing. Of a step of cards there may be none yet."""
    step, rows = wizard.step, wizard._rows()
    if not wizard.answers.groups[step.key]:
        return not rows
    if not rows or any(row.step != step.key for row in rows):
        return False
    asked = {field.key for field in step.asked(wizard.answers.around(wizard.form, step, rows[0].group))}
    return {row.field.key for row in rows if row.display} == asked


async def answer(story: ServingStory, wizard: DeployWizard, key: str, text: str) -> None:
    """Down to the field, around past the last one, and the answer typed in place of what is there."""
    for _ in range(60):
        row = wizard._row_in_focus()
        if row is not None and row.field.key == key:
            break
        await story.press("f7" if row is None else "tab" if row.field.kind is Kind.LINES else "down")
        await until(story.pilot, lambda before=row: wizard._row_in_focus() is not before)  # type: ignore[misc]  # before
    else:
        raise AssertionError(f"{key} was never reached")
    await _typed(story, row, text)
    await until(story.pilot, lambda: wizard.answers.answer(wizard.step.key, key, group=row.group) == text, f"{key} never was {text}")


async def _typed(story: ServingStory, row: FieldRow, text: str) -> None:
    match row.field.kind:
        case Kind.CHOICE | Kind.SWITCH:
            choices = row.field.choices or (NO, "yes")
            steps = (choices.index(text) - choices.index(row.control.value)) % len(choices)
            await story.press(*["right"] * steps)
        case Kind.LINES:
            await story.press("f7")
            await story.paste(text)
        case _:
            await story.press("end", "ctrl+u", *text)


async def made(story: ServingStory, review: ReviewScreen, *, file: str, of: str, name: str) -> Manifest:
    """What is reviewed is what was expected, upstream's definition takes it, and the server has it once it is agreed to. `of`: its
    plural with its group. Answers with what was expected."""
    wanted = expected(file)
    assert sent(review) == wanted
    assert unfit(wanted) == []
    told = await story.confirmed(wanted["kind"])
    assert "✕" not in told, told
    assert holds(story.get(of, name), wanted)
    return wanted


def complaints(wizard: DeployWizard) -> dict[str, str]:
    """Field -> what is said to be wrong with it, as it is shown."""
    return {row.field.key: row.sentence for row in wizard._rows() if row.sentence and row.display}


def expected(name: str) -> Manifest:
    found: Manifest = yaml.safe_load((EXPECTED / f"{name}.yaml").read_text())
    return found


def sent(review: ReviewScreen) -> Manifest:
    """The whole object as it is to become."""
    (step,) = review._change.steps
    assert step.desired is not None
    return dict(step.desired)


def holds(there: Any, wanted: Any) -> bool:
    """Whether the server has all that was wanted; what it adds, such as defaults, is its own."""
    if isinstance(wanted, Mapping):
        return isinstance(there, Mapping) and all(holds(there.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(there, list) and len(there) == len(wanted) and all(map(holds, there, wanted))
    return bool(there == wanted)
