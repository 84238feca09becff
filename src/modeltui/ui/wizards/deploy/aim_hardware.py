"""The hardware that an AIMService asks for: of its own weights, or of its profile. Pure both ways."""

from __future__ import annotations

from typing import Final

from modeltui.systems.aim.answers import HardwareAnswers
from modeltui.systems.aim.types import GPU
from modeltui.ui.wizards.deploy import aim_weights, shared, spelling
from modeltui.ui.wizards.draft import Group
from modeltui.ui.wizards.form import Field, Problem, Values

FIELDS: Final = (
    Field(
        key="aim.gpus",
        label="GPUs",
        check=spelling.at_least(0, 64),
        proposes=lambda values: "1" if aim_weights.are_own(values) else "",
        help="Of one replica. Empty: as the profile says.",
    ),
    Field(key="aim.gpu_model", label="GPU model", check=shared.one_word, help="Such as MI300X. Empty: any."),
    Field(key="aim.min_vram", label="GPU memory", check=spelling.amount, help="At least, of each GPU, such as 64Gi; in place of a model."),
    Field(
        key="aim.gpu_resource",
        label="GPU resource",
        suggests="gpu resources",
        check=shared.resource_name,
        help=f"The extended resource that the nodes offer. Empty: {GPU}.",
    ),
    Field(key="aim.cpu", label="Cores", check=spelling.amount, help="Of one replica; without GPUs it runs on cores only."),
    Field(key="aim.cpu_limit", label="Cores at most", check=spelling.amount, help="Throttled beyond it. Empty: no limit."),
)
_AS_TYPED: Final = ("gpu_model", "min_vram", "gpu_resource", "cpu", "cpu_limit")


def problems(values: Values, step: str) -> tuple[Problem, ...]:
    """`step`: where these fields stand."""
    said = {key: values.get(f"aim.{key}", "").strip() for key in ("gpus", "gpu_model", "min_vram", "cpu")}
    found = []
    if said["gpu_model"] and said["min_vram"]:
        found.append(Problem(step, 0, "aim.min_vram", "Either a GPU model or a minimum of memory: AIM Engine takes one of the two."))
    if aim_weights.are_own(values) and not any(said.values()):
        found.append(Problem(step, 0, "aim.gpus", "Weights of one's own need hardware: GPUs, or cores."))
    return tuple(found)


def answers(own: Group) -> HardwareAnswers:
    return HardwareAnswers(gpus=spelling.count(own["aim.gpus"]), **{key: own[f"aim.{key}"].strip() for key in _AS_TYPED})


def texts(found: HardwareAnswers) -> Group:
    """The inverse."""
    return {"aim.gpus": spelling.count_text(found.gpus), **{f"aim.{key}": getattr(found, key) for key in _AS_TYPED}}


SPOTS: Final = {
    "": "gpus",
    ".gpu": "gpus",
    ".gpu.model": "gpu_model",
    ".gpu.minVram": "min_vram",
    ".gpu.resourceName": "gpu_resource",
    ".cpu": "cpu",
    ".cpu.limits": "cpu_limit",
}
"""Below a `hardware` of the object -> which question answers for it."""
