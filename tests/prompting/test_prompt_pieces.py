"""Streams, bodies, figures, failures and commands: what of a prompt is pure."""

from __future__ import annotations

import contextlib
import json
import shlex

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modeltui.prompting import equivalents, failures, messages, sse
from modeltui.prompting.figures import Figures, Meter
from modeltui.prompting.messages import Message, ModelCard, Piece, Usage
from modeltui.prompting.sse import Event

LINE = st.text(st.characters(exclude_characters="\r\n", exclude_categories=("Cs",)), max_size=20)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(LINE, min_size=1, max_size=3), max_size=5), st.sampled_from(("\n", "\r\n")), st.lists(st.integers(1, 9)))
def test_events_are_the_same_however_the_bytes_are_cut(events: list[list[str]], end: str, cuts: list[int]) -> None:
    written = "".join(f": a comment{end}" + "".join(f"data: {line}{end}" for line in lines) + end for lines in events).encode()
    found, parser, at = list[Event](), sse.Events(), 0
    for size in [*cuts, len(written)]:
        found += parser.feed(written[at : at + size])
        at += size
    found += parser.end()
    assert [event.data for event in found] == ["\n".join(lines) for lines in events]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"data:no space\n\n", [Event("no space")]),
        (b"\xef\xbb\xbfdata: x\n\n", [Event("x")]),
        (b"event: error\ndata: x\n\ndata: y\n\n", [Event("x", "error"), Event("y")]),
        (b"id: 1\nretry: 5\ndata\n\n", [Event("")]),
        (b": only a comment\n\n", []),
        (b"data: last line end is missing", [Event("last line end is missing")]),
        (b"data: a\rdata: b\r\rdata: c\r\r", [Event("a\nb"), Event("c")]),
        (b"data: \xff\n\n", [Event("\ufffd")]),
    ],
)
def test_what_servers_write(written: bytes, expected: list[Event]) -> None:
    at_once, one_by_one = sse.Events(), sse.Events()
    assert [*at_once.feed(written), *at_once.end()] == expected
    assert [*(event for byte in written for event in one_by_one.feed(bytes((byte,)))), *one_by_one.end()] == expected


def test_a_line_without_end_is_given_up() -> None:
    parser = sse.Events()
    for _ in range(sse.LONGEST // 65536):
        parser.feed(b"x" * 65536)
    with pytest.raises(sse.LineTooLong):
        parser.feed(b"x")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"choices": [{"delta": {"content": "hi"}}]}, Piece("hi")),
        ({"choices": [{"delta": {"content": None, "role": "assistant"}}], "usage": None}, Piece()),
        ({"choices": [{"delta": {"reasoning_content": "hm"}}]}, Piece(reasoning="hm")),
        ({"choices": [{"delta": {}, "finish_reason": "length"}]}, Piece(finish_reason="length")),
        ({"choices": [{"message": {"content": "all"}, "finish_reason": "stop"}]}, Piece("all", finish_reason="stop")),
        ({"choices": [], "usage": {"completion_tokens": 3}}, Piece(usage=Usage(None, 3))),
        ({"error": {"message": "boom", "code": 500}}, Piece(error="boom")),
        ({"error": "boom"}, Piece(error="boom")),
        ({"object": "error", "message": "boom", "type": "X"}, Piece(error="boom")),
        ({"unknown": {"fields": [1]}}, Piece()),
    ],
)
def test_pieces_of_answers(body: dict[str, object], expected: Piece) -> None:
    assert messages.piece(json.dumps(body)) == expected


@given(st.one_of(st.binary(max_size=60), st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x)).map(json.dumps)))
def test_whatever_comes_is_a_piece_or_unreadable(data: str | bytes) -> None:
    with contextlib.suppress(messages.Unreadable):
        assert isinstance(messages.piece(data), Piece)


def test_a_request_asks_for_a_stream_with_usage() -> None:
    body = messages.request("m", [Message("user", "hi")], max_tokens=5)
    assert body["messages"] == [{"role": "user", "content": "hi"}]
    assert (body["stream"], body["stream_options"], body["max_tokens"]) == (True, {"include_usage": True}, 5)


def test_figures_come_from_the_servers_count_or_from_the_pieces() -> None:
    meter = Meter(10.0)
    assert str(meter.figures(10.5)) == "no token · 0.50 s"
    for at in (11.0, 11.5, 12.0):
        meter.piece(at)
    counted = meter.figures(12.0)
    assert (counted.first, counted.tokens, counted.told, counted.rate) == (1.0, 3, False, 2.0)
    assert str(counted) == "first token 1.00 s · 2.0 pieces/s · 3 pieces (tokens not told) · 2.00 s"
    meter.usage(Usage(7, 1201))
    meter.end(12.5)
    assert meter.figures(99.0) == Figures(1.0, 2.5, 1201, True, 7, 1200.0)
    assert str(meter.figures(99.0)) == "first token 1.00 s · 1200.0 tokens/s · 1,201 tokens · 2.50 s"


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        (404, '{"error":{"message":"The model `x` does not exist."}}', 'the server knows no model "x": it serves a, b'),
        (
            404,
            '{"detail":"Not Found"}',
            "what answers there has no /v1/chat/completions: it is no OpenAI-compatible server",
        ),
        (
            400,
            '{"object":"error","message":"This model\'s maximum context length is 8 tokens. However,"}',
            "of 8 tokens: shorten the prompt",
        ),
        (401, '{"error":"Unauthorized"}', "the model server wants a key of its own (401)"),
        (503, "", "the model server is not ready to answer (503)"),
        (500, "Internal Server Error", "the model server failed (500): Internal Server Error"),
        (500, "", "the model server failed (500) and said nothing more"),
        (400, '{"error":{"message":"bad temperature"}}', "the model server refuses the request (400): bad temperature"),
    ],
)
def test_each_refusal_has_its_sentence(status: int, said: str, expected: str) -> None:
    served = (ModelCard("a"), ModelCard("b"))
    failure = failures.of_answer(status, said.encode(), model="x", path=messages.CHAT, served=served)
    assert expected in failure.sentence


@given(st.text(max_size=60) | st.just("long " * 5000) | st.just("\u202eevil\x1b[2J'\n"))
def test_curl_says_exactly_what_would_be_sent(prompt: str) -> None:
    body = messages.request("m", [Message("user", prompt)])
    line = equivalents.curl("http://127.0.0.1:8000", messages.CHAT, body)
    assert line.isprintable()
    words = shlex.split(line)
    assert words[:3] == ["curl", "-N", "http://127.0.0.1:8000/v1/chat/completions"]
    assert json.loads(words[-1]) == body


def test_kubectl_lines() -> None:
    forward = equivalents.kubectl_port_forward(context="a b", namespace="ns", what="svc/llm", local="", remote=80)
    assert forward == "kubectl --context 'a b' -n ns port-forward svc/llm :80"
    assert equivalents.kubectl_proxy(context="") == "kubectl proxy --port=8001"
