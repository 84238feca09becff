"""A graph as its controllers think of it, in v1beta1; an older cluster keeps it in v1alpha1 and serves nothing else. Pure."""

from __future__ import annotations

from typing import Final

from modeltui.demo.conversion import converted
from modeltui.demo.errors import Object

_THOUGHT_IN: Final = "nvidia.com/v1beta1"


def in_v1beta1(graph: Object) -> Object:
    """With the fields of v1beta1 under the apiVersion that it came in: owner references and events name a version that is served."""
    return {**converted(graph, _THOUGHT_IN), "apiVersion": graph["apiVersion"]}


def status_in(version: str, graph: Object, status: Object) -> Object:
    """A status of v1beta1 as that version of the API, such as "nvidia.com/v1alpha1", has it. `graph`: as `in_v1beta1` gives it."""
    if version == _THOUGHT_IN:
        return status
    told: Object = converted({**graph, "apiVersion": _THOUGHT_IN, "status": status}, version)["status"]
    return told
