from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui import characters


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("\x1b[31mred\x1b[0m", "�[31mred�[0m"),
        ("two\r\nlines\tand a tab", "two lines and a tab"),
        ("user\u202etxt.exe", "user�txt.exe"),
        ("zero\u200bwidth", "zerowidth"),
        ("a" + "\u0301" * 50, "a" + "\u0301" * 4),
        ("\u0301x", "◌\u0301x"),
        ("\udc80", "�"),
        ("plain-name_1.5", "plain-name_1.5"),
        ("日本語", "日本語"),
    ],
)
def test_harmful_text_is_made_harmless(raw: str, expected: str) -> None:
    assert characters.printable(raw) == expected


@given(st.text(max_size=80), st.integers(min_value=0, max_value=40))
def test_clipped_text_fits_and_says_that_it_was_cut(raw: str, room: int) -> None:
    clean = characters.printable(raw)
    clipped = characters.clip(clean, room)
    assert characters.width(clipped) <= room
    assert clipped == clean or room == 0 or clipped.endswith("…")


@given(st.text(max_size=80) | st.text("abc-09", max_size=80), st.integers(min_value=0, max_value=40))
def test_text_that_is_cut_in_its_middle_keeps_both_ends(raw: str, room: int) -> None:
    clean = characters.printable(raw)
    clipped = characters.clip_middle(clean, room)
    assert characters.width(clipped) <= room
    if clean.isascii() and room >= 3 and clipped != clean:
        head, _, end = clipped.partition("…")
        assert len(clipped) == room
        assert (clean.startswith(head), clean.endswith(end)) == (True, True)
        assert 0 <= len(head) - len(end) <= 1
        assert characters.clip_middle(clipped, room) == clipped


def test_pods_of_one_deployment_are_told_apart_where_there_is_little_room() -> None:
    one, other = (f"qwen3-32b-disagg-vllmprefillworker-e70931-779f58d57b-{end}" for end in ("fkzcn", "x8h2m"))
    assert characters.clip_middle(one, 30) == "qwen3-32b-disag…9f58d57b-fkzcn"
    assert characters.clip_middle(characters.clip_middle(other, 52), 30).endswith("9f58d57b-x8h2m")


def test_wide_characters_count_twice() -> None:
    assert characters.width("日本語") == 6
    assert characters.clip("日本語モデル", 6) == "日本…"
    assert characters.width(characters.clip("x" * 300, 48)) == 48


@given(st.text())
def test_text_that_is_edited_keeps_its_length_and_steers_nothing(text: str) -> None:
    shown = characters.harmless(text)
    assert len(shown) == len(text)
    assert not any(unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs") or char in "\u202e\u2066\u200f\u061c" for char in shown)
    assert [one for one, two in zip(text, shown, strict=True) if one != two and one.isprintable()] == []
