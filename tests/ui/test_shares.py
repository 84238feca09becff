"""The audit of sharing on the screen: which namespaces received what, which of it is stale, and the way to and from it."""

from __future__ import annotations

from typing import Any

import world
from driving import Console, models, until
from fake import FakeSession, meta
from test_snapshots import crumb, settled, shows, sizes, table, typed
from textual.pilot import Pilot

from modeltui.domain import UNKNOWN
from modeltui.systems.core.types import NAMESPACES
from modeltui.systems.dataset.types import DATASETS
from modeltui.ui.screens.dataset_detail import DatasetDetail


def reference(namespace: str, name: str, of: str) -> dict[str, Any]:
    spec = {"source": {"type": "REFERENCE", "uri": f"dataset://{of}"}, "dataSyncRound": 1}
    return {"metadata": meta(name, namespace), "spec": spec, "status": {"phase": "READY", "pvcName": name, "lastSucceedRound": 1}}


def session() -> FakeSession:
    """Three received a Dataset of team-a: one rightly, one without the label, and one whose source is gone."""
    made = world.session()
    shared = world.dataset("llama-3-8b", "v1", "READY")
    shared["spec"] |= {"share": True, "shareToNamespaceSelector": {"matchLabels": {"env": "prod"}}}
    others = [found for found in made.objects[DATASETS] if found["metadata"]["name"] != shared["metadata"]["name"]]
    made.objects[DATASETS] = [
        *(*others, shared),
        reference("team-b", "llama", "team-a/mdl-llama-3-8b-v1"),
        reference("team-c", "llama", "team-a/mdl-llama-3-8b-v1"),
        reference("team-c", "phi", "team-a/mdl-phi-3-mini-v0"),
    ]
    labels = {"team-a": {}, "team-b": {"env": "prod"}, "team-c": {"env": "test"}}
    made.objects[NAMESPACES] = [{"metadata": {"name": name, "labels": found}} for name, found in labels.items()]
    return made


def cells(app: Any) -> dict[tuple[str, str], dict[str, Any]]:
    keys = [column.key for column in app.screen.view.columns]
    return {row.key: dict(zip(keys, row.values, strict=True)) for row in app.screen.live.rows()}


@sizes
def test_shares_of_all_namespaces(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    walk = shows(((*typed(":shares"), "enter"), table(3)), count=5)
    assert snap_compare(console(session(), namespaces=(), all_namespaces=True), terminal_size=size, run_before=walk)


async def test_each_says_why_it_is_stale_and_faults_only_leaves_those(console: Console) -> None:
    app = console(session(), namespaces=(), all_namespaces=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await to_shares(pilot, app)
        found = cells(app)
        assert {key: values["stale"] for key, values in found.items()} == {
            ("team-b", "llama"): False,
            ("team-c", "llama"): True,
            ("team-c", "phi"): True,
        }
        assert "team-c does not" in found["team-c", "llama"]["why"]
        assert "does not exist" in found["team-c", "phi"]["why"]
        assert (found["team-b", "llama"]["model"], found["team-b", "llama"]["version"]) == ("llama-3-8b", "v1")
        for key in (*typed("/stale:yes"), "enter"):
            await pilot.press(key)
        await until(pilot, lambda: app.screen.table.counts.shown == 2)


async def test_in_one_namespace_the_source_is_not_in_sight_and_nothing_is_called_stale(console: Console) -> None:
    app = console(session(), namespaces=("team-c",))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.cluster is not None)
        await settled(pilot)
        for key in (*typed(":audit"), "enter"):
            await pilot.press(key)
        await until(pilot, lambda: table(2)(app))
        assert {values["stale"] for values in cells(app).values()} == {UNKNOWN}
        assert all("is not in sight" in values["why"] for values in cells(app).values())


async def test_a_share_leads_to_its_source_and_the_source_to_its_shares(console: Console) -> None:
    app = console(session(), namespaces=(), all_namespaces=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await to_shares(pilot, app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DatasetDetail))
        await until(pilot, lambda: app.screen._seen)
        await app.screen.action_owner()
        await until(pilot, lambda: app.screen.crumb == "mdl-llama-3-8b-v1" and app.screen._seen)
        await app.screen.action_used_by()
        await until(pilot, lambda: crumb("shares")(app) and app.screen.table.counts.shown == 2)


async def to_shares(pilot: Pilot[int], app: Any) -> None:
    await models(pilot, app, 5)
    await settled(pilot)
    for key in (*typed(":shares"), "enter"):
        await pilot.press(key)
    await until(pilot, lambda: table(3)(app))
    await until(pilot, lambda: app.screen.live.joined)
