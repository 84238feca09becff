"""provider.overrides: what is laid over the object that the provider makes, and which fields may not be in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modeltui.domain import Finding, Severity
from modeltui.systems.airunway.reading import provider_of
from modeltui.systems.airunway.types import DYNAMO, ModelDeployment

SCALING: Final = frozenset({"replicas", "resources"})
BLOCKED: Final = frozenset(
    {
        *("securityContext", "serviceAccountName", "serviceAccount", "hostNetwork", "hostPID", "hostIPC"),
        *("automountServiceAccountToken", "nodeName", "priorityClassName", "runtimeClassName"),
    }
)
IDENTITY: Final = frozenset({"apiVersion", "kind", "metadata", "status"})
DYNAMO_KEYS: Final = frozenset({"spec", "routermode", "frontend", "epp", "deploymentmode", "searchstrategy", "autoapply", "plannerimage"})
"""In lower case: all but "spec" are taken in any."""
_FIELD: Final = "spec.provider.overrides"
_DEEPEST: Final = 60


def of_deployment(deployment: ModelDeployment) -> Iterator[Finding]:
    said = deployment.spec.provider.overrides
    if said is None:
        return
    if not isinstance(said, Mapping):
        yield Finding(Severity.ERROR, "provider.overrides has to be a mapping, which AI Runway refuses otherwise.", "Write fields.", _FIELD)
        return
    for path, key in _forbidden(said, ""):
        if key in SCALING:
            reason = f'provider.overrides may not hold "{key}", wherever it stands: AI Runway refuses it.'
            remedy = "Use spec.scaling and spec.resources."
        else:
            reason = f'provider.overrides may not hold "{key}", wherever it stands: it would change what its pods are allowed to do.'
            remedy = "Take it out; somebody who may write graphs can set it there."
        yield Finding(Severity.ERROR, reason, remedy, f"{_FIELD}.{path}")
    for key in map(str, said):
        if key in IDENTITY:
            reason = f'provider.overrides may not change "{key}" of what the provider makes.'
            yield Finding(Severity.ERROR, reason, "Take it out.", f"{_FIELD}.{key}")
        elif provider_of(deployment) == DYNAMO and key != "spec" and key.lower() not in DYNAMO_KEYS - {"spec"}:
            reason = f'The Dynamo provider knows no override "{key}": it refuses or drops it.'
            yield Finding(
                Severity.WARNING, reason, "Fields of the graph go under spec; besides there are routerMode and epp.", f"{_FIELD}.{key}"
            )


def _forbidden(value: Any, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """(path, key) of each, in lists too."""
    if depth > _DEEPEST:
        return
    match value:
        case Mapping():
            for key, inner in value.items():
                here = f"{path}.{key}".lstrip(".")
                if key in SCALING | BLOCKED:
                    yield here, str(key)
                yield from _forbidden(inner, here, depth + 1)
        case list() | tuple():
            for place, inner in enumerate(value):
                yield from _forbidden(inner, f"{path}[{place}]", depth + 1)
