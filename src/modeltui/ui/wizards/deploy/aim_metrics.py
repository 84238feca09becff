"""What AIM's autoscaler goes by: a card for each measure. Pure both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from modeltui.systems.aim.answers import MetricAnswers
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import shared
from modeltui.ui.wizards.draft import Draft, Group
from modeltui.ui.wizards.form import Field, Step, Values, choice

STEP: Final = "aim.metrics"
_OPERATIONS: Final = (shared.DEFAULT, "last_one", "avg", "max", "min", "rate", "count")
_TARGETS: Final = ("Value", "AverageValue", "Utilization")
_SPOTS: Final = {
    "podmetric.metric": "name",
    "podmetric.metric.operationOverTime": "operation",
    "podmetric.metric.serverAddress": "server",
    "podmetric.target": "value",
    "podmetric.target.type": "target",
}


def autoscaled(values: Values) -> bool:
    return bool(values.get("aim.min", "").strip() or values.get("aim.max", "").strip())


def step(wanted: Callable[[Values], bool]) -> Step:
    """`wanted`: whether the system is the one that is chosen."""
    return Step(
        key=STEP,
        title="Autoscaling",
        card="measure",
        begins=0,
        intro="What adds replicas, between the two numbers that were given. Without a measure the autoscaler has nothing to go by.",
        wanted=lambda values: wanted(values) and autoscaled(values),
        fields=(
            Field(
                key="aim.metric.name",
                label="Measure",
                default="vllm:num_requests_running",
                required=True,
                check=shared.one_word,
                help="As the engine calls it in its metrics.",
            ),
            choice("aim.metric.operation", "Over time", _OPERATIONS, "By default the last value."),
            choice("aim.metric.target", "Compared as", _TARGETS, "Utilization is a percentage."),
            Field(
                key="aim.metric.value",
                label="Scale beyond",
                default="1",
                required=True,
                check=shared.one_word,
                help="Above it another replica is added.",
            ),
            Field(key="aim.metric.server", label="Asked at", check=shared.one_word, help="HOST:PORT. Empty: the scaler that KEDA brings."),
        ),
    )


def answers(draft: Draft) -> tuple[MetricAnswers, ...]:
    return tuple(_answers(group) for group in draft.groups[STEP])


def _answers(group: Group) -> MetricAnswers:
    said = {key: group[f"aim.metric.{key}"].strip() for key in ("name", "operation", "target", "value", "server")}
    return msgspec.convert(said | {"operation": shared.said(said["operation"])}, MetricAnswers)


def texts(found: Iterable[MetricAnswers]) -> tuple[Group, ...]:
    return tuple(
        {
            "aim.metric.name": one.name,
            "aim.metric.operation": one.operation or shared.DEFAULT,
            "aim.metric.target": one.target,
            "aim.metric.value": one.value,
            "aim.metric.server": one.server,
        }
        for one in found
    )


def field(path: str) -> str:
    """Which question answers for what stands at `path` of a measure."""
    return f"aim.metric.{answering.longest(_SPOTS, path) or 'name'}"
