"""YAML as the API server reads it, where Python's YAML reads it otherwise."""

from __future__ import annotations

import pytest

from modeltui.demo import yaml_reading

SCALARS = {
    "y": True,
    "off": False,
    "1:30": "1:30",
    "010": 8,
    "0o7": 7,
    "0x1f": 31,
    "1e3": 1000,
    "1_000": 1000,
    ".5": 0.5,
    "2026-01-01": "2026-01-01",
    "2026-01-01T00:00:00Z": "2026-01-01T00:00:00Z",
    "~": None,
    "'y'": "y",
    "-5": -5,
}


@pytest.mark.parametrize(("text", "value"), SCALARS.items())
def test_scalars(text: str, value: object) -> None:
    read = yaml_reading.load(f"a: {text}")["a"]
    assert (type(read), read) == (type(value), value)


def test_keys_are_text() -> None:
    assert yaml_reading.load("{1: a, true: b, n: c}") == {"1": "a", "true": "b", "false": "c"}
    assert yaml_reading.load("x: &x {a: 1}\nm: {<<: *x, b: 2}")["m"] == {"a": 1, "b": 2}


def test_only_the_first_document_is_read() -> None:
    assert yaml_reading.load("a: 1\n---\nb: 2\n") == {"a": 1}
    assert yaml_reading.load("# nothing\n") is None


@pytest.mark.parametrize("text", ["a: .inf", "{? [a] : b}", "a: [", "null: a"])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(yaml_reading.YamlProblem):
        yaml_reading.load(text)
