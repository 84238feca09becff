"""What can be asked of Dynamo: a graph as one says, or one that it finds for a goal."""

from __future__ import annotations

from typing import Final

from modeltui.systems.deploying import Deployable, Older
from modeltui.systems.dynamo import manifests, names, older_manifests
from modeltui.systems.dynamo.answers import GraphAnswers, RequestAnswers
from modeltui.systems.dynamo.views import GRAPHS_VIEW, OLDER_GRAPHS_VIEW, REQUESTS_VIEW

GRAPH: Final = Deployable(
    word="dynamo",
    title="NVIDIA Dynamo",
    view=GRAPHS_VIEW,
    answers=GraphAnswers,
    manifest=manifests.graph,
    answers_of=manifests.answers_of,
    propose=names.propose,
    name_problem=names.name_problem,
    older=(Older(view=OLDER_GRAPHS_VIEW, manifest=older_manifests.graph, answers_of=older_manifests.answers_of),),
)
REQUEST: Final = Deployable(
    word="dynamo-request",
    title="NVIDIA Dynamo, for a goal of latency",
    view=REQUESTS_VIEW,
    answers=RequestAnswers,
    manifest=manifests.request,
    answers_of=manifests.request_of,
    propose=names.propose,
    name_problem=names.name_problem,
)
