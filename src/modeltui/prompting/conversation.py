"""The turns of one conversation with a model: what was asked, what came of it, and what is sent along with the next question."""

from __future__ import annotations

from dataclasses import dataclass, field

from modeltui.prompting.chat import Answer
from modeltui.prompting.failures import Failure
from modeltui.prompting.messages import Message


@dataclass(eq=False, slots=True)
class Turn:
    question: str
    model: str = ""
    answer: Answer | None = None
    """None before it has been asked."""
    failure: Failure | None = None
    running: bool = True
    stopped: bool = False
    """By the user, in the middle."""

    @property
    def text(self) -> str:
        return self.answer.text if self.answer is not None else ""


@dataclass(eq=False, slots=True)
class Conversation:
    turns: list[Turn] = field(default_factory=list)

    def messages(self, question: str) -> list[Message]:
        """What the model gets: all turns that it has answered, even in part, and the question."""
        said = [turn for turn in self.turns if turn.text and turn.failure is None]
        before = [message for turn in said for message in (Message("user", turn.question), Message("assistant", turn.text))]
        return [*before, Message("user", question)]

    @property
    def last(self) -> Turn | None:
        return self.turns[-1] if self.turns else None

    @property
    def running(self) -> Turn | None:
        return self.last if self.last is not None and self.last.running else None
