"""The server dies at each point of a change of several objects: the account says what is, and a second run completes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from objects import CONFIGMAPS, SECRETS, Kept, by_other, config_map, secret, there
from tests.changes.mortal import Death, Mortal
from tests.kube.scripted_server import Request

from modeltui.changes.account import Account, Executed, StepState
from modeltui.changes.execute import execute
from modeltui.changes.plan import Action, Change, Step
from modeltui.changes.review import review
from modeltui.changes.undo import undo
from modeltui.changes.writing import Patience
from modeltui.kube.apply import Manifest, read
from modeltui.kube.client import Client

BLIP = Patience(find_out=30, look_again=0.01, gone=1)
"""The server is back before it runs out."""
DEAD = Patience(find_out=0.05, look_again=0.01, gone=1)
"""It runs out whatever one does."""


@dataclass
class World:
    """One Secret to make, one ConfigMap to change and to take a field of somebody else's away from, one to delete, one to apply."""

    cluster: Client
    namespace: str
    tag: str

    def name(self, part: str) -> str:
        return f"{self.tag}-{part}"

    async def begin(self) -> Change:
        changed = await by_other(self.cluster, CONFIGMAPS, config_map(self.namespace, self.name("changed"), keep="x", gone="y"))
        old = await by_other(self.cluster, CONFIGMAPS, config_map(self.namespace, self.name("old"), k="1"))
        steps = (
            Step.create(SECRETS, secret(self.namespace, self.name("secret"), token="hidden")),
            Step.apply(CONFIGMAPS, config_map(self.namespace, self.name("changed"), keep="x", new="z"), changed),
            Step.delete(CONFIGMAPS, old),
            Step.apply(CONFIGMAPS, config_map(self.namespace, self.name("made"), k="1"), None),
        )
        return Change("all sorts", steps)

    async def found(self, step: Step) -> Manifest | None:
        return await read(self.cluster, step.resource, step.namespace, step.name)

    async def holds(self, executed: Executed) -> None:
        """What the account says of this step is so."""
        step, now = executed.step, await self.found(executed.step)
        match executed.state:
            case StepState.DONE | StepState.UNCHANGED:
                assert as_wanted(step, now), (step.name, now)
            case StepState.FAILED | StepState.NOT_DONE:
                assert untouched(step, now), (step.name, now)
            case StepState.PARTLY:
                assert now is not None
                assert now["data"] == {"keep": "x"}

    async def clear(self) -> None:
        for resource in (CONFIGMAPS, SECRETS):
            await self.cluster.request("DELETE", resource.path(self.namespace), params={"labelSelector": "!kubernetes.io/cluster-root"})


def as_wanted(step: Step, now: Manifest | None) -> bool:
    if step.action == Action.DELETE:
        return now is None
    return now is not None and step.desired is not None and now["data"] == step.desired["data"]


def untouched(step: Step, now: Manifest | None) -> bool:
    if step.live is None or now is None:
        return step.live is now is None
    return bool(now["data"] == step.live["data"])


async def carried_out(server: Mortal, change: Change, kept: Kept) -> Account:
    found = await review(server.client, change)
    server.requests.clear()
    return await execute(server.client, found, recorder=kept, patience=BLIP)


async def requests_of_a_healthy_run(server: Mortal, world: World) -> Sequence[Request]:
    account = await carried_out(server, await world.begin(), Kept())
    assert account.complete, account.sentence()
    return list(server.requests)


@pytest.mark.parametrize("stays_dead", [False, True], ids=["blip", "dead"])
@pytest.mark.parametrize("death", list(Death), ids=lambda death: death.name.lower())
async def test_the_account_is_right_and_a_second_run_completes(
    dying: Mortal, cluster: Client, namespace: str, death: Death, stays_dead: bool
) -> None:
    healthy = await requests_of_a_healthy_run(dying, World(cluster, namespace, "healthy"))
    await World(cluster, namespace, "").clear()
    assert len([request for request in healthy if request.method != "GET"]) == 6  # POST, settle, take away, apply, delete, apply
    for number, request in enumerate(healthy):
        where = f"{death.value}, {number}: {request.method} {request.path}"
        world, kept = World(cluster, namespace, f"n{number}"), Kept()
        change = await world.begin()
        found = await review(dying.client, change)
        dying.revive()
        dying.stays_dead = stays_dead
        dying.strikes = lambda count, _, number=number: death if count == number else None
        account = await execute(dying.client, found, recorder=kept, patience=DEAD if stays_dead else BLIP)
        assert len(account.steps) == len(change.steps), where
        for executed in account.steps:
            await world.holds(executed)
        unknown = account.of(StepState.UNKNOWN)
        assert not unknown or stays_dead, where
        assert not unknown or request.method != "GET", where
        assert all(result for _, result in kept.ended)
        assert len(kept.ended) == len(kept.begun), where

        dying.revive()
        done_before = {step.step.name for step in account.steps if as_wanted(step.step, await world.found(step.step))}
        again = await carried_out(dying, change, kept)
        assert again.complete, (where, again.sentence())
        for step in change.steps:
            assert as_wanted(step, await world.found(step)), (where, step.name)
        written = {write.path.rsplit("/", 1)[-1] for write in dying.writes}
        assert not written & done_before, where
        assert {step.step.name for step in again.of(StepState.UNCHANGED)} >= done_before, where
        await world.clear()


async def test_what_was_done_before_it_died_can_be_undone(dying: Mortal, cluster: Client, namespace: str) -> None:
    world = World(cluster, namespace, "undo")
    change = await world.begin()
    found = await review(dying.client, change)
    dying.revive()
    dying.strikes = lambda _, request: Death.BEFORE if request.method == "DELETE" else None
    account = await execute(dying.client, found, recorder=Kept(), patience=BLIP)
    assert [step.state for step in account.steps] == [StepState.DONE, StepState.DONE, StepState.FAILED, StepState.NOT_DONE]
    assert "it was not written" in account.sentence()
    dying.revive()
    back = await undo(dying.client, account, recorder=Kept())
    assert back.complete, back.sentence()
    assert await read(cluster, SECRETS, namespace, world.name("secret")) is None
    assert (await there(cluster, CONFIGMAPS, namespace, world.name("changed")))["data"] == {"keep": "x", "gone": "y"}


async def test_a_server_that_dies_for_good_leaves_an_unknown_that_is_called_so(dying: Mortal, cluster: Client, namespace: str) -> None:
    world, kept = World(cluster, namespace, "unknown"), Kept()
    found = await review(dying.client, await world.begin())
    dying.stays_dead = True
    dying.strikes = lambda _, request: Death.AFTER if request.method == "POST" and "dryRun" not in request.query else None
    account = await execute(dying.client, found, recorder=kept, patience=DEAD)
    assert [step.state for step in account.steps] == [StepState.UNKNOWN, *[StepState.NOT_DONE] * 3]
    assert account.sentence().startswith(f"Unknown whether done: create Secret {namespace}/unknown-secret (")
    assert kept.ended[0][1].startswith("unknown: ")
    assert not account.complete
