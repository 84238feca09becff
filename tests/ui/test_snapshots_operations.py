"""What is done with a version, step by step at both sizes: the menu, the plan, the wait, the account; and deleted shares.

After a wanted change: look at it, then `pytest tests/ui/test_snapshots_operations.py --snapshot-update`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import world
from driving import Console, models, until
from fake import FakeClient, FakeSession, at, meta
from telling import Story
from test_snapshots import settled, sizes
from textual.pilot import Pilot

from modeltui.changes.writing import Patience
from modeltui.kube.client import Answer
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import CLAIMS, JOBS, NAMESPACES, PODS, STORAGE_CLASSES, VOLUMES
from modeltui.systems.dataset.types import DATASETS
from modeltui.systems.modelfs.types import MODELS, SOURCES
from modeltui.ui.screens.actions import ActionsScreen
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.dataset_detail import DatasetDetail
from modeltui.ui.screens.model_detail import ModelDetail
from modeltui.ui.screens.review import State

Walk = Callable[[Pilot[int]], Awaitable[None]]
AGAIN = "Sync version v1 again (removes its weights first)"
DATA = "mdl-llama-3-8b-v1"


class Obedient(FakeClient):
    """Does what it is told, to the one object that an apply names; a deletion waits for a finalizer."""

    connection = SimpleNamespace(context="staging", server="https://10.0.0.1:6443")

    async def get(self, path: str, kind: Any, **_: Any) -> Any:
        return msgspec.json.decode(await self.request("GET", path), type=kind)

    async def answer(self, method: str, path: str, *, params: Any = None, body: Any = None, **_: Any) -> Answer:
        live = json.loads(await self.request(method, path))
        if method == "DELETE":
            return Answer(200, json.dumps(live).encode(), ())
        sent = json.loads(body)
        made = {**live, "spec": {**live["spec"], **copy.deepcopy(sent.get("spec", {}))}}
        if "dryRun" not in params:
            made["metadata"] = {**live["metadata"], "resourceVersion": str(int(live["metadata"]["resourceVersion"]) + 1)}
            self._session.change(MODELS, made)
            going = self._session.answers[DATASETS.path("team-a", DATA)]
            going["metadata"] |= {"deletionTimestamp": at(0), "finalizers": ["dataset-controller"]}
        return Answer(200, json.dumps(made).encode(), ())


def reference(name: str, of: str, **labels: str) -> dict[str, Any]:
    spec = {"source": {"type": "REFERENCE", "uri": f"dataset://{of}"}, "dataSyncRound": 1}
    status = {"phase": "READY", "pvcName": name, "lastSucceedRound": 1}
    return {"metadata": meta(name, "team-b", labels=labels), "spec": spec, "status": status}


def claim(name: str, volume: str) -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "40Gi"}}, "volumeName": volume}
    return {"metadata": meta(name), "spec": spec, "status": {"phase": "Bound", "capacity": {"storage": "40Gi"}}}


def session() -> FakeSession:
    """The usual models, the console's own; the first version's weights are on a volume, and shared with team-b as it asks for."""
    made = world.session()
    for model in made.objects[MODELS]:
        model["metadata"]["managedFields"] = []
        if model["metadata"]["name"] == "llama-3-8b":
            model["spec"]["versions"][0]["share"] = {"enabled": True, "namespaceSelector": {"matchLabels": {"env": "prod"}}}
    made.objects[DATASETS] += [
        reference("share-team-a-llama-3-8b-v1", f"team-a/{DATA}"),
        reference("phi", "team-a/mdl-phi-3-mini-v0"),
    ]
    labels = {"team-a": {}, "team-b": {"env": "prod"}}
    made.objects[NAMESPACES] = [{"metadata": {"name": name, "labels": found}} for name, found in labels.items()]
    made.objects[CLAIMS] = [claim(DATA, "pv-7")]
    made.objects[VOLUMES] = [{"metadata": {"name": "pv-7"}, "spec": {"persistentVolumeReclaimPolicy": "Delete"}}]
    made.objects |= {PODS: [], JOBS: []}
    default = {"storageclass.kubernetes.io/is-default-class": "true"}
    made.objects[STORAGE_CLASSES] = [{"metadata": {"name": "nfs", "annotations": default}, "provisioner": "nfs.csi.k8s.io"}]
    fresh = FakeSession(made.objects, answers=made.answers)
    for resource in (MODELS, SOURCES, DATASETS, CLAIMS, PODS, JOBS, VOLUMES, NAMESPACES, STORAGE_CLASSES):
        _listed(fresh, resource)
    fresh.answers["/api/v1/namespaces/team-a/secrets/hf-token"] = {"metadata": meta("hf-token"), "data": {"token": "eA=="}}
    fresh.answers["/api/v1/namespaces/team-a/secrets/minio"] = {"metadata": meta("minio"), "data": {"token": "eA=="}}
    fresh.client = Obedient(fresh)
    return fresh


def _listed(session: FakeSession, resource: Resource) -> None:
    objects = session.objects.get(resource, [])
    for obj in objects:
        key = (obj["metadata"].get("namespace"), obj["metadata"]["name"])
        session.answers[resource.path(*key)] = {"apiVersion": resource.api_version, "kind": resource.kind, **obj}
    session.answers[resource.path()] = {"items": objects}
    for namespace in ("team-a", "team-b") if resource.namespaced else ():
        session.answers[resource.path(namespace)] = {"items": [obj for obj in objects if obj["metadata"].get("namespace") == namespace]}


async def to_the_version(pilot: Pilot[int]) -> Story:
    app: Any = pilot.app
    story = Story(app, pilot)
    table = await models(pilot, app)
    table.table.move_to(("team-a", "llama-3-8b"))
    await story.press("enter")
    detail = await story.screen(ModelDetail)
    await until(pilot, lambda: detail.table.counts.total == 2 and detail.table.has_focus and detail.part == "v1")
    return story


async def the_menu(pilot: Pilot[int]) -> None:
    story = await to_the_version(pilot)
    await story.menu()
    await settled(pilot)


async def the_plan(pilot: Pilot[int]) -> None:
    story = await to_the_version(pilot)
    await story.act(AGAIN)
    await story.reviewed()
    await settled(pilot)


async def the_wait(pilot: Pilot[int]) -> None:
    story = await to_the_version(pilot)
    await story.act(AGAIN)
    review = await story.reviewed()
    await story.press("a")
    await until(pilot, lambda: review.state is State.WAITING and "held by" in str(review.sentence.content), str(review.sentence.content))
    await settled(pilot)


async def the_account(pilot: Pilot[int]) -> None:
    story = await to_the_version(pilot)
    await story.act(AGAIN)
    review = await story.reviewed()
    await story.press("a")
    await until(pilot, lambda: "held by" in str(review.sentence.content))
    await story.press("escape")
    await until(pilot, lambda: review.state is State.DONE)
    await settled(pilot)


STEPS: dict[str, Walk] = {"menu": the_menu, "plan": the_plan, "wait": the_wait, "account": the_account}


@sizes
@pytest.mark.parametrize("step", STEPS)
def test_running_a_sync_again(
    step: str, size: tuple[int, int], console: Console, snap_compare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modeltui.ui.screens.review.BEFORE_DELETING", 0.01)
    monkeypatch.setattr("modeltui.changes.execute.Patience", lambda: Patience(look_again=0.02))
    assert snap_compare(console(session()), terminal_size=size, run_before=STEPS[step])


async def the_shares(pilot: Pilot[int]) -> Story:
    app: Any = pilot.app
    story = Story(app, pilot)
    await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.table.counts.total == 5)
    await story.fill(":shares")
    await until(pilot, lambda: app.screen.crumb == "shares" and app.screen.table.counts.total == 2 and app.screen.live.joined)
    return story


async def shares_to_delete(pilot: Pilot[int]) -> None:
    story = await the_shares(pilot)
    await story.press("g", "space", "G", "ctrl+@", "ctrl+d")
    await story.reviewed()
    await settled(pilot)


async def a_share_that_is_kept(pilot: Pilot[int]) -> None:
    story = await the_shares(pilot)
    app: Any = pilot.app
    app.screen.table.move_to(("team-b", "share-team-a-llama-3-8b-v1"))
    await story.press("enter")
    page = await story.screen(DatasetDetail)
    await until(pilot, lambda: any("does not last" in str(line) for line in page.text.whole))
    await settled(pilot)


@sizes
@pytest.mark.parametrize("walk", [shares_to_delete, a_share_that_is_kept], ids=["review", "page"])
def test_shares(walk: Walk, size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    assert snap_compare(console(session(), namespaces=(), all_namespaces=True), terminal_size=size, run_before=walk)


async def a_dataset_of_modelfs(pilot: Pilot[int]) -> None:
    app: Any = pilot.app
    story = Story(app, pilot)
    await models(pilot, app)
    await story.fill(":datasets")
    await until(pilot, lambda: app.screen.crumb == "datasets" and app.screen.table.row(("team-a", DATA)) is not None)
    app.screen.table.move_to(("team-a", DATA))
    menu: ActionsScreen = await story.menu()
    await until(pilot, lambda: bool(menu._why_not))
    await settled(pilot)


@sizes
def test_the_menu_of_a_dataset_of_modelfs(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    assert snap_compare(console(session()), terminal_size=size, run_before=a_dataset_of_modelfs)
