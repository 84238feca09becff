"""A version's sync run again, where controllers work: removed, waited for, fetched anew; and whatever comes in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from objects import Kept
from tests.living import CLAIMS, DATASETS, MODELS, NS, Living, living, ready

from modeltui.changes.account import Account, StepState
from modeltui.changes.execute import execute
from modeltui.changes.findings import find
from modeltui.changes.operating import change_of
from modeltui.changes.plan import Change, Choice
from modeltui.changes.review import review
from modeltui.changes.undo import reversal
from modeltui.changes.waiting import Waiting
from modeltui.changes.writing import Patience
from modeltui.demo.faults import Fault
from modeltui.document import text_of
from modeltui.kube.apply import read
from modeltui.kube.client import Client
from modeltui.kube.credentials import load
from modeltui.pages import review as page
from modeltui.systems.facts import FactTable
from modeltui.systems.modelfs import types
from modeltui.systems.modelfs.operations import of_model

SHORT = Patience(find_out=5, look_again=0.02, gone=5)
HELD = "example.com/held"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Living]:
    async with living(tmp_path) as made:
        await ready(made)
        yield made


@pytest.fixture
async def client(town: Living) -> AsyncIterator[Client]:
    made = Client(load(str(town.kubeconfig), None))
    yield made
    await made.aclose()


async def change(client: Client, title: str) -> Change:
    live = await read(client, types.MODELS, NS, "llama")
    assert live is not None
    operations = of_model(msgspec.convert(live, types.Model), "one", FactTable())
    return change_of(next(one for one in operations if one.title.startswith(title)), types.MODELS, live)


def state(town: Living) -> str:
    found = town.find(MODELS, "llama")
    assert found is not None
    return str(found["spec"]["versions"][0]["state"])


def uids(town: Living) -> list[Any]:
    return [(town.find(resource, "mdl-llama-one") or {}).get("metadata", {}).get("uid") for resource in (DATASETS, CLAIMS)]


def hold(town: Living) -> None:
    """The claim, by a finalizer that nobody takes away."""
    found = town.find(CLAIMS, "mdl-llama-one")
    assert found is not None
    finalizers = [*found["metadata"].get("finalizers", []), HELD]
    town.api.patch(CLAIMS, "mdl-llama-one", {"metadata": {"finalizers": finalizers}}, namespace=NS, manager="somebody")


def let_go(town: Living) -> None:
    found = town.find(CLAIMS, "mdl-llama-one")
    assert found is not None
    finalizers = [one for one in found["metadata"].get("finalizers", []) if one != HELD]
    town.api.patch(CLAIMS, "mdl-llama-one", {"metadata": {"finalizers": finalizers}}, namespace=NS, manager="somebody")


async def test_it_is_fetched_anew(town: Living, client: Client, recorder: Kept) -> None:
    before = uids(town)
    wanted = await change(client, "Sync version")
    found = await review(client, wanted)
    assert found.clean
    assert [(one.path, one.before, one.after) for step in found.steps for one in step.difference] == [
        ("spec.versions[name=one].state", "PRESENT", "ABSENT"),
        ("spec.versions[name=one].state", "ABSENT", "PRESENT"),
    ]
    assert [str(one) for one in found.steps[1].awaited] == [f"Dataset {NS}/mdl-llama-one"]
    costs = " ".join(one.reason for one in (await find(client, wanted))[0])
    assert "modelfs deletes Dataset mdl-llama-one" in costs
    assert "the data on it is lost" in costs
    assert state(town) == "PRESENT"
    account = await execute(client, found, recorder=recorder, patience=SHORT)
    assert account.complete, account.sentence()
    assert state(town) == "PRESENT"
    await town.until(lambda: town.phase("mdl-llama-one") == "READY")
    assert all(new and new != old for new, old in zip(uids(town), before, strict=True))
    assert recorder.ended == [("llama", "done"), ("llama", "done")]


async def test_nothing_is_made_anew_before_the_claim_is_gone(town: Living, client: Client, recorder: Kept) -> None:
    hold(town)
    told: list[str] = []
    waiting = Waiting(told.append)
    found = await review(client, await change(client, "Sync version"))
    running = asyncio.create_task(execute(client, found, recorder=recorder, patience=SHORT, waiting=waiting))
    await town.until(lambda: any(f"is being deleted, held by finalizer {HELD}" in one for one in told), f"never told: {told}")
    assert waiting.active
    assert state(town) == "ABSENT"
    let_go(town)
    account = await running
    assert account.complete, account.sentence()
    assert state(town) == "PRESENT"
    assert told[-1] == ""
    assert not waiting.active


async def test_a_controller_that_does_not_work_is_waited_for(town: Living, client: Client, recorder: Kept) -> None:
    await town.rest()
    told: list[str] = []
    waiting = Waiting(told.append)
    found = await review(client, await change(client, "Sync version"))
    running = asyncio.create_task(execute(client, found, recorder=recorder, patience=SHORT, waiting=waiting))
    await town.until(lambda: told)
    assert told == [f"Dataset {NS}/mdl-llama-one is there, and nobody has asked for its deletion yet: its controller does that"]
    town.work()
    account = await running
    assert account.complete, account.sentence()
    await town.until(lambda: town.phase("mdl-llama-one") == "READY")


async def stopped(town: Living, client: Client, recorder: Kept) -> Account:
    """A sync that was asked for again, and whose wait for a claim that is held was given up."""
    hold(town)
    told: list[str] = []
    waiting = Waiting(told.append)
    found = await review(client, await change(client, "Sync version"))
    running = asyncio.create_task(execute(client, found, recorder=recorder, patience=SHORT, waiting=waiting))
    await town.until(lambda: told and told[-1].startswith("PersistentVolumeClaim"))
    waiting.stop()
    return await running


async def test_a_stopped_wait_says_what_was_left_and_resuming_finishes_it(town: Living, client: Client, recorder: Kept) -> None:
    account = await stopped(town, client, recorder)
    assert [step.state for step in account.steps] == [StepState.DONE, StepState.NOT_DONE]
    assert "you stopped waiting" in account.sentence()
    assert f"PersistentVolumeClaim {NS}/mdl-llama-one is being deleted" in account.sentence()
    assert "Until that is done, version one is ABSENT and has no weights" in account.sentence()
    assert state(town) == "ABSENT"
    assert [one for _, one in recorder.ended] == ["done"]

    resumed = await review(client, await change(client, "Resume"))
    assert [str(one) for one in resumed.steps[0].awaited] == [f"PersistentVolumeClaim {NS}/mdl-llama-one"]
    running = asyncio.create_task(execute(client, resumed, recorder=recorder, patience=SHORT))
    await asyncio.sleep(5 * SHORT.look_again)
    assert state(town) == "ABSENT"
    let_go(town)
    assert (await running).complete
    await town.until(lambda: town.phase("mdl-llama-one") == "READY")


async def test_the_same_change_again_goes_on_where_it_ended(town: Living, client: Client, recorder: Kept) -> None:
    hold(town)
    wanted = await change(client, "Sync version")
    account = await execute(
        client, await review(client, wanted), recorder=recorder, patience=Patience(find_out=5, look_again=0.01, gone=0.2)
    )
    assert [step.state for step in account.steps] == [StepState.DONE, StepState.FAILED]
    assert "waited for too long" in account.sentence()
    let_go(town)
    again = await execute(client, await review(client, wanted), recorder=recorder, patience=SHORT)
    assert again.complete, again.sentence()
    assert [step.state for step in again.steps] == [StepState.UNCHANGED, StepState.DONE]
    assert state(town) == "PRESENT"


async def test_a_pause_that_no_controller_has_seen_yet_is_taken_back_at_once(town: Living, client: Client, recorder: Kept) -> None:
    await town.rest()
    paused = await execute(client, await review(client, await change(client, "Pause")), recorder=recorder, patience=SHORT)
    assert paused.complete
    resumed = await review(client, await change(client, "Resume"))
    assert resumed.steps[0].awaited == ()
    before = uids(town)
    assert (await execute(client, resumed, recorder=recorder, patience=SHORT)).complete
    assert state(town) == "PRESENT"
    assert uids(town) == before


async def test_the_connection_may_go_while_it_waits(town: Living, client: Client, recorder: Kept) -> None:
    hold(town)
    told: list[str] = []
    found = await review(client, await change(client, "Sync version"))
    running = asyncio.create_task(execute(client, found, recorder=recorder, patience=SHORT, waiting=Waiting(told.append)))
    await town.until(lambda: any("is being deleted" in one for one in told))
    town.faults.add(Fault("close", count=0))
    await town.until(lambda: any("cannot be looked at" in one for one in told), f"never told: {told}")
    town.faults.clear()
    let_go(town)
    account = await running
    assert account.complete, account.sentence()


async def test_somebody_elses_change_of_the_version_meanwhile_is_not_undone(town: Living, client: Client, recorder: Kept) -> None:
    hold(town)
    told: list[str] = []
    found = await review(client, await change(client, "Sync version"))
    running = asyncio.create_task(execute(client, found, recorder=recorder, patience=SHORT, waiting=Waiting(told.append)))
    await town.until(lambda: told and told[-1].startswith("PersistentVolumeClaim"))
    model = town.find(MODELS, "llama")
    assert model is not None
    model["spec"]["versions"][0]["repo"] = "Qwen/another"
    town.api.update(MODELS, model, manager="somebody")
    let_go(town)
    account = await running
    now = town.find(MODELS, "llama")
    assert now is not None
    assert now["spec"]["versions"][0]["repo"] == "Qwen/another"
    assert [step.state for step in account.steps] == [StepState.DONE, StepState.FAILED]
    assert "was changed by somebody else" in account.sentence()
    assert "version one is ABSENT" in account.sentence()


async def test_theirs_cannot_be_left_where_the_rest_goes_on_from_it(town: Living, client: Client) -> None:
    """Who owns the versions stands in the way of the first step; to leave them would have the second wait for ever."""
    model = town.find(MODELS, "llama")
    assert model is not None
    model["spec"]["versions"][0]["revision"] = "main"
    town.api.update(MODELS, model, manager="somebody")
    found = await review(client, await change(client, "Sync version"))
    owned = await review(client, await change(client, "Pause"))
    assert [*owned.steps[0].conflicts] == ["somebody"]
    assert owned.steps[0].leaving is not None
    assert [*found.steps[0].conflicts] == ["somebody"]
    assert found.steps[0].leaving is None
    assert found.ready({0: Choice.TAKE_OVER})


async def test_there_is_nothing_to_undo_when_it_is_done(town: Living, client: Client, recorder: Kept) -> None:
    account = await execute(client, await review(client, await change(client, "Sync version")), recorder=recorder, patience=SHORT)
    assert account.complete
    back = await review(client, reversal(account))
    assert back.unchanged


async def test_undoing_what_was_stopped_waits_for_what_is_going(town: Living, client: Client, recorder: Kept) -> None:
    account = await stopped(town, client, recorder)
    back = await review(client, reversal(account))
    assert [str(one) for one in back.steps[0].awaited] == [f"PersistentVolumeClaim {NS}/mdl-llama-one"]
    running = asyncio.create_task(execute(client, back, recorder=recorder, patience=SHORT))
    let_go(town)
    assert (await running).complete
    await town.until(lambda: town.phase("mdl-llama-one") == "READY")


def denied(town: Living, resource: str) -> None:
    """Nobody may look at those any more."""
    group = "/api/v1" if resource == CLAIMS else "/apis/dataset.baizeai.io/v1alpha1"
    town.faults.add(Fault("status", method="GET", path=f"{group}/namespaces/{NS}/{resource.partition('.')[0]}", code=403, count=0))


async def test_who_may_not_look_at_claims_resumes_all_the_same_and_is_told(town: Living, client: Client, recorder: Kept) -> None:
    paused = await execute(client, await review(client, await change(client, "Pause")), recorder=recorder, patience=SHORT)
    assert paused.complete
    await town.until(lambda: town.find(DATASETS, "mdl-llama-one") is None)
    denied(town, CLAIMS)
    found = await review(client, await change(client, "Resume"))
    assert found.ready({})
    assert [str(one) for one in found.steps[0].hidden] == [f"PersistentVolumeClaim {NS}/mdl-llama-one"]
    told = "\n".join(text_of(one) for one in page.lines(found, {}))
    assert "may not be looked at, so whether what is there has gone by then is unknown" in told
    assert (await execute(client, found, recorder=recorder, patience=SHORT)).complete
    await town.until(lambda: town.phase("mdl-llama-one") == "READY")


async def test_who_may_not_look_at_datasets_does_not_begin_what_could_not_be_ended(town: Living, client: Client) -> None:
    wanted = await change(client, "Sync version")
    denied(town, DATASETS)
    found = await review(client, wanted)
    assert not found.ready({})
    (refusal,) = found.steps[1].refusals
    assert refusal.sentence.startswith("could not be waited for: ")
    assert state(town) == "PRESENT"
