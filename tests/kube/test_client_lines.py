"""Cutting streams into lines."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.kube.lines import LineSplitter, LineTooLong


@given(st.binary(max_size=200), st.lists(st.integers(1, 20), max_size=40))
def test_any_cutting_gives_the_same_lines(data: bytes, sizes: list[int]) -> None:
    splitter, found, position = LineSplitter(text=True), [], 0
    for size in [*sizes, len(data)]:
        found += splitter.feed(data[position : position + size])
        position += size
    assert b"\n".join([*found, splitter.rest()]) == data


def test_objects_never_have_empty_lines() -> None:
    assert LineSplitter().feed(b"{}\n\n{}\n") == [b"{}", b"{}"]


def test_a_line_of_five_megabytes_costs_linear_time() -> None:
    splitter = LineSplitter()
    pieces = [b"x" * 1024] * 5 * 1024
    started = time.process_time()
    for piece in pieces:
        assert splitter.feed(piece) == []
    (line,) = splitter.feed(b"\n")
    assert len(line) == 5 * 1024 * 1024
    assert time.process_time() - started < 0.5  # a quadratic one copies 13 GB


def test_an_endless_line_of_objects_is_refused() -> None:
    splitter = LineSplitter(limit=100)
    splitter.feed(b"x" * 100)
    with pytest.raises(LineTooLong):
        splitter.feed(b"x")


def test_an_endless_line_of_text_comes_in_pieces() -> None:
    splitter = LineSplitter(text=True, limit=100)
    assert splitter.feed(b"10%\r" * 26) == [b"10%\r" * 26]
    assert splitter.feed(b"done\nnext") == [b"done"]
    assert splitter.rest() == b"next"
