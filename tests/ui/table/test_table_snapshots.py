"""What the table looks like."""

from __future__ import annotations

from typing import Any

import pytest
from tests.ui.table.sample import TableApp, zoo


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_table(snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(TableApp(zoo()), terminal_size=size, press=["j", "space", "j", "j", "S"])


def test_wide(snap_compare: Any) -> None:
    assert snap_compare(TableApp(zoo(), wide=True), terminal_size=(120, 24), press=["G", "shift+right"])


def test_scrolled_to_the_right(snap_compare: Any) -> None:
    assert snap_compare(TableApp(zoo()), terminal_size=(60, 12), press=["right", "right", "pagedown"])


def test_without_colour(snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(TableApp(zoo()), terminal_size=(100, 20), press=["j", "space", "j", "j"])


def test_light(snap_compare: Any) -> None:
    app = TableApp(zoo())
    app.theme = "textual-light"
    assert snap_compare(app, terminal_size=(100, 20), press=["j", "space", "j", "j"])
