"""The review that the form that deploys ends in, at 80x24 and 120x40: what is made, as a manifest and a command, what stops it, what the
server refuses, beside which question that stands, and how it went."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from discovered import Served
from driving import Console, models, until
from fake import FakeClient, FakeSession, at, meta
from telling import Story
from test_snapshots import settled, sizes
from textual.pilot import Pilot
from world import session

from modeltui.kube.client import Answer
from modeltui.kube.errors import Cause, Invalid
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import NODES
from modeltui.systems.dynamo.answers import GraphAnswers
from modeltui.systems.dynamo.deployable import GRAPH
from modeltui.systems.kaito.answers import SetAnswers
from modeltui.systems.kaito.deployable import INFERENCE_SET
from modeltui.systems.kserve.answers import InferenceAnswers
from modeltui.systems.kserve.deployable import SERVICE
from modeltui.systems.serving.answers import ResourceAnswers
from modeltui.ui.screens.review import ReviewScreen, State
from modeltui.ui.wizards.deploy import dynamo_form, kaito_form, kserve_form
from modeltui.ui.wizards.deploy.screen import DeployWizard

FORMS = (dynamo_form.FORM, kserve_form.FORM, kaito_form.SET_FORM)
COMMON: dict[str, Any] = {"name": "chat", "namespace": "team-a"}
FITS = GraphAnswers(**COMMON, model="Qwen/Qwen3-0.6B", replicas=2, router_mode="kv", context_length=8192, gpus=1)
GATED = GraphAnswers(**COMMON, model="meta-llama/Llama-3.2-1B-Instruct", engine="sglang", mode="disaggregated", token_secret="hub", gpus=1)
SET = SetAnswers(**COMMON, model="phi-4", nodes={"nvidia.com/gpu.present": "true"}, replicas=3, node_limit=2)
REFUSED = InferenceAnswers(**COMMON, uri="hf://Qwen/Qwen3-0.6B", min_replicas=2, max_replicas=4, resources=ResourceAnswers(gpus=1))
TOO_MANY = 'admission webhook "inferenceservice.kserve-webhook-server.validator" denied the request: minReplicas: no more than 1 here'
PLACES: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "fits": ((GRAPH, FITS), ()),
    "as_a_manifest": ((GRAPH, FITS), ("v",)),
    "as_a_command": ((GRAPH, FITS), ("v", "v")),
    "stopped": ((GRAPH, GATED), ()),
    "stopped_beside_its_question": ((GRAPH, GATED), ("escape",)),
    "warned": ((INFERENCE_SET, SET), ()),
    "refused": ((SERVICE, REFUSED), ()),
    "refused_beside_its_question": ((SERVICE, REFUSED), ("escape",)),
    "done": ((GRAPH, FITS), ("a",)),
}


class Making(FakeClient):
    """Makes what it is sent, but for InferenceServices with more than one replica."""

    connection = SimpleNamespace(context="staging", server="https://10.0.0.1:6443")

    async def answer(self, method: str, path: str, *, params: Any = None, body: Any = None, **_: Any) -> Answer:
        assert method == "POST"
        made = copy.deepcopy(body)
        if made["kind"] == "InferenceService" and made["spec"]["predictor"].get("minReplicas", 1) > 1:
            field = "spec.predictor.minReplicas"
            raise Invalid(TOO_MANY, status=422, reason="Invalid", causes=(Cause(field, "Invalid value: 2: no more than 1 here", ""),))
        made["metadata"] |= meta(made["metadata"]["name"]) | {"creationTimestamp": at(0)}
        if "dryRun" not in params:
            self._session.answers[f"{path}/{made['metadata']['name']}"] = made
        return Answer(201, json.dumps(made).encode(), ())


def served() -> FakeSession:
    """A node with GPUs, and a Secret with a token of another name than the one that is asked for."""
    made = session()
    made.client = Making(made)
    made.discovery = Served(form.of.view.resource for form in FORMS)  # type: ignore[assignment]  # as much of it as the form asks
    labels = {"nvidia.com/gpu.present": "true", "nvidia.com/gpu.memory": "81559"}
    ready = [{"type": "Ready", "status": "True"}]
    node = {"metadata": {"name": "h100-1", "labels": labels}, "status": {"allocatable": {"nvidia.com/gpu": "8"}, "conditions": ready}}
    made.answers |= {NODES.path(): {"items": [node]}, SECRETS.path("team-a"): {"items": [{"metadata": meta("hf-token")}]}}
    return made


@sizes
@pytest.mark.parametrize("place", PLACES)
def test_review_of_what_is_deployed(place: str, size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    answers, keys = PLACES[place]
    made = served()

    async def walk(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await models(pilot, app)
        story = Story(app, pilot)
        wizard = DeployWizard(app.cluster, "team-a", FORMS, answers=answers)
        await app.push_screen(wizard)
        await until(pilot, lambda: wizard.query("FieldRow") and wizard._asked)
        while app.screen is wizard:
            at, last = wizard.at, wizard.at + 1 == len(wizard.steps)
            await story.press("ctrl+n")
            await until(pilot, lambda at=at, last=last: app.screen is not wizard if last else wizard.at == at + 1)  # type: ignore[misc]
        review = await story.reviewed()
        await story.press(*keys)
        if "a" in keys:
            await until(pilot, lambda: review.state is State.DONE)
        if "escape" in keys:
            await until(pilot, lambda: app.screen is wizard and any(row.sentence for row in wizard._rows()))
        else:
            assert isinstance(app.screen, ReviewScreen)
        await settled(pilot)

    assert snap_compare(console(made), terminal_size=size, run_before=walk)
