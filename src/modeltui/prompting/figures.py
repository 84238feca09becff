"""How fast an answer came: time to the first token, tokens a second, in all. Pure but for being told the time."""

from __future__ import annotations

from dataclasses import dataclass

from modeltui.prompting.messages import Usage


@dataclass(frozen=True, slots=True)
class Figures:
    """Times are in seconds. None is unknown."""

    first: float | None = None
    """From the request until the first piece of text."""
    total: float = 0.0
    tokens: int | None = None
    """Of the answer: told by the server, or else the number of pieces in which it came."""
    told: bool = False
    """Whether the server told `tokens`. Pieces are often tokens, but a server may send several at once."""
    prompt_tokens: int | None = None
    rate: float | None = None
    """Tokens a second, from the first one to the last."""

    def __str__(self) -> str:
        """ "first token 0.18 s · 41.2 tokens/s · 128 tokens · 3.20 s": the last is how long it took in all."""
        unit = "tokens" if self.told else "pieces"
        found = [f"first token {seconds(self.first)}" if self.first is not None else "no token"]
        if self.rate is not None:
            found.append(f"{self.rate:.1f} {unit}/s")
        if self.tokens is not None:
            number = f"{self.tokens:,} {unit if self.tokens != 1 else unit[:-1]}"
            found.append(number if self.told else f"{number} (tokens not told)")
        return " · ".join([*found, seconds(self.total)])


def seconds(value: float) -> str:
    return f"{value:.2f} s" if value < 10 else f"{value:.1f} s" if value < 100 else f"{value:.0f} s"


@dataclass(slots=True)
class Meter:
    """Told of each piece as it comes; times by any monotonic clock, in seconds."""

    began: float
    _first: float | None = None
    _last: float = 0.0
    _pieces: int = 0
    _ended: float | None = None
    _usage: Usage | None = None

    def piece(self, now: float) -> None:
        """Some text has come."""
        if self._first is None:
            self._first = now
        self._last = now
        self._pieces += 1

    def usage(self, usage: Usage) -> None:
        """Servers may tell it with each piece: the last one counts."""
        self._usage = usage

    def end(self, now: float) -> None:
        self._ended = now

    def figures(self, now: float) -> Figures:
        usage = self._usage or Usage()
        told = usage.completion_tokens is not None
        tokens = usage.completion_tokens if told else self._pieces
        until = self._ended if self._ended is not None else now
        if self._first is None:
            return Figures(total=until - self.began, tokens=tokens if told else None, told=told, prompt_tokens=usage.prompt_tokens)
        span = self._last - self._first
        rate = (tokens - 1) / span if tokens is not None and tokens > 1 and span > 0 else None
        return Figures(self._first - self.began, until - self.began, tokens, told, usage.prompt_tokens, rate)
