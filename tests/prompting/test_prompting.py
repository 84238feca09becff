"""Prompts over both ways to a model server, in the embedded cluster, over real sockets."""

from __future__ import annotations

import asyncio

import pytest
from tests.demo import serving_pod
from tests.demo.serving_pod import MODEL
from tests.serving_town import NS, Town

from modeltui.demo.faults import Fault
from modeltui.demo.inference import text
from modeltui.prompting.chat import Answer, models
from modeltui.prompting.failures import PromptFailed
from modeltui.prompting.messages import Message, ModelCard
from modeltui.prompting.routes import ProxyRoute, Route

TELL = (Message("user", "tell me"),)


async def failing(answer: Answer) -> str:
    """The sentence of the failure that it must end with."""
    with pytest.raises(PromptFailed) as failed:
        await whole(answer)
    return str(failed.value)


async def whole(answer: Answer) -> Answer:
    async with asyncio.timeout(20):
        async for _ in answer.pieces():
            pass
    return answer


def asked(route: Route, *, tokens: int | None = None, model: str = MODEL, stall: float = 10.0) -> Answer:
    return Answer(route, TELL, model, max_tokens=tokens, stall=stall)


async def test_an_answer_of_ten_thousand_tokens_comes_whole(town: Town, route: Route, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "length", lambda prompt: 10_000)
    answer = await whole(asked(route))
    assert answer.text == "".join(text.tokens("tell me", 10_000))
    figures = answer.figures
    assert (figures.tokens, figures.told, figures.prompt_tokens, answer.finish_reason) == (10_000, True, 9, "stop")
    assert figures.first is not None
    assert figures.rate is not None
    assert 0 < figures.first < figures.total
    assert "10,000 tokens" in str(figures)


async def test_which_models_are_served(route: Route) -> None:
    assert await models(route) == (ModelCard(MODEL, 32768),)


async def test_a_wrong_name_is_told_with_those_that_are_served(route: Route) -> None:
    answer = asked(route, model="gpt-5")
    with pytest.raises(PromptFailed) as failed:
        await whole(answer)
    assert str(failed.value) == f'the server knows no model "gpt-5": it serves {MODEL}'
    assert failed.value.failure.raw == "The model `gpt-5` does not exist."


async def test_more_than_the_context_is_told(route: Route) -> None:
    told = await failing(asked(route, tokens=50_000))
    assert told.startswith("prompt and answer together are longer than the model's context of 32768 tokens")


async def test_a_500_is_told_with_its_body(town: Town, route: Route) -> None:
    town.faults.add(Fault("status", code=500, path="pod:"))
    await route_is_up(route)
    told = await failing(asked(route))
    assert told == "the model server failed (500): EngineCore encountered an issue. See stack trace (above) for the root cause."


async def route_is_up(route: Route) -> None:
    """The pods of a forward are known, before a fault waits for the next request."""
    forward = getattr(route, "forward", None)
    if forward is not None:
        await forward.known()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault("drop", path="pod:", after=30), "the connection broke off after 30 tokens: "),
        (Fault("drop", path="pod:", after=0), "the connection broke off before the first token came: "),
        (Fault("end", path="pod:", after=30), "the answer ended after 30 tokens, without the server saying that it is complete"),
        (Fault("garbage", path="pod:", after=30), "the model server sent something after 30 tokens that is no piece of an answer"),
        (
            Fault("error-event", path="pod:", after=1),
            "the model server failed after the first token came: EngineCore encountered an issue.",
        ),
        (Fault("stall", path="pod:", after=30), "nothing came for 1 s after 30 tokens: the model server hangs"),
        (Fault("stall", path="pod:"), "nothing came for 1 s before the first token came: the model server hangs"),
    ],
    ids=lambda value: f"{value.kind}-{value.after}" if isinstance(value, Fault) else "",
)
async def test_what_breaks_midway_is_one_sentence_and_what_came_is_kept(town: Town, route: Route, fault: Fault, sentence: str) -> None:
    town.faults.add(Fault(**{**fault_fields(fault)}))
    answer = asked(route, stall=1.0)
    assert (await failing(answer)).startswith(sentence)
    assert answer.text == "".join(text.tokens("tell me", text.length("tell me")))[: len(answer.text)]
    assert len(answer.said) == fault.after
    if fault.after:
        assert answer.figures.told is False
        assert "(tokens not told)" in str(answer.figures)


