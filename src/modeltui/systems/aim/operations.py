"""What can be done with an AIMService beyond editing and deleting it: scale, stop, start, restart. Pure.

AIM Engine has no way to stop a service, and its autoscaler none to zero. What there is: `spec.replicas` has no minimum, and is handed on
to KServe, so that a service with a fixed number of replicas stops with 0 of them. Deleting or stopping its InferenceService instead is
no way: AIM Engine makes it anew, or waits for it. Nor is there a way to restart: a variable that nothing reads does it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from modeltui.systems.aim import edits, reading
from modeltui.systems.aim.service_types import AIMService
from modeltui.systems.operations import Operation, Question, Stage
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import replicas

_BETWEEN: Final = re.compile(r"(\d+)\s*-\s*(\d+)", re.ASCII)
_ONE: Final = re.compile(r"\d+", re.ASCII)
_LEFT_ALONE: Final = "AIM Engine is told to leave it alone: take the annotation reconciliation-paused away first"


def of_service(service: AIMService, part: str, facts: Facts) -> Iterable[Operation]:
    """A service has one part only."""
    alone = _LEFT_ALONE if service.metadata.reconciliation_paused else ""
    stopped, autoscaled = reading.is_stopped(service), service.spec.autoscaled
    yield _scale(service, alone)
    yield Operation(
        title="Stop (0 replicas)",
        change="Stop",
        word="stop",
        stages=(Stage(become=edits.stopped),),
        why_not=alone or ("it is stopped" if stopped else _AUTOSCALED if autoscaled else ""),
    )
    yield Operation(
        title="Start (as many replicas as before it was stopped)",
        change="Start",
        word="start",
        stages=(Stage(become=edits.started),),
        why_not=alone or ("" if stopped else "it is not stopped"),
    )
    yield Operation(
        title="Restart (its pods are replaced, one after another)",
        change="Restart",
        word="restart",
        stages=(Stage(become=edits.restarted),),
        why_not=alone or ("it is stopped" if stopped else ""),
    )


_AUTOSCALED: Final = "it is autoscaled, and AIM Engine does not scale to zero: scale it to a fixed number first"


def _scale(service: AIMService, why_not: str) -> Operation:
    spec = service.spec
    if not spec.autoscaled:
        now = 1 if spec.replicas is None else spec.replicas
        return replicas.scaling(name="", now=now, become=edits.fixed, whole="Replicas", why_not=why_not)
    least = spec.min_replicas or 1
    most = spec.max_replicas if spec.max_replicas is not None else least
    return Operation(
        title=f"Scale (now between {least} and {most})",
        change="Scale",
        word="scale",
        asks=Question(
            label="Replicas, at least and at most",
            default=f"{least}-{most}",
            problem=range_problem,
            stages=_range_stages,
            help="One number instead of two takes the autoscaling out.",
        ),
        why_not=why_not,
    )


def range_problem(text: str) -> str:
    """ "1-5", or one number."""
    found = _BETWEEN.fullmatch(text.strip())
    if found is None:
        one = _ONE.fullmatch(text.strip())
        return "Write two numbers, such as 1-5; or one." if one is None else replicas.problem(one[0], least=1)
    least, most = found.groups()
    if problem := replicas.problem(least, least=1) or replicas.problem(most, least=1):
        return f"{problem} AIM Engine does not scale to zero." if "0" in (least, most) else problem
    return f"{least} is more than {most}." if int(least) > int(most) else ""


def _range_stages(text: str) -> tuple[Stage, ...]:
    found = _BETWEEN.fullmatch(text.strip())
    if found is None:
        return (Stage(become=lambda live: edits.fixed(live, int(text))),)
    least, most = map(int, found.groups())
    return (Stage(become=lambda live: edits.between(live, least, most)),)
