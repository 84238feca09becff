"""Names, and what is made of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.aim.types import PAUSED, AimObject
from modeltui.systems.core.names import LONGEST_LABEL, name_sentence

LONGEST_NAMESPACE: Final = LONGEST_LABEL - len("-predictor-") - 10
"""Of a service: the host name of its InferenceService holds the namespace and at least ten characters of a name."""


def own(obj: AimObject) -> Iterator[Finding]:
    name = obj.metadata.name
    if problem := name_sentence(name):
        yield Finding(Severity.ERROR, problem, "Give it a name such as qwen3-32b.", "metadata.name")
    if obj.metadata.reconciliation_paused:
        reason = "AIM Engine is told to leave it alone: nothing that is changed has an effect, and its status stays as it is."
        yield Finding(Severity.WARNING, reason, f"Take the annotation {PAUSED} away.", f"metadata.annotations[{PAUSED}]")


def service(obj: AimObject) -> Iterator[Finding]:
    namespace = obj.metadata.namespace
    if len(namespace) > LONGEST_NAMESPACE:
        yield Finding(
            Severity.ERROR,
            f"The namespace {namespace} has {len(namespace)} characters: with more than {LONGEST_NAMESPACE} AIM Engine cannot name an "
            "InferenceService whose host name fits.",
            "Use a namespace with a shorter name.",
            "metadata.namespace",
        )
    yield from labels(obj, "its InferenceService and its pods")


def labels(obj: AimObject, made: str, *, refused: bool = False) -> Iterator[Finding]:
    """`made`: of what is made of the object, and carries its whole name as a label. `refused`: whether nothing is made otherwise."""
    name = obj.metadata.name
    if len(name) > LONGEST_LABEL:
        but = "none is made" if refused else "they may not be made, or not be found"
        reason = f"The name has {len(name)} characters, and {made} carry it as a label, which has room for {LONGEST_LABEL}: {but}."
        severity = Severity.ERROR if refused else Severity.WARNING
        yield Finding(severity, reason, f"Choose one of at most {LONGEST_LABEL} characters.", "metadata.name")
