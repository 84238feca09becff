"""YAML that means the same to every reader."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from modeltui.yaml_output import dump, dump_object

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(document=JSON)
def test_what_is_written_is_read_again(document: Any) -> None:
    assert yaml.safe_load(dump(document)) == document


@pytest.mark.parametrize(
    "text", ["1e3", "0o14", "0774", "12_000", "1:30", "+1", "-", "0x1F", "3e9", "yes", "no", "null", "~", "true", "", ".5"]
)
def test_text_that_another_reader_takes_for_something_else_is_quoted(text: str) -> None:
    assert dump({"a": text})[3] in "\"'"


@pytest.mark.parametrize("text", ["12Gi", "Qwen/Qwen2-0.5B", "ReadWriteMany", "main", "qwen2.5", "word " * 400 + "end", "模型 \U0001f600"])
def test_plain_words_stay_plain(text: str) -> None:
    assert dump({"a": text}) == f"a: {text}\n"


@pytest.mark.parametrize("mark", ["\x85", "\u2028", "\u202e", "\x1b", "\x00", "\x9b", "\ufeff", "\u2066"])
def test_marks_that_reorder_or_end_a_line_are_written_out(mark: str) -> None:
    written = dump({"a": f"x{mark}y"})
    assert mark not in written
    assert yaml.safe_load(written) == {"a": f"x{mark}y"}


@pytest.mark.parametrize("last", ["", "\n", "\n\n"])
@pytest.mark.parametrize("first", ["", " ", "\n", "\U0001f600 "])
def test_text_of_several_lines_is_a_block(first: str, last: str) -> None:
    text = f"{first}one\n  two: [\nthree{last}"
    written = dump({"a": text})
    assert written.startswith("a: |")
    assert "  two: [\n" in written
    assert yaml.safe_load(written) == {"a": text}


def test_spaces_that_nobody_sees_are_in_quotes() -> None:
    assert dump({"a": "one \ntwo"}) == 'a: "one \\ntwo"\n'


@given(document=JSON)
def test_documents_one_after_the_other_are_read_again(document: Any) -> None:
    assert list(yaml.safe_load_all("---\n".join([dump({"a": document})] * 2))) == [{"a": document}] * 2


def test_an_object_is_written_in_the_order_in_which_people_read_it() -> None:
    obj = {"status": {}, "type": "Opaque", "kind": "Secret", "data": {}, "apiVersion": "v1", "metadata": {}}
    assert list(yaml.safe_load(dump_object(obj))) == ["apiVersion", "kind", "metadata", "data", "status", "type"]


def test_what_stands_twice_is_written_twice() -> None:
    part = {"x": 1}
    assert "&" not in dump([part, part])
