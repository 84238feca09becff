"""Every trap of a ModelDeployment, found in a manifest or in what is in the cluster already. Pure.

One file per subject; each check yields findings with the field, the reason and the remedy. What is not known (`Facts.known`) is never
taken for wrong. Errors are what the API server or AI Runway's webhook refuses, or what cannot run as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from modeltui.domain import Finding
from modeltui.systems.airunway.checks import choice, credentials, gateway, identity, model, naming, overrides, scaling, storage
from modeltui.systems.airunway.types import DEPLOYMENTS, ModelDeployment
from modeltui.systems.checking import errors_first, typed
from modeltui.systems.protocol import Facts


def check_deployment(manifest: Mapping[str, Any] | ModelDeployment, facts: Facts) -> tuple[Finding, ...]:
    """Errors first."""
    deployment = typed(manifest, ModelDeployment)
    if isinstance(deployment, Finding):
        return errors_first((deployment,))
    live = facts.get(DEPLOYMENTS, *deployment.metadata.key)
    if isinstance(live, ModelDeployment) and not isinstance(manifest, msgspec.Struct):
        deployment = msgspec.structs.replace(deployment, status=live.status)
        changed = tuple(identity.changed(deployment, live))
    else:
        changed = ()
    return errors_first(
        (
            *naming.of_deployment(deployment, facts),
            *model.of_deployment(deployment, facts),
            *scaling.of_deployment(deployment),
            *overrides.of_deployment(deployment),
            *storage.of_deployment(deployment, facts),
            *choice.of_deployment(deployment, facts),
            *credentials.of_deployment(deployment, facts),
            *gateway.of_deployment(deployment, facts),
            *changed,
        )
    )
