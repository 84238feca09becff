"""Whose logs are a deployment's: also those of pods that something it had made has made."""

from __future__ import annotations

import msgspec
from tests.systems.airunway import runway_samples as runways
from tests.systems.dynamo import graph_samples as graphs

from modeltui.kube.pod_facts import LogPod
from modeltui.systems.airunway.types import DEPLOYMENTS, ModelDeployment
from modeltui.systems.airunway.views import DEPLOYMENTS_VIEW
from modeltui.systems.dynamo.types import GRAPHS, Graph
from modeltui.systems.facts import FactTable
from modeltui.systems.serving.log_sources import logs_of


def pod(**labels: str) -> LogPod:
    return msgspec.json.decode(msgspec.json.encode({"metadata": {"name": "p", "namespace": "team", "labels": labels}}), type=LogPod)


def test_the_pods_of_the_graph_that_a_model_deployment_had_made_are_its_own() -> None:
    manifest = runways.manifest(provider={"name": "dynamo"})
    name = manifest["metadata"]["name"]
    deployment = msgspec.json.decode(msgspec.json.encode(manifest), type=ModelDeployment)
    made = graphs.aggregated()
    made["metadata"] |= {"name": "other", "namespace": "team", "labels": {"airunway.ai/model-deployment": name}}
    graph = msgspec.json.decode(msgspec.json.encode(made), type=Graph)
    facts = FactTable.of({DEPLOYMENTS: [deployment], GRAPHS: [graph]})
    keep = logs_of("team", [(DEPLOYMENTS_VIEW, name)], facts).keep
    assert keep(pod(**{"nvidia.com/dynamo-graph-deployment-name": "other"}))
    assert keep(pod(**{"airunway.ai/model-deployment": name}))
    assert not keep(pod(**{"nvidia.com/dynamo-graph-deployment-name": "another"}))
    assert not logs_of("team", [(DEPLOYMENTS_VIEW, name)], FactTable()).keep(pod(**{"nvidia.com/dynamo-graph-deployment-name": "other"}))
