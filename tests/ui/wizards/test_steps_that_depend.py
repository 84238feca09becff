"""Steps and proposals that follow from other answers: what nobody typed changes with them, what somebody typed stays."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from modeltui.document import text_of
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards.form import NO, YES, Field, Form, Kind, Step, Values
from modeltui.ui.wizards.frame import outline


def _name(values: Values) -> str:
    return f"{values['system']}-{values['model']}" if values.get("model") else ""


def _of(system: str) -> Step:
    return Step(
        key=system,
        title=system,
        wanted=lambda values: values.get("system") == system,
        fields=(Field(key=f"{system}.image", label="Image", required=True, proposes=lambda values: f"{system}:{values['engine']}"),),
    )


FORM = Form(
    name="test",
    title="Test",
    steps=(
        Step(
            key="what",
            title="What",
            fields=(
                Field(key="model", label="Model"),
                Field(key="system", label="System", kind=Kind.CHOICE, choices=("a", "b"), default="a"),
                Field(key="engine", label="Engine", proposes=lambda values: "gguf" if values.get("model") == "small" else "vllm"),
                Field(key="eager", label="Eager", kind=Kind.SWITCH, proposes=lambda values: YES if values.get("model") == "small" else NO),
            ),
        ),
        Step(key="named", title="Named", fields=(Field(key="name", label="Name", proposes=_name),)),
        _of("a"),
        _of("b"),
    ),
)


def _type(draft: drafts.Draft, field: str, value: str) -> drafts.Draft:
    step = next(step for step in FORM.steps if field in {one.key for one in step.fields})
    return drafts.proposed(FORM, draft.with_answer(step.key, field, value), before=draft)


def _steps(draft: drafts.Draft) -> list[str]:
    return [step.key for step in draft.asked(FORM)]


def test_a_blank_draft_has_what_is_proposed_without_any_answer() -> None:
    blank = drafts.blank(FORM)
    assert blank.plain(FORM) == {
        **{"model": "", "system": "a", "engine": "vllm", "eager": NO, "name": ""},
        **{"a.image": "a:vllm", "b.image": "b:vllm"},
    }


def test_only_the_steps_that_make_sense_are_asked_and_only_their_problems_told() -> None:
    draft = _type(_type(drafts.blank(FORM), "b.image", ""), "model", "x")
    assert _steps(draft) == ["what", "named", "a"]
    assert drafts.problems(FORM, draft) == ()
    draft = _type(draft, "system", "b")
    assert _steps(draft) == ["what", "named", "b"]
    assert [problem.field for problem in drafts.problems(FORM, draft)] == ["b.image"]


def test_a_proposal_follows_along_a_chain() -> None:
    draft = _type(drafts.blank(FORM), "model", "small")
    assert (draft.answer("what", "engine"), draft.answer("what", "eager"), draft.answer("a", "a.image")) == ("gguf", YES, "a:gguf")
    assert draft.answer("named", "name") == "a-small"
    assert _type(draft, "system", "b").answer("named", "name") == "b-small"
    assert _type(draft, "model", "big").answer("what", "eager") == NO


def test_what_somebody_typed_stays_also_when_it_is_nothing() -> None:
    draft = _type(_type(drafts.blank(FORM), "model", "small"), "name", "mine")
    assert _type(draft, "model", "big").answer("named", "name") == "mine"
    draft = _type(draft, "name", "")
    assert _type(draft, "model", "big").answer("named", "name") == ""


def test_going_back_to_another_system_and_back_again_loses_nothing() -> None:
    draft = _type(_type(drafts.blank(FORM), "model", "x"), "a.image", "mine:1")
    there = _type(_type(draft, "system", "b"), "b.image", "theirs:2")
    back = _type(there, "system", "a")
    assert back.answer("a", "a.image") == "mine:1"
    content, _ = drafts.saved(FORM, back)
    assert drafts.restored(FORM, content) == back, "the file keeps what is not asked now, too"
    assert ("Image", "theirs:2") not in drafts.told(FORM, drafts.blank(FORM), back)


def test_when_the_form_learns_more_its_proposals_change_with_it_but_not_what_was_typed() -> None:
    def learned(values: Values) -> str:
        return f"{_name(values)}-2"

    steps = tuple(
        replace(step, fields=(replace(step.fields[0], proposes=learned),)) if step.key == "named" else step for step in FORM.steps
    )
    draft = _type(drafts.blank(FORM), "model", "x")
    form = replace(FORM, steps=steps)
    assert drafts.proposed(form, draft, before=draft, by=FORM).answer("named", "name") == "a-x-2"
    draft = _type(draft, "name", "mine")
    assert drafts.proposed(form, draft, before=draft, by=FORM).answer("named", "name") == "mine"


_typed = st.lists(
    st.sampled_from(
        [
            ("model", "x"),
            ("model", "small"),
            ("system", "a"),
            ("system", "b"),
            ("engine", "mine"),
            ("name", "n"),
            ("a.image", ""),
            ("b.image", "i"),
        ]
    ),
    max_size=8,
)


@given(_typed)
def test_a_field_holds_what_was_typed_last_or_what_is_proposed_now(typed: list[tuple[str, str]]) -> None:
    draft = drafts.blank(FORM)
    for field, value in typed:
        draft = _type(draft, field, value)
    plain, last = draft.plain(FORM), dict(typed)
    for field in (field for step in FORM.steps for field in step.fields):
        assert plain[field.key] in (last.get(field.key), field.proposes(plain), field.default)


def test_an_outline_that_has_no_room_names_only_the_step_at_hand() -> None:
    marks = [("Model", "✓"), ("System", "✕"), ("Name", "…")]
    assert text_of(outline(marks, 1)) == " 1 Model ✓ › ▸2 System ✕ › 3 Name … › 4 Review"
    assert text_of(outline(marks, 1, room=30)) == " 1 ✓ › ▸2 System ✕ › 3 … › 4 Review", "the one at hand, whatever happens"
    assert text_of(outline(marks, 1, room=40)) == " 1 ✓ › ▸2 System ✕ › 3 Name … › 4 Review", "the next one before the last"
