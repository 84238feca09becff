"""What a file makes of an object: its own fields, by the rules of server-side apply, and nothing that only the server adds."""

from __future__ import annotations

import random
from typing import Any

import pytest
from objects import CONFIGMAPS, MODELS, Kept, by_other, config_map, model, there

from modeltui.changes.execute import execute
from modeltui.changes.given import Given, review_given, whole
from modeltui.changes.plan import Choice
from modeltui.kube.apply import FIELD_MANAGER, Manifest
from modeltui.kube.client import Client


def obj(**spec: Any) -> Manifest:
    return {"apiVersion": "v1", "kind": "X", "metadata": {"name": "x"}, "spec": spec}


def test_what_only_the_server_adds_is_no_wish() -> None:
    live = obj(kept=1, ours=2)
    would = obj(kept=1, asked=3, port={"number": 80, "protocol": "TCP"}, shell={"deep": {"er": 1}})
    assert whole(live, obj(asked=3, port={"number": 80}), would)["spec"] == {"kept": 1, "asked": 3, "port": {"number": 80}}


def test_what_goes_stays_gone_and_a_default_in_its_place_is_one() -> None:
    assert whole(obj(a=1, b=2), obj(), obj(a=0))["spec"] == {"a": 0}


def test_items_told_apart_by_name_are_looked_at_one_by_one() -> None:
    live = obj(items=[{"name": "a", "size": 1}])
    would = obj(items=[{"name": "b", "size": 2, "unit": "Gi"}, {"name": "a", "size": 1}, {"name": "c", "unit": "Gi"}])
    found = whole(live, obj(items=[{"name": "b", "size": 2}, {"name": "c"}]), would)
    assert found["spec"]["items"] == [{"name": "b", "size": 2}, {"name": "a", "size": 1}, {"name": "c"}]


def test_nothing_is_changed_in_place() -> None:
    would = obj(a=1, added={"b": 2})
    whole(obj(a=1), obj(a=1), would)
    assert would == obj(a=1, added={"b": 2})


def test_a_field_that_is_asked_for_empty_is_asked_for() -> None:
    assert whole(obj(), obj(a={}, b=[], c=None), obj(a={}, b=[]))["spec"] == {"a": {}, "b": []}


async def given(client: Client, manifest: Manifest, recorder: Kept) -> None:
    found = await review_given(client, "a file", [Given(CONFIGMAPS, manifest)])
    choices = {at: Choice.TAKE_OVER for at, step in enumerate(found.steps) if step.conflicts}
    account = await execute(client, found, choices=choices, recorder=recorder)
    assert account.complete, account.sentence()


@pytest.mark.parametrize("seed", range(8))
async def test_it_comes_to_the_same_as_a_forced_apply_of_the_file(cluster: Client, namespace: str, recorder: Kept, seed: int) -> None:
    """Whatever was there and whoever owned it; but nothing is owned that was not changed."""
    dice = random.Random(seed)

    def data() -> dict[str, str]:
        return {key: dice.choice("12") for key in "abcd" if dice.random() < 0.6}

    for _ in range(4):
        before, files = data(), [data(), data()]
        for name in ("by-file", "by-force"):
            await cluster.request("DELETE", CONFIGMAPS.path(namespace), params={"fieldSelector": f"metadata.name={name}"})
            await by_other(cluster, CONFIGMAPS, config_map(namespace, name, **before))
        for file in files:
            await given(cluster, config_map(namespace, "by-file", **file), recorder)
            await by_other(cluster, CONFIGMAPS, config_map(namespace, "by-force", **file), manager=FIELD_MANAGER)
            ours, forced = [await there(cluster, CONFIGMAPS, namespace, name) for name in ("by-file", "by-force")]
            assert ours.get("data", {}) == forced.get("data", {}), (before, files)
            again = await review_given(cluster, "again", [Given(CONFIGMAPS, config_map(namespace, "by-file", **file))])
            assert again.unchanged


async def test_what_the_server_refuses_is_refused_whether_the_object_is_there_or_not(cluster: Client, namespace: str) -> None:
    wrong = model(namespace, "refused", colour="red", shape="round")
    for _ in range(2):
        found = await review_given(cluster, "wrong", [Given(MODELS, wrong)])
        (step,) = found.steps
        assert [refusal.field for refusal in step.refusals] == ["spec.colour", "spec.shape"]
        assert not found.ready({})
        await by_other(cluster, MODELS, model(namespace, "refused"))


async def test_a_change_is_what_was_reviewed(cluster: Client, namespace: str) -> None:
    await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", theirs="1"))
    found = await review_given(cluster, "title", [Given(CONFIGMAPS, config_map(namespace, "a", ours="2"))])
    change = found.change()
    (step,) = change.steps
    assert change.title == "title"
    assert step.desired is not None
    assert step.desired["data"] == {"theirs": "1", "ours": "2"}
    assert step.live == await there(cluster, CONFIGMAPS, namespace, "a")
