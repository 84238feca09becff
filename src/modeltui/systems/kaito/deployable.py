"""What can be asked of KAITO: one Workspace, or several of the same."""

from __future__ import annotations

from typing import Final

from modeltui.systems.deploying import Deployable
from modeltui.systems.kaito import manifests, names
from modeltui.systems.kaito.answers import SetAnswers, WorkspaceAnswers
from modeltui.systems.kaito.views import SETS_VIEW, WORKSPACES_VIEW

WORKSPACE: Final = Deployable(
    word="kaito",
    title="KAITO",
    view=WORKSPACES_VIEW,
    answers=WorkspaceAnswers,
    manifest=manifests.workspace,
    answers_of=manifests.workspace_answers,
    propose=names.propose,
    name_problem=names.name_problem,
)
INFERENCE_SET: Final = Deployable(
    word="kaito-set",
    title="KAITO, several replicas",
    view=SETS_VIEW,
    answers=SetAnswers,
    manifest=manifests.inference_set,
    answers_of=manifests.set_answers,
    propose=names.propose_set,
    name_problem=names.set_name_problem,
)
