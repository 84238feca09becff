"""Reviews, against a whole API server: what would happen, asked without anything happening."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from objects import CONFIGMAPS, DATASETS, MODELS, NAMESPACES, SECRETS, Kept, by_other, config_map, model, owners, patched, secret, there
from tests.changes.mortal import Mortal
from tests.kube.scripted_server import Reply, Request, serving, write_kubeconfig

from modeltui.changes.difference import ChangeKind
from modeltui.changes.execute import execute
from modeltui.changes.plan import Action, Change, Choice, Step
from modeltui.changes.review import review
from modeltui.kube import errors
from modeltui.kube.apply import Manifest, delete, read
from modeltui.kube.client import Client
from modeltui.kube.credentials import load
from modeltui.kube.resource import Resource


def only(step: Step) -> Change:
    return Change(str(step), (step,))


def shown(reviewed: Any) -> list[tuple[str, str, Any, Any]]:
    return [(change.path, str(change.kind), change.before, change.after) for change in reviewed.difference]


async def test_nothing_is_written_by_a_review(dying: Mortal, cluster: Client, namespace: str) -> None:
    live = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", k="1", theirs="x"))
    steps = (
        Step.apply(CONFIGMAPS, config_map(namespace, "a", k="2"), live),
        Step.apply(SECRETS, secret(namespace, "s", token="hidden"), None),
        Step.create(CONFIGMAPS, config_map(namespace, "b")),
        Step.delete(CONFIGMAPS, live),
    )
    found = await review(dying.client, Change("all sorts", steps))
    assert dying.requests
    assert dying.writes == []
    assert [step.refusals for step in found.steps] == [()] * 4
    assert await there(cluster, CONFIGMAPS, namespace, "a") == live
    assert await read(cluster, SECRETS, namespace, "s") is None


async def test_a_new_object_shows_what_is_asked_and_what_the_server_adds(cluster: Client, namespace: str) -> None:
    found = (await review(cluster, only(Step.apply(SECRETS, secret(namespace, "s", token="hidden"), None)))).steps[0]
    assert shown(found) == [("data.token", "added", None, "<masked>"), ("type", "defaulted", None, "Opaque")]
    assert found.difference[0].hidden
    assert found.clean
    assert not found.unchanged


async def test_a_change_shows_its_fields_and_their_owners(cluster: Client, namespace: str) -> None:
    live = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", keep="x", gone="y"))
    found = (await review(cluster, only(Step.apply(CONFIGMAPS, config_map(namespace, "a", keep="x", new="z"), live)))).steps[0]
    assert shown(found) == [("data.new", "added", None, "z"), ("data.gone", "removed", "y", None)]
    assert [(removal.path, removal.owners) for removal in found.removals] == [(("data", "gone"), ("other",))]
    assert found.difference[1].owners == ("other",)


async def test_wanting_what_is_there_is_nothing_to_do(cluster: Client, namespace: str) -> None:
    live = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"))
    found = await review(cluster, only(Step.apply(CONFIGMAPS, live, live)))
    assert found.unchanged
    assert found.steps[0].difference == ()


async def test_a_conflict_names_owner_and_fields_and_both_ways_out(cluster: Client, namespace: str) -> None:
    live = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", **{"k": "1", "dotted.key": "1"}))
    live = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", third="1"), manager="third")
    wanted = config_map(namespace, "a", **{"k": "2", "dotted.key": "2", "third": "2", "free": "2"})
    found = await review(cluster, only(Step.apply(CONFIGMAPS, wanted, live)))
    step = found.steps[0]
    assert not found.clean
    assert step.conflicts == {"other": ('data["dotted.key"]', "data.k"), "third": ("data.third",)}
    assert {change.path for change in step.difference} == {'data["dotted.key"]', "data.k", "data.third", "data.free"}
    assert step.leaving is not None
    assert [(change.path, change.after) for change in step.leaving.difference] == [("data.free", "2")]
    assert not found.ready({})
    assert found.ready({0: Choice.LEAVE})
    assert found.ready({0: Choice.TAKE_OVER})


async def test_a_secret_that_changes_is_not_shown(cluster: Client, namespace: str) -> None:
    live = await by_other(cluster, SECRETS, secret(namespace, "s", token="old-marker-value", same="unchanged-marker"))
    wanted = {**live, "stringData": {"token": "new-marker-value"}}
    found = await review(cluster, only(Step.apply(SECRETS, wanted, live)))
    change = found.steps[0].difference[0]
    assert (change.path, change.kind, change.before, change.after, change.hidden) == (
        "data.token",
        ChangeKind.CHANGED,
        "<masked>",
        "<masked>",
        True,
    )
    told = repr(found)
    for value in ("old-marker-value", "new-marker-value", "unchanged-marker"):
        assert value not in told.replace(repr(found.steps[0].step), "")
        assert all(base64.b64encode(value.encode()).decode() not in repr(change) for change in found.steps[0].difference)


async def test_what_others_changed_meanwhile_is_kept_or_told(cluster: Client, namespace: str) -> None:
    live = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", mine="1", shared="1"))
    await patched(cluster, CONFIGMAPS, namespace, "a", {"data": {"theirs": "new"}})
    wanted: Manifest = {**live, "data": {"mine": "2", "shared": "1"}}
    found = (await review(cluster, only(Step.apply(CONFIGMAPS, wanted, live)))).steps[0]
    assert shown(found) == [("data.mine", "changed", "1", "2")]
    assert [change.path for change in found.drift] == [("data", "theirs")]
    await patched(cluster, CONFIGMAPS, namespace, "a", {"data": {"mine": "3"}})
    refused = (await review(cluster, only(Step.apply(CONFIGMAPS, wanted, live)))).steps[0]
    begun = "was changed by somebody else since this was begun"
    told = f'{begun}, to "3": say the same, or begin again with what it is now'
    assert [(refusal.field, refusal.sentence) for refusal in refused.refusals] == [("data.mine", told)]
    agreed = (await review(cluster, only(Step.apply(CONFIGMAPS, {**live, "data": {"mine": "3", "shared": "2"}}, live)))).steps[0]
    assert shown(agreed) == [("data.shared", "changed", "1", "2")]

    hidden = await by_other(cluster, SECRETS, secret(namespace, "s", token="old-marker"))
    await patched(cluster, SECRETS, namespace, "s", {"stringData": {"token": "their-marker"}})
    ours = {**hidden, "data": {"token": base64.b64encode(b"our-marker").decode()}}
    refused = (await review(cluster, only(Step.apply(SECRETS, ours, hidden)))).steps[0]
    assert [refusal.sentence for refusal in refused.refusals] == [f"{begun}: begin again with what it is now"]


async def test_an_object_that_is_gone_or_another_one_is_not_written_to(cluster: Client, namespace: str) -> None:
    live = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"))
    await delete(cluster, CONFIGMAPS, namespace, "a", uid=live["metadata"]["uid"], dry_run=False)
    wanted = {**live, "data": {"k": "2"}}
    gone = (await review(cluster, only(Step.apply(CONFIGMAPS, wanted, live)))).steps[0]
    assert "was deleted" in gone.refusals[0].sentence
    await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"))
    anew = (await review(cluster, only(Step.apply(CONFIGMAPS, wanted, live)))).steps[0]
    assert "made anew" in anew.refusals[0].sentence
    deletion = (await review(cluster, only(Step.delete(CONFIGMAPS, live)))).steps[0]
    assert "another one has its name" in deletion.refusals[0].sentence


async def test_what_must_not_exist_is_refused_when_it_does(cluster: Client, namespace: str) -> None:
    await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"))
    found = (await review(cluster, only(Step.create(CONFIGMAPS, config_map(namespace, "a", k="2"))))).steps[0]
    assert [(refusal.field, "exists already" in refusal.sentence) for refusal in found.refusals] == [("metadata.name", True)]
    same = await review(cluster, only(Step.create(CONFIGMAPS, config_map(namespace, "a", k="1"))))
    assert same.unchanged


async def test_a_mask_is_never_sent(dying: Mortal, namespace: str) -> None:
    masked = config_map(namespace, "a", password="<masked>")
    found = (await review(dying.client, only(Step.apply(CONFIGMAPS, masked, None)))).steps[0]
    assert [refusal.field for refusal in found.refusals] == ["data.password"]
    assert all(request.method == "GET" for request in dying.requests)


async def test_every_field_that_is_none_is_named(cluster: Client, namespace: str) -> None:
    wanted: Manifest = {**config_map(namespace, "a"), "dta": {}, "other": 1}
    found = (await review(cluster, only(Step.apply(CONFIGMAPS, wanted, None)))).steps[0]
    assert {refusal.field for refusal in found.refusals} == {"dta", "other"}
    assert all("is no field of this kind" in refusal.sentence for refusal in found.refusals)


async def test_what_a_controller_says_by_schema_and_rule_stands_beside_its_field(cluster: Client, namespace: str) -> None:
    wanted = model(namespace, "m", versions=[{"name": "v", "repo": "r", "precision": "FP8"}])
    found = (await review(cluster, only(Step.apply(MODELS, wanted, None)))).steps[0]
    assert [(refusal.field, refusal.sentence) for refusal in found.refusals] == [
        ("spec.versions[0].precision", '"FP8" is not one of FP16, INT4, INT8')
    ]
    dataset: Manifest = {
        "apiVersion": "dataset.baizeai.io/v1alpha1",
        "kind": "Dataset",
        "metadata": {"name": "d", "namespace": namespace},
        "spec": {"source": {"type": "HTTP", "uri": "https://a"}},
    }
    live = await by_other(cluster, DATASETS, dataset, manager="modeltui")
    changed = {**live, "spec": {**live["spec"], "source": {"type": "HTTP", "uri": "https://b"}}}
    refused = (await review(cluster, only(Step.apply(DATASETS, changed, live)))).steps[0]
    assert [refusal.field for refusal in refused.refusals] == ["spec.source.uri"]
    assert "cannot be changed once the object exists" in refused.refusals[0].sentence
    await delete(cluster, DATASETS, namespace, "d", uid=live["metadata"]["uid"], dry_run=False)


async def test_a_step_after_its_namespace_is_checked_as_far_as_possible(cluster: Client, namespace: str) -> None:
    place = f"{namespace}-made"
    made: Manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": place}}
    steps = (Step.apply(NAMESPACES, made, None), Step.apply(CONFIGMAPS, config_map(place, "a", k="1"), None))
    found = await review(cluster, Change("a namespace and something in it", steps))
    assert found.clean
    assert found.steps[0].pending == ""
    assert f"namespace {place} is made by this change" in found.steps[1].pending
    assert shown(found.steps[1]) == [("data.k", "added", None, "1")]
    wrong = (steps[0], Step.apply(CONFIGMAPS, {**config_map(place, "a"), "dta": {}}, None))
    refused = await review(cluster, Change("a namespace and something wrong in it", wrong))
    assert [refusal.field for refusal in refused.steps[1].refusals] == ["dta"]
    alone = await review(cluster, only(steps[1]))
    assert [refusal.field for refusal in alone.steps[0].refusals] == ["metadata.namespace"]


async def test_a_kind_that_is_not_served(cluster: Client, namespace: str) -> None:
    things = Resource("nothing.example.com", "v1", "things", "Thing")
    thing: Manifest = {"apiVersion": "nothing.example.com/v1", "kind": "Thing", "metadata": {"name": "a", "namespace": namespace}}
    found = (await review(cluster, only(Step.apply(things, thing, None)))).steps[0]
    assert "does not serve this kind" in found.refusals[0].sentence


async def test_without_the_right_to_write_the_review_says_so(kubeconfig: str, cluster: Client, namespace: str) -> None:
    viewer = Client(load(kubeconfig, "viewer"))
    try:
        found = (await review(viewer, only(Step.apply(CONFIGMAPS, config_map(namespace, "a"), None)))).steps[0]
    finally:
        await viewer.aclose()
    assert found.refusals[0].sentence == f"you may not patch configmaps in namespace {namespace}: ask whoever grants the rights"


async def test_a_server_that_cannot_be_asked_is_no_review(dying: Mortal, namespace: str) -> None:
    dying.dead = True
    with pytest.raises(errors.Unreachable):
        await review(dying.client, only(Step.apply(CONFIGMAPS, config_map(namespace, "a"), None)))


async def test_ours_keeps_what_the_web_wizard_drops(cluster: Client, namespace: str, recorder: Kept) -> None:
    """A PUT of what a form knows loses storage and share; what we send loses nothing, and the status is nobody's business."""
    version = {
        "name": "v1",
        "repo": "org/one",
        "storage": {"resources": {"requests": {"storage": "10Gi"}}},
        "share": {"enabled": True, "namespaceSelector": {"matchLabels": {"team": "x"}}},
    }
    live = await by_other(cluster, MODELS, model(namespace, "m", versions=[version], display={"tags": ["a"]}))
    live = await patched(cluster, MODELS, namespace, "m", {"status": {"observedGeneration": 3}}, subresource="status")
    wanted = {**live, "spec": {**live["spec"], "display": {"tags": ["a"], "description": "ours"}}, "status": {"observedGeneration": 99}}
    found = await review(cluster, Change("describe", (Step.apply(MODELS, wanted, live),)))
    assert [(change.path, change.after) for change in found.steps[0].difference] == [("spec.display.description", "ours")]
    account = await execute(cluster, found, recorder=recorder)
    assert account.complete
    now = await there(cluster, MODELS, namespace, "m")
    assert now["spec"]["versions"] == live["spec"]["versions"]
    assert now["spec"]["display"] == {"tags": ["a"], "description": "ours"}
    assert now["status"] == live["status"]
    assert owners(now)["modeltui/Apply"] == {"f:spec": {"f:display": {"f:description": {}}}}
    assert owners(now)["other/Apply"] == owners(live)["other/Apply"]
    await delete(cluster, MODELS, namespace, "m", uid=now["metadata"]["uid"], dry_run=False)


