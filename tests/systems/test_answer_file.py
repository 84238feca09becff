"""Answers in files: read strictly, with one sentence for what is wrong where; secrets never come out again."""

from __future__ import annotations

import contextlib
import copy
import json
import pickle
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.systems import answering

from modeltui.redaction import MASK
from modeltui.systems.answer_file import AnswersError, load, read, write
from modeltui.systems.modelfs.answers import ModelAnswers, SecretAnswers, SourceAnswers
from modeltui.systems.secret_value import UNSET, SecretValue


@given(answers=answering.MODELS)
def test_a_models_answers_are_opened_as_they_were_saved(answers: ModelAnswers) -> None:
    assert read(write(answers), ModelAnswers) == answers


@given(answers=answering.SOURCES)
def test_a_sources_answers_are_opened_as_they_were_saved(answers: SourceAnswers) -> None:
    assert read(write(answers), SourceAnswers) == answers


def test_a_form_that_is_half_filled_in_can_be_saved() -> None:
    assert write(ModelAnswers(name="qwen")) == "name: qwen\n"
    assert read("{}", ModelAnswers) == ModelAnswers()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name: 3", "name: wants text, got a whole number; put it in quotes."),
        ("name: 2025-01-01", "name: wants text, got a date; put it in quotes."),
        ("name: null", "name: wants text, got nothing."),
        ("nme: x", 'the answers: there is no "nme": did you mean "name"?'),
        ("versions: [{precison: FP16}]", 'versions[0]: there is no "precison": did you mean "precision"?'),
        (
            "versions: [{zzz: 1}]",
            'versions[0]: there is no "zzz": there are name, repo, revision, precision, state, storage, share, metadata.',
        ),
        ("versions: [{state: GONE}]", 'versions[0].state: "GONE" is none of ABSENT, PRESENT.'),
        ("versions: [{share: {enabled: 'yes'}}]", "versions[0].share.enabled: wants true or false, got text."),
        ("versions: {}", "versions: wants a list, got a mapping."),
        ("versions: [{storage: {sise: 1Gi}}]", 'versions[0].storage: there is no "sise": did you mean "size"?'),
        (
            "versions: [{share: {namespaceSelector: {matchExpressions: [{key: a}]}}}]",
            'versions[0].share.namespaceSelector.matchExpressions[0]: "operator" is missing.',
        ),
        ("versions: [{metadata: {a: 1}}]", "versions[0].metadata (one of its keys): wants text, got a whole number; put it in quotes."),
        ("[]", "the answers: wants a mapping, got a list."),
        ("", "the answers: wants a mapping, got nothing."),
        ("name: a\nname: b", "line 2: 'name' stands there twice."),
        ("versions:\n- {name: a, name: b}", "line 2: 'name' stands there twice."),
        ("a: [", "line 1: not valid YAML: expected the node content, but found '<stream end>'."),
        ("a: *b", "line 1: not valid YAML: found undefined alias 'b'."),
        ("a: !!python/object:os.system x", "line 1: not valid YAML: could not determine a constructor"),
        ("{[1]: 2}", "not valid YAML"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(AnswersError) as caught:
        read(text, ModelAnswers)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(AnswersError):  # and with no other error
        assert isinstance(read(text, ModelAnswers), ModelAnswers)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(AnswersError, match=r"none\.yaml: cannot be read: No such file or directory\."):
        load(tmp_path / "none.yaml", ModelAnswers)
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(AnswersError, match=r"binary: is not text in UTF-8\."):
        load(binary, ModelAnswers)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("name: 3")
    with pytest.raises(AnswersError, match=r"wrong\.yaml: name: wants text"):
        load(wrong, ModelAnswers)


# ---- secrets --------------------------------------------------------------------------------------------------------

MARK = "s3cr3t-m4rk3r"


def test_a_secret_comes_from_the_file_the_environment_or_the_answers(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{MARK}\n")
    text = f"secret: {{values: {{a: {MARK}, b: {{env: TOKEN}}, c: {{file: token}}, d: '{MASK}', e: ''}}}}"
    found = read(text, SourceAnswers, beside=tmp_path, environ={"TOKEN": MARK}).secret
    assert found is not None
    assert {key: value.reveal() for key, value in found.values.items()} == {"a": MARK, "b": MARK, "c": MARK, "d": "", "e": ""}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("3", "a secret is text, {env: NAME} or {file: PATH}; put a number in quotes"),
        ("{env: NOPE}", "the variable NOPE is not set"),
        ("{file: nope}", "the file nope cannot be read: No such file or directory"),
        (f"{{env: A, file: {MARK}}}", "a secret is text"),
        (f"[{MARK}]", "a secret is text"),
    ],
)
def test_what_is_wrong_with_a_secret_is_said_without_it(value: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(AnswersError) as caught:
        read(f"secret: {{values: {{token: {value}}}}}", SourceAnswers, beside=tmp_path, environ={})
    assert str(caught.value).startswith("secret.values (one of its keys): " + sentence)
    assert MARK not in str(caught.value)


def test_a_secret_shows_nowhere() -> None:
    value = SecretValue(MARK)
    answers = SourceAnswers(name="hf", secret=SecretAnswers(name="s", values={"token": value, "old": UNSET}))
    shown = [repr(answers), str(value), f"{value} {value:>20}", f"{value!r}", f"{value}", write(answers), repr({"a": value})]
    assert not any(MARK in text for text in shown)
    with pytest.raises(TypeError):
        msgspec.json.encode(answers)
    with pytest.raises(TypeError):
        json.dumps({"token": value})
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(value)
    assert not hasattr(value, "__dict__")


def test_a_secret_that_was_saved_has_to_be_given_again() -> None:
    saved = write(SourceAnswers(secret=SecretAnswers(name="s", values={"token": SecretValue(MARK), "old": UNSET})))
    assert read(saved, SourceAnswers).secret == SecretAnswers(name="s", values={"token": UNSET, "old": UNSET})


def test_a_secret_is_a_value() -> None:
    assert SecretValue(MARK) == SecretValue(MARK) != SecretValue("x")
    assert len({SecretValue(MARK), SecretValue(MARK), UNSET}) == 2
    assert copy.deepcopy(SecretValue(MARK)) == copy.copy(SecretValue(MARK))
    assert SecretValue(MARK)
    assert not UNSET
