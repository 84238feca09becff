"""What is offered for what is typed."""

from __future__ import annotations

import pytest

from modeltui.ui.wizards.controls import fitting

KNOWN = ("Qwen/Qwen3-8B", "Qwen/Qwen3-32B", "microsoft/phi-4", "hf-token", "token-of-ci")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Qwen/Qwen3-3", ["Qwen/Qwen3-32B"]),
        ("qwen/", ["Qwen/Qwen3-8B", "Qwen/Qwen3-32B"]),
        ("qwen3-8", ["Qwen/Qwen3-8B"]),
        ("phi", ["microsoft/phi-4"]),
        ("token", ["token-of-ci"]),
        ("hf-token", []),
        ("nothing", []),
        ("", list(KNOWN)),
    ],
)
def test_by_its_beginning_or_that_of_its_last_part_in_any_case(typed: str, found: list[str]) -> None:
    assert fitting(KNOWN, typed) == found
