"""What the table writes to a real terminal: few bytes, and the right ones."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from benchmarks import table, wire
from benchmarks.__main__ import NAMES, main
from benchmarks.pty_screen import PtyScreen

ROOT = str(Path(__file__).resolve().parents[3])


@pytest.fixture(autouse=True)
def _from_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}/src")


def test_byte_budget() -> None:
    figures = wire.measure(wire.TABLE, idle=2.0, storm=3.0)
    assert figures["idle_bytes_10s"] == 0
    assert 0 < figures["changed_cell_bytes"] <= 200
    assert 0 < figures["bytes_per_second_at_40_updates"] <= 5_000
    assert figures["start_bytes"] <= 60_000


@pytest.mark.parametrize(("size", "dialog"), [((160, 45), False), ((80, 24), False), ((100, 30), True)])
def test_what_was_written_piece_by_piece_is_what_a_full_repaint_shows(size: tuple[int, int], dialog: bool) -> None:
    columns, lines = size
    with PtyScreen((sys.executable, "-m", "benchmarks.table_app", "200"), columns=columns, lines=lines) as screen:
        screen.wait("llama-3-9-instruct")
        moving, marking, storm = ["j", "\x1b[6~", "k", "G", "k", "g"], [" ", "j", "\x00"], ["4", "S", "\x1b[C", "\x1b[C", "t"]
        keys = ["j", *marking, *storm, *moving, "\x1b[D", "1", "t", "N", *moving, "m", "m", *(["m", "0"] if dialog else ["0"])]
        for key in keys:
            screen.send(key.encode())
            screen.count(0.15)
        screen.settle(2.5)
        before = screen.look()
        written = len(screen.output)
        screen.send(b"r")
        screen.settle(0.5)
        assert len(screen.output) - written > columns * lines
        assert screen.look() == before
        screen.send(b"q")
        screen.settle(0.5)
        assert screen.process.wait(5) == 0
        assert b"\x1b[?1049l" in screen.output
        assert b"\x1b[?25h" in screen.output


def test_naming_no_benchmark_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nonsense"]) == 2
    assert capsys.readouterr().err == f'There is no benchmark "nonsense": choose one of {", ".join(NAMES)}.\n'
    assert main([]) == 2
    assert main(["--help"]) == 2


def test_the_table_benchmark_runs_on_a_small_table() -> None:
    figures = table.run(300, seconds=0.3)
    assert list(figures) == ["rows", "fill_seconds", "datatable_fill_seconds", "fill_ratio", "cpu_percent_at_1000_updates"]
    assert figures["rows"] == 300
    assert figures["fill_ratio"] == figures["datatable_fill_seconds"] / figures["fill_seconds"]
    assert figures["cpu_percent_at_1000_updates"] > 0
