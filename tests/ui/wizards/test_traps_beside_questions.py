"""What the checks tell of Dynamo and AI Runway stands beside the question that answers for it, wherever the form asks one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pytest
from tests.systems.airunway import runway_samples
from tests.systems.airunway.test_runway_traps import TRAPS as RUNWAY
from tests.systems.dynamo.test_graph_traps import TRAPS as DYNAMO
from tests.systems.kserve.kserving import reviewed

from modeltui.ui.wizards.deploy import airunway_form, dynamo_form, dynamo_request_form
from modeltui.ui.wizards.deploy.system_form import SystemForm
from modeltui.ui.wizards.draft import Draft

EMPTY: Final = Draft(defaultdict(lambda: (defaultdict(str),)))
NOT_ASKED: Final = {
    "DynamoGraphDeployment": {
        *("metadata.annotations", "spec.VllmWorker", "spec.components", "spec.services", "spec.priorityClassName", "spec.restart"),
        *("spec.restart.id", "spec.restart.strategy.order", "spec.restart.strategy.type", "spec.envs", "spec.pvcs", "spec.pvcs[0]"),
    },
    "DynamoGraphDeploymentRequest": {
        *("spec", "spec.profilingConfig", "spec.profilingConfig.profilerImage", "spec.runtimeVersionOverride"),
    },
    "ModelDeployment": set[str](),
}
"""What the form neither asks nor writes, and what is about the whole: the review tells it."""


def fields_of(kind: str) -> Iterator[str]:
    """Where the findings of all traps of that kind stand, but for its name, which every form asks."""
    for manifest, known, says in _manifests(kind):
        yield from (one.field for one in reviewed(manifest, known) if says in one.reason and one.field != "metadata.name")


def _manifests(kind: str) -> Iterable[tuple[dict[str, Any], Any, str]]:
    if kind != "ModelDeployment":
        return [(trap.has, trap.facts(), trap.says) for trap in DYNAMO.values() if trap.has["kind"] == kind]
    made = []
    for trap in RUNWAY:
        manifest = runway_samples.manifest()
        trap.change(manifest)
        made.append((manifest, trap.facts(), trap.says))
    return made


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("DynamoGraphDeployment", dynamo_form.FORM),
        ("DynamoGraphDeploymentRequest", dynamo_request_form.FORM),
        ("ModelDeployment", airunway_form.FORM),
    ],
)
def test_a_finding_stands_beside_a_question_unless_none_is_asked(kind: str, form: SystemForm) -> None:
    found = set(fields_of(kind))
    assert len(found) > 10
    assert {field for field in found if form.spot(EMPTY, field) is None} == NOT_ASKED[kind]