async def test_a_second_run_of_a_creation_takes_nothing_away(cluster: Client, namespace: str, recorder: Kept) -> None:
    """What was made from a form has marks of controllers and defaults of the server by then; the form knew of neither."""
    wanted = model(namespace, "m", versions=[{"name": "v1", "repo": "org/one", "share": {"enabled": False}}])
    change = Change("make it", (Step.apply(MODELS, wanted, None),))
    assert (await execute(cluster, await review(cluster, change), recorder=recorder)).complete
    marked = await patched(cluster, MODELS, namespace, "m", {"metadata": {"finalizers": ["example.com/hold"], "labels": {"theirs": "x"}}})
    again = await review(cluster, change)
    assert again.unchanged, shown(again.steps[0])
    other = model(namespace, "m", versions=[{"name": "v1", "repo": "org/two"}])
    differs = (await review(cluster, Change("make it otherwise", (Step.apply(MODELS, other, None),)))).steps[0]
    assert {path for path, *_ in shown(differs)} == {"spec.versions[name=v1].repo", "spec.versions[name=v1].share.enabled"}
    assert await there(cluster, MODELS, namespace, "m") == marked
    await patched(cluster, MODELS, namespace, "m", {"metadata": {"finalizers": None}})
    await delete(cluster, MODELS, namespace, "m", uid=marked["metadata"]["uid"], dry_run=False)


