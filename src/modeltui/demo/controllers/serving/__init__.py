"""The controllers of the serving systems, behaving as the real ones do; each works only where its kind is served.

They make Deployments, StatefulSets, Jobs, Services and claims, and read what becomes of those; nothing here knows how a Pod comes to run.
"""

from __future__ import annotations

from modeltui.demo.controllers.controller import Controller
from modeltui.demo.controllers.serving import aim_model, aim_service, nim_service
from modeltui.demo.controllers.serving.aim_artifact import Artifacts
from modeltui.demo.controllers.serving.aim_cache import TemplateCaches
from modeltui.demo.controllers.serving.aim_config import RuntimeConfigs
from modeltui.demo.controllers.serving.aim_source import Sources
from modeltui.demo.controllers.serving.aim_template import Templates
from modeltui.demo.controllers.serving.airunway_deployment import ModelDeployments, Providers
from modeltui.demo.controllers.serving.dynamo_graph import Graphs
from modeltui.demo.controllers.serving.dynamo_request import Requests
from modeltui.demo.controllers.serving.inferenceservice import InferenceServices
from modeltui.demo.controllers.serving.kaito_set import InferenceSets
from modeltui.demo.controllers.serving.kaito_workspace import Workspaces
from modeltui.demo.controllers.serving.llm_service import LlmServices
from modeltui.demo.controllers.serving.local_cache import LocalCaches
from modeltui.demo.controllers.serving.nim_cache import Caches


def every(*, pace: float) -> list[Controller]:
    """One of each. `pace`: seconds of cluster time in a real second."""
    aim: list[Controller] = [aim_service.Services(), Sources(pace=pace), TemplateCaches(), Artifacts(pace=pace)]
    for cluster in (False, True):
        aim += [aim_model.Models(cluster=cluster, pace=pace), Templates(cluster=cluster, pace=pace), RuntimeConfigs(cluster=cluster)]
    dynamo: list[Controller] = [Graphs(), Requests(pace=pace)]
    nim: list[Controller] = [nim_service.Services(), Caches()]
    kserve: list[Controller] = [InferenceServices(), LlmServices(), LocalCaches()]
    return [*kserve, *dynamo, *aim, Providers(), ModelDeployments(), Workspaces(), InferenceSets(), *nim]
