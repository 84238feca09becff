"""The `:` grammar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.document import text_of
from modeltui.ui import help as help_page
from modeltui.ui.commands import ACTIONS, Act, Show, UseContext, UseNamespaces, Vocabulary, Wrong, parse, suggest
from modeltui.ui.wizards.kinds import FORMS

WORDS = Vocabulary(
    views={"models": "models", "model": "models", "sources": "sources", "msrc": "sources", "datasets": "datasets"},
    namespaces=("team-a", "team-b", "prod"),
    contexts=("admin", "viewer"),
    columns=("name", "status", "tags", "storage"),
    shown_columns=("name", "status"),
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("models", Show("models")),
        (":Model", Show("models")),
        (":models team-a", Show("models", namespaces=("team-a",))),
        (":models team-a,team-b", Show("models", namespaces=("team-a", "team-b"))),
        (":models team-a team-b team-a", Show("models", namespaces=("team-a", "team-b"))),
        (":models all", Show("models", namespaces=())),
        (":models team-a /llama 3", Show("models", namespaces=("team-a",), filter="llama 3")),
        (":models -l app=chat", Show("models", selector="app=chat")),
        (":models -lapp=chat,env!=x /q", Show("models", selector="app=chat,env!=x", filter="q")),
        (":models app=a,env=b", Show("models", selector="app=a,env=b")),
        (":msrc @viewer", Show("sources", context="viewer")),
        (":ns", UseNamespaces(None)),
        (":ns team-a,prod", UseNamespaces(("team-a", "prod"))),
        (":ns *", UseNamespaces(())),
        (":ctx", UseContext("")),
        (":context admin", UseContext("admin")),
        (":q", Act("quit")),
        ("?", Act("help")),
    ],
)
def test_reads(line: str, expected: object) -> None:
    assert parse(line, WORDS) == expected


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (":modles", "Did you mean models?"),
        (":xyzzy", "There is no command :xyzzy."),
        (":", "Type the name of a table"),
        (":models -l", "-l needs a label selector"),
        (":models -x", "no option -x"),
        (":models Team_A", "cannot be a namespace"),
        (":models @vewer", "Did you mean viewer?"),
        (":ctx nowhere", "no context 'nowhere'"),
        (":ns all,team-a", "not both"),
        (":q now", "takes nothing after it"),
    ],
)
def test_says_what_is_wrong(line: str, says: str) -> None:
    command = parse(line, WORDS)
    assert isinstance(command, Wrong)
    assert says in command.sentence


@pytest.mark.parametrize(
    ("line", "whole"),
    [
        ("mod", "models"),
        ("da", "datasets"),
        ("models te", "models team-a"),
        ("ns team-a,te", "ns team-a,team-b"),
        ("ctx v", "ctx viewer"),
        ("models @a", "models @admin"),
        ("models /te", None),
        ("columns st", "columns status"),
        ("cols name,ta", "cols name,tags"),
        ("columns +st", "columns +storage"),
        ("columns -st", "columns -status"),
        ("columns -ta", None),
        ("columns de", "columns default"),
        ("columns +", None),
        ("models -l te", None),
        ("models ", None),
        ("", None),
        ("zzz", None),
    ],
)
def test_suggests(line: str, whole: str | None) -> None:
    assert suggest(line, WORDS) == whole


@given(st.text(max_size=40))
def test_any_line_is_answered_and_a_suggestion_extends_it(line: str) -> None:
    answer = parse(line, WORDS)
    assert not isinstance(answer, Wrong) or answer.sentence.strip().endswith((".", "?"))
    whole = suggest(line, WORDS)
    assert whole is None or (whole.startswith(line) and whole != line)


def test_the_help_names_a_word_for_every_command() -> None:
    told = " ".join(text_of(line) for line in help_page.page((), title="Models"))
    by_action: dict[str, list[str]] = {}
    for word, action in ACTIONS.items():
        by_action.setdefault(action, []).append(f":{word}")
    assert [action for action, words in by_action.items() if not any(word in told for word in words)] == []


def test_the_help_names_every_form() -> None:
    told = " ".join(text_of(line) for line in help_page.page((), title="Models"))
    assert all(f":new {form.word}" in told for form in FORMS)
