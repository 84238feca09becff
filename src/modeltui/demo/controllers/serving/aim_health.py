"""How AIM Engine tells what it found: each component of an object has a state and a reason, from which conditions and one status follow.

Pure but for the time of a change. All conditions are positive: True is well.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from modeltui.demo.controllers.serving.conditions import told, with_condition
from modeltui.demo.errors import Object

PREFIX: Final = "aim.eai.amd.com"
PAUSED: Final = f"{PREFIX}/reconciliation-paused"
READY, PROGRESSING, PENDING, DEGRADED, NOT_AVAILABLE, FAILED = "Ready", "Progressing", "Pending", "Degraded", "NotAvailable", "Failed"
_WORST_FIRST: Final = (FAILED, NOT_AVAILABLE, DEGRADED, PENDING, PROGRESSING, READY)
_OF_SERVICE: Final = {READY: "Running", PROGRESSING: "Starting", NOT_AVAILABLE: FAILED}
"""AIMService has words of its own."""
_SUMMARIES: Final = (
    # Condition, what is wrong, and reason and message while nothing is.
    ("DependenciesReachable", "infrastructure", "Reachable", "All dependencies are reachable"),
    ("AuthValid", "auth", "AuthenticationValid", "Authentication is valid"),
    ("ConfigValid", "config", "ConfigurationValid", "Configuration is valid"),
)


@dataclass(frozen=True, slots=True)
class Health:
    """Of one component, whose condition is "<component>Ready". `wrong` names what is at fault: infrastructure, auth or config."""

    component: str
    state: str
    reason: str
    message: str = ""
    wrong: str = ""
    category: str = ""
    """Reason of the summarising condition: InfrastructureError, AuthError, InvalidSpec or ReferenceNotFound."""


def status(old: Object, obj: Object, healths: Sequence[Health], *, service: bool = False) -> Object:
    """The status with its conditions, from the worst of the components."""
    generation = obj["metadata"].get("generation", 1)
    new = {**old, "observedGeneration": generation}
    for each in healths:
        value = {READY: True, PROGRESSING: False, PENDING: False}.get(each.state, False)
        said = told(old, f"{each.component}Ready", value, each.reason, each.message, generation=generation)
        new = with_condition(new, said)
    for type_, wrong, reason, message in _SUMMARIES:
        bad = next((each for each in healths if each.wrong == wrong), None)
        said = told(old, type_, bad is None, bad.category if bad else reason, bad.message if bad else message, generation=generation)
        new = with_condition(new, said)
    worst = next((state for state in _WORST_FIRST if any(each.state == state for each in healths)), READY)
    why = ("AllComponentsReady", "All components are ready")
    if worst in (PROGRESSING, PENDING):
        why = ("Progressing", "Waiting for components to become ready")
    elif worst != READY:
        why = ("ComponentsNotReady", "Some components are not ready")
    new = with_condition(new, told(old, "Ready", worst == READY, *why, generation=generation))
    return {**new, "status": _OF_SERVICE.get(worst, worst) if service else worst}


def paused(obj: Object) -> bool:
    return (obj["metadata"].get("annotations") or {}).get(PAUSED) == "true"


def derived(*parts: str, source: str = "", most: int = 63) -> str:
    """A name made of parts, with eight hex digits of what it was made from at its end."""
    digits = hashlib.sha256("\0".join((*parts, source)).encode()).hexdigest()[:8]
    words = [re.sub(r"[^a-z0-9-]+", "-", part.lower()).strip("-") for part in parts]
    while sum(map(len, words)) + len(words) + 8 > most:
        longest = max(range(len(words)), key=lambda index: len(words[index]))
        words[longest] = words[longest][:-1].rstrip("-")
    return "-".join((*words, digits))


def label(value: str) -> str:
    """As a label's value may be."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", value)[:63].strip("-_.")


def reference(obj: Object) -> Object:
    """As resolvedModel and the like hold it."""
    metadata = obj["metadata"]
    found = {"name": metadata["name"], "kind": obj["kind"], "uid": metadata["uid"]}
    namespace = metadata.get("namespace")
    return found | ({"namespace": namespace, "scope": "Namespace"} if namespace else {"scope": "Cluster"})