def fields_only(namespace: str, **data: str) -> Step:
    return replace(Step.apply(CONFIGMAPS, config_map(namespace, "a", **data), None), whole=False)


async def test_fields_that_are_no_whole_object_are_applied_as_kubectl_does_it(cluster: Client, namespace: str, recorder: Kept) -> None:
    async def applied(**data: str) -> Manifest:
        change = Change("file", (fields_only(namespace, **data),))
        assert (await execute(cluster, await review(cluster, change), recorder=recorder)).complete
        return (await there(cluster, CONFIGMAPS, namespace, "a"))["data"]

    assert await applied(k="1", gone="1") == {"k": "1", "gone": "1"}
    await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", theirs="1"))
    assert await applied(k="2") == {"k": "2", "theirs": "1"}
    found = (await review(cluster, only(fields_only(namespace, k="3", theirs="2")))).steps[0]
    assert found.conflicts == {"other": ("data.theirs",)}
    assert found.leaving is not None
    assert [change.path for change in found.leaving.difference] == ["data.k"]


async def test_a_mask_that_is_there_already_hinders_nobody(cluster: Client, namespace: str) -> None:
    live = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", literally="<masked>"))
    wanted = {**live, "data": {**live["data"], "k": "1"}}
    found = (await review(cluster, only(Step.apply(CONFIGMAPS, wanted, live)))).steps[0]
    assert shown(found) == [("data.k", "added", None, "1")]


