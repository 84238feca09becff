"""Answers and text are two spellings of one thing, and every mistake is told where it is."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from modeltui.systems.modelfs.answers import ModelAnswers, RequirementAnswers, SelectorAnswers, ShareAnswers, StorageAnswers, VersionAnswers
from modeltui.ui.wizards import answering, model_form
from modeltui.ui.wizards import draft as drafts

names = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=12)
words = st.text(string.ascii_letters + string.digits + " äé/:@=.-", max_size=20).map(str.strip)
keys = st.text(string.ascii_lowercase, min_size=1, max_size=8)
selectors = st.builds(
    SelectorAnswers,
    match_labels=st.dictionaries(keys, names, max_size=3),
    match_expressions=st.lists(
        st.one_of(
            st.builds(
                RequirementAnswers,
                key=keys,
                operator=st.sampled_from(["In", "NotIn"]),
                values=st.lists(names, min_size=1, max_size=3).map(tuple),
            ),
            st.builds(RequirementAnswers, key=keys, operator=st.sampled_from(["Exists", "DoesNotExist"])),
        ),
        max_size=3,
    ).map(tuple),
).filter(lambda one: one != SelectorAnswers())
storages = st.builds(
    StorageAnswers,
    size=st.sampled_from(["10Gi", "1.5Ti", "1000000"]),
    storage_class_name=st.none() | st.just("") | names,
    access_modes=st.lists(st.sampled_from(model_form.ACCESS_MODES), unique=True, max_size=2).map(tuple),
)
shares = st.builds(ShareAnswers, enabled=st.booleans(), namespace_selector=st.none() | selectors, require_opt_in_label=st.just("") | keys)
versions = st.builds(
    VersionAnswers,
    name=names,
    repo=names,
    revision=words,
    precision=st.sampled_from(["", "FP16", "INT4", "INT8"]),
    state=st.sampled_from(["PRESENT", "ABSENT"]),
    storage=st.none() | storages,
    share=st.none() | shares.filter(lambda one: one != ShareAnswers()),
    metadata=st.dictionaries(keys, words, max_size=3),
)
models = st.builds(
    ModelAnswers,
    name=names,
    namespace=names,
    source_ref=names,
    description=words,
    tags=st.lists(names, unique=True, max_size=3).map(tuple),
    logo_url=words,
    versions=st.lists(versions, min_size=1, max_size=3, unique_by=lambda one: one.name).map(tuple),
)


@given(models)
def test_answers_become_text_and_answers_again(found: ModelAnswers) -> None:
    draft = model_form.draft(found)
    assert model_form.answers(draft) == found
    assert drafts.problems(model_form.form(editing=False), draft) == ()


@given(models)
def test_a_draft_survives_the_file(found: ModelAnswers) -> None:
    form, draft = model_form.form(editing=False), model_form.draft(found)
    content, lacking = drafts.saved(form, draft)
    assume(not lacking)  # secrets do not
    assert drafts.restored(form, content) == draft


@given(st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_a_file_of_any_content_gives_a_draft(content: object) -> None:
    form = model_form.form(editing=False)
    restored = drafts.restored(form, {"basics": content, "versions": content, "more": content})
    assert set(restored.groups) == {"basics", "versions"}
    assert len(restored.groups["basics"]) == 1
    drafts.problems(form, restored)


def test_two_versions_of_one_name_are_told_at_the_second() -> None:
    form = model_form.form(editing=False)
    draft = model_form.draft(ModelAnswers(name="a", namespace="b", source_ref="c", versions=(VersionAnswers(name="x", repo="r"),) * 2))
    (problem,) = drafts.problems(form, draft)
    assert (problem.step, problem.group, problem.field) == ("versions", 1, "name")
    assert '"x"' in problem.sentence


def test_a_model_without_versions_is_told() -> None:
    form = model_form.form(editing=False)
    (problem,) = drafts.problems(form, model_form.draft(ModelAnswers(name="a", namespace="b", source_ref="c")))
    assert "at least one version" in problem.sentence


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (answering.object_name, ["a", "a-b.c", "0"], ["A", "-a", "a-", "a..b", "a b", "a" * 254]),
        (answering.label_name, ["a", "a-b"], ["a.b", "A", "a" * 64]),
        (answering.size, ["10Gi", "1", "1.5Ti"], ["10Gx", "ten", "0", "-1Gi"]),
        (answering.selector, ["a=b", "a in (b,c),!d", "a"], ["a in b", "=", "a>3"]),
        (answering.pairs, ["a=b\nc=", "", "\n"], ["a", "=b", "a=1\na=2"]),
    ],
)
def test_what_is_good_and_what_is_not(check: object, good: list[str], bad: list[str]) -> None:
    assert callable(check)
    assert [check(text) for text in good] == [""] * len(good)
    assert all(check(text) for text in bad)
