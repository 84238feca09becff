"""Local ports that lead into pods: over real sockets, through the embedded API server."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from pathlib import Path

import httpx
import pytest
from tests.demo import serving_pod
from tests.serving_town import LLM, NS, Town, until

from modeltui.demo.faults import Fault
from modeltui.demo.inference import text
from modeltui.kube import errors
from modeltui.kube.forward import Forward, State
from modeltui.kube.forward_target import Target
from modeltui.kube.forwards import Forwards
from modeltui.kube.loopback import CannotListen

LONG = {"messages": [{"role": "user", "content": "tell me"}], "stream": True, "max_tokens": 10_000, "ignore_eos": True}


async def answer(forward: Forward, asked: dict[str, object]) -> str:
    async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
        body = (await http.post(f"http://{forward.address}/v1/chat/completions", json=asked)).text
    events = [json.loads(line[6:]) for line in body.splitlines() if line.startswith("data: {")]
    return "".join(each["choices"][0]["delta"].get("content", "") for each in events)


async def health(forward: Forward) -> int:
    async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
        return (await http.get(f"http://{forward.address}/health")).status_code


async def test_ten_thousand_tokens_come_through_whole(forwards: Forwards) -> None:
    forward = await forwards.open(LLM)
    assert await answer(forward, LONG) == "".join(text.tokens("tell me", 10_000))
    await until(forwards, lambda: forward.connections == 0)
    assert forward.received > 1_000_000
    assert (forward.accepted, forward.problem, forward.state, forward.pod) == (1, None, State.LISTENING, "llm-0")


async def test_several_forwards_and_connections_at_once(town: Town, forwards: Forwards) -> None:
    one, other = await forwards.open(LLM), await forwards.open(Target(title="pod/llm-0", namespace=NS, port="http", pod="llm-0"))
    assert one.port != other.port
    short = {**LONG, "max_tokens": 800}
    answers = await asyncio.gather(*(answer(forward, short) for forward in (one, other) for _ in range(3)))
    assert set(answers) == {"".join(text.tokens("tell me", 800))}
    assert list(forwards) == [one, other]


async def test_a_large_request_goes_up_whole(forwards: Forwards) -> None:
    forward = await forwards.open(LLM)
    asked = {"messages": [{"role": "user", "content": "x" * 1_500_000}]}
    async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
        told = (await http.post(f"http://{forward.address}/v1/chat/completions", json=asked)).json()["error"]["message"]
    assert "your request has 25" in told  # a token for each six characters: all of it came
    assert forward.sent > 1_500_000


async def test_a_replaced_pod_ends_its_connections_and_new_ones_find_the_next(town: Town, forwards: Forwards) -> None:
    forward = await forwards.open(LLM)
    town.faults.add(Fault("stall", path="pod:", after=50))
    async with (
        httpx.AsyncClient(trust_env=False, timeout=20) as http,
        http.stream("POST", f"http://{forward.address}/v1/chat/completions", json=LONG) as response,
    ):
        seen = 0

        async def read() -> None:
            nonlocal seen
            async for chunk in response.aiter_bytes():
                seen += len(chunk)
                if seen > 2000 and town.api.find("pods", "llm-0", namespace=NS):
                    town.api.delete("pods", "llm-0", namespace=NS, grace=0)

        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await read()
    await until(forwards, lambda: forward.state is State.WAITING)
    assert "deployment llm has no pods in namespace team-nlp" in forward.reason
    assert forward.problem is not None
    serving_pod.make(town.api, "llm-1")
    await until(forwards, lambda: forward.state is State.LISTENING)
    assert forward.pod == "llm-1"
    assert await health(forward) == 200
    assert forward.problem is None


async def test_a_pod_that_is_not_ready_is_said_and_refuses(town: Town) -> None:
    serving_pod.make(town.api, ready=False)
    forwards = Forwards(town.session())
    try:
        forward = await forwards.open(LLM)
        await until(forwards, lambda: forward.state is State.WAITING)
        assert forward.reason == "no pod of deployment llm is ready: llm-0 runs but is not ready"
        with pytest.raises(httpx.ReadError):
            await health(forward)
        assert forward.problem is not None
        assert forward.problem.text == forward.reason
    finally:
        await forwards.aclose()


async def test_a_port_where_nothing_listens_is_told_and_the_kubelets_words_are_kept(forwards: Forwards) -> None:
    forward = await forwards.open(Target(title="pod/llm-0", namespace=NS, port=9999, pod="llm-0"))
    with pytest.raises(httpx.ReadError):
        await health(forward)
    await until(forwards, lambda: forward.connections == 0)
    assert forward.problem is not None
    assert forward.problem.text.startswith("nothing listens at port 9999 in the pod: ")
    assert forward.problem.said.startswith("error forwarding port 9999 to pod ")
    assert "IPv4: dial tcp4 127.0.0.1:9999: connect: connection refused" in forward.problem.said


async def test_a_reset_midway_is_no_end_of_file(town: Town, forwards: Forwards) -> None:
    forward = await forwards.open(LLM)
    town.faults.add(Fault("drop", path="pod:", after=100))
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await answer(forward, LONG)
    await until(forwards, lambda: forward.connections == 0)
    assert forward.problem is not None
    assert forward.problem.text == "the server in the pod reset the connection"
    assert "read: connection reset by peer" in forward.problem.said


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault("status", code=500, path=f"/api/v1/namespaces/{NS}/pods/llm-0/portforward"), "a fault on demand"),
        (Fault("close", path=f"/api/v1/namespaces/{NS}/pods/llm-0/portforward", count=2), "closed it"),
    ],
)
async def test_an_api_server_that_fails_is_told_and_the_next_connection_works(
    town: Town, forwards: Forwards, fault: Fault, told: str
) -> None:
    forward = await forwards.open(LLM)
    town.faults.add(fault)
    with pytest.raises(httpx.ReadError):
        await health(forward)
    await until(forwards, lambda: forward.connections == 0)
    assert forward.problem is not None
    assert told in forward.problem.text
    assert await health(forward) == 200


async def test_refused_credentials_are_renewed_and_the_connection_made(town: Town) -> None:
    serving_pod.make(town.api)
    forwards = Forwards(town.session("editor"))
    try:
        forward = await forwards.open(LLM)
        await forward.known()
        town.faults.add(Fault("expired-token", path=f"/api/v1/namespaces/{NS}/pods/llm-0/portforward"))
        before = town.kubeconfig.read_text()
        town.kubeconfig.write_text(before.replace("namespace: team-nlp", "namespace: other"))  # what is there now is worth a try
        assert town.kubeconfig.read_text() != before
        assert await health(forward) == 200
    finally:
        await forwards.aclose()


async def test_credentials_that_stay_refused_are_told(town: Town, forwards: Forwards) -> None:
    forward = await forwards.open(LLM)
    town.faults.add(Fault("expired-token", path=f"/api/v1/namespaces/{NS}/pods/llm-0/portforward", count=0))
    with pytest.raises(httpx.ReadError):
        await health(forward)
    await until(forwards, lambda: forward.connections == 0)
    assert forward.problem is not None
    assert 'does not accept the credentials of user "admin"' in forward.problem.text


async def test_who_may_not_is_told_the_servers_sentence(town: Town) -> None:
    serving_pod.make(town.api)
    forwards = Forwards(town.session("viewer"))
    try:
        forward = await forwards.open(LLM)
        with pytest.raises(httpx.ReadError):
            await health(forward)
        await until(forwards, lambda: forward.connections == 0)
        assert forward.problem is not None
        assert 'User "viewer" cannot get resource "pods/portforward"' in forward.problem.text
        assert forward.problem.text.endswith("takes the rights to get and to create pods/portforward")
    finally:
        await forwards.aclose()


async def test_who_may_not_list_pods_has_a_broken_forward(town: Town) -> None:
    forwards = Forwards(town.session("nobody"))
    try:
        forward = await forwards.open(LLM)
        await until(forwards, lambda: forward.state is State.BROKEN)
        assert 'User "nobody" cannot list resource "pods"' in forward.reason
    finally:
        await forwards.aclose()


async def test_read_only_opens_nothing(town: Town) -> None:
    forwards = Forwards(town.session(read_only=True))
    with pytest.raises(errors.ReadOnly, match="read-only mode: no port is forwarded"):
        await forwards.open(LLM)
    assert len(forwards) == 0


async def test_a_port_in_use_is_a_sentence(forwards: Forwards) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=f"port {port} of this machine is in use: choose another one, or 0"):
            await forwards.open(LLM, port)
    assert len(forwards) == 0
    forward = await forwards.open(LLM, port)
    assert forward.port == port


def listening() -> set[tuple[str, int]]:
    """Address and port of every socket of this process that listens for TCP, as the kernel tells it."""
    mine = set()
    for name in os.listdir("/proc/self/fd"):
        try:
            mine.add(os.readlink(f"/proc/self/fd/{name}"))
        except OSError:
            continue
    found = set()
    for table in ("tcp", "tcp6"):
        path = Path("/proc/self/net") / table
        for line in path.read_text().splitlines()[1:] if path.exists() else ():
            words = line.split()
            if words[3] == "0A" and f"socket:[{words[9]}]" in mine:
                address, port = words[1].split(":")
                found.add((address, int(port, 16)))
    return found


LOOPBACK = {"0100007F", "00000000000000000000000001000000"}


async def test_nothing_listens_beyond_loopback_and_nothing_is_left(town: Town, forwards: Forwards) -> None:
    before, tasks = listening(), asyncio.all_tasks()
    opened = [await forwards.open(LLM) for _ in range(3)]
    new = listening() - before
    assert {port for _, port in new} == {forward.port for forward in opened}
    assert {address for address, _ in new} <= LOOPBACK
    town.faults.add(Fault("stall", path="pod:", count=0))
    pending = [asyncio.create_task(answer(forward, LONG)) for forward in opened]
    await until(forwards, lambda: all(forward.connections and forward.state is State.LISTENING for forward in opened))
    await forwards.aclose()
    assert all(isinstance(each, httpx.HTTPError) for each in await asyncio.gather(*pending, return_exceptions=True))
    for session in town.sessions:
        await session.aclose()
    assert listening() == before
    for forward in opened:
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", forward.port)
    async with asyncio.timeout(5):
        while left := [task for task in asyncio.all_tasks() - tasks if task is not asyncio.current_task()]:
            await asyncio.wait(left)


async def test_a_slow_reader_holds_the_pod_up_and_loses_nothing(town: Town, forwards: Forwards) -> None:
    """What the pod has to say does not pile up here while the local program does not read."""
    forward = await forwards.open(LLM)
    body = json.dumps({**LONG, "max_tokens": 30_000}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        slow.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(slow, ("127.0.0.1", forward.port))
        await loop.sock_sendall(slow, head + body)
        held = -1
        async with asyncio.timeout(15):
            while held != forward.received or not held:  # until nothing moves any more
                held = forward.received
                await asyncio.sleep(0.3)
        assert held < 4_000_000
        data = bytearray()
        async with asyncio.timeout(30):
            while chunk := await loop.sock_recv(slow, 1 << 16):
                data += chunk
    assert len(data) == forward.received > held + 1_000_000
    assert data.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")


async def test_who_has_no_more_to_say_still_gets_the_answer(forwards: Forwards) -> None:
    forward = await forwards.open(LLM)
    reader, writer = await asyncio.open_connection("127.0.0.1", forward.port)
    writer.write(b"GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    writer.write_eof()
    assert b"max_model_len" in await asyncio.wait_for(reader.read(), 10)
    writer.close()
    await writer.wait_closed()


async def test_a_local_program_that_goes_takes_its_connection_along(town: Town, forwards: Forwards) -> None:
    forward = await forwards.open(LLM)
    async with (
        httpx.AsyncClient(trust_env=False, timeout=20) as http,
        http.stream("POST", f"http://{forward.address}/v1/chat/completions", json={**LONG, "max_tokens": 30_000}) as response,
    ):
        async for _ in response.aiter_bytes():
            break
    await until(forwards, lambda: forward.connections == 0)
    assert forward.problem is None
