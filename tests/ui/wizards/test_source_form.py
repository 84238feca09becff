"""The questions about a ModelSource follow its type, and no secret comes out of them but through the answers."""

from __future__ import annotations

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.systems.modelfs.answers import SecretAnswers, SourceAnswers
from modeltui.systems.secret_value import SecretValue
from modeltui.systems.source_types import source_types
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards import source_form

CATALOG = source_types()
names = st.text(string.ascii_lowercase, min_size=1, max_size=12)
values = st.text(string.ascii_letters + "/:.=@-", min_size=1, max_size=20).map(str.strip).filter(bool)


@st.composite
def sources(draw: st.DrawFn) -> SourceAnswers:
    type_ = draw(st.sampled_from(source_form.SOURCE_TYPES))
    config = draw(st.dictionaries(st.sampled_from([*CATALOG[type_].config, "other", "another"]), values))
    ordered = {key: config[key] for key in CATALOG[type_].config if key in config}
    ordered |= {key: value for key, value in config.items() if key not in ordered}
    return SourceAnswers(name=draw(names), namespace=draw(names), type=type_, config=ordered, secret_ref=draw(st.just("") | names))


@given(sources())
def test_answers_become_text_and_answers_again(found: SourceAnswers) -> None:
    draft = source_form.draft(found, CATALOG)
    assert source_form.answers(draft, CATALOG) == found
    assert drafts.problems(source_form.form(CATALOG, editing=False), draft) == ()


def test_every_type_is_known_to_the_catalog() -> None:
    assert set(source_form.SOURCE_TYPES) <= set(CATALOG)


@pytest.mark.parametrize("type_", source_form.SOURCE_TYPES)
def test_only_what_the_type_takes_is_asked(type_: str) -> None:
    form = source_form.form(CATALOG, editing=False)
    draft = drafts.blank(form).with_answer("basics", "type", type_).with_answer("secret", "use", source_form.OWN_SECRET)
    settings = form.step("settings").asked(draft.around(form, form.step("settings"), 0))
    assert {field.label for field in settings} == {*CATALOG[type_].config, "Other settings"}
    secret = form.step("secret").asked(draft.around(form, form.step("secret"), 0))
    assert {field.label for field in secret} == {*CATALOG[type_].secret, "Secret", "Its name"}


def test_a_secret_is_in_the_answers_and_in_no_file() -> None:
    form = source_form.form(CATALOG, editing=False)
    draft = drafts.blank(form).with_answer("secret", "use", source_form.OWN_SECRET).with_answer("secret", "secret_name", "hf")
    draft = draft.with_answer("secret", "HUGGING_FACE.token", "hf_marker_marker_marker")
    made = source_form.answers(draft, CATALOG)
    assert made.secret == SecretAnswers(name="hf", values={"token": SecretValue("hf_marker_marker_marker")})
    assert "marker" not in json.dumps(drafts.saved(form, draft)[0])
    assert "marker" not in repr(made)
    assert drafts.restored(form, drafts.saved(form, draft)[0]).answer("secret", "HUGGING_FACE.token") == ""


def test_a_secret_that_is_named_has_to_have_a_name() -> None:
    form = source_form.form(CATALOG, editing=False)
    draft = source_form.draft(SourceAnswers(name="a", namespace="b", type="GIT"), CATALOG)
    draft = draft.with_answer("secret", "use", source_form.KNOWN_SECRET)
    (problem,) = drafts.problems(form, draft)
    assert (problem.step, problem.field) == ("secret", "secret_name")
