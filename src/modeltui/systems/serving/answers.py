"""What a person says of any deployment, whichever system runs it: the pieces that the answers of all systems are made of.

Strict Structs, as those of `modelfs.answers`: any answer may still be missing. `pieces` turns them into what manifests hold.
"""

from __future__ import annotations

from typing import Literal

import msgspec

NVIDIA = "nvidia.com/gpu"


class Answers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """Strict, and written short. The base of every system's answers."""


class KeyAnswers(Answers, frozen=True, kw_only=True):
    """One key of a Secret, or of a ConfigMap, in the deployment's namespace."""

    name: str = ""
    key: str = ""


class EnvAnswers(Answers, frozen=True, kw_only=True):
    """An environment variable. At most one of the three says its value; none of them is the empty text."""

    name: str = ""
    value: str = ""
    """Plain: everybody who may read the object reads it. What has to stay secret belongs in `secret`."""
    secret: KeyAnswers | None = None
    config_map: KeyAnswers | None = None


class TolerationAnswers(Answers, frozen=True, kw_only=True):
    key: str = ""
    """"" with Exists tolerates every taint."""
    operator: Literal["Equal", "Exists"] = "Equal"
    value: str = ""
    effect: Literal["", "NoSchedule", "PreferNoSchedule", "NoExecute"] = ""
    """"" means all effects."""
    toleration_seconds: int | None = None


class PlacementAnswers(Answers, frozen=True, kw_only=True):
    """Which nodes its pods may run on."""

    node_selector: dict[str, str] = {}
    tolerations: tuple[TolerationAnswers, ...] = ()


class ResourceAnswers(Answers, frozen=True, kw_only=True):
    """What one container of one pod asks for."""

    gpus: int | None = None
    """None: nothing is said of GPUs, which some systems fill in themselves; 0 asks for none."""
    gpu_resource: str = NVIDIA
    """Name of the extended resource: "nvidia.com/gpu", "amd.com/gpu", "nvidia.com/mig-3g.40gb"."""
    cpu: str = ""
    memory: str = ""
    """Quantities that are requested: "8", "64Gi"."""
    cpu_limit: str = ""
    memory_limit: str = ""


class MountAnswers(Answers, frozen=True, kw_only=True):
    """A PersistentVolumeClaim that is there already, seen by the container under a path."""

    claim: str = ""
    path: str = ""
    sub_path: str = ""
    """Without a leading "/"."""
    read_only: bool = False
