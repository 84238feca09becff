"""Undo: what the change did is taken back, and what others did since then stays."""

from __future__ import annotations

from typing import Any

import pytest
from objects import CONFIGMAPS, SECRETS, Kept, by_other, config_map, owners, patched, secret, there

from modeltui.changes.account import Account
from modeltui.changes.execute import execute
from modeltui.changes.plan import Change, Choice, Step
from modeltui.changes.review import review
from modeltui.changes.undo import restored, reversal, review_undo, undo
from modeltui.kube.apply import read
from modeltui.kube.client import Client
from modeltui.redaction import MASK, redact_object


async def done(cluster: Client, *steps: Step, choices: dict[int, Choice] | None = None) -> Account:
    account = await execute(cluster, await review(cluster, Change("it", steps)), choices=choices, recorder=Kept())
    assert account.complete, account.sentence()
    return account


async def test_everything_is_as_it_was(cluster: Client, namespace: str, recorder: Kept) -> None:
    changed = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", keep="x", gone="y", theirs="1"))
    old = await by_other(cluster, SECRETS, secret(namespace, "old", token="hidden"))
    account = await done(
        cluster,
        Step.apply(CONFIGMAPS, config_map(namespace, "a", keep="x", new="z", theirs="2"), changed),
        Step.create(CONFIGMAPS, config_map(namespace, "made", k="1")),
        Step.delete(SECRETS, old),
        choices={0: Choice.TAKE_OVER},
    )
    assert [str(step) for step in reversal(account).steps] == [
        f"create Secret {namespace}/old",
        f"delete ConfigMap {namespace}/made",
        f"apply ConfigMap {namespace}/a",
    ]
    back = await undo(cluster, account, recorder=recorder)
    assert back.complete, back.sentence()
    assert back.title == "Undo: it"
    assert (await there(cluster, CONFIGMAPS, namespace, "a"))["data"] == changed["data"]
    assert await read(cluster, CONFIGMAPS, namespace, "made") is None
    now = await there(cluster, SECRETS, namespace, "old")
    assert (now["data"], now["type"]) == (old["data"], old["type"])
    assert now["metadata"]["uid"] != old["metadata"]["uid"]
    assert [name for name, _ in recorder.ended] == ["old", "made", "a"]


async def test_an_undo_can_be_undone(cluster: Client, namespace: str, recorder: Kept) -> None:
    live = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"), manager="modeltui")
    account = await done(cluster, Step.apply(CONFIGMAPS, config_map(namespace, "a", k="2", new="z"), live))
    back = await undo(cluster, account, recorder=recorder)
    assert (await there(cluster, CONFIGMAPS, namespace, "a"))["data"] == {"k": "1"}
    await undo(cluster, back, recorder=recorder)
    assert (await there(cluster, CONFIGMAPS, namespace, "a"))["data"] == {"k": "2", "new": "z"}


async def test_what_others_did_since_stays(cluster: Client, namespace: str, recorder: Kept) -> None:
    live = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"), manager="modeltui")
    account = await done(cluster, Step.apply(CONFIGMAPS, config_map(namespace, "a", k="2"), live))
    await patched(cluster, CONFIGMAPS, namespace, "a", {"data": {"theirs": "new"}})
    assert (await undo(cluster, account, recorder=recorder)).complete
    now = await there(cluster, CONFIGMAPS, namespace, "a")
    assert now["data"] == {"k": "1", "theirs": "new"}
    assert "controller/Update" in owners(now)


async def test_a_field_that_others_changed_since_is_not_overwritten(cluster: Client, namespace: str, recorder: Kept) -> None:
    live = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"), manager="modeltui")
    account = await done(cluster, Step.apply(CONFIGMAPS, config_map(namespace, "a", k="2"), live))
    now = await patched(cluster, CONFIGMAPS, namespace, "a", {"data": {"k": "7"}})
    found = await review_undo(cluster, account)
    assert [refusal.field for refusal in found.steps[0].refusals] == ["data.k"]
    with pytest.raises(ValueError, match="refused"):
        await undo(cluster, account, recorder=recorder)
    assert await there(cluster, CONFIGMAPS, namespace, "a") == now


async def test_what_was_made_is_deleted_with_a_controllers_marks_but_not_with_anybodys_work(
    cluster: Client, namespace: str, recorder: Kept
) -> None:
    account = await done(
        cluster, Step.create(CONFIGMAPS, config_map(namespace, "a", k="1")), Step.create(CONFIGMAPS, config_map(namespace, "b", k="1"))
    )
    await patched(cluster, CONFIGMAPS, namespace, "a", {"metadata": {"annotations": {"example.com/seen": "yes"}}})
    worked = await patched(cluster, CONFIGMAPS, namespace, "b", {"data": {"work": "of hours"}})
    found = await review_undo(cluster, account)
    assert [(step.step.name, bool(step.refusals)) for step in found.steps] == [("b", True), ("a", False)]
    with pytest.raises(ValueError, match="refused"):
        await undo(cluster, account, recorder=recorder)
    assert await there(cluster, CONFIGMAPS, namespace, "b") == worked
    assert await read(cluster, CONFIGMAPS, namespace, "a") is not None


async def test_another_object_of_the_name_is_not_deleted(cluster: Client, namespace: str, recorder: Kept) -> None:
    account = await done(cluster, Step.create(CONFIGMAPS, config_map(namespace, "a", k="1")))
    await done(cluster, Step.delete(CONFIGMAPS, await there(cluster, CONFIGMAPS, namespace, "a")))
    anew = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"))
    with pytest.raises(ValueError, match="refused"):
        await undo(cluster, account, recorder=recorder)
    assert await there(cluster, CONFIGMAPS, namespace, "a") == anew


async def test_undoing_what_has_been_undone_by_hand_does_nothing(cluster: Client, namespace: str, recorder: Kept) -> None:
    account = await done(cluster, Step.create(CONFIGMAPS, config_map(namespace, "a", k="1")))
    await done(cluster, Step.delete(CONFIGMAPS, await there(cluster, CONFIGMAPS, namespace, "a")))
    assert (await undo(cluster, account, recorder=recorder)).sentence() == f"Already so: ConfigMap {namespace}/a."
    assert recorder.begun == []


def test_what_was_kept_without_its_secrets_is_made_without_them_and_says_so() -> None:
    kept: dict[str, Any] = redact_object(
        {
            **{"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "data": {"token": "aGlkZGVuLXRva2Vu"}},
            "metadata": {
                **{"name": "s", "namespace": "ns", "uid": "u", "resourceVersion": "1", "managedFields": []},
                "ownerReferences": [{"uid": "dead", "name": "x"}, {"uid": "alive", "name": "y"}],
            },
        }
    )
    step = restored(SECRETS, kept, dead_owners=frozenset({"dead"}))
    assert step.desired is not None
    assert MASK not in repr(step.desired)
    assert step.desired["data"] == {}
    assert step.desired["metadata"] == {"name": "s", "namespace": "ns", "ownerReferences": [{"uid": "alive", "name": "y"}]}
    assert "without its secrets, which nobody kept: data.token" in step.note
    assert "does not come back" in step.note
