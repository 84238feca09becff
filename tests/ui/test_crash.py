"""When the console itself fails: the terminal is given back, and a file without secrets says what happened."""

from __future__ import annotations

import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import world
from driving import Console, models, until

from modeltui import options, paths
from modeltui.ui import app, crash
from modeltui.ui import console as console_module


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    logger = logging.getLogger("modeltui")
    before = (logger.handlers[:], logger.level, logger.propagate)
    yield
    logger.handlers[:], logger.level, logger.propagate = before


def test_a_crash_file_is_private_and_holds_no_secrets(tmp_path: Path) -> None:
    password = "hunter2hunter2"  # a local variable: must not be written
    ring = crash.start_logging()
    logging.getLogger("modeltui.kube").info("sent token=%s", "sha256~abcdefghijklmnop")
    try:
        raise ValueError(f"Authorization: Bearer {password[:0]}eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl")
    except ValueError as error:
        path = crash.write(error, ring.lines, folder=tmp_path / "crashes")
    text = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "ValueError" in text
    assert "test_crash.py" in text
    for secret in (password, "abcdefghijklmnop", "eyJzdWIiOiJ4In0"):
        assert secret not in text


def test_the_ring_keeps_the_newest_lines() -> None:
    ring = crash.start_logging()
    for number in range(crash.KEPT + 50):
        logging.getLogger("modeltui.test").info("line %d", number)
    assert len(ring.lines) == crash.KEPT
    assert ring.lines[-1].endswith("line 249")


def test_a_log_file_is_private_and_redacted(tmp_path: Path) -> None:
    file = tmp_path / "log.txt"
    crash.start_logging(file=str(file))
    logging.getLogger("modeltui.kube").warning("password=correcthorsebattery")
    crash.start_logging()
    assert "correcthorsebattery" not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_an_unhandled_error_ends_the_console_and_is_kept(console: Console) -> None:
    made = console(world.session())

    def broken() -> None:
        raise RuntimeError("broken on purpose")

    async def walk() -> None:
        async with made.run_test(size=(80, 24)) as pilot:
            await models(pilot, made)
            made.call_later(broken)
            await until(pilot, lambda: made.failure is not None)

    with pytest.raises(RuntimeError, match="broken on purpose"):
        await walk()
    assert isinstance(made.failure, RuntimeError)
    assert made.return_code == 1


def test_run_prints_the_path_of_the_crash_file(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(self: console_module.ConsoleApp, **_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(console_module.ConsoleApp, "run", broken)
    monkeypatch.setattr(app, "need_terminal", lambda: None)
    assert app.run(options.ConsoleOptions()) == 1
    (file,) = paths.crash_dir().glob("crash-*.txt")
    assert str(file) in capsys.readouterr().err
    assert "broken on purpose" in file.read_text()