def fault_fields(fault: Fault) -> dict[str, object]:
    """Of a fault that has not struck yet: the one in the parameters is shared."""
    return {"kind": fault.kind, "path": fault.path, "after": fault.after, "code": fault.code}


async def test_a_reset_is_told(town: Town, route: Route) -> None:
    town.faults.add(Fault("drop", path="pod:", after=5))
    told = await failing(asked(route))
    words = "the API server's proxy closed it" if isinstance(route, ProxyRoute) else "the server in the pod reset the connection"
    assert words in told


async def test_a_pod_replaced_midway_ends_the_answer_and_the_next_one_comes_from_the_new_pod(town: Town, route: Route) -> None:
    town.faults.add(Fault("stall", path="pod:", after=40))
    answer = asked(route)

    async def replace() -> None:
        async for _ in answer.pieces():
            if len(answer.said) == 40:
                town.api.delete("pods", "llm-0", namespace=NS, grace=0)
                serving_pod.make(town.api, "llm-1")

    with pytest.raises(PromptFailed) as failed:
        await asyncio.wait_for(replace(), 20)
    assert str(failed.value).startswith("the connection broke off after 40 tokens: ")
    assert (await whole(asked(route))).text == "".join(text.tokens("tell me", text.length("tell me")))


async def test_a_server_that_is_not_ready_is_told(town: Town, route: Route) -> None:
    town.api.delete("pods", "llm-0", namespace=NS, grace=0)
    serving_pod.make(town.api, "llm-1", ready=False)
    told = await failing(asked(route))
    if isinstance(route, ProxyRoute):
        assert told == "no pod behind it is ready: it may still be loading its model"
    else:
        assert told == "no pod of deployment llm is ready: llm-1 runs but is not ready"


async def test_who_may_not_use_the_proxy_is_told(town: Town) -> None:
    route = ProxyRoute(town.session("viewer").client, NS, "llm", 80)
    told = await failing(asked(route))
    assert told == f"you may not create services/proxy in namespace {NS}, which the way to the model needs"


async def test_read_only_sends_no_prompt(town: Town) -> None:
    route = ProxyRoute(town.session(read_only=True).client, NS, "llm", 80)
    assert await models(route) == (ModelCard(MODEL, 32768),)
    assert (await failing(asked(route))).startswith("read-only mode: no prompt is sent")


async def test_a_service_that_is_not_there_is_told(town: Town) -> None:
    assert await failing(asked(ProxyRoute(town.session().client, NS, "gone", 80))) == 'services "gone" not found'


async def test_refused_credentials_are_told(town: Town) -> None:
    town.faults.add(Fault("expired-token", path="/api/v1/namespaces", count=0))
    told = await failing(asked(ProxyRoute(town.session().client, NS, "llm", 80)))
    assert 'does not accept the credentials of user "admin"' in told


async def test_leaving_early_ends_the_work_of_the_server(town: Town, route: Route) -> None:
    town.faults.add(Fault("slow", path="pod:", seconds=0.05))
    answer = asked(route)
    pieces = answer.pieces()
    async for _ in pieces:
        if len(answer.said) == 3:
            break
    await pieces.aclose()  # type: ignore[attr-defined]
    server = town.cluster.server.network._containers[(NS, "llm-0")].server
    async with asyncio.timeout(10):
        while server.metrics.running:  # noqa: ASYNC110  its numbers tell nobody
            await asyncio.sleep(0.01)
    assert server.metrics.finished == {"abort": 1}
