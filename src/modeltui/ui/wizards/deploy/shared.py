"""The questions that several systems ask, each once, so that what was answered for one stands there for the next. Pure both ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from modeltui.catalog.merged import Catalogs
from modeltui.systems.serving.answers import NVIDIA, PlacementAnswers, ResourceAnswers
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import model_step, spelling
from modeltui.ui.wizards.draft import Group
from modeltui.ui.wizards.form import Field, Kind, Step, Values

BASICS: Final = "basics"
RESOURCES: Final = "resources"

GPU_RESOURCES: Final = (NVIDIA, "amd.com/gpu", "gpu.intel.com/i915", "gpu.intel.com/xe")
"""Suggested; any other extended resource may be typed."""

Asks = Callable[[Values, str], bool]
"""(answers, key of a field) -> whether the system that is chosen wants to know it."""


def basics(propose: Callable[[Values], str], *, editing: bool) -> Step:
    """`propose`: a name within the limits of the system that is chosen."""
    return Step(
        key=BASICS,
        title="Name",
        fields=(
            Field(
                key="name",
                label="Name",
                required=True,
                check=answering.object_name,
                proposes=propose,
                fixed=editing,
                help="Of the object. It is proposed within the limits of the system.",
            ),
            Field(key="namespace", label="Namespace", required=True, suggests="namespaces", check=answering.label_name, fixed=editing),
        ),
    )


def resources(asks: Asks, catalogs: Catalogs) -> Step:
    """What one replica gets, and where it may run."""

    def wanted(key: str) -> Callable[[Values], bool]:
        return lambda values: asks(values, key)

    return Step(
        key=RESOURCES,
        title="Resources",
        fields=(
            Field(
                key="gpus",
                label="GPUs",
                default="1",
                check=spelling.at_least(0, 64),
                wanted=wanted("gpus"),
                help="Of one replica. 0: none; empty: nothing is said of GPUs.",
            ),
            Field(
                key="gpu_resource",
                label="GPU resource",
                default=NVIDIA,
                suggests="gpu resources",
                check=_resource_name,
                wanted=lambda values: asks(values, "gpu_resource") and values.get("gpus", "").strip() not in ("", "0"),
                help="The extended resource that the nodes offer.",
            ),
            Field(
                key="cpu",
                label="CPU",
                check=spelling.amount,
                wanted=wanted("cpu"),
                help="Requested by one replica, such as 8. Empty: nothing is said.",
            ),
            Field(
                key="memory", label="Memory", check=spelling.amount, wanted=wanted("memory"), help="Requested by one replica, such as 32Gi."
            ),
            Field(
                key="cpu_limit",
                label="CPU limit",
                check=spelling.amount,
                wanted=wanted("cpu_limit"),
                help="Throttled beyond it. Empty: no limit.",
            ),
            Field(
                key="memory_limit",
                label="Memory limit",
                check=spelling.amount,
                wanted=wanted("memory_limit"),
                help="Killed beyond it. Empty: no limit.",
            ),
            Field(
                key="node_selector",
                label="Node selector",
                kind=Kind.LINES,
                check=answering.pairs,
                wanted=wanted("node_selector"),
                help="Labels that a node must have, one key=value a line.",
            ),
            Field(
                key="tolerations",
                label="Tolerations",
                kind=Kind.LINES,
                check=spelling.tolerations_problem,
                wanted=wanted("tolerations"),
                help=spelling.TOLERATIONS_HELP,
            ),
            Field(
                key="env",
                label="Variables",
                kind=Kind.LINES,
                check=spelling.env_problem,
                keeps=lambda text, _: spelling.env_kept(text),
                wanted=wanted("env"),
                proposes=lambda values: (
                    "HF_TOKEN <- secret hf-token-secret/HF_TOKEN" if asks(values, "token") and model_step.gated(catalogs, values) else ""
                ),
                help=spelling.ENV_HELP,
            ),
        ),
    )


def _resource_name(text: str) -> str:
    head, slash, tail = text.partition("/")
    return "" if slash and head and tail and " " not in text else "Of the form vendor.com/gpu."


def resource_answers(group: Group) -> ResourceAnswers:
    return ResourceAnswers(
        gpus=spelling.count(group["gpus"]),
        gpu_resource=group["gpu_resource"].strip() or NVIDIA,
        cpu=group["cpu"].strip(),
        memory=group["memory"].strip(),
        cpu_limit=group["cpu_limit"].strip(),
        memory_limit=group["memory_limit"].strip(),
    )


def resource_texts(found: ResourceAnswers) -> Mapping[str, str]:
    return {
        "gpus": spelling.count_text(found.gpus),
        "gpu_resource": found.gpu_resource,
        "cpu": found.cpu,
        "memory": found.memory,
        "cpu_limit": found.cpu_limit,
        "memory_limit": found.memory_limit,
    }


def placement_answers(group: Group) -> PlacementAnswers:
    return PlacementAnswers(node_selector=answering.mapping(group["node_selector"]), tolerations=spelling.tolerations(group["tolerations"]))


def placement_texts(found: PlacementAnswers) -> Mapping[str, str]:
    """Raises AnswersError for a toleration that one line cannot spell."""
    return {"node_selector": answering.lines(found.node_selector), "tolerations": spelling.tolerations_text(found.tolerations)}
