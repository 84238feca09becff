"""Answers go to a file and come back, as `modeltui render` reads them; no file is replaced unasked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modeltui.systems.answer_file import AnswersError, read
from modeltui.systems.modelfs.answers import ModelAnswers, SourceAnswers
from modeltui.systems.source_types import source_types
from modeltui.ui.commands import New, Vocabulary, Wrong, parse, suggest
from modeltui.ui.wizards import files, source_form
from modeltui.ui.wizards.files import FileProblem

CATALOG = source_types()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").mkdir()
    for name in ("llama.yaml", "llama.txt", "lima.json", ".hidden.yaml", "models/a b.yml"):
        (tmp_path / name).write_text("name: x\n")
    return tmp_path


VOCABULARY = Vocabulary(views={"models": "models"}, kinds=lambda: ("model", "source"), files=files.completions)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("l", ["lima.json", "llama.yaml"]),
        ("ll", ["llama.yaml"]),
        ("m", ["models/"]),
        ("models/", ["models/a b.yml"]),
        ("~", ["~/"]),
        ("~/ll", ["~/llama.yaml"]),
        (".h", [".hidden.yaml"]),
        ("nowhere/", []),
        ("~nobody-of-that-name/x", []),
    ],
)
@pytest.mark.usefixtures("home")
def test_paths_are_completed_as_they_are_spelled(typed: str, found: list[str]) -> None:
    assert list(files.completions(typed)) == found


@pytest.mark.usefixtures("home")
@given(st.text(max_size=30))
@example("\0/")
def test_any_text_may_be_completed(typed: str) -> None:
    assert all(found.startswith(typed) for found in files.completions(typed))


def test_what_no_path_can_hold_is_said() -> None:
    with pytest.raises(FileProblem, match="No path has a zero character in it"):
        files.path_of("a\0b.yaml")


@pytest.mark.parametrize(
    ("line", "command"),
    [
        (":new model", New("model")),
        ("new Models", New("model")),
        ("create source ~/a b.yaml", New("source", "~/a b.yaml")),
    ],
)
def test_new(line: str, command: New) -> None:
    assert parse(line, VOCABULARY) == command


@pytest.mark.parametrize(("line", "told"), [("new", ":new model or :new source"), ("new modle x", "Did you mean model?")])
def test_new_what(line: str, told: str) -> None:
    found = parse(line, VOCABULARY)
    assert isinstance(found, Wrong)
    assert told in found.sentence


def test_nothing_is_new_without_a_cluster() -> None:
    assert isinstance(parse("new model", Vocabulary(views={})), Wrong)


@pytest.mark.parametrize(
    ("line", "whole"),
    [
        ("ne", "new"),
        ("new m", "new model"),
        ("new model", None),
        ("new model ll", "new model llama.yaml"),
        ("new source ~/mod", "new source ~/models/"),
        ("new source models/a", "new source models/a b.yml"),
        ("new source models/a b", "new source models/a b.yml"),
        ("new model ", None),
    ],
)
@pytest.mark.usefixtures("home")
def test_new_is_suggested(line: str, whole: str | None) -> None:
    assert suggest(line, VOCABULARY) == whole


def test_a_file_is_never_replaced_unasked(home: Path) -> None:
    with pytest.raises(FileExistsError):
        files.write(home / "llama.yaml", "new", replace=False)
    assert (home / "llama.yaml").read_text() == "name: x\n"
    files.write(home / "llama.yaml", "new", replace=True)
    assert (home / "llama.yaml").read_text() == "new"


@pytest.mark.parametrize(("name", "told"), [("models", "is a directory"), ("nowhere/x.yaml", "There is no directory")])
def test_where_nothing_can_be_written_is_said(home: Path, name: str, told: str) -> None:
    for replace in (False, True):
        with pytest.raises(FileProblem, match=told if not (replace and name == "models") else "cannot be written"):
            files.write(home / name, "x", replace=replace)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_of_others_is_said(home: Path) -> None:
    (home / "models").chmod(0o500)
    with pytest.raises(FileProblem, match="Permission denied"):
        files.write(home / "models" / "x.yaml", "x", replace=False)


def source(text: str) -> SourceAnswers:
    return read(text, SourceAnswers, environ={"TOKEN": "from-the-environment"})


def test_a_secret_that_the_file_refers_to_is_in_the_answers() -> None:
    found = source("{name: hub, type: HUGGING_FACE, secretRef: hf, secret: {values: {token: {env: TOKEN}}}}")
    draft = source_form.draft(found, CATALOG)
    made = source_form.answers(draft, CATALOG).secret
    assert draft.answer("secret", "use") == source_form.OWN_SECRET
    assert made is not None
    assert made.name == "hf"
    assert made.values["token"].reveal() == "from-the-environment"


@pytest.mark.parametrize(
    ("secret", "told"),
    [
        ("{values: {strange: x}}", '"strange"'),
        ("{name: other, values: {token: x}}", "by its name"),
        ("{namespace: other, values: {token: x}}", "its own namespace"),
    ],
)
def test_a_secret_that_the_form_cannot_ask_for_is_said(secret: str, told: str) -> None:
    with pytest.raises(AnswersError, match=told):
        source_form.draft(source(f"{{name: hub, namespace: a, type: HUGGING_FACE, secretRef: hf, secret: {secret}}}"), CATALOG)


def test_half_answers_are_a_file_too() -> None:
    assert read("{}", ModelAnswers) == ModelAnswers()
    assert source_form.draft(source("{}"), CATALOG).answer("basics", "type") == source_form.SOURCE_TYPES[0]