async def test_without_the_right_to_read_the_review_says_so(kubeconfig: str, namespace: str) -> None:
    nobody = Client(load(kubeconfig, "nobody"))
    try:
        found = (await review(nobody, only(Step.apply(CONFIGMAPS, config_map(namespace, "a"), None)))).steps[0]
    finally:
        await nobody.aclose()
    assert found.refusals[0].sentence.startswith("you may not get configmaps")


class WithoutDryRuns:
    """A server with a webhook that has side effects."""

    def __init__(self, live: Manifest) -> None:
        self.live = live
        self.written: list[Manifest] = []

    async def answer(self, request: Request, reply: Reply) -> None:
        if request.method == "GET":
            await reply.json(self.live)
        elif request.query.get("dryRun") == "All":
            await reply.status(400, "BadRequest", 'admission webhook "side.example.com" does not support dry run')
        else:
            self.written.append(request.json)
            await reply.json({**self.live, "data": {"k": "2"}})


async def test_a_webhook_without_dry_runs_leaves_the_review_unchecked_but_guarded(tmp_path: Path, recorder: Kept) -> None:
    live = config_map("ns", "a", k="1")
    live["metadata"] |= {"uid": "u", "resourceVersion": "1"}
    server = WithoutDryRuns(live)
    async with serving(server.answer) as served:
        client = Client(load(write_kubeconfig(tmp_path / "config", served.url), None))
        try:
            found = await review(client, only(Step.apply(CONFIGMAPS, {**live, "data": {"k": "2"}}, live)))
            assert "side.example.com" in found.steps[0].pending
            assert shown(found.steps[0]) == [("data.k", "changed", "1", "2")]
            moved = await review(client, only(Step.apply(CONFIGMAPS, {**live, "data": {"k": "2"}}, live)))
            server.live = {**live, "data": {"k": "7"}, "metadata": {**live["metadata"], "resourceVersion": "2"}}
            refused = await execute(client, moved, recorder=recorder)
            assert refused.failed
            assert server.written == []
            server.live = live
            account = await execute(client, found, recorder=recorder)
        finally:
            await client.aclose()
    assert account.complete
    assert [sent["metadata"]["resourceVersion"] for sent in server.written] == ["1"]


def test_a_step_is_what_it_says() -> None:
    with pytest.raises(ValueError, match="a deletion has no desired object"):
        Step(Action.APPLY, CONFIGMAPS, None, None, "ns", "a")
    assert str(Step.apply(CONFIGMAPS, config_map("ns", "a"), None)) == "apply ConfigMap ns/a"
