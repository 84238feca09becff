"""What can be asked of AI Runway."""

from __future__ import annotations

from typing import Final

from modeltui.systems.airunway import manifests
from modeltui.systems.airunway.answers import DeploymentAnswers
from modeltui.systems.airunway.checks.naming import LONGEST
from modeltui.systems.airunway.views import DEPLOYMENTS_VIEW
from modeltui.systems.deploying import Deployable
from modeltui.systems.dynamo.names import problem, slug


def propose(model: str) -> str:
    return slug(model, longest=LONGEST)


def name_problem(name: str) -> str:
    return problem(name, longest=LONGEST)


DEPLOYMENT: Final = Deployable(
    word="airunway",
    title="AI Runway",
    view=DEPLOYMENTS_VIEW,
    answers=DeploymentAnswers,
    manifest=manifests.deployment,
    answers_of=manifests.answers_of,
    propose=propose,
    name_problem=name_problem,
)
