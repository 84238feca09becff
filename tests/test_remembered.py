from __future__ import annotations

import errno
import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui import remembered
from modeltui.remembered import HISTORY, Remembered, load, update


def test_what_is_written_is_read_back_and_private(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "state.json"
    written = update(
        lambda it: (
            it.with_context("prod", namespaces=("a", "b"), view="models")
            .with_sort("models", "age", reverse=True)
            .with_columns("models", ("name", "status"))
            .with_command("models a")
            .with_filter("status:failed")
        ),
        path,
    )
    assert load(path) == (written, "")
    assert written.namespaces == {"prod": ("a", "b")}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["state.json", "state.json.lock"], "no temporary file is left"


def test_two_consoles_do_not_undo_each_other(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    update(lambda it: it.with_sort("models", "age", reverse=False), path)
    update(lambda it: it.with_sort("sources", "type", reverse=True), path)
    assert load(path)[0].sorts == {"models": ("age", False), "sources": ("type", True)}


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"sorts": {"models": 3}}', '{"commands": "x"}', '{"namespaces": {"a": "b"}}', "\ufffe"]
)
def test_a_damaged_file_is_set_aside_and_said(tmp_path: Path, content: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(content, encoding="utf-16")
    remembered, sentence = load(path)
    assert remembered == Remembered()
    assert sentence.startswith(f"{path} was damaged (")
    assert "state.json.damaged" in sentence
    assert (tmp_path / "state.json.damaged").exists()
    assert not path.exists()


def test_only_one_at_a_time_changes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever read before another wrote, and wrote after it, would undo it."""
    path = tmp_path / "state.json"
    monkeypatch.setattr(remembered, "PATIENCE", 0.0)

    def meanwhile(it: Remembered) -> Remembered:
        with pytest.raises(BlockingIOError):
            update(lambda other: other.with_command("nodes"), path)
        return it.with_command("models")

    assert update(meanwhile, path).commands == ("models",)
    assert update(lambda it: it.with_command("nodes"), path).commands == ("models", "nodes")


def test_what_another_console_wrote_anew_is_not_set_aside_for_the_damaged_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.json"
    path.write_text("{")
    known = json.loads

    def another_was_faster(text: str) -> object:
        monkeypatch.setattr(json, "loads", known)
        update(lambda it: it.with_command("models"), path)
        return known(text)

    monkeypatch.setattr(json, "loads", another_was_faster)
    assert load(path) == (Remembered(commands=("models",)), "")
    assert (tmp_path / "state.json.damaged").read_text() == "{"


def test_a_file_that_cannot_be_read_just_now_is_neither_set_aside_nor_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.json"
    written = update(lambda it: it.with_command("models"), path)
    with monkeypatch.context() as patched:

        def too_many(*_: object, **__: object) -> str:
            raise OSError(errno.EMFILE, "Too many open files")

        patched.setattr(Path, "read_text", too_many)
        memory, sentence = load(path)
        assert memory == Remembered()
        assert sentence == f"{path}: cannot be read ([Errno 24] Too many open files); nothing is remembered from earlier runs."
        with pytest.raises(OSError, match="Too many"):
            update(lambda it: it.with_command("nodes"), path)
    assert load(path) == (written, "")


def test_keys_of_a_newer_version_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text('{"context": "a", "from_the_future": 1}', encoding="utf-8")
    assert load(path) == (Remembered(context="a"), "")


def test_a_directory_that_cannot_be_written_raises_for_the_caller_to_say(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        update(lambda it: it.with_command("x"), tmp_path / "file" / "state.json")


@given(st.lists(st.text("ab ", max_size=3), max_size=300))
def test_histories_are_bounded_without_repeats_and_newest_last(lines: list[str]) -> None:
    remembered = Remembered()
    for line in lines:
        remembered = remembered.with_command(line)
    assert len(remembered.commands) <= HISTORY
    assert len(set(remembered.commands)) == len(remembered.commands)
    typed = [line for line in lines if line.strip()]
    assert remembered.commands[-1:] == tuple(typed[-1:])
