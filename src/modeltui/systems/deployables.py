"""Which systems can be asked to deploy a model: a line each."""

from __future__ import annotations

from typing import Final

from modeltui.systems.aim.deployable import AIM_SERVICE
from modeltui.systems.airunway.deployable import DEPLOYMENT
from modeltui.systems.deploying import Deployable
from modeltui.systems.dynamo.deployable import GRAPH, REQUEST
from modeltui.systems.kaito.deployable import INFERENCE_SET, WORKSPACE
from modeltui.systems.kserve.deployable import LLM_SERVICE, SERVICE

DEPLOYABLES: Final[tuple[Deployable, ...]] = (GRAPH, REQUEST, DEPLOYMENT, AIM_SERVICE, SERVICE, LLM_SERVICE, WORKSPACE, INFERENCE_SET)
