"""Numbers as words, labels and annotations have them: whatever stands there, it is a number or it is none."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from modeltui.systems.core import quantity
from modeltui.systems.core.types import ContainerSpec
from modeltui.systems.facts import FactTable
from modeltui.systems.kserve import arguments
from modeltui.systems.kserve.checks import engine
from modeltui.systems.nim_operator import reading
from modeltui.systems.nim_operator.types import NIMService

ENDLESS = "9" * 5000
"""Python refuses to read it."""


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_what_is_written_in_digits_is_read(number: int) -> None:
    assert quantity.whole(str(number)) == number


@given(st.text(max_size=30))
def test_whatever_else_is_none(text: str) -> None:
    found = quantity.whole(text)
    assert (found is None) == (not text.isascii() or not text.isdecimal() or len(text) > 18)


def test_endless_ones_and_those_of_other_scripts_are_none() -> None:
    assert [quantity.whole(text) for text in (ENDLESS, "٣", "-3", "1.0", " 1", "")] == [None] * 6


def test_an_annotation_of_thousands_of_digits_ends_nothing() -> None:
    """As everything that is in the cluster, it may be written by anybody."""
    spec = {"replicas": 2, "inferencePlatform": "kserve", "annotations": {"autoscaling.knative.dev/max-scale": ENDLESS}}
    service = msgspec.convert({"metadata": {"name": "llama", "namespace": "team"}, "spec": spec}, NIMService)
    assert reading.read(service, FactTable()).desired == 2


def test_a_flag_of_thousands_of_digits_ends_nothing() -> None:
    words = ["--model", "m", "--tensor-parallel-size", ENDLESS, "--max-model-len", ENDLESS]
    container = msgspec.convert({"name": "main", "args": words}, ContainerSpec)
    assert list(engine.parallel(words, container, "vllm", "spec", whole=True)) == []
    assert "context_length" not in arguments.read(words, of="vllm", named=True, tensor=True)
