"""What KAITO's webhook lets nobody change of an object that is there. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modeltui.domain import Finding, Severity
from modeltui.systems.kaito.types import OLD_SETS, OLD_WORKSPACES, SETS, WORKSPACES, Inference, InferenceSet, Workspace
from modeltui.systems.protocol import Facts


def workspace(wanted: Workspace, facts: Facts) -> Iterator[Finding]:
    """Of a v1alpha1 server, the live object is known by that version."""
    live = facts.get(WORKSPACES, *wanted.metadata.key) or facts.get(OLD_WORKSPACES, *wanted.metadata.key)
    if not isinstance(live, Workspace):
        return
    anew = "Make a second Workspace that is as wished, and delete this one when it serves."
    old, new = live.resource, wanted.resource
    if None not in (old.count, new.count):
        yield from _changed("The number of nodes", old.count, new.count, "resource.count", anew)
    if old.instance_type and new.instance_type:
        yield from _changed("The instance type", old.instance_type, new.instance_type, "resource.instanceType", anew)
    yield from _changed("The partition", old.partition, new.partition, "resource.partition", anew)
    if None not in (old.label_selector, new.label_selector):
        yield from _changed("The labels of its nodes", old.label_selector, new.label_selector, "resource.labelSelector", anew)
    if [live.inference is None, live.tuning is None] != [wanted.inference is None, wanted.tuning is None]:
        reason = "What a Workspace is for, inference or tuning, cannot be changed: KAITO's webhook refuses it."
        yield Finding(Severity.ERROR, reason, anew, "inference")
    if live.inference is not None and wanted.inference is not None:
        yield from _inference(live.inference, wanted.inference, anew)


def _inference(old: Inference, new: Inference, anew: str) -> Iterator[Finding]:
    if (old.template is None) != (new.template is None):
        reason = "A preset cannot become pods of one's own, nor these a preset: KAITO's webhook refuses it."
        yield Finding(Severity.ERROR, reason, anew, "inference.template")
    elif old.preset is not None and new.preset is not None:
        yield from _changed("The preset", old.preset.said(), new.preset.said(), "inference.preset", anew)


def inference_set(wanted: InferenceSet, facts: Facts) -> Iterator[Finding]:
    live = facts.get(SETS, *wanted.metadata.key) or facts.get(OLD_SETS, *wanted.metadata.key)
    if isinstance(live, InferenceSet):
        old, new = live.spec.template.resource.partition, wanted.spec.template.resource.partition
        anew = "Make a second InferenceSet that is as wished, and delete this one when it serves."
        yield from _changed("The partition", old, new, "spec.template.resource.partition", anew)


def _changed(what: str, before: Any, now: Any, field: str, remedy: str) -> Iterator[Finding]:
    if before != now:
        yield Finding(Severity.ERROR, f"{what} cannot be changed: KAITO's webhook refuses it.", remedy, field)
