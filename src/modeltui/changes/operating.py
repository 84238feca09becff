"""From what a system offers to do with an object to the change that does it. Pure."""

from __future__ import annotations

from dataclasses import replace

from modeltui.changes.plan import Change, Step
from modeltui.kube.apply import Manifest
from modeltui.kube.resource import Resource
from modeltui.systems.operations import Operation


def change_of(operation: Operation, resource: Resource, live: Manifest, *, answer: str = "") -> Change:
    """One step for each stage. `answer`: to what it asks; a good one. Raises NotPossible, and AnswersError for an object that the
    system's answers cannot hold."""
    steps: list[Step] = []
    before = live
    asks = operation.asks
    for stage in operation.stages if asks is None else asks.stages(answer):
        desired = stage.become(before)
        step = Step.apply(resource, desired, before, note=stage.note)
        steps.append(replace(step, once_gone=stage.once_gone, otherwise=stage.otherwise))
        before = {**before, **desired, "metadata": {**before["metadata"], **desired["metadata"]}}
    where = "/".join(part for part in (live["metadata"].get("namespace", ""), live["metadata"]["name"]) if part)
    told = f" ({asks.label.lower()} {answer})" if asks is not None else ""
    return Change(f"{operation.change} {resource.kind} {where}{told}", tuple(steps))
