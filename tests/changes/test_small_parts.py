"""The delay before a deletion, what is done once, the account in a sentence, and finding secrets."""

from __future__ import annotations

import asyncio
import base64

import pytest
from objects import CONFIGMAPS, config_map, secret

from modeltui.changes.account import Account, Executed, StepState, not_begun
from modeltui.changes.delay import Delay
from modeltui.changes.once import Once
from modeltui.changes.plan import Step
from modeltui.changes.secret_values import masked_paths, secret_values
from modeltui.changes.values import same
from modeltui.redaction import redact_object


async def test_a_delay_passes() -> None:
    ticks: list[int] = []
    delay = Delay(0.05)
    assert delay.remaining == 1
    assert await delay.over(ticks.append)
    assert ticks == [1]
    assert delay.remaining == 0


async def test_a_delay_of_nothing_asks_nobody() -> None:
    assert await Delay(0).over()


async def test_a_delay_is_called_off_at_once() -> None:
    delay = Delay(3600)
    ticks: list[int] = []
    waiting = asyncio.create_task(delay.over(ticks.append))
    async with asyncio.timeout(5):
        while not ticks:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        delay.cancel()
        assert await waiting is False
    assert ticks == [3600]
    assert delay.remaining == 0


async def test_a_delay_called_off_before_it_began_is_called_off() -> None:
    delay = Delay(3600)
    delay.cancel()
    assert await delay.over() is False


async def test_a_delay_counts_down() -> None:
    ticks: list[int] = []
    assert await Delay(1.05).over(ticks.append)
    assert ticks == [2, 1]


async def test_once_is_once_and_its_failure_too() -> None:
    calls: list[int] = []

    async def work() -> int:
        calls.append(1)
        await asyncio.sleep(0)
        raise KeyError("x")

    once: Once[int] = Once()
    assert not once.begun
    results = await asyncio.gather(once.run(work), once.run(work), return_exceptions=True)
    assert once.begun
    assert [type(result) for result in results] == [KeyError, KeyError]
    with pytest.raises(KeyError):
        await once.run(work)
    assert calls == [1]


def test_an_account_in_a_sentence() -> None:
    steps = [Step.apply(CONFIGMAPS, config_map("ns", name), None) for name in "abcd"]
    account = Account(
        "it",
        (
            Executed(steps[0], StepState.DONE),
            Executed(steps[1], StepState.UNCHANGED),
            Executed(steps[2], StepState.PARTLY, "data.k taken away, but the rest was not written: no answer"),
            *not_begun(steps[3:]),
        ),
    )
    assert account.sentence() == (
        "Done: created ConfigMap ns/a. Already so: ConfigMap ns/b. Partly done: apply ConfigMap ns/c (data.k taken away, but the rest "
        "was not written: no answer). Not done: apply ConfigMap ns/d."
    )
    assert [step.step.name for step in account.written] == ["a", "c"]
    assert [step.step.name for step in account.done] == ["a", "b"]
    assert [step.step.name for step in account.failed] == ["c"]
    assert not account.complete
    assert Account("nothing", ()).sentence() == "Nothing to do."


def test_secrets_are_found_as_they_are_masked() -> None:
    found = secret_values(secret("ns", "s", token="marker-one"), {"kind": "Pod", "spec": {"password": "marker-two"}}, None)
    assert found >= {"marker-one", "marker-two", base64.b64encode(b"marker-one").decode()}
    assert secret_values(config_map("ns", "a", k="harmless")) == frozenset()
    masked = redact_object(secret("ns", "s", token="marker-one"))
    assert list(masked_paths(masked)) == [("data", "token")]
    assert list(masked_paths(config_map("ns", "a", k="harmless"))) == []


def test_equality_is_that_of_json() -> None:
    assert same({"a": [1, {"b": None}]}, {"a": [1.0, {"b": None}]})
    assert not same([1], [True])
    assert not same({"a": 0}, {"a": False})
    assert not same({}, [])
    assert not same({"a": None}, {})
