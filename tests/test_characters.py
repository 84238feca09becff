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
