"""The real kubectl's port-forward against the embedded cluster: SPDY frames in a WebSocket, and on the connection itself."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import serving_pod
from served import Serve, Served
from test_kubectl import kubectl_version

from modeltui.demo.inference import text

pytestmark = pytest.mark.skipif(kubectl_version() < (1, 27), reason="needs kubectl 1.27 or newer")
NS = "team-nlp"


@pytest.fixture
async def town(serve: Serve) -> Served:
    served = await serve(pace=2000)
    served.cluster.api.create("namespaces", {"metadata": {"name": NS}}, manager="test")
    return served


@asynccontextmanager
async def forwarding(town: Served, tmp_path: Path, *, websockets: bool) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """The address that kubectl listens at, and its process."""
    path = tmp_path / "kubeconfig"
    town.cluster.write_kubeconfig(path)
    env = {**os.environ, "KUBECONFIG": str(path), "HOME": str(tmp_path), "KUBECTL_PORT_FORWARD_WEBSOCKETS": str(websockets).lower()}
    words = ["kubectl", "--context", "admin", "-n", NS, "port-forward", "--address", "127.0.0.1", "pod/llm-0", ":8000"]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, env=env, stdout=pipe, stderr=pipe)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
        found = re.search(r"Forwarding from (127\.0\.0\.1:\d+) -> 8000", line)
        assert found is not None, line + (await asyncio.wait_for(process.stderr.read(), 5)).decode()
        yield f"http://{found[1]}", process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


@pytest.mark.parametrize("websockets", [True, False], ids=["websocket", "spdy"])
async def test_a_long_stream_comes_through_whole_while_others_are_open(town: Served, tmp_path: Path, websockets: bool) -> None:
    serving_pod.make(town.cluster.api)
    asked = {"messages": [{"role": "user", "content": "hi"}], "stream": True, "max_tokens": 3000, "ignore_eos": True}
    async with forwarding(town, tmp_path, websockets=websockets) as (url, _):

        async def content() -> str:
            async with town.session.post(f"{url}/v1/chat/completions", json=asked) as answer:
                lines = (await answer.text()).splitlines()
            events = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
            return "".join(each["choices"][0]["delta"].get("content", "") for each in events)

        answers = await asyncio.gather(*(content() for _ in range(3)))
    assert set(answers) == {"".join(text.tokens("hi", 3000))}


@pytest.mark.parametrize("websockets", [True, False], ids=["websocket", "spdy"])
async def test_kubectl_tells_what_the_kubelet_says(town: Served, tmp_path: Path, websockets: bool) -> None:
    serving_pod.make(town.cluster.api, ready=False)
    async with forwarding(town, tmp_path, websockets=websockets) as (url, process):
        with pytest.raises(aiohttp.ClientError):
            await town.session.get(f"{url}/health")
        assert process.stderr is not None
        told = (await asyncio.wait_for(process.stderr.readuntil(b"refused"), 10)).decode()
    assert "an error occurred forwarding" in told
    assert "dial tcp4 127.0.0.1:8000: connect: connection refused" in told
