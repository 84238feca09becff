"""Whether a change would be allowed: better known before the first answer than after the last."""

from __future__ import annotations

from modeltui.kube.errors import KubeError
from modeltui.kube.resource import Resource
from modeltui.ui.connection import Cluster


async def why_not(cluster: Cluster, verb: str, resource: Resource, namespace: str | None) -> str:
    """Without an end; "" when it is allowed, or when nobody can tell before it is tried."""
    try:
        verdict = await cluster.session.access.allowed(verb, resource, namespace)
    except KubeError:
        return ""
    if verdict.allowed is not False:
        return ""
    where = f" in namespace {namespace}" if namespace else ""
    return verdict.reason or f"you may not {verb} {resource.group_resource}{where}"
