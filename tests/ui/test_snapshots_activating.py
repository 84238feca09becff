"""Activating another model at both sizes: the choice, the review with findings and a conflict, and how it went.

After a wanted change: look at it, then `pytest tests/ui/test_snapshots_activating.py --snapshot-update`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import serving_world
from driving import Console, until
from fake import FakeClient, FakeSession
from telling import Story
from test_snapshots import settled, sizes
from textual.pilot import Pilot

from modeltui.domain import Finding, Severity
from modeltui.kube.client import Answer
from modeltui.systems.core.types import CLAIMS, NODES
from modeltui.systems.kserve.types import CLUSTER_RUNTIMES, RUNTIMES, SERVICES
from modeltui.systems.modelfs.types import MODELS
from modeltui.systems.serving.arriving import Look
from modeltui.systems.serving.arriving import State as Arriving
from modeltui.ui.screens.activate import ActivateScreen
from modeltui.ui.screens.activation import ActivationReview
from modeltui.ui.screens.deployment_detail import DeploymentDetail
from modeltui.ui.screens.deployments import DeploymentsScreen
from modeltui.ui.screens.review import State

Walk = Callable[[Pilot[int]], Awaitable[None]]
PHI, MISTRAL = "microsoft/Phi-3-mini-4k-instruct", "mistralai/Mistral-7B-Instruct-v0.3"
PULL = Finding(
    Severity.ERROR,
    "Image vllm/vllm-openai:v0.11.0-typo cannot be pulled: the registry has no such tag.",
    "Correct the tag in the runtime.",
    about="Pod chat-predictor-6b9-xk2lp",
)


class Obedient(FakeClient):
    """Does what it is told, to the one object that an apply names."""

    connection = SimpleNamespace(context="staging", server="https://10.0.0.1:6443")

    async def get(self, path: str, kind: Any, **_: Any) -> Any:
        return msgspec.json.decode(await self.request("GET", path), type=kind)

    async def answer(self, method: str, path: str, *, params: Any = None, body: Any = None, **_: Any) -> Answer:
        live = json.loads(await self.request(method, path))
        sent = json.loads(body)
        made = _merged(live, sent)
        if "dryRun" not in params:
            made["metadata"] = {**made["metadata"], "resourceVersion": str(int(live["metadata"]["resourceVersion"]) + 1)}
            self._session.change(SERVICES, made)
        return Answer(200, json.dumps(made).encode(), ())


def _merged(live: Any, sent: Any) -> Any:
    if isinstance(live, dict) and isinstance(sent, dict):
        return {key: _merged(live.get(key), sent[key]) if key in sent else live[key] for key in {**live, **sent}}
    return copy.deepcopy(sent)


def session() -> FakeSession:
    """`chat` was activated from a catalog; weights of a Model are in a claim; the largest GPU has 15 GiB."""
    objects = copy.deepcopy(serving_world.OBJECTS)
    chat = objects[SERVICES][0]
    chat["metadata"] |= {"managedFields": [], "uid": "uid-chat"}
    chat["metadata"]["annotations"]["model-manager/model-id"] = "Qwen/Qwen3-0.6B"
    chat["spec"]["predictor"]["model"]["args"] = ["--max-model-len=8192"]
    versions = [{"name": "one", "repo": "Qwen/Qwen2.5-1.5B-Instruct"}]
    synced = [{"name": "one", "phase": "READY", "observedState": "PRESENT", "pvcName": "mdl-qwen-one"}]
    objects[MODELS] = [
        {
            "metadata": {**chat["metadata"], "name": "qwen"},
            "spec": {"sourceRef": "hub", "versions": versions},
            "status": {"syncedVersions": synced},
        }
    ]
    labels = {"nvidia.com/gpu.memory": "15360"}
    objects[NODES] = [{"metadata": {"name": "t4", "labels": labels}, "status": {"allocatable": {"nvidia.com/gpu": "4"}}}]
    objects |= {CLAIMS: [], CLUSTER_RUNTIMES: []}
    made = FakeSession(objects)
    for resource, found in objects.items():
        items = [{"apiVersion": resource.api_version, "kind": resource.kind, **one} for one in found]
        made.answers[resource.path()] = {"items": items}
        if resource.namespaced:
            made.answers[resource.path("team-a")] = {"items": items}
    assert objects[RUNTIMES]
    made.client = Obedient(made)
    return made


async def the_choice(pilot: Pilot[int]) -> Story:
    app: Any = pilot.app
    story = Story(app, pilot)
    await until(pilot, lambda: app.cluster is not None and len(app.screen_stack) > 1)
    await story.fill(":deployments")
    table = await story.screen(DeploymentsScreen)
    await until(pilot, lambda: table.live.joined and table.table.counts.total == 4)
    key = next(row.key for row in table.live.rows() if row.key[1] == "chat")
    table.table.move_to(key)
    await story.fill(":activate")
    chooser = await story.screen(ActivateScreen)
    await until(pilot, lambda: chooser.table.counts.total == 9)
    await settled(pilot)
    return story


async def the_review(pilot: Pilot[int], id_: str = MISTRAL) -> Story:
    story = await the_choice(pilot)
    await story.fill(f"/{id_}")
    await story.screen(ActivationReview)
    await story.reviewed()
    await settled(pilot)
    return story


async def the_end(pilot: Pilot[int]) -> None:
    story = await the_review(pilot, PHI)
    review: Any = story.app.screen
    await story.press("a")
    await until(pilot, lambda: review.state is State.DONE and review.look is not None and review.look.over)
    await settled(pilot)


@sizes
def test_the_choice(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    assert snap_compare(console(session()), terminal_size=size, run_before=the_choice)


async def test_the_choice_under_the_cursor_is_named_whole(console: Console) -> None:
    app: Any = console(session())
    async with app.run_test(size=(80, 24)) as pilot:
        await the_choice(pilot)
        await pilot.press("G", "g")
        for _ in range(9):
            whole = app.screen.table.cursor_key[1]
            await until(pilot, lambda name=whole: name in "".join(strip.text for strip in app.screen._compositor.render_strips()[:10]))
            await pilot.press("down")


@sizes
def test_the_review_with_what_speaks_against_it(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    assert snap_compare(console(session()), terminal_size=size, run_before=the_review)


ENDS = {
    "serves": Look(Arriving.SERVES, "It serves."),
    "fails": Look(Arriving.FAILS, "PredictorReady is False: MinimumReplicasUnavailable.", (PULL,)),
}


@sizes
@pytest.mark.parametrize("end", ENDS)
def test_how_it_went(end: str, size: tuple[int, int], console: Console, snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def looks(*_: Any) -> AsyncIterator[Look]:
        yield Look(Arriving.WAITING, "What was there before still serves; 1 of its pods is not ready yet.")
        yield ENDS[end]

    monkeypatch.setattr("modeltui.ui.screens.activation.looks", looks)
    assert snap_compare(console(session()), terminal_size=size, run_before=the_end)


async def the_page(pilot: Pilot[int]) -> None:
    story = await the_choice(pilot)
    await story.press("escape", "enter")
    page = await story.screen(DeploymentDetail)
    await until(pilot, lambda: page.table.counts.total == 2)
    await settled(pilot)


@sizes
def test_what_is_active_on_its_page(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    assert snap_compare(console(session()), terminal_size=size, run_before=the_page)
