"""Times, text, levels and names of log lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.logs import stamps
from modeltui.logs.cleaning import Cleaner, printed
from modeltui.logs.entries import LogTarget
from modeltui.logs.levels import level_of
from modeltui.logs.naming import short_names
from modeltui.redaction import MASK

NOON = 1_782_993_600 * stamps.SECOND  # 2026-07-02T12:00:00Z


@pytest.mark.parametrize(
    ("line", "stamp", "text"),
    [
        ("2026-07-02T12:00:00.000000000Z hello", NOON, "hello"),
        ("2026-07-02T12:00:00.123456789Z  two spaces", NOON + 123_456_789, " two spaces"),
        ("2026-07-02T12:00:00Z x", NOON, "x"),
        ("2026-07-02T12:00:00.5Z x", NOON + 500_000_000, "x"),
        ("2026-07-02T14:00:00.000000001+02:00 x", NOON + 1, "x"),
        ("2026-07-02T12:00:00.000000000Z", NOON, ""),
        ("2026-07-02T12:00:00.000000000Z ", NOON, ""),
        ("2026-13-02T12:00:00.000000000Z x", 0, "2026-13-02T12:00:00.000000000Z x"),
        ("rpc error: code = NotFound", 0, "rpc error: code = NotFound"),
        ("", 0, ""),
    ],
)
def test_the_time_is_split_off(line: str, stamp: int, text: str) -> None:
    assert stamps.split(line) == (stamp, text)


@given(st.integers(min_value=0, max_value=4_000_000_000 * stamps.SECOND), st.text())
def test_a_time_that_is_written_is_read_again(stamp: int, text: str) -> None:
    assert stamps.split(f"{stamps.whole(stamp)} {text}") == (stamp, text)


def test_how_times_are_shown() -> None:
    assert stamps.whole(NOON + 7) == "2026-07-02T12:00:00.000000007Z"
    assert stamps.short(NOON + 123_999_999) == "2026-07-02T12:00:00.123Z"
    assert stamps.second(NOON + 999_999_999) == "2026-07-02T12:00:00Z"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[36m(EngineCore pid=57)\x1b[0;0m INFO loaded", "(EngineCore pid=57) INFO loaded"),
        ("\x1b[38;2;1;2;3mred\x1b[m", "red"),
        ("\x1b]0;evil title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;aGk=\x07after", "after"),
        ("\x1bPq#0;2;0\x1b\\sixel", "sixel"),
        ("\x1b[2J\x1b[1;1Hscreen", "screen"),
        ("\x1bcreset", "reset"),
        ("\x9b31mC1", "C1"),
        ("Fetching:  10%|#   |\rFetching:  50%|##  |\rFetching: 100%|####|", "Fetching: 100%|####|"),
        ("Fetching: 100%|####|\r", "Fetching: 100%|####|"),
        ("\r\r", ""),
        ("12/100\b\b\b\b\b\b99/100", "99/100"),
        ("a\tb", "a   b"),
        ("bad \x00\x07 bytes \ufffd", "bad \ufffd\ufffd bytes \ufffd"),
        ("right\u202eto left", "right\ufffdto left"),
    ],
)
def test_what_a_terminal_would_show_in_the_end(raw: str, shown: str) -> None:
    assert printed(raw) == shown


@given(
    st.text(alphabet=st.characters(codec="utf-8"))
    | st.lists(st.sampled_from(["\x1b[", "31m", "\x1b]", "\x07", "\r", "\b", "x", "\x9b", "token=abc", "\n"])).map("".join)
)
def test_nothing_that_steers_a_terminal_is_left(raw: str) -> None:
    shown = Cleaner().clean(raw)
    assert not [character for character in shown if ord(character) < 32 or 0x7F <= ord(character) < 0xA0]


def test_secrets_are_masked_also_when_colours_or_invisible_characters_cut_them() -> None:
    token = "hf_" + "abcdefghijklmnopqrstuvwxyz"
    for raw in (
        f"login with {token}",
        "login with hf_abcdefg\x1b[1mhijklmnopqrstuvwxyz",
        "login with hf_abc\u200bdefghijklmnopqrstuvwxyz",
    ):
        assert "mnopqrstu" not in Cleaner().clean(raw)


def test_a_private_key_over_many_lines_is_masked_and_what_follows_is_not() -> None:
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"
    cleaner = Cleaner()
    begin, end = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
    shown = [cleaner.clean(line) for line in (begin, "Proc-Type: 4,ENCRYPTED", "", body, body, end, "serving on port 8000")]
    assert body not in "".join(shown)
    assert shown[1:6] == [MASK] * 5
    assert shown[6] == "serving on port 8000"


def test_a_key_that_never_ends_hides_no_more_than_looks_like_one() -> None:
    cleaner = Cleaner()
    cleaner.clean("parsing -----BEGIN PRIVATE KEY----- failed")
    assert cleaner.clean("the server is ready at last") == "the server is ready at last"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("INFO 06-12 10:11:12 [engine.py:310] Added request", "info"),
        ("(EngineCore_0 pid=57) WARNING 06-12 10:11:12 [x.py:1] slow", "warn"),
        ("ERROR:root:boom", "error"),
        ("[2026-06-12 10:00:00,123] CRITICAL in app: x", "error"),
        ("E0612 10:11:12.123456       1 reflector.go:147] failed", "error"),
        ("W0612 10:11:12.123456       1 x.go:1] hm", "warn"),
        ('time="2026-06-12T10:00:00Z" level=warning msg="disk"', "warn"),
        ('{"level":"error","ts":1718,"msg":"Reconciler error"}', "error"),
        ('{"severity": "DEBUG", "message": "x"}', "debug"),
        ("2026-06-12T10:00:00Z\tERROR\tReconciler error", "error"),
        ("Traceback (most recent call last):", "error"),
        ("no error here, and the errors=0 of the rest", ""),
        ("MY_ERROR_COUNT 3", ""),
        ("", ""),
    ],
)
def test_levels(text: str, level: str) -> None:
    assert level_of(text) == level


def target(pod: str, container: str = "", namespace: str = "a", *, previous: bool = False) -> LogTarget:
    return LogTarget(namespace, pod, container, previous)


def test_short_names_say_only_what_differs() -> None:
    one, two = target("llama-7c9d-abcde", "main"), target("llama-7c9d-fghij", "main")
    assert short_names([one]) == {one: ""}
    assert short_names([one, two]) == {one: "abcde", two: "fghij"}
    side = target("llama-7c9d-abcde", "proxy")
    assert short_names([one, side]) == {one: "main", side: "proxy"}
    assert short_names([one, two, side]) == {one: "abcde/main", two: "fghij/main", side: "abcde/proxy"}
    elsewhere = target("llama-7c9d-abcde", "main", "b")
    assert short_names([one, elsewhere]) == {one: "a", elsewhere: "b"}
    before = target("llama-7c9d-abcde", "main", previous=True)
    assert short_names([one, before]) == {one: "main", before: "main (before)"}
    assert short_names([target("web"), target("web-1")]) == {target("web"): "web", target("web-1"): "web-1"}


@given(
    st.sets(
        st.tuples(st.sampled_from(["a", "b"]), st.from_regex(r"[a-c](-[a-c]{1,12}){0,4}", fullmatch=True), st.sampled_from(["", "x", "y"]))
    )
)
def test_short_names_differ(found: set[tuple[str, str, str]]) -> None:
    names = short_names([target(pod, container, namespace) for namespace, pod, container in found])
    assert len(set(names.values())) == len(found)
