"""Carrying out: what was confirmed and nothing else, once, with an account of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from objects import CONFIGMAPS, NAMESPACES, SECRETS, Kept, by_other, config_map, owners, patched, secret, there
from tests.changes.mortal import Mortal
from tests.kube.scripted_server import Request

from modeltui.changes.account import StepState
from modeltui.changes.execute import execute
from modeltui.changes.plan import Change, Choice, Step
from modeltui.changes.review import Review, review
from modeltui.changes.writing import Patience
from modeltui.kube.apply import delete, read
from modeltui.kube.client import Client
from modeltui.kube.credentials import load

SHORT = Patience(find_out=5, look_again=0.02, gone=10)


def only(step: Step) -> Change:
    return Change(str(step), (step,))


async def test_several_objects_are_one_change_with_an_account(cluster: Client, namespace: str, recorder: Kept) -> None:
    old = await by_other(cluster, CONFIGMAPS, config_map(namespace, "old", k="1"))
    live = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", keep="x", gone="y"))
    same = await by_other(cluster, CONFIGMAPS, config_map(namespace, "same", k="1"))
    steps = (
        Step.create(SECRETS, secret(namespace, "s", token="hidden")),
        Step.apply(CONFIGMAPS, config_map(namespace, "a", keep="x", new="z"), live),
        Step.apply(CONFIGMAPS, same, same),
        Step.delete(CONFIGMAPS, old),
        Step.apply(CONFIGMAPS, config_map(namespace, "b"), None),
    )
    account = await execute(cluster, await review(cluster, Change("all sorts", steps)), recorder=recorder, patience=SHORT)
    assert account.complete
    assert [step.state for step in account.steps] == [
        StepState.DONE,
        StepState.DONE,
        StepState.UNCHANGED,
        StepState.DONE,
        StepState.DONE,
    ]
    assert account.sentence() == (
        f"Done: created Secret {namespace}/s, changed ConfigMap {namespace}/a, deleted ConfigMap {namespace}/old, "
        f"created ConfigMap {namespace}/b. Already so: ConfigMap {namespace}/same."
    )
    assert recorder.ended == [("s", "done"), ("a", "done"), ("old", "done"), ("b", "done")]
    assert (await there(cluster, CONFIGMAPS, namespace, "a"))["data"] == {"keep": "x", "new": "z"}
    assert set(owners(await there(cluster, SECRETS, namespace, "s"))) == {"modeltui/Apply"}
    assert await read(cluster, CONFIGMAPS, namespace, "old") is None
    assert (await there(cluster, CONFIGMAPS, namespace, "same")) == same


async def test_confirming_twice_writes_once(dying: Mortal, cluster: Client, namespace: str, recorder: Kept) -> None:
    live = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"), manager="modeltui")
    steps = (Step.apply(CONFIGMAPS, config_map(namespace, "a", k="2"), live), Step.create(CONFIGMAPS, config_map(namespace, "b")))
    found = await review(dying.client, Change("twice", steps))
    first, second = await asyncio.gather(execute(dying.client, found, recorder=recorder), execute(dying.client, found, recorder=recorder))
    third = await execute(dying.client, found, recorder=recorder)
    assert first is second is third
    assert [request.method for request in dying.writes if request.path.endswith("/a")] == ["PATCH"]
    assert [request.method for request in dying.writes].count("POST") == 1
    assert len(recorder.ended) == 2


async def test_giving_up_waiting_does_not_tear_a_change(cluster: Client, namespace: str, recorder: Kept) -> None:
    steps = tuple(Step.apply(CONFIGMAPS, config_map(namespace, name), None) for name in "abc")
    found = await review(cluster, Change("three", steps))
    waiting = asyncio.create_task(execute(cluster, found, recorder=recorder))
    async with asyncio.timeout(10):
        while not recorder.begun:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    account = await execute(cluster, found, recorder=recorder)
    assert account.complete
    assert [name for name, _ in recorder.ended] == ["a", "b", "c"]


async def test_the_recorder_knows_before_the_server_does(dying: Mortal, cluster: Client, namespace: str) -> None:
    order: list[str] = []

    class Ordered(Kept):
        async def begin(self, step: Step, difference: object) -> int:
            order.append(f"begin, {len(dying.writes)} writes")
            return await super().begin(step, ())

        async def end(self, token: int, result: str) -> None:
            order.append(f"{result}, {len(dying.writes)} writes")
            await super().end(token, result)

    found = await review(dying.client, only(Step.apply(CONFIGMAPS, config_map(namespace, "a"), None)))
    await execute(dying.client, found, recorder=Ordered())
    assert order == ["begin, 0 writes", "done, 1 writes"]


@pytest.mark.parametrize(
    ("choice", "data", "ours"),
    [(Choice.TAKE_OVER, {"k": "2", "free": "2"}, {"f:k", "f:free"}), (Choice.LEAVE, {"k": "1", "free": "2"}, {"f:free"})],
)
async def test_a_conflict_is_solved_as_chosen(
    cluster: Client, namespace: str, recorder: Kept, choice: Choice, data: dict[str, str], ours: set[str]
) -> None:
    live = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"))
    found = await review(cluster, only(Step.apply(CONFIGMAPS, config_map(namespace, "a", k="2", free="2"), live)))
    with pytest.raises(ValueError, match="has not been decided"):
        await execute(cluster, found, recorder=recorder)
    assert await there(cluster, CONFIGMAPS, namespace, "a") == live
    account = await execute(cluster, found, choices={0: choice}, recorder=recorder)
    assert account.complete
    now = await there(cluster, CONFIGMAPS, namespace, "a")
    assert now["data"] == data
    assert set(owners(now)["modeltui/Apply"]["f:data"]) == ours


async def test_a_refused_review_is_not_carried_out(dying: Mortal, namespace: str, recorder: Kept) -> None:
    steps = (
        Step.apply(CONFIGMAPS, config_map(namespace, "a"), None),
        Step.apply(CONFIGMAPS, {**config_map(namespace, "b"), "dta": {}}, None),
    )
    found = await review(dying.client, Change("half wrong", steps))
    with pytest.raises(ValueError, match="is refused"):
        await execute(dying.client, found, recorder=recorder)
    assert dying.writes == []
    assert recorder.begun == []


async def test_noise_since_the_review_is_no_hindrance(cluster: Client, namespace: str, recorder: Kept) -> None:
    live = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"), manager="modeltui")
    found = await review(cluster, only(Step.apply(CONFIGMAPS, config_map(namespace, "a", k="2"), live)))
    await patched(cluster, CONFIGMAPS, namespace, "a", {"metadata": {"annotations": {"example.com/seen": "now"}}})
    account = await execute(cluster, found, recorder=recorder)
    assert account.complete
    now = await there(cluster, CONFIGMAPS, namespace, "a")
    assert (now["data"], now["metadata"]["annotations"]) == ({"k": "2"}, {"example.com/seen": "now"})


async def test_what_was_confirmed_is_not_done_to_something_else(cluster: Client, namespace: str, recorder: Kept) -> None:
    made = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"), manager="modeltui")
    short = await by_other(cluster, CONFIGMAPS, config_map(namespace, "short", k="1"), manager="modeltui")
    other = await by_other(cluster, CONFIGMAPS, config_map(namespace, "gone", k="1"))

    async def changed() -> None:
        await patched(cluster, CONFIGMAPS, namespace, "a", {"data": {"k": "7"}})

    async def deleted() -> None:
        await delete(cluster, CONFIGMAPS, namespace, "short", uid=short["metadata"]["uid"], dry_run=False)

    async def made_by_somebody() -> None:
        await by_other(cluster, CONFIGMAPS, config_map(namespace, "new", k="7"))

    async def worked_on() -> None:
        await patched(cluster, CONFIGMAPS, namespace, "gone", {"data": {"work": "of hours"}})

    wish: list[tuple[Step, Callable[[], Awaitable[None]]]] = [
        (Step.apply(CONFIGMAPS, config_map(namespace, "a", k="2"), made), changed),
        (Step.apply(CONFIGMAPS, config_map(namespace, "short", k="2"), short), deleted),
        (Step.apply(CONFIGMAPS, config_map(namespace, "new", k="2"), None), made_by_somebody),
        (Step.delete(CONFIGMAPS, other), worked_on),
    ]
    for step, meanwhile in wish:
        found = await review(cluster, only(step))
        assert found.clean
        await meanwhile()
        before = await read(cluster, CONFIGMAPS, namespace, step.name)
        account = await execute(cluster, found, recorder=recorder)
        assert [executed.state for executed in account.steps] == [StepState.FAILED], meanwhile.__name__
        assert "you looked" in account.sentence() or "somebody else" in account.sentence()
        assert await read(cluster, CONFIGMAPS, namespace, step.name) == before
    assert recorder.begun == []


async def test_the_first_failure_ends_it(cluster: Client, namespace: str, recorder: Kept) -> None:
    live = await by_other(cluster, CONFIGMAPS, config_map(namespace, "b", k="1"))
    steps = (
        Step.apply(CONFIGMAPS, config_map(namespace, "a"), None),
        Step.delete(CONFIGMAPS, live),
        Step.apply(CONFIGMAPS, config_map(namespace, "c"), None),
    )
    found = await review(cluster, Change("three", steps))
    await patched(cluster, CONFIGMAPS, namespace, "b", {"data": {"k": "2"}})
    account = await execute(cluster, found, recorder=recorder)
    assert [step.state for step in account.steps] == [StepState.DONE, StepState.FAILED, StepState.NOT_DONE]
    assert not account.complete
    assert account.sentence() == (
        f"Done: created ConfigMap {namespace}/a. Failed: delete ConfigMap {namespace}/b (it has changed since you looked (data.k): "
        f"review again). Not done: apply ConfigMap {namespace}/c."
    )
    assert await read(cluster, CONFIGMAPS, namespace, "c") is None


async def test_a_status_that_changes_all_the_time_does_not_stop_a_write(
    dying: Mortal, cluster: Client, namespace: str, recorder: Kept
) -> None:
    """Between every look and every write, and between taking away and applying, somebody touches the object."""
    live = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", keep="x", gone="y"))
    found = await review(dying.client, only(Step.apply(CONFIGMAPS, config_map(namespace, "a", keep="x", new="z"), live)))
    touched: list[str] = []

    async def touch(request: Request) -> None:
        if request.method == "PATCH" and request.query.get("dryRun") != "All" and len(touched) < 3:
            touched.append(request.query["fieldManager"])
            await patched(cluster, CONFIGMAPS, namespace, "a", {"metadata": {"annotations": {"example.com/beat": str(len(touched))}}})

    dying.meanwhile = touch
    account = await execute(dying.client, found, recorder=recorder, patience=SHORT)
    assert len(touched) == 3
    assert account.complete, account.sentence()
    assert recorder.ended == [("a", "done")]
    assert (await there(cluster, CONFIGMAPS, namespace, "a"))["data"] == {"keep": "x", "new": "z"}


async def test_a_namespace_and_what_is_in_it(cluster: Client, namespace: str, recorder: Kept) -> None:
    place = f"{namespace}-made"
    steps = (
        Step.apply(NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": place}}, None),
        Step.apply(CONFIGMAPS, config_map(place, "a", k="1"), None),
    )
    account = await execute(cluster, await review(cluster, Change("both", steps)), recorder=recorder)
    assert account.complete, account.sentence()
    assert (await there(cluster, CONFIGMAPS, place, "a"))["data"] == {"k": "1"}
    uid = (await there(cluster, NAMESPACES, "", place))["metadata"]["uid"]
    await delete(cluster, NAMESPACES, "", place, uid=uid, dry_run=False)


async def test_replacing_waits_for_the_finalizers(cluster: Client, namespace: str, recorder: Kept) -> None:
    held = config_map(namespace, "held", k="1")
    held["metadata"]["finalizers"] = ["example.com/hold"]
    live = await by_other(cluster, CONFIGMAPS, held)
    steps = (Step.delete(CONFIGMAPS, live), Step.create(CONFIGMAPS, config_map(namespace, "held", k="2")))
    found = await review(cluster, Change("replace", steps))
    assert found.clean
    assert "comes after its deletion" in found.steps[1].pending
    running = asyncio.create_task(execute(cluster, found, recorder=recorder, patience=SHORT))
    async with asyncio.timeout(10):
        while not (await there(cluster, CONFIGMAPS, namespace, "held"))["metadata"].get("deletionTimestamp"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await patched(cluster, CONFIGMAPS, namespace, "held", {"metadata": {"finalizers": None}})
    account = await running
    assert account.complete, account.sentence()
    now = await there(cluster, CONFIGMAPS, namespace, "held")
    assert (now["data"], now["metadata"]["uid"] != live["metadata"]["uid"]) == ({"k": "2"}, True)


async def test_a_replacement_of_what_does_not_go_is_refused_and_told(cluster: Client, namespace: str, recorder: Kept) -> None:
    held = config_map(namespace, "held", k="1")
    held["metadata"]["finalizers"] = ["example.com/hold"]
    live = await by_other(cluster, CONFIGMAPS, held)
    steps = (Step.delete(CONFIGMAPS, live), Step.create(CONFIGMAPS, config_map(namespace, "held", k="2")))
    found = await review(cluster, Change("replace", steps))
    account = await execute(cluster, found, recorder=recorder, patience=Patience(find_out=1, look_again=0.01, gone=0.05))
    assert [step.state for step in account.steps] == [StepState.DONE, StepState.FAILED]
    assert "finalizers" in account.sentence()
    assert "is being deleted" in account.sentence()
    await patched(cluster, CONFIGMAPS, namespace, "held", {"metadata": {"finalizers": None}})


async def test_read_only_writes_nothing(kubeconfig: str, cluster: Client, namespace: str, recorder: Kept) -> None:
    careful = Client(load(kubeconfig, None), read_only=True)
    try:
        found: Review = await review(careful, only(Step.apply(CONFIGMAPS, config_map(namespace, "a"), None)))
        assert found.clean
        account = await execute(careful, found, recorder=recorder)
    finally:
        await careful.aclose()
    assert "read-only mode" in account.sentence()
    assert recorder.ended[0][1].startswith("failed: read-only mode")
    assert await read(cluster, CONFIGMAPS, namespace, "a") is None


async def test_no_secret_is_in_what_is_said_of_a_failure(cluster: Client, namespace: str, recorder: Kept) -> None:
    marker = "marker-of-a-secret-value"
    live = await by_other(cluster, SECRETS, secret(namespace, "s", token=marker), manager="modeltui")
    found = await review(cluster, only(Step.apply(SECRETS, {**live, "stringData": {"token": marker + "-new"}}, live)))
    await patched(cluster, SECRETS, namespace, "s", {"stringData": {"token": marker + "-other"}})
    account = await execute(cluster, found, recorder=recorder)
    assert account.failed
    assert "data.token" in account.sentence()
    assert marker not in account.sentence() + json.dumps(recorder.ended)
