"""Answers, token by token. Pure: the same prompt gets the same answer, so that a client can be held to every byte of it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_VOCABULARY = (
    "The model answers with tokens that come one by one from the accelerator and each is sampled given all before it a cache of "
    "keys values keeps what was read so far while requests are batched together naïve café größer 模型 推理 サーバ данные λ ≈ 🙂 latency "
    "throughput grows until memory ends context length matters prefill then decode attention layers weights"
)
_WORDS = _VOCABULARY.split()
_WORD = re.compile(r"\w+|[^\w\s]")


def count(text: str) -> int:
    """Tokens of a text, as a tokenizer would about count them: long words are several."""
    return sum(1 + (len(word) - 1) // 6 for word in _WORD.findall(text))


def prompt_tokens(messages: Sequence[Mapping[str, Any]]) -> int:
    """With what a chat template adds: four tokens to each message, and three to begin the answer."""
    return sum(count(plain(message.get("content"))) + 4 for message in messages) + 3


def plain(content: Any) -> str:
    """The text of a message's content, which is a string or a list of parts."""
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def tokens(prompt: str, number: int) -> Iterator[str]:
    """Exactly `number` tokens of the answer to `prompt`, in sentences."""
    rng = random.Random(prompt)
    left = 0
    for index in range(number):
        if left == 0:
            left = rng.randrange(6, 16)
            yield rng.choice(_WORDS).capitalize() if index == 0 else " " + rng.choice(_WORDS).capitalize()
        elif left == 1:
            yield rng.choice((".", ".", ".", ".\n\n", "?", "!"))
        else:
            yield " " + rng.choice(_WORDS)
        left -= 1


def length(prompt: str) -> int:
    """Tokens after which the answer to `prompt` ends by itself."""
    return random.Random(f"length of {prompt}").randrange(40, 160)
