"""When a deployment that was changed serves, and when it is plain that it will not."""

from __future__ import annotations

import pytest

from modeltui.domain import Finding, Phase, Severity, Status
from modeltui.systems.serving.arriving import Look, Patience, State, judged
from modeltui.systems.serving.deployment import Deployment

ERROR, WARNING = Finding(Severity.ERROR, "The image cannot be pulled."), Finding(Severity.WARNING, "It runs, and is not ready.")
GOOD, LATE, OLD = (True, True), (False, True), (True, False)


def of(phase: Phase, reason: str = "") -> Deployment:
    return Deployment(status=Status(phase, "", reason))


@pytest.mark.parametrize(
    ("phase", "pods", "causes", "state"),
    [
        (Phase.READY, [GOOD], [], State.SERVES),
        (Phase.READY, [], [], State.SERVES),
        (Phase.READY, [GOOD, OLD], [], State.WAITING),
        (Phase.READY, [OLD], [], State.WAITING),
        (Phase.READY, [OLD, LATE], [WARNING], State.WAITING),
        (Phase.READY, [OLD, LATE], [ERROR], State.FAILS),
        (Phase.PROCESSING, [LATE], [], State.WAITING),
        (Phase.PROCESSING, [LATE], [ERROR], State.FAILS),
        (Phase.PENDING, [], [], State.WAITING),
        (Phase.FAILED, [], [], State.FAILS),
        (Phase.PAUSED, [], [], State.STOPPED),
    ],
)
def test_one_look(phase: Phase, pods: list[tuple[bool, bool]], causes: list[Finding], state: State) -> None:
    look = judged(of(phase), pods, causes)
    assert look.state is state
    assert look.causes == tuple(causes)
    assert look.sentence.endswith(".")


def test_what_serves_meanwhile_is_said_with_how_many_are_missing() -> None:
    assert judged(of(Phase.READY), [OLD, LATE, LATE], []).sentence == "What was there before still serves; 2 of its pods are not ready yet."
    assert judged(of(Phase.READY), [OLD], []).sentence == "What was there before still serves."
    assert judged(of(Phase.PROCESSING, "KServe is at it."), [], []).sentence == "KServe is at it."


def ends(*looks: tuple[State, float]) -> list[State]:
    patience = Patience(certain=20)
    return [patience.weigh(Look(state, "x"), at).state for state, at in looks]


S, W, F = State.SERVES, State.WAITING, State.FAILS


def test_one_look_is_none_since_a_controller_may_not_have_seen_the_change_yet() -> None:
    assert ends((S, 0), (S, 2)) == [W, S]
    assert ends((S, 0), (W, 2), (S, 4), (S, 6)) == [W, W, W, S]


def test_errors_have_to_stand_for_a_while() -> None:
    assert ends((F, 0), (F, 2), (F, 19), (F, 20)) == [W, W, W, F]
    assert ends((F, 0), (F, 19), (W, 20), (F, 21), (F, 40)) == [W, W, W, W, W]
    assert ends((State.GONE, 0)) == [State.GONE]
    assert ends((State.STOPPED, 0), (State.STOPPED, 1)) == [W, State.STOPPED]
