"""Short names that tell containers apart: what all pods have in common says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from os.path import commonprefix
from typing import Final

from modeltui.logs.entries import LogTarget

_PART: Final = re.compile(r"[-.]")
LONGEST: Final = 24
"""Characters; of a longer name the end, where names of pods differ."""


def short_names(targets: Iterable[LogTarget]) -> dict[LogTarget, str]:
    """Of one target nothing; else the rest of each pod's name after the parts that all begin with, its container where
    containers differ, its namespace where those do, and which of them is the one before a restart."""
    all_ = list(dict.fromkeys(targets))
    if len(all_) < 2:
        return dict.fromkeys(all_, "")
    pods = _rests(sorted({one.pod for one in all_}))
    several_namespaces = len({one.namespace for one in all_}) > 1
    several_containers = len({one.container for one in all_}) > 1
    several_pods = len(pods) > 1
    names: dict[LogTarget, str] = {}
    for one in all_:
        parts = [one.namespace] if several_namespaces else []
        if several_pods:
            parts.append(pods[one.pod])
        if (several_containers and one.container) or not parts:
            parts.append(one.container or one.pod)
        names[one] = _end("/".join(parts)) + (" (before)" if one.previous else "")
    if len(set(names.values())) < len(names):
        return {one: "/".join((one.namespace, one.name)) + (" (before)" if one.previous else "") for one in all_}
    return names


def _rests(pods: list[str]) -> dict[str, str]:
    """Each name without the whole parts (between hyphens) that all of them begin with."""
    if len(pods) < 2:
        return {pod: pod for pod in pods}
    common = commonprefix(pods)
    cut = max((found.end() for found in _PART.finditer(common)), default=0)
    return {pod: pod[cut:] or pod for pod in pods}


def _end(name: str) -> str:
    return name if len(name) <= LONGEST else f"…{name[1 - LONGEST :]}"
