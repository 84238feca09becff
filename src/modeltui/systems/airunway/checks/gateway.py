"""The way in: through a gateway unless somebody says no, and then there is no frontend that could be asked itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.airunway.reading import provider_of
from modeltui.systems.airunway.types import DEPLOYMENTS, DYNAMO, GATEWAYS, PROVIDERS, ROUTES, ModelDeployment
from modeltui.systems.dynamo.types import POOLS
from modeltui.systems.protocol import Facts

_FIELD: Final = "spec.gateway.enabled"


def enabled(deployment: ModelDeployment) -> bool:
    return deployment.spec.gateway.enabled is not False and deployment.metadata.annotations.test_backend != "mocker"


def of_deployment(deployment: ModelDeployment, facts: Facts) -> Iterator[Finding]:
    said, namespace = deployment.spec.gateway, deployment.metadata.namespace
    if provider_of(deployment) == DYNAMO and enabled(deployment):
        default = "gateway.enabled is not said, and taken for true" if said.enabled is None else "gateway.enabled is true"
        yield Finding(
            Severity.INFO,
            f"{default}: the graph gets an endpoint picker (Epp) and no Frontend, and is reached through the gateway only. That needs the "
            "Gateway API Inference Extension.",
            "Set gateway.enabled to false for a Frontend with a Service of its own; it cannot be changed later.",
            _FIELD,
        )
        if (facts.known(PROVIDERS, "") or facts.known(DEPLOYMENTS, namespace)) and not facts.known(POOLS, namespace):
            yield Finding(
                Severity.WARNING,
                "The picker picks from an InferencePool, and this cluster has no such kind, or does not let you list it: the graph would "
                "fail.",
                "Set gateway.enabled to false; or have the CRDs of the Gateway API Inference Extension installed.",
                _FIELD,
            )
    if enabled(deployment) and facts.known(GATEWAYS, "") and not list(facts.all(GATEWAYS, "")):
        yield Finding(
            Severity.WARNING,
            "The cluster has no Gateway, so that no request finds its way in.",
            "Set gateway.enabled to false, or have a Gateway made.",
            _FIELD,
        )
    if said.http_route_ref and facts.known(ROUTES, namespace) and facts.get(ROUTES, namespace, said.http_route_ref) is None:
        reason = f"There is no HTTPRoute {said.http_route_ref} in namespace {namespace}."
        yield Finding(Severity.ERROR, reason, "Create it, or leave httpRouteRef out: one is made then.", "spec.gateway.httpRouteRef")
