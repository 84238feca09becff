"""AIM Engine, as a system that one can deploy to."""

from __future__ import annotations

from typing import Final

from modeltui.systems.aim import manifests, names
from modeltui.systems.aim.answers import ServiceAnswers
from modeltui.systems.aim.views import SERVICES_VIEW
from modeltui.systems.deploying import Deployable

AIM_SERVICE: Final = Deployable(
    word="aim",
    title="AIM Engine",
    view=SERVICES_VIEW,
    answers=ServiceAnswers,
    manifest=manifests.service,
    answers_of=manifests.answers_of,
    propose=names.propose,
    name_problem=names.name_problem,
)
