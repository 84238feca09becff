"""Into a pod through the API server: port-forward in each protocol that clients speak, and the proxy of pods and services."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
import serving_pod
from served import Serve, Served

from modeltui.demo.faults import Fault
from modeltui.demo.inference import text

NS = "team-nlp"
FORWARD = f"/api/v1/namespaces/{NS}/pods/llm-0/portforward"
PROXY = f"/api/v1/namespaces/{NS}/services/llm:80/proxy"
GET_MODELS = b"GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.fixture
async def town(serve: Serve) -> Served:
    served = await serve(pace=2000)
    served.cluster.api.create("namespaces", {"metadata": {"name": NS}}, manager="test")
    return served


def forward(town: Served, *ports: int, who: str = "admin", protocol: str = "v4.channel.k8s.io"):  # type: ignore[no-untyped-def]
    caller = town.caller(who)
    query = "&".join(f"ports={port}" for port in ports)
    return town.session.ws_connect(f"{caller.url}{FORWARD}?{query}", headers=caller.headers, protocols=(protocol,))


async def received(socket: aiohttp.ClientWebSocketResponse) -> dict[int, bytes]:
    """What came on each channel until the end."""
    found: dict[int, bytes] = {}
    async with asyncio.timeout(10):
        async for message in socket:
            found[message.data[0]] = found.get(message.data[0], b"") + message.data[1:]
    return found


async def test_bytes_go_both_ways_over_the_channel_protocol(town: Served) -> None:
    serving_pod.make(town.cluster.api)
    async with forward(town, 8000) as socket:
        assert socket.protocol == "v4.channel.k8s.io"
        await socket.send_bytes(b"\0" + GET_MODELS)
        found = await received(socket)
    assert found[0][:2] == found[1] == (8000).to_bytes(2, "little")
    head, _, body = found[0][2:].partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert [each["id"] for each in json.loads(body)["data"]] == [serving_pod.MODEL]


async def test_several_ports_have_channels_of_their_own_and_a_closed_one_says_so(town: Served) -> None:
    serving_pod.make(town.cluster.api)
    async with forward(town, 9999, 8000) as socket:
        await socket.send_bytes(b"\2" + GET_MODELS)
        found = await received(socket)
    assert b"200 OK" in found[2]
    assert found[0] == (9999).to_bytes(2, "little")
    assert b"dial tcp4 127.0.0.1:9999: connect: connection refused" in found[1]
    assert found[3] == (8000).to_bytes(2, "little")


async def test_a_pod_that_is_not_ready_refuses(town: Served) -> None:
    serving_pod.make(town.cluster.api, ready=False)
    async with forward(town, 8000) as socket:
        found = await received(socket)
    assert b"error forwarding port 8000 to pod " in found[1]
    assert b"connection refused" in found[1]


async def test_a_pod_without_a_node_is_a_400(town: Served) -> None:
    serving_pod.make(town.cluster.api, node="")
    code, status = await town.caller().json("POST", FORWARD)
    assert (code, status["message"]) == (400, "pod llm-0 does not have a host assigned")


@pytest.mark.parametrize(("who", "code"), [("admin", 101), ("editor", 101), ("viewer", 403), ("nobody", 403)])
async def test_rights_are_asked_for(town: Served, who: str, code: int) -> None:
    serving_pod.make(town.cluster.api)
    if code == 101:
        async with forward(town, 8000, who=who):
            return
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await forward(town, 8000, who=who)
    assert refused.value.status == code


async def test_a_pod_that_goes_takes_its_connections_along(town: Served) -> None:
    serving_pod.make(town.cluster.api)
    async with forward(town, 8000) as socket:
        await socket.send_bytes(b"\0GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n")
        seen = b""
        while b"max_model_len" not in seen:
            seen += (await socket.receive(timeout=5)).data
        town.cluster.api.delete("pods", "llm-0", namespace=NS, grace=0)
        found = await received(socket)
    assert b"connection reset by peer" in found[1]


async def test_the_service_proxy_streams_an_answer(town: Served) -> None:
    serving_pod.make(town.cluster.api)
    serving_pod.service(town.cluster.api)
    asked = {
        "model": serving_pod.MODEL,
        "messages": [{"role": "user", "content": "hi"}],
        "stream": True,
        "max_tokens": 500,
        "ignore_eos": True,
    }
    chunks = []
    async with town.caller().request("POST", f"{PROXY}/v1/chat/completions", json=asked) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        async for chunk in answer.content.iter_any():
            chunks.append(chunk)
    assert len(chunks) > 1
    events = [line[6:] for line in b"".join(chunks).decode().splitlines() if line.startswith("data: ")]
    assert events[-1] == "[DONE]"
    content = "".join(json.loads(each)["choices"][0]["delta"].get("content", "") for each in events[:-1])
    assert content == "".join(text.tokens("hi", 500))


async def test_a_service_without_endpoints_is_a_503(town: Served) -> None:
    serving_pod.make(town.cluster.api, ready=False)
    serving_pod.service(town.cluster.api)
    code, status = await town.caller().json("GET", f"{PROXY}/health")
    assert (code, status["reason"]) == (503, "ServiceUnavailable")
    assert status["message"] == 'no endpoints available for service "llm"'


@pytest.mark.parametrize(
    ("path", "code", "told"),
    [
        ("services/llm/proxy/health", 200, ""),
        ("services/http:llm:http/proxy/health", 200, ""),
        ("services/llm:81/proxy/health", 503, 'no service port "81" found for service "llm"'),
        ("services/gone/proxy/health", 404, 'services "gone" not found'),
        ("pods/llm-0:8000/proxy/health", 200, ""),
        ("pods/llm-0/proxy/health", 200, ""),
        ("pods/llm-0:81/proxy/health", 503, "error trying to reach service: dial tcp 10.42.0.7:81: connect: connection refused"),
        ("services/https:llm:80/proxy/health", 503, "error trying to reach service: tls: first record does not look like a TLS handshake"),
    ],
)
async def test_names_of_the_proxy(town: Served, path: str, code: int, told: str) -> None:
    serving_pod.make(town.cluster.api)
    serving_pod.service(town.cluster.api)
    async with town.caller().request("GET", f"/api/v1/namespaces/{NS}/{path}") as answer:
        assert answer.status == code
        if told:
            assert (await answer.json())["message"] == told


async def test_the_proxy_needs_its_own_right(town: Served) -> None:
    serving_pod.make(town.cluster.api)
    serving_pod.service(town.cluster.api)
    code, status = await town.caller("viewer").json("GET", f"{PROXY}/health")
    assert code == 403
    assert 'cannot get resource "services/proxy"' in status["message"]


async def test_a_connection_that_breaks_midway_breaks_the_proxys_too(town: Served) -> None:
    serving_pod.make(town.cluster.api)
    serving_pod.service(town.cluster.api)
    town.cluster.faults.add(Fault("drop", path="pod:", after=20))
    asked = {"messages": [{"role": "user", "content": "hi"}], "stream": True, "max_tokens": 500, "ignore_eos": True}
    with pytest.raises(aiohttp.ClientPayloadError):
        async with town.caller().request("POST", f"{PROXY}/v1/chat/completions", json=asked) as answer:
            await answer.read()


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        ({"model": "other"}, 404, "The model `other` does not exist."),
        ({"messages": None}, 400, "Field required"),
        (
            {"max_tokens": 4000},
            400,
            "This model's maximum context length is 1000 tokens. However, you requested 4008 tokens (8 in",
        ),
        ({"max_tokens": 0}, 400, "max_tokens must be at least 1, got 0."),
    ],
)
async def test_what_a_model_server_refuses(town: Served, change: dict[str, object], code: int, told: str) -> None:
    serving_pod.make(town.cluster.api, context=1000)
    serving_pod.service(town.cluster.api)
    asked = {"model": serving_pod.MODEL, "messages": [{"role": "user", "content": "hi"}], **change}
    answered, body = await town.caller().json("POST", f"{PROXY}/v1/chat/completions", json=asked)
    assert answered == code
    assert told in body.get("error", {}).get("message", "")


async def test_a_server_counts_what_it_does(town: Served) -> None:
    serving_pod.make(town.cluster.api)
    serving_pod.service(town.cluster.api)
    asked = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 7, "ignore_eos": True}
    _, body = await town.caller().json("POST", f"{PROXY}/v1/chat/completions", json=asked)
    assert body["usage"] == {"prompt_tokens": 8, "completion_tokens": 7, "total_tokens": 15}
    async with town.caller().request("GET", f"{PROXY}/metrics") as answer:
        metrics = await answer.text()
    assert f'vllm:generation_tokens_total{{engine="0",model_name="{serving_pod.MODEL}"}} 7.0' in metrics
    assert 'finished_reason="length"} 1.0' in metrics
