"""A conversation with a model as lines: questions, answers as they come, how fast they came, and what went wrong. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from modeltui.document import BLANK, Line, Tone, line, plain
from modeltui.prompting.conversation import Turn
from modeltui.prompting.messages import ModelCard

ASKED: Final = "› "


def transcript(turns: Sequence[Turn]) -> list[Line]:
    """Oldest first."""
    found: list[Line] = []
    for turn in turns:
        found += [*([BLANK] if found else []), *_question(turn.question), *_answer(turn)]
    return found


def _question(text: str) -> list[Line]:
    return [((ASKED if number == 0 else "  ", "accent"), (plain(part), "title")) for number, part in enumerate(text.split("\n"))]


def _answer(turn: Turn) -> list[Line]:
    found: list[Line] = []
    if turn.answer is not None and turn.answer.reasoning:
        found += _text(turn.answer.reasoning, "dim")
    if turn.text:
        found += _text(turn.text)
    if turn.failure is not None:
        found.append(line(f"✗ {turn.failure.sentence}", "bad"))
        if turn.failure.raw and turn.failure.raw not in turn.failure.sentence:
            found.append(line(f"  {turn.failure.raw}", "dim"))
    return [*found, line(figures(turn), "dim")]


def _text(text: str, tone: Tone = "") -> list[Line]:
    return [line(part, tone) for part in text.expandtabs(4).split("\n")]


def figures(turn: Turn) -> str:
    """One line: the model, and how fast it is or was."""
    if turn.answer is None:
        return "◐ asking ..." if turn.running else ""
    told = f"{turn.model} · {turn.answer.figures}"
    if turn.running:
        return f"◐ {told}"
    end = " · stopped" if turn.stopped else " · cut at the number of tokens it may have" if turn.answer.finish_reason == "length" else ""
    return told + end


def intro(*, way: str, model: str, served: Sequence[ModelCard] | None, problem: str = "") -> list[Line]:
    """What is asked, and through what. `served` is None while it is not known."""
    found = [line(f"Asked through {way}.", "dim")]
    if problem:
        found.append(line(problem[0].upper() + problem[1:], "bad"))
    elif served is None:
        found.append(line("Looking which models it serves ...", "dim"))
    elif not served:
        found.append(line("It serves no model at the moment.", "warn"))
    if model:
        card = next((card for card in served or () if card.name == model), None)
        context = f", context of {card.context:,} tokens" if card is not None and card.context else ""
        others = f" · {len(served)} served (ctrl-o)" if served and len(served) > 1 else ""
        found.append((("Model ", "label"), (plain(model), "title"), (context + others, "dim")))
    return found
