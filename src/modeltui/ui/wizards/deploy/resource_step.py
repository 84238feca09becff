"""What one replica gets, and where it may run: the questions that several systems ask alike. Pure both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from modeltui.systems.serving.answers import NVIDIA, PlacementAnswers, ResourceAnswers
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import spelling
from modeltui.ui.wizards.deploy.shared import Asks, asked_by, resource_name
from modeltui.ui.wizards.deploy.surroundings import Surroundings
from modeltui.ui.wizards.draft import Group
from modeltui.ui.wizards.form import Field, Kind, Step, Values

STEP: Final = "resources"
GPU_RESOURCES: Final = (NVIDIA, "amd.com/gpu", "gpu.intel.com/i915", "gpu.intel.com/xe")
"""Suggested; any other extended resource may be typed."""

KEYS: Final = (
    *("gpus", "gpu_resource", "cpu", "memory", "cpu_limit", "memory_limit"),
    *("node_selector", "tolerations", "env"),
)


def step(asks: Asks, surroundings: Surroundings) -> Step:
    return Step(
        key=STEP,
        title="Resources",
        wanted=lambda values: any(asks(values, key) for key in KEYS),
        fields=asked_by(
            asks,
            Field(
                key="gpus",
                label="GPUs",
                default="1",
                check=spelling.at_least(0, 64),
                help="Of one replica. 0: none; empty: nothing is said of GPUs.",
            ),
            Field(
                key="gpu_resource",
                label="GPU resource",
                default=NVIDIA,
                suggests="gpu resources",
                check=resource_name,
                wanted=_with_gpus,
                help="The extended resource that the nodes offer.",
            ),
            Field(
                key="cpu",
                label="CPU",
                check=spelling.amount,
                help="Requested by one replica, such as 8. Empty: nothing is said.",
            ),
            Field(key="memory", label="Memory", check=spelling.amount, help="Requested by one replica, such as 32Gi."),
            Field(
                key="cpu_limit",
                label="CPU limit",
                check=spelling.amount,
                help="Throttled beyond it. Empty: no limit.",
            ),
            Field(
                key="memory_limit",
                label="Memory limit",
                check=spelling.amount,
                help="Killed beyond it. Empty: no limit.",
            ),
            Field(
                key="node_selector",
                label="Node selector",
                kind=Kind.LINES,
                check=answering.pairs,
                help="Labels that a node must have, one key=value a line.",
            ),
            Field(
                key="tolerations",
                label="Tolerations",
                kind=Kind.LINES,
                check=spelling.tolerations_problem,
                proposes=lambda values: _tolerations(values, surroundings),
                help=spelling.TOLERATIONS_HELP,
            ),
            Field(
                key="env",
                label="Variables",
                kind=Kind.LINES,
                check=spelling.env_problem,
                keeps=lambda text, _: spelling.env_kept(text),
                help=spelling.ENV_HELP,
            ),
        ),
    )


def _with_gpus(values: Values) -> bool:
    return values.get("gpus", "").strip() not in ("", "0")


def _tolerations(values: Values, surroundings: Surroundings) -> str:
    """What keeps pods off the GPUs that are asked for in this cluster, and would keep this one pending."""
    return surroundings.tolerations(values.get("gpu_resource", "").strip() or NVIDIA) if _with_gpus(values) else ""


def answers(group: Group) -> ResourceAnswers:
    return ResourceAnswers(
        gpus=spelling.count(group["gpus"]),
        gpu_resource=group["gpu_resource"].strip() or NVIDIA,
        cpu=group["cpu"].strip(),
        memory=group["memory"].strip(),
        cpu_limit=group["cpu_limit"].strip(),
        memory_limit=group["memory_limit"].strip(),
    )


def texts(found: ResourceAnswers) -> Mapping[str, str]:
    return {
        "gpus": spelling.count_text(found.gpus),
        "gpu_resource": found.gpu_resource,
        "cpu": found.cpu,
        "memory": found.memory,
        "cpu_limit": found.cpu_limit,
        "memory_limit": found.memory_limit,
    }


def placement(group: Group) -> PlacementAnswers:
    return PlacementAnswers(node_selector=answering.mapping(group["node_selector"]), tolerations=spelling.tolerations(group["tolerations"]))


def placement_texts(found: PlacementAnswers) -> Mapping[str, str]:
    """Raises AnswersError for a toleration that one line cannot spell."""
    return {"node_selector": answering.lines(found.node_selector), "tolerations": spelling.tolerations_text(found.tolerations)}
