"""Variables, tolerations and arguments: typed and meant are two spellings of one thing, and what one line cannot say is refused."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.systems.answer_file import AnswersError
from modeltui.systems.serving import replicas
from modeltui.systems.serving.answers import EnvAnswers, KeyAnswers, TolerationAnswers
from modeltui.ui.wizards.deploy import kserve_parts, spelling

names = st.text(string.ascii_lowercase + string.digits + "-._", min_size=1, max_size=8)
anything = st.text(max_size=20)
keys = st.builds(KeyAnswers, name=names, key=names)
variables = st.one_of(
    st.builds(EnvAnswers, name=names, value=anything),
    st.builds(EnvAnswers, name=names, secret=keys),
    st.builds(EnvAnswers, name=names, config_map=keys),
)
tolerations = st.builds(
    TolerationAnswers,
    key=st.just("") | names,
    operator=st.sampled_from(["Equal", "Exists"]),
    value=st.just("") | names,
    effect=st.sampled_from(["", "NoSchedule", "PreferNoSchedule", "NoExecute"]),
    toleration_seconds=st.none() | st.integers(-5, 600),
)


@given(st.lists(variables, max_size=4, unique_by=lambda one: one.name).map(tuple))
def test_variables_come_back_or_are_refused(found: tuple[EnvAnswers, ...]) -> None:
    try:
        text = spelling.env_text(found)
    except AnswersError:
        assert any("\n" in one.value or "<-" in one.value or "\r" in one.value for one in found)
        return
    assert spelling.env_problem(text) == ""
    assert spelling.env(text) == found


@given(st.lists(tolerations, max_size=4).map(tuple))
def test_tolerations_come_back_or_are_refused(found: tuple[TolerationAnswers, ...]) -> None:
    try:
        text = spelling.tolerations_text(found)
    except AnswersError:
        assert any(_cannot_be_spelled(one) for one in found)
        return
    assert spelling.tolerations_problem(text) == ""
    assert spelling.tolerations(text) == found


def _cannot_be_spelled(one: TolerationAnswers) -> bool:
    """What an API server refuses, too."""
    if one.toleration_seconds is not None and one.effect != "NoExecute":
        return True
    return bool(one.value) if one.operator == "Exists" else not one.key


@given(st.lists(anything, max_size=5).map(tuple))
def test_arguments_are_words_of_a_shell(found: tuple[str, ...]) -> None:
    text = spelling.words_text(found)
    assert spelling.words_problem(text) == ""
    assert spelling.words(text) == found


@given(anything)
def test_no_text_breaks_a_check(text: str) -> None:
    for check in (spelling.env_problem, spelling.tolerations_problem, spelling.words_problem, spelling.amount, spelling.name):
        assert isinstance(check(text), str)
    assert isinstance(spelling.number(text, least=0), str)
    if not spelling.tolerations_problem(text):
        spelling.tolerations(text)
    if not spelling.env_problem(text):
        spelling.env(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("A=b", EnvAnswers(name="A", value="b")),
        ("A=", EnvAnswers(name="A")),
        ("A=b = c", EnvAnswers(name="A", value="b = c")),
        ("HF_TOKEN <- secret hf/token", EnvAnswers(name="HF_TOKEN", secret=KeyAnswers(name="hf", key="token"))),
        ("HF_TOKEN<-Secret  hf/token ", EnvAnswers(name="HF_TOKEN", secret=KeyAnswers(name="hf", key="token"))),
        ("A <- configmap c/k.yaml", EnvAnswers(name="A", config_map=KeyAnswers(name="c", key="k.yaml"))),
    ],
)
def test_how_a_variable_is_typed(text: str, meant: EnvAnswers) -> None:
    assert spelling.env_problem(text) == ""
    assert spelling.env(text) == (meant,)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("A", "Line 1: write NAME=value"),
        ("A=1\n\nA=2", "Line 3: A stands there twice."),
        ("A <- secret hf", "Line 1: write"),
        ("=x", "Line 1: write"),
    ],
)
def test_what_is_no_variable(text: str, told: str) -> None:
    assert spelling.env_problem(text).startswith(told)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("*", TolerationAnswers(operator="Exists")),
        ("nvidia.com/gpu", TolerationAnswers(key="nvidia.com/gpu", operator="Exists")),
        ("gpu=yes:NoSchedule", TolerationAnswers(key="gpu", value="yes", effect="NoSchedule")),
        ("gpu:NoExecute for 300", TolerationAnswers(key="gpu", operator="Exists", effect="NoExecute", toleration_seconds=300)),
    ],
)
def test_how_a_toleration_is_typed(text: str, meant: TolerationAnswers) -> None:
    assert spelling.tolerations(text) == (meant,)


@pytest.mark.parametrize(("text", "told"), [("gpu:Never", "effects are"), ("*=x", "has no value"), ("gpu:NoSchedule for 3", "NoExecute")])
def test_what_is_no_toleration(text: str, told: str) -> None:
    assert told in spelling.tolerations_problem(text)


def test_secrets_are_never_kept() -> None:
    kept = spelling.env_kept("HF_TOKEN=hf_abcdefghijklmnopqrstuvwx\nTOKEN <- secret hf/token\nPLAIN=x\nhalf hf_abcdefghijklmnopqrstuvwx")
    assert kept == "HF_TOKEN=<masked>\nTOKEN <- secret hf/token\nPLAIN=x\nhalf <masked>"
    assert (
        spelling.words_kept("--api-key s3cr3t --hf-token=s3cr3t --max-model-len 8192")
        == "--api-key <masked> --hf-token=<masked> --max-model-len 8192"
    )


@pytest.mark.parametrize(("text", "good"), [("0", True), ("9", False), ("-1", False), ("1.5", False), ("٣", False), ("8", True)])
def test_numbers(text: str, good: bool) -> None:
    assert (spelling.number(text, least=0, most=8) == "") is good


@pytest.mark.parametrize("number", [0.0010000000000000002, 0.00010000000000000002, 12.5, 50.0, 999999999.0])
def test_any_number_that_is_shown_is_taken(number: float) -> None:
    text = spelling.decimal_text(number)
    assert (spelling.positive(text), spelling.decimal(text)) == ("", number)


ENDLESS = "9" * 5_000
"""Pasted by mistake: Python refuses to read a number that long."""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ENDLESS, "At most 2147483647."),
        ("2147483648", "At most 2147483647."),
        ("2147483647", ""),
        ("-3", "At least 0."),
        ("--3", '"--3" is no whole number.'),
    ],
)
def test_numbers_that_no_api_holds(text: str, said: str) -> None:
    assert spelling.number(text, least=0) == said


def test_endless_numbers_are_refused_wherever_they_are_typed() -> None:
    assert replicas.problem(ENDLESS) == "At least 0 and at most 10000 replicas."
    assert spelling.tolerations_problem(f"key:NoExecute for {ENDLESS}")
    assert kserve_parts.split({"gpus": ENDLESS}) == ENDLESS


def test_digits_of_other_scripts_are_no_quantity() -> None:
    assert spelling.amount("\u0663") == '"\u0663" is not a quantity; write 16Gi, 4 or 500m.'
