"""What a connection check is, and what comes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modeltui.reach.asking import Asker


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    """Cannot be told from here, which says nothing about the cluster."""


@dataclass(frozen=True, slots=True)
class Verdict:
    answer: Answer
    sentence: str
    """One sentence, with the server's own words where it had any; without secrets, on one line."""


def yes(sentence: str) -> Verdict:
    return Verdict(Answer.YES, sentence)


def no(sentence: str) -> Verdict:
    return Verdict(Answer.NO, sentence)


def unknown(sentence: str) -> Verdict:
    """`sentence`: why it cannot be told."""
    return Verdict(Answer.UNKNOWN, f"Cannot be checked from here: {sentence}")


@dataclass(frozen=True, slots=True)
class Check:
    """One question that somebody may ask."""

    title: str
    """What it is about: "Bucket s3://weights/qwen"."""
    ask: Callable[[Asker], Awaitable[Verdict]]
    """May raise `web.NoAnswer` and `KubeError`, which `asking.Asker.verdict` turns into verdicts."""
    sends_to: str = ""
    """The host that keys of the Secret go to when their use is allowed; empty when the check sends none."""
    whether_it_answers: bool = False
    """Whether that is the question, so that silence is a no. Of anything else silence tells nothing."""
