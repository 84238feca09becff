"""The bodies of OpenAI's API, as far as a prompt needs them: what is asked, and what the pieces of an answer say. Pure.

Servers leave fields out, or send null for them: everything has a default.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

CHAT: Final = "/v1/chat/completions"
MODELS: Final = "/v1/models"
DONE: Final = "[DONE]"

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    content: str


class Usage(msgspec.Struct, frozen=True):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Delta(msgspec.Struct, frozen=True):
    content: str | None = None
    reasoning_content: str | None = None
    """What a reasoning model thinks before it answers, as vLLM and SGLang name it."""
    reasoning: str | None = None
    """The same, as newer ones do."""


class Choice(msgspec.Struct, frozen=True):
    delta: Delta | None = None
    message: Delta | None = None
    """In place of `delta` in an answer that is not streamed."""
    finish_reason: str | None = None


class _Problem(msgspec.Struct, frozen=True):
    message: str = ""
    type: str | None = None
    code: int | str | None = None


class _Body(msgspec.Struct, frozen=True):
    choices: tuple[Choice, ...] | None = None
    usage: Usage | None = None
    model: str | None = None
    error: _Problem | str | None = None
    object: str | None = None
    message: str | None = None
    """Of an error as vLLM words it up to 0.9: {"object": "error", "message": ...}."""
    detail: str | None = None
    """Of an error as FastAPI words it."""


class _Card(msgspec.Struct, frozen=True):
    id: str = ""
    max_model_len: int | None = None


class _Cards(msgspec.Struct, frozen=True):
    data: tuple[_Card, ...] | None = None


@dataclass(frozen=True, slots=True)
class ModelCard:
    name: str
    context: int | None = None
    """Tokens of prompt and answer together, where the server says so."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What one event of a stream, or a whole answer, says."""

    text: str = ""
    reasoning: str = ""
    finish_reason: str = ""
    usage: Usage | None = None
    error: str = ""


class Unreadable(ValueError):
    """Not what OpenAI's API would send."""


def request(model: str, messages: Sequence[Message], *, max_tokens: int | None = None) -> dict[str, Any]:
    """The body that asks for a stream which tells its usage at the end."""
    body: dict[str, Any] = {"model": model, "messages": [{"role": each.role, "content": each.content} for each in messages]}
    if max_tokens is not None:
        body["max_tokens"] = max_tokens
    return {**body, "stream": True, "stream_options": {"include_usage": True}}


_body: Final = msgspec.json.Decoder(_Body, strict=False)
_cards: Final = msgspec.json.Decoder(_Cards, strict=False)


def piece(text: str | bytes) -> Piece:
    """Raises Unreadable."""
    try:
        body = _body.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    choice = body.choices[0] if body.choices else Choice()
    said = choice.delta or choice.message or Delta()
    reasoning = said.reasoning_content or said.reasoning or ""
    return Piece(said.content or "", reasoning, choice.finish_reason or "", body.usage, _error(body))


def complaint(text: bytes) -> str:
    """The sentence in the body of an answer that is no success; "" when it holds none that can be read."""
    try:
        return _error(_body.decode(text))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def _error(body: _Body) -> str:
    if isinstance(body.error, str):
        return body.error
    if body.error is not None:
        return body.error.message or str(body.error.type or body.error.code or "an error without a word")
    if body.object == "error":
        return body.message or "an error without a word"
    return (body.detail or body.message or "") if body.choices is None else ""


def cards(text: bytes) -> tuple[ModelCard, ...]:
    """Raises Unreadable."""
    try:
        found = _cards.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    return tuple(ModelCard(each.id, each.max_model_len) for each in found.data or () if each.id)
