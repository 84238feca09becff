"""The status of a DynamoGraphDeployment, from its components' Deployments. Pure but for the time of a change.

The operator takes a component for ready as long as its Deployment is available; so it says "successful" while one still rolls, and of a
graph without components (issues 3567 of Dynamo, 23 of AI Runway).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modeltui.demo.controllers.serving.conditions import told, with_condition
from modeltui.demo.controllers.serving.rollout import rollout
from modeltui.demo.errors import Object


def component_status(deployments: Sequence[Object]) -> Object:
    """Of all generations together; the newest is the first."""
    found = [rollout(each) for each in deployments]
    return {
        "componentKind": "Deployment",
        "componentNames": [each["metadata"]["name"] for each in deployments],
        "replicas": sum(each.replicas for each in found),
        "updatedReplicas": found[0].updated if found else 0,
        "readyReplicas": sum(each.ready for each in found),
        "availableReplicas": sum(each.available for each in found),
    }


def available(deployment: Object) -> bool:
    conditions = (deployment.get("status") or {}).get("conditions") or []
    return any(each["type"] == "Available" and each["status"] == "True" for each in conditions)


def status(old: Object, graph: Object, components: Mapping[str, Sequence[Object]]) -> Object:
    """`components`: their Deployments by name, the newest generation first."""
    unready = sorted(name for name, found in components.items() if not any(available(each) for each in found))
    if unready:
        why = "; ".join(f"{name}: Component deployment not ready - Available condition not true" for name in unready)
        state, ready = "pending", told(old, "Ready", False, "some_resources_are_not_ready", f"Resources not ready: {why}")
    else:
        state, ready = "successful", told(old, "Ready", True, "all_resources_are_ready", "All resources are ready")
    new = with_condition({**old, "state": state, "observedGeneration": graph["metadata"].get("generation", 1)}, ready)
    new["components"] = {name: component_status(found) for name, found in components.items()}
    return new


def failed(old: Object, graph: Object, message: str) -> Object:
    ready = told(old, "Ready", False, "failed_to_reconcile_the_resources", message)
    return with_condition({**old, "state": "failed", "observedGeneration": graph["metadata"].get("generation", 1)}, ready)
