"""Why there is no answer, or only a part of one: one sentence that says what to do, beside the raw words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from modeltui.kube import errors
from modeltui.kube.sentences import sentence
from modeltui.prompting.messages import ModelCard, complaint

_CONTEXT: Final = re.compile(
    r"maximum context length is (\d+)|context (?:length|window|size)|max_model_len|n_ctx|exceeds? the (?:available )?context"
)
_MODEL: Final = re.compile(r"model\b.*\b(?:does not exist|not found|unknown|not served)|(?:unknown|invalid) model", re.IGNORECASE)
_NONE_READY: Final = re.compile(r"no endpoints available")
_RAW: Final = 500
"""Characters of raw words that are kept."""


@dataclass(frozen=True, slots=True)
class Failure:
    sentence: str
    raw: str = ""
    """What was said by whom it came from, when the sentence does not hold it."""

    def __str__(self) -> str:
        return self.sentence


class PromptFailed(Exception):
    """There is no answer, or no more of it."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.sentence)
        self.failure = failure


def of_answer(status: int, body: bytes, *, model: str, path: str, served: Sequence[ModelCard] | None) -> Failure:
    """Of the model server's own answer with `status` >= 300. `served` is None when it does not tell."""
    said = sentence(complaint(body) or body.decode("utf-8", "replace"), limit=_RAW)
    if status in (400, 413, 422) and (match := _CONTEXT.search(said)):
        size = f" of {match[1]} tokens" if match[1] else ""
        return Failure(
            f"prompt and answer together are longer than the model's context{size}: shorten the prompt, or ask for fewer tokens", said
        )
    if status in (400, 404) and _MODEL.search(said):
        return Failure(f'the server knows no model "{model}": {_served(served)}', said)
    if status in (404, 405):
        return Failure(f"what answers there has no {path}: it is no OpenAI-compatible server, or has another path", said)
    if status in (401, 403):
        return Failure(f"the model server wants a key of its own ({status}): ask by curl, with its Authorization header", said)
    if status == 429:
        return Failure("the model server has too many requests (429): try again in a moment", said)
    if status == 503:
        return Failure("the model server is not ready to answer (503): its model may still be loading", said)
    who = "the model server failed" if status >= 500 else "the model server refuses the request"
    return Failure(f"{who} ({status}): {said}" if said else f"{who} ({status}) and said nothing more", said)


def _served(served: Sequence[ModelCard] | None) -> str:
    if served is None:
        return "which ones it serves it does not tell"
    return f"it serves {', '.join(card.name for card in served)}" if served else "it serves none at the moment"


def of_way(error: errors.KubeError) -> Failure:
    """Of the API server, before anything reached the model server."""
    said = str(error)
    match error:
        case errors.ServerError() if _NONE_READY.search(said):
            return Failure("no pod behind it is ready: it may still be loading its model", said)
        case errors.ServerError(status=503):
            return Failure(f"the model server cannot be reached: {said.removeprefix('error trying to reach service: ')}", said)
        case errors.Forbidden() if error.resource:
            return Failure(
                f"you may not {error.verb} {error.resource} in namespace {error.namespace}, which the way to the model needs", said
            )
    return Failure(said)


def broken_off(pieces: int, why: str) -> Failure:
    """In the middle, or before the first token."""
    return Failure(f"the connection broke off {_after(pieces)}: {why}", why)


def stalled(pieces: int, seconds: float) -> Failure:
    return Failure(f"nothing came for {seconds:.0f} s {_after(pieces)}: the model server hangs, or has too much to do")


def ended_early(pieces: int) -> Failure:
    return Failure(f"the answer ended {_after(pieces)}, without the server saying that it is complete")


def said_in_stream(pieces: int, said: str) -> Failure:
    told = sentence(said, limit=_RAW)
    return Failure(f"the model server failed {_after(pieces)}: {told}", told)


def unreadable(pieces: int, data: str) -> Failure:
    raw = sentence(data, limit=_RAW)
    return Failure(f"the model server sent something {_after(pieces)} that is no piece of an answer", raw)


def _after(pieces: int) -> str:
    """Never "token" at the end: what follows "token: " is masked wherever it is shown."""
    if pieces > 1:
        return f"after {pieces} tokens"
    return "after the first token came" if pieces else "before the first token came"
