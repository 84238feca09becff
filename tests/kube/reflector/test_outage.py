"""Noticing soon, and for all at once, that a server is back."""

from __future__ import annotations

import asyncio

import pytest
from fake_clock import FakeClock
from rigging import until

from modeltui.kube import errors
from modeltui.kube.outage import PROBE_EVERY, Outage


class Line:
    """What `Outage` asks, and is told by, on a clock of its own."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.asked = 0
        self.overs = 0
        self.answer: errors.KubeError | None = errors.Unreachable("refused")
        self.outage = Outage(self.ask, self.over, self.clock)

    async def ask(self) -> None:
        self.asked += 1
        if isinstance(self.answer, errors.Unreachable):
            self.outage.reached(False)  # as the client does
        if self.answer is not None:
            raise self.answer

    def over(self) -> None:
        self.overs += 1

    async def tick(self) -> None:
        """One interval passes, and whatever comes of it is done."""
        await until(lambda: bool(self.clock.pending))
        asked = self.asked
        self.clock.advance(PROBE_EVERY)
        await until(lambda: self.asked == asked + 1)


async def test_one_asks_for_all_and_says_so_once() -> None:
    line = Line()
    for _ in range(50):
        line.outage.reached(False)
    for _ in range(5):
        await line.tick()
    assert (line.asked, line.overs) == (5, 0)
    line.answer = None
    await line.tick()
    await until(lambda: line.overs == 1)
    await until(lambda: line.outage._probing is None)
    line.outage.reached(True)
    assert (line.overs, line.clock.pending) == (1, [])


async def test_somebody_elses_success_ends_it() -> None:
    line = Line()
    line.outage.reached(False)
    await until(lambda: bool(line.clock.pending))
    line.outage.reached(True)
    await until(lambda: line.outage._probing is None)
    assert (line.asked, line.overs, line.clock.pending) == (0, 1, [])


@pytest.mark.parametrize(
    ("answer", "over"),
    [
        (errors.Forbidden("no", status=403), True),
        (errors.Unauthorized("no", status=401), True),
        (errors.ServerError("starting", status=503), False),
        (errors.TooManyRequests("later", status=429), False),
        (errors.BadAnswer("a web page"), False),
    ],
)
async def test_what_counts_as_an_answer(answer: errors.KubeError, over: bool) -> None:
    line = Line()
    line.answer = answer
    line.outage.reached(False)
    await line.tick()
    await asyncio.sleep(0)
    assert line.overs == over
    await line.outage.aclose()
    assert line.clock.pending == []


async def test_a_server_that_answers_without_an_outage_is_not_asked() -> None:
    line = Line()
    line.outage.reached(True)
    assert (line.asked, line.overs, line.clock.pending) == (0, 0, [])
    await line.outage.aclose()
