"""What a completion request asks for, or why it cannot be answered, in vLLM's words. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from modeltui.demo.inference import text


class Problem(Exception):
    """An error that the client reads as JSON."""

    def __init__(self, code: int, type: str, message: str) -> None:  # noqa: A002  the field's name
        super().__init__(message)
        self.code, self.type, self.message = code, type, message

    def body(self) -> dict[str, Any]:
        return {"error": {"message": self.message, "type": self.type, "param": None, "code": self.code}}


@dataclass(frozen=True, slots=True)
class Wanted:
    chat: bool
    model: str
    prompt: str
    prompt_tokens: int
    tokens: int
    """How many the answer will have."""
    finish_reason: str
    stream: bool
    include_usage: bool

    @property
    def usage(self) -> dict[str, int]:
        return {"prompt_tokens": self.prompt_tokens, "total_tokens": self.prompt_tokens + self.tokens, "completion_tokens": self.tokens}


def wanted(path: str, body: bytes, models: Sequence[str], context: int) -> Wanted:
    """`models` are the names served; `context` is in tokens. Raises Problem."""
    try:
        asked = json.loads(body)
    except ValueError as error:
        raise _bad(f"[{{'type': 'json_invalid', 'loc': ('body', 0), 'msg': 'JSON decode error', 'ctx': {{'error': '{error}'}}}}]") from None
    if not isinstance(asked, dict):
        raise _bad("[{'type': 'model_attributes_type', 'loc': ('body',), 'msg': 'Input should be a valid dictionary'}]")
    chat = path.endswith("/chat/completions")
    needed = "messages" if chat else "prompt"
    if not asked.get(needed):
        raise _bad(f"[{{'type': 'missing', 'loc': ('body', '{needed}'), 'msg': 'Field required'}}]")
    model = asked.get("model") or "".join(models[:1])
    if model not in models:
        raise Problem(404, "NotFoundError", f"The model `{model}` does not exist.")
    if chat:
        messages = [each for each in asked["messages"] if isinstance(each, dict)]
        prompt = "\n".join(text.plain(each.get("content")) for each in messages)
        given = text.prompt_tokens(messages)
    else:
        prompt = text.plain(asked["prompt"])
        given = text.count(prompt)
    number, reason = _length(asked, prompt, given, context, where="messages" if chat else "prompt")
    options = asked.get("stream_options") or {}
    if options and not asked.get("stream"):
        raise _bad("Stream options can only be defined when `stream=True`.")
    return Wanted(chat, model, prompt, given, number, reason, bool(asked.get("stream")), bool(options.get("include_usage")))


def _length(asked: dict[str, Any], prompt: str, given: int, context: int, *, where: str) -> tuple[int, str]:
    limit = asked.get("max_completion_tokens", asked.get("max_tokens"))
    if limit is not None and (not isinstance(limit, int) or limit < 1):
        raise _bad(f"max_tokens must be at least 1, got {limit}.")
    if given >= context:
        told = f"However, your request has {given} input tokens. Please reduce the length of the input messages."
        raise _bad(f"This model's maximum context length is {context} tokens. {told}")
    if limit is not None and given + limit > context:
        told = f"However, you requested {given + limit} tokens ({given} in the {where}, {limit} in the completion)."
        told += f" Please reduce the length of the {where} or completion."
        raise _bad(f"This model's maximum context length is {context} tokens. {told}")
    room = limit if limit is not None else context - given
    natural = room if asked.get("ignore_eos") else text.length(prompt)
    return (room, "length") if natural >= room else (natural, "stop")


def _bad(message: str) -> Problem:
    return Problem(400, "BadRequestError", message)
