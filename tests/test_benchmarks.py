"""Every benchmark that can be named is there: they run by hand, so a rename elsewhere must not break them unseen."""

from __future__ import annotations

import importlib

import pytest
from benchmarks.__main__ import NAMES


@pytest.mark.parametrize("name", NAMES)
def test_can_be_run(name: str) -> None:
    module = importlib.import_module(f"benchmarks.{name}")
    assert callable(module.run)
    assert module.__doc__
